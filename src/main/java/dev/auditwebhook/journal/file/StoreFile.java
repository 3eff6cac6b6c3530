package dev.auditwebhook.journal.file;

import java.io.IOError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.DataType;
import org.h2.mvstore.type.LongDataType;
import org.h2.mvstore.type.StringDataType;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FileUtils;

/**
 * One H2 MVStore file. It blocks, and is for one thread at a time. What {@link #write} has returned
 * from is on disk; of what it has thrown at, nothing counts, though all of it may be there.
 */
final class StoreFile {

  private static final Map<String, Object> SHORT_WAY = Map.of();
  private static final Map<String, Object> LONG_WAY = Map.of("recoveryMode", 1);
  private static final long SMALL = 4 << 20;

  /** Chunks that are emptier are rewritten, and a file that is emptier is closed up. */
  private static final int FULL_CHUNK_PERCENT = 50;

  private static final int FULL_FILE_PERCENT = 70;

  /** How much is rewritten or moved at once. */
  private static final int WORK_BYTES = 2 << 20;

  private final String name;
  private final StoreLock lock;
  private MVStore store;

  /** There is more in the file than what surely was synced. */
  private boolean unsure;

  private StoreFile(String name, StoreLock lock) {
    this.name = name;
    this.lock = lock;
  }

  /** Makes the first content of a file that is empty; fails as {@link #write} does. */
  static void create(String name, Consumer<StoreFile> first) {
    StoreFile file = new StoreFile(name, null);
    try {
      file.write(() -> first.accept(file));
    } finally {
      file.abandon();
    }
  }

  /**
   * Opens a file that exists.
   *
   * @param lock closed with the file
   * @param check reads it through once
   * @throws DamagedException when it is not as it was written
   * @throws DiskException when it cannot be used for another reason
   */
  static StoreFile open(String name, StoreLock lock, Consumer<StoreFile> check) {
    StoreFile file = new StoreFile(name, lock);
    try {
      file.open();
      check.accept(file);
      file.makeSure();
      return file;
    } catch (RuntimeException | OutOfMemoryError | IOError e) {
      // A length that is damaged asks for more memory than there is.
      file.abandon();
      throw DamagedException.orOther(name, e);
    }
  }

  private void open() {
    checkThere();
    openStore(SHORT_WAY);
    long last = lock == null ? 0 : lock.lastVersion();
    if (version() < last) {
      // A power failure may break the short way to the last version. Opened the long way, what
      // cannot be read is left out, so that serves only to find the version and write it down.
      abandon();
      openStore(LONG_WAY);
      if (version() >= last) {
        store.close();
        openStore(SHORT_WAY);
      }
    }
    if (version() < last) {
      throw new DamagedException("its end is older than what was written last");
    }
    unsure = version() > last;
  }

  private void checkThere() {
    if (!FileUtils.exists(name)) {
      throw new DiskException("the file is gone");
    }
  }

  private void openStore(Map<String, Object> way) {
    Chunks chunks = new Chunks(way);
    chunks.open(name, false, (char[]) null);
    try {
      store =
          new MVStore.Builder()
              .adoptFileStore(chunks)
              .autoCommitDisabled()
              .autoCommitBufferSize(0)
              .open();
    } catch (RuntimeException | Error e) {
      chunks.close();
      throw e;
    }
    // Each version is synced before the next is written, so older ones need not be kept.
    store.setRetentionTime(0);
    store.setVersionsToKeep(0);
    if (store.isReadOnly()) {
      throw new DiskException(name + " cannot be written to");
    }
  }

  /** The names of all that is in it. */
  Set<String> mapNames() {
    return store.getMapNames();
  }

  boolean has(String map) {
    return store.hasMap(map);
  }

  void remove(String map) {
    if (has(map)) {
      store.removeMap(byId(map));
    }
  }

  MVMap<Long, byte[]> byId(String map) {
    return map(map, LongDataType.INSTANCE);
  }

  MVMap<String, byte[]> byName(String map) {
    return map(map, StringDataType.INSTANCE);
  }

  private <K> MVMap<K, byte[]> map(String map, DataType<K> keys) {
    return store.openMap(
        map, new MVMap.Builder<K, byte[]>().keyType(keys).valueType(ByteArrayDataType.INSTANCE));
  }

  /** Makes changes, all or none, and syncs; a {@link DiskException} says why that failed. */
  void write(Runnable changes) {
    doing(
        "written to",
        () -> {
          makeSure();
          changes.run();
          sync();
          return null;
        });
  }

  private void sync() {
    store.commit();
    store.sync();
    if (lock != null) {
      lock.lastVersion(version());
    }
  }

  /** Nothing is sent, and nothing builds, on what a sync that failed may have left out. */
  private void makeSure() {
    if (unsure) {
      abandon();
      checkThere();
      rewrite();
      open();
      lock.lastVersion(version());
      unsure = false;
    }
  }

  /**
   * Writes all that is in the file over itself, and syncs. A system may take what a failed sync did
   * not write for written; then it can still be read, but no later sync writes it unless it is
   * written again.
   */
  private void rewrite() {
    try (FileChannel channel = FilePath.get(name).open("rw")) {
      ByteBuffer part = ByteBuffer.allocate(WORK_BYTES);
      for (long at = 0; at < channel.size(); ) {
        part.clear();
        int read = channel.read(part, at);
        part.flip();
        while (part.hasRemaining()) {
          channel.write(part, at + part.position());
        }
        at += read;
      }
      channel.force(true);
    } catch (IOException e) {
      throw new DiskException(name + " cannot be written to: " + e.getMessage(), e);
    }
  }

  private long version() {
    return store.getFileStore().lastChunkVersion();
  }

  /** Reads; fails as {@link #write} does. */
  <T> T read(Supplier<T> reading) {
    return doing("read", reading);
  }

  /** A store that failed is closed, and opened again as it was last written. */
  private <T> T doing(String what, Supplier<T> work) {
    try {
      if (store == null || store.isClosed()) {
        open();
      }
      return work.get();
    } catch (RuntimeException | Error e) {
      abandon();
      throw new DiskException(name + " cannot be " + what + ": " + DiskException.reason(e), e);
    }
  }

  /** Shrinks the file a little, if much of it is empty; says whether it may shrink further. */
  boolean compact() {
    return doing(
        "compacted",
        () -> {
          makeSure();
          lock.sync();
          Chunks chunks = (Chunks) store.getFileStore();
          long size = chunks.size();
          if (size <= SMALL) {
            return false;
          }
          boolean rewritten = store.compact(FULL_CHUNK_PERCENT, WORK_BYTES);
          sync();
          if (chunks.getFillRate() <= FULL_FILE_PERCENT) {
            chunks.compactMoveChunks(FULL_FILE_PERCENT, WORK_BYTES, store);
            sync();
          }
          chunks.shrinks = true;
          store.setStoreVersion(
              1 - store.getStoreVersion()); // So that there is something to write.
          sync();
          chunks.shrinks = false;
          return rewritten || chunks.size() < size;
        });
  }

  /** Closes without writing. */
  private void abandon() {
    if (store != null) {
      store.closeImmediately();
    }
  }

  void close() {
    abandon();
    lock.close();
  }

  @Override
  public String toString() {
    return name;
  }
}
