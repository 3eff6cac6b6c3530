package dev.auditwebhook.store;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.RandomAccessStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.LongDataType;
import org.h2.mvstore.type.StringDataType;

/**
 * One H2 MVStore file. It blocks, and is for one thread at a time. What {@link #write} has returned
 * from is on disk, all of it; of what it has thrown at, nothing counts.
 */
final class Disk {

  /** The layout of this file; another one is not read. */
  static final int FORMAT = 1;

  private static final int CACHE_MIB = 16;
  private static final long SMALL = 4 << 20;
  private static final int COMPACT_BELOW_PERCENT = 60;
  private static final int COMPACT_BYTES = 4 << 20;

  private static final String FORMAT_KEY = "format";
  private static final String PREFIX_KEY = "messageIdPrefix";
  private static final String TOTALS_KEY = "totals";
  private static final String SETTINGS_KEY = "settings";

  private final String file;
  private MVStore store;
  private MVMap<Long, byte[]> pending;
  private MVMap<Long, byte[]> dead;
  private MVMap<String, byte[]> facts;

  private Disk(String file) {
    this.file = file;
  }

  /**
   * Opens a file that exists, and reads it through once.
   *
   * @throws DamagedException when it is not as it was written
   * @throws DiskException when it cannot be used for another reason
   */
  static Disk open(String file) {
    Disk disk = new Disk(file);
    try {
      disk.open();
      disk.check();
      return disk;
    } catch (MVStoreException e) {
      disk.close();
      throw switch (e.getErrorCode()) {
        case org.h2.mvstore.DataUtils.ERROR_FILE_LOCKED ->
            new DiskException(file + " is in use by another process or another webhook", e);
        case org.h2.mvstore.DataUtils.ERROR_WRITING_FAILED ->
            new DiskException(file + " cannot be written to: " + reason(e), e);
        default -> new DamagedException(e);
      };
    } catch (DiskException e) {
      disk.close();
      throw e;
    } catch (RuntimeException e) {
      disk.close();
      throw new DamagedException(e);
    }
  }

