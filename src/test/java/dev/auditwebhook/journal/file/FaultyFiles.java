package dev.auditwebhook.journal.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/**
 * Files on a disk that may be full, that may fail, and that may lose what was not synced, each
 * under a name {@code unreliable:<number>:<file>}.
 */
public final class FaultyFiles extends FilePathWrapper {

  private static final String SCHEME = "unreliable";
  private static final int BLOCK = 4096;
  private static final Map<String, Faults> FAULTS = new ConcurrentHashMap<>();
  private static final AtomicLong NUMBERS = new AtomicLong();

  static {
    FilePath.register(new FaultyFiles());
  }

  /** What a disk does to one file. It may be changed by any thread at any time. */
  static final class Faults {

    private final String number = Long.toString(NUMBERS.incrementAndGet());
    private final List<Undo> unsynced = new ArrayList<>();

    /** Blocks as they were at the last sync, by number: written since, and not synced. */
    private final Map<Long, byte[]> dirty = new TreeMap<>();

    /**
     * The same for blocks whose sync failed: no later one writes them, unless they change again.
     */
    private final Map<Long, byte[]> lost = new TreeMap<>();

    private Random random = new Random(0);
    private Path file;
    private long room = Long.MAX_VALUE;
    private double failing;
    private long syncs;
    private boolean full;
    private boolean unsyncable;
    private boolean dead;

    Faults() {
      FAULTS.put(number, this);
    }

    /** The database's name of a file on this disk. */
    String name(Path path) {
      synchronized (this) {
        file = path;
      }
      return SCHEME + ":" + number + ":" + path;
    }

    /** The file may grow to so many bytes, as on a disk with so much room. */
    synchronized void room(long bytes) {
      room = bytes;
    }

    /** Nothing can be written, not even in place of what is there. */
    synchronized void full(boolean on) {
      full = on;
    }

    /** What is written gets there, but cannot be synced. */
    synchronized void unsyncable(boolean on) {
      unsyncable = on;
    }

    /** A share of all reads, writes and syncs fails. */
    synchronized void failing(double share, Random seeded) {
      failing = share;
      random = seeded;
    }

    synchronized long syncs() {
      return syncs;
    }

    /** The power fails: of what was not synced, any part may be on disk. */
    synchronized void powerFailure(Random seeded) throws IOException {
      dead = true;
      for (int i = unsynced.size() - 1; i >= 0; i--) {
        Undo undo = unsynced.get(i);
        int lost = seeded.nextInt(3);
        if (lost != 0) {
          undo.apply(file, lost == 1 ? 0 : seeded.nextInt(undo.was.length + 1));
        }
      }
      unsynced.clear();
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        for (Map.Entry<Long, byte[]> block : lost.entrySet()) {
          if (!dirty.containsKey(block.getKey())) {
            channel.write(ByteBuffer.wrap(block.getValue()), block.getKey() * BLOCK);
          }
        }
      }
    }

    private synchronized void maybeFail(String what) throws IOException {
      if (dead) {
        throw new IOException("the power failed");
      }
      if (random.nextDouble() < failing) {
        throw new IOException("I/O error at " + what);
      }
    }

    private synchronized int write(FileChannel base, ByteBuffer from, long at) throws IOException {
      maybeFail("write");
      if (full) {
        throw new IOException("No space left on device");
      }
      int length = from.remaining();
      int fits = (int) Math.max(0, Math.min(length, room - at));
      if (at + length > base.size() && fits < length) {
        ByteBuffer part = from.duplicate();
        part.limit(part.position() + fits);
        keepOld(base, at, fits);
        base.write(part, at);
        throw new IOException("No space left on device");
      }
      keepOld(base, at, length);
      return base.write(from, at);
    }

    private void keepOld(FileChannel base, long at, int length) throws IOException {
      long size = base.size();
      ByteBuffer was = ByteBuffer.allocate((int) Math.max(0, Math.min(length, size - at)));
      while (was.hasRemaining() && base.read(was, at + was.position()) > 0) {}
      unsynced.add(new Undo(at, was.array(), size));
      for (long block = at / BLOCK; block * BLOCK < at + length; block++) {
        if (!dirty.containsKey(block)) {
          ByteBuffer content = ByteBuffer.allocate(BLOCK);
          while (content.hasRemaining()
              && base.read(content, block * BLOCK + content.position()) > 0) {}
          dirty.put(block, content.array());
        }
      }
    }

    private synchronized void truncate(FileChannel base, long size) throws IOException {
      maybeFail("truncate");
      if (size < base.size()) {
        keepOld(base, size, (int) (base.size() - size));
        base.truncate(size);
      }
    }

    /** As with Linux, what a failed sync has not written counts as written from then on. */
    private synchronized void sync() throws IOException {
      try {
        maybeFail("sync");
        if (unsyncable) {
          throw new IOException("I/O error at sync");
        }
      } catch (IOException e) {
        dirty.forEach(lost::putIfAbsent);
        dirty.clear();
        unsynced.clear();
        throw e;
      }
      syncs++;
      lost.keySet().removeAll(dirty.keySet());
      dirty.clear();
      unsynced.clear();
    }

    /** What was in the file before a write. */
    private record Undo(long at, byte[] was, long size) {
      void apply(Path file, int from) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.write(ByteBuffer.wrap(was, from, was.length - from), at + from);
          if (from == 0 && channel.size() > size) {
            channel.truncate(size);
          }
        }
      }
    }
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  protected String getPrefix() {
    return SCHEME + ":" + number() + ":";
  }

  @Override
  protected FilePath unwrap(String path) {
    return FilePath.get(path.split(":", 3)[2]);
  }

  private String number() {
    return name.split(":", 3)[1];
  }

  @Override
  public FileChannel open(String mode) throws IOException {
    return new FaultyFile(getBase().open(mode), FAULTS.get(number()));
  }

  private static final class FaultyFile extends FileBaseDefault {

    private final FileChannel base;
    private final Faults faults;

    FaultyFile(FileChannel base, Faults faults) {
      this.base = base;
      this.faults = faults;
    }

    @Override
    public long size() throws IOException {
      return base.size();
    }

    @Override
    public int read(ByteBuffer to, long at) throws IOException {
      faults.maybeFail("read");
      return base.read(to, at);
    }

    @Override
    public int write(ByteBuffer from, long at) throws IOException {
      return faults.write(base, from, at);
    }

    @Override
    protected void implTruncate(long size) throws IOException {
      faults.truncate(base, size);
    }

    @Override
    public void force(boolean metadata) throws IOException {
      faults.sync();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
      return base.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
      base.close();
    }
  }
}
