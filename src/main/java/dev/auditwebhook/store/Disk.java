package dev.auditwebhook.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.RandomAccessStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.LongDataType;
import org.h2.mvstore.type.StringDataType;
import org.h2.store.fs.FileUtils;

/**
 * One H2 MVStore file. It blocks, and is for one thread at a time. What {@link #write} has returned
 * from is on disk, all of it; of what it has thrown at, nothing counts.
 */
final class Disk {

  /** The layout of this file; another one is not read. */
  static final int FORMAT = 1;

  /** How many maps there are. */
  private static final int MAPS = 3;

  private static final int CACHE_MIB = 16;
  private static final long SMALL = 4 << 20;

  /** Chunks that are emptier are rewritten, and a file that is emptier is closed up. */
  private static final int FULL_CHUNK_PERCENT = 50;

  private static final int FULL_FILE_PERCENT = 70;

  /** How much is rewritten or moved before writes and reads go on. */
  private static final int WORK_BYTES = 2 << 20;

  private static final String FORMAT_KEY = "format";
  private static final String PREFIX_KEY = "messageIdPrefix";
  private static final String TOTALS_KEY = "totals";
  private static final String SETTINGS_KEY = "settings";

  private final String file;
  private final StoreLock lock;
  private final List<Long> damagedEvents = new ArrayList<>();
  private final List<Long> damagedLetters = new ArrayList<>();
  private MVStore store;

  /** There is more in the file than what surely was synced. */
  private boolean unsure;

  private MVMap<Long, byte[]> pending;
  private MVMap<Long, byte[]> dead;
  private MVMap<String, byte[]> facts;

  private Disk(String file, StoreLock lock) {
    this.file = file;
    this.lock = lock;
  }

  /**
   * Makes the first content of a file that is empty.
   *
   * @throws DiskException when it cannot be written to
   */
  static void create(String file) {
    Disk disk = new Disk(file, null);
    try {
      disk.doing(
          "written to",
          () -> {
            disk.put(FORMAT_KEY, Integer.toString(FORMAT));
            disk.put(PREFIX_KEY, MessageIdPrefix.random());
            disk.sync();
            return null;
          });
    } finally {
      disk.abandon();
    }
  }

  /**
   * Opens a file that exists, and reads it through once.
   *
   * @param lock closed with the disk
   * @throws DamagedException when it is not as it was written
   * @throws DiskException when it cannot be used for another reason
   */
  static Disk open(String file, StoreLock lock) {
    Disk disk = new Disk(file, lock);
    try {
      disk.open();
      disk.check();
      disk.makeSure();
      return disk;
    } catch (RuntimeException | OutOfMemoryError e) {
      // A length that is damaged asks for more memory than there is.
      disk.abandon();
      throw DamagedException.orOther(file, e);
    }
  }

  private void open() {
    checkThere();
    openStore(new MVStore.Builder());
    if (version() < lastVersion()) {
      // A power failure may break the short way to the last version. Opened the long way, what
      // cannot be read is left out, so that serves only to find the version and write it down.
      abandon();
      openStore(new MVStore.Builder().recoveryMode());
      if (version() >= lastVersion()) {
        store.close();
        openStore(new MVStore.Builder());
      }
    }
    if (version() < lastVersion()) {
      throw new DamagedException("its end is older than what was written last");
    }
    unsure = version() > lastVersion();
    pending = store.openMap("pending", byId());
    dead = store.openMap("dead", byId());
    facts =
        store.openMap(
            "facts",
            new MVMap.Builder<String, byte[]>()
                .keyType(StringDataType.INSTANCE)
                .valueType(ByteArrayDataType.INSTANCE));
  }

  private void checkThere() {
    if (!FileUtils.exists(file)) {
      throw new DiskException("the file is gone");
    }
  }

  private void openStore(MVStore.Builder builder) {
    store =
        builder
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
  }

  private long lastVersion() {
    return lock == null ? 0 : lock.lastVersion();
  }

  private static MVMap.Builder<Long, byte[]> byId() {
    return new MVMap.Builder<Long, byte[]>()
        .keyType(LongDataType.INSTANCE)
        .valueType(ByteArrayDataType.INSTANCE);
  }

  private void check() {
    String format = fact(FORMAT_KEY);
    if (format == null && pending.isEmpty() && dead.isEmpty()) {
      throw store.getMapNames().size() > MAPS
          ? new DiskException(file + " is not the file of a webhook")
          : new DamagedException("nothing is in it");
    }
    if (!Integer.toString(FORMAT).equals(format)) {
      throw new DiskException(
          file + " has format " + format + ", and this version reads format " + FORMAT);
    }
    for (Cursor<String, byte[]> each = facts.cursor(null); each.hasNext(); ) {
      each.next();
      Records.opened(each.getValue());
    }
    damagedEvents.addAll(damaged(pending));
    damagedLetters.addAll(damaged(dead));
  }

