package dev.auditwebhook.store;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a start finds on disk.
 *
 * @param disk the open file
 * @param damage what an operator must know, {@code null} when all is well
 * @param pending how many pending events are whole
 */
record RecoveredDisk(
    Disk disk,
    String damage,
    String messageIdPrefix,
    String totals,
    String settings,
    long pending,
    List<Long> damagedEventIds,
    List<Long> deadLetterIds,
    List<Long> damagedLetterIds) {

  private static final Logger log = LoggerFactory.getLogger(RecoveredDisk.class);

  /**
   * Opens the file of a directory; it blocks. A damaged file is set aside, and a new one begun.
   *
   * @param name gives the database's name of the file
   * @throws DiskException when the directory or its file cannot be used
   */
  static RecoveredDisk open(String path, Function<Path, String> name) {
    StoreDirectory directory = new StoreDirectory(path);
    StoreLock lock = StoreLock.take(directory);
    try {
      return open(directory, lock, name);
    } catch (RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  private static RecoveredDisk open(
      StoreDirectory directory, StoreLock lock, Function<Path, String> name) {
    long start = System.nanoTime();
    Disk disk;
    String damage = null;
    Path aside = directory.hasFile() ? null : directory.lastSetAside();
    if (aside != null) {
      damage = damage(aside, "by a start that did not come to its end");
    }
    try {
      disk = disk(directory, lock, name);
    } catch (DamagedException e) {
      damage = damage(directory.setAside(), e.getMessage());
      disk = disk(directory, lock, name);
    }
    RecoveredDisk recovered =
        new RecoveredDisk(
            disk,
            damage,
            disk.messageIdPrefix(),
            disk.totals(),
            disk.settings(),
            disk.pending() - disk.damagedEvents().size(),
            disk.damagedEvents(),
            disk.deadLetterIds(),
            disk.damagedLetters());
    log.info(
        "Recovered {} pending events and {} dead letters from {} in {} ms",
        recovered.pending(),
        recovered.deadLetterIds().size(),
        directory,
        (System.nanoTime() - start) / 1_000_000);
    return recovered;
  }

  private static String damage(Path aside, String reason) {
    String damage = "the store was damaged and is begun anew; the damaged file is kept as " + aside;
    log.error("webhook.store.path: {} ({})", damage, reason);
    return damage;
  }

  /** A file of that name has a content from its first moment: one without was damaged. */
  private static Disk disk(StoreDirectory directory, StoreLock lock, Function<Path, String> name) {
    if (!directory.hasFile()) {
      lock.lastVersion(0);
      Disk.create(name.apply(directory.newFile()));
      directory.adoptNewFile();
    }
    return Disk.open(name.apply(directory.file()), lock);
  }
}