  /** The file is not as it was written. */
  static final class DamagedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DamagedException(Throwable cause) {
      super("damaged: " + reason(cause), cause);
    }
  }

  private void open() {
    store =
        new MVStore.Builder()
            .fileName(file)
            .autoCommitDisabled()
            .autoCommitBufferSize(0)
            .cacheSize(CACHE_MIB)
            .open();
    // Each version is synced before the next is written, so older ones need not be kept.
    store.setRetentionTime(0);
    store.setVersionsToKeep(0);
    if (store.isReadOnly()) {
      throw new DiskException(file + " cannot be written to");
    }
    pending = store.openMap("pending", byId());
    dead = store.openMap("dead", byId());
    facts =
        store.openMap(
            "facts",
            new MVMap.Builder<String, byte[]>()
                .keyType(StringDataType.INSTANCE)
                .valueType(ByteArrayDataType.INSTANCE));
  }

  private static MVMap.Builder<Long, byte[]> byId() {
    return new MVMap.Builder<Long, byte[]>()
        .keyType(LongDataType.INSTANCE)
        .valueType(ByteArrayDataType.INSTANCE);
  }

  private void check() {
    if (facts.isEmpty() && pending.isEmpty() && dead.isEmpty()) {
      byte[] bits = new byte[16];
      new SecureRandom().nextBytes(bits);
      put(FORMAT_KEY, Integer.toString(FORMAT));
      put(PREFIX_KEY, "msg_" + HexFormat.of().formatHex(bits) + "_");
      sync();
    }
    String format = fact(FORMAT_KEY);
    if (!Integer.toString(FORMAT).equals(format)) {
      throw new DiskException(
          file + " has format " + format + ", and this version reads format " + FORMAT);
    }
    for (MVMap<?, byte[]> map : List.of(pending, dead, facts)) {
      for (Map.Entry<?, byte[]> entry : map.entrySet()) {
        Records.opened(entry.getValue());
      }
    }
  }

  private void put(String key, String text) {
    facts.put(key, Records.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  private String fact(String key) {
    byte[] record = facts.get(key);
    return record == null ? null : new String(Records.content(record), StandardCharsets.UTF_8);
  }

  String messageIdPrefix() {
    return fact(PREFIX_KEY);
  }

  /** What was set at run time, as it was last written; {@code {}} at first. */
  String settings() {
    String settings = fact(SETTINGS_KEY);
    return settings == null ? "{}" : settings;
  }

  /** The totals as they were last written, by the name of each; empty at first. */
  String totals() {
    String totals = fact(TOTALS_KEY);
    return totals == null ? "{}" : totals;
  }

  long pending() {
    return pending.sizeAsLong();
  }

  List<Long> deadLetterIds() {
    List<Long> ids = new ArrayList<>();
    Iterator<Long> keys = dead.keyIterator(null);
    keys.forEachRemaining(ids::add);
    return ids;
  }

  /**
   * Makes changes, all or none, and syncs.
   *
   * @param totals the totals that these changes lead to
   * @throws DiskException when that failed
   */
  void write(List<Change> changes, String totals) {
    try {
      reopen();
      changes.forEach(this::apply);
      put(TOTALS_KEY, totals);
      sync();
    } catch (RuntimeException e) {
      close();
      throw new DiskException(file + " cannot be written to: " + reason(e), e);
    }
  }

  private void apply(Change change) {
    if (change instanceof Change.Add add) {
      pending.put(add.event().id(), Records.of(add.event()));
    } else if (change instanceof Change.Remove remove) {
      pending.remove(remove.id());
    } else if (change instanceof Change.Update update) {
      pending.put(update.event().id(), Records.of(update.event()));
    } else if (change instanceof Change.Bury bury) {
      pending.remove(bury.letter().event().id());
      dead.put(bury.letter().event().id(), Records.of(bury.letter()));
    } else if (change instanceof Change.Redrive redrive) {
      byte[] letter = dead.remove(redrive.id());
      if (letter != null) {
        PendingEvent event = Records.deadLetter(redrive.id(), letter).event();
        pending.put(redrive.id(), Records.of(event.waiting(0, redrive.now())));
      }
    } else if (change instanceof Change.Purge purge) {
      dead.remove(purge.id());
    } else if (change instanceof Change.Set set) {
      put(SETTINGS_KEY, set.settings());
    }
  }

  private void sync() {
    store.commit();
    store.sync();
  }

  /** A store that failed to write has closed itself; what it wrote before is still there. */
  private void reopen() {
    if (store == null || store.isClosed()) {
      open();
    }
  }

  /** The pending events with these ids, and then those above an id, so many at most. */
  List<PendingEvent> read(Collection<Long> ids, long after, int limit) {
    try {
      reopen();
      List<PendingEvent> events = new ArrayList<>(limit);
      for (Iterator<Long> each = ids.iterator(); each.hasNext() && events.size() < limit; ) {
        long id = each.next();
        byte[] record = pending.get(id);
        if (record != null) {
          events.add(Records.event(id, record));
        }
      }
      Cursor<Long, byte[]> above = pending.cursor(after + 1);
      while (above.hasNext() && events.size() < limit) {
        long id = above.next();
        events.add(Records.event(id, above.getValue()));
      }
      return events;
    } catch (RuntimeException e) {
      close();
      throw new DiskException(file + " cannot be read: " + reason(e), e);
    }
  }

  /** Dead letters above an id, so many at most. */
  List<DeadLetter> deadLetters(long after, int limit) {
    try {
      reopen();
      List<DeadLetter> letters = new ArrayList<>();
      Cursor<Long, byte[]> above = dead.cursor(after + 1);
      while (above.hasNext() && letters.size() < limit) {
        long id = above.next();
        letters.add(Records.deadLetter(id, above.getValue()));
      }
      return letters;
    } catch (RuntimeException e) {
      close();
      throw new DiskException(file + " cannot be read: " + reason(e), e);
    }
  }

  /**
   * Shrinks the file a little, if much of it is empty.
   *
   * @return whether it may shrink further
   */
  boolean compact() {
    try {
      reopen();
      RandomAccessStore space = (RandomAccessStore) store.getFileStore();
      long size = space.size();
      if (size <= SMALL) {
        return false;
      }
      boolean rewritten = store.compact(COMPACT_BELOW_PERCENT, COMPACT_BYTES);
      sync();
      space.compactMoveChunks(COMPACT_BELOW_PERCENT, COMPACT_BYTES, store);
      return rewritten || space.size() < size;
    } catch (RuntimeException e) {
      close();
      throw new DiskException(file + " cannot be compacted: " + reason(e), e);
    }
  }

  /** Lets go of the file without writing. */
  void close() {
    if (store != null) {
      store.closeImmediately();
    }
  }

  private static String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    String message =
        root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    return message.lines().findFirst().orElse("").replaceFirst(" \\[[0-9.]+/[0-9]+\\]$", "");
  }
}