  private static List<Long> damaged(MVMap<Long, byte[]> records) {
    List<Long> damaged = new ArrayList<>();
    for (Cursor<Long, byte[]> each = records.cursor(null); each.hasNext(); ) {
      long id = each.next();
      if (!Records.isWhole(each.getValue())) {
        damaged.add(id);
      }
    }
    return damaged;
  }

  /** The pending events that were damaged when the file was opened. */
  List<Long> damagedEvents() {
    return damagedEvents;
  }

  /** The dead letters that were damaged when the file was opened; no other event depends on one. */
  List<Long> damagedLetters() {
    return damagedLetters;
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
   * @param totals the totals that these changes lead to, if so many redrives are not made
   * @param settings what was set at run time, {@code null} when that has not changed
   * @return the letters that were to be redriven, but are damaged and stay where they are
   * @throws DiskException when that failed
   */
  List<Long> write(Collection<Change> changes, IntFunction<String> totals, String settings) {
    return doing(
        "written to",
        () -> {
          makeSure();
          List<Long> damaged = new ArrayList<>();
          changes.forEach(change -> apply(change, damaged));
          put(TOTALS_KEY, totals.apply(damaged.size()));
          if (settings != null) {
            put(SETTINGS_KEY, settings);
          }
          sync();
          return damaged;
        });
  }

  private void apply(Change change, List<Long> damaged) {
    long id = change.id();
    if (change instanceof Change.Add add) {
      pending.put(id, Records.of(add.event()));
    } else if (change instanceof Change.Update update) {
      pending.put(id, Records.of(update.event()));
      dead.remove(id);
    } else if (change instanceof Change.Bury bury) {
      pending.remove(id);
      dead.put(id, Records.of(bury.letter()));
    } else if (change instanceof Change.Redrive redrive) {
      DeadLetter letter = letter(id);
      if (letter != null && letter.isDamaged()) {
        damaged.add(id);
      } else if (letter != null) {
        dead.remove(id);
        pending.put(id, Records.of(redrive.pending(letter)));
      }
    } else if (change instanceof Change.Fail) {
      pending.remove(id);
      dead.put(id, Records.DAMAGED);
    } else if (change instanceof Change.Remove) {
      pending.remove(id);
      dead.remove(id);
    }
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
      Rewrite.inPlace(file);
      open();
      lock.lastVersion(version());
      unsure = false;
    }
  }

  private long version() {
    return store.getFileStore().lastChunkVersion();
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
      throw new DiskException(file + " cannot be " + what + ": " + DiskException.reason(e), e);
    }
  }

  /**
   * Reads pending events.
   *
   * @param ids those with these ids come first
   * @param after then come those above this id
   * @param limit so many at most, those that are damaged not counted
   */
  Waiting read(Collection<Long> ids, long after, int limit) {
    return doing(
        "read",
        () -> {
          Waiting read = new Waiting();
          for (Iterator<Long> each = ids.iterator();
              each.hasNext() && read.events().size() < limit; ) {
            long id = each.next();
            byte[] record = pending.get(id);
            if (record != null) {
              read.add(id, record);
            }
          }
          Cursor<Long, byte[]> above = pending.cursor(after + 1);
          while (read.events().size() < limit && above.hasNext()) {
            read.add(above.next(), above.getValue());
          }
          return read;
        });
  }

  /** A dead letter, {@code null} when it is not there. */
  private DeadLetter letter(long id) {
    byte[] record = dead.get(id);
    try {
      return record == null ? null : Records.deadLetter(id, record);
    } catch (DamagedException e) {
      return DeadLetter.damaged(id);
    }
  }

  /**
   * Reads dead letters, as many as one reading takes.
   *
   * @param ids which, but for those that are not there
   * @param unwritten those that are not on disk yet, by id
   */
  List<DeadLetter> deadLetters(
      Collection<Long> ids, Map<Long, DeadLetter> unwritten, Reading reading) {
    return doing(
        "read",
        () -> {
          for (long id : ids) {
            DeadLetter letter = unwritten.get(id);
            if (letter == null) {
              letter = letter(id);
            }
            if (letter != null && !reading.add(letter)) {
              break;
            }
          }
          return reading.letters();
        });
  }

  /**
   * Shrinks the file a little, if much of it is empty.
   *
   * @return whether it may shrink further
   */
  boolean compact() {
    return doing(
        "compacted",
        () -> {
          makeSure();
          lock.sync();
          RandomAccessStore chunks = (RandomAccessStore) store.getFileStore();
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
          return rewritten || chunks.size() < size;
        });
  }

  /** Closes without writing. */
  private void abandon() {
    if (store != null) {
      store.closeImmediately();
    }
  }

  /** Lets go of the file without writing. */
  void close() {
    abandon();
    lock.close();
  }
}
