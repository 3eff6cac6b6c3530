package dev.auditwebhook.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes a directory one webhook's own, until it is closed or the process ends. It outlasts the
 * moments in which a {@link Disk} that failed has let go of its own lock.
 */
final class StoreLock implements AutoCloseable {

  /**
   * Asked before the system is: where locks belong to processes, a second channel on a locked file
   * drops the lock when it is closed.
   */
  private static final Set<Path> TAKEN_HERE = ConcurrentHashMap.newKeySet();

  private final Path key;
  private FileChannel channel;

  private StoreLock(Path key) {
    this.key = key;
  }

  /**
   * Locks a directory by a file in it.
   *
   * @throws DiskException when another has it, in this process or elsewhere
   */
  static StoreLock take(StoreDirectory directory) {
    Path file = directory.lockFile();
    StoreLock lock;
    try {
      lock = new StoreLock(file.toRealPath());
    } catch (IOException e) {
      throw new DiskException(file + " cannot be locked: " + e.getMessage(), e);
    }
    if (!TAKEN_HERE.add(lock.key)) {
      throw new DiskException(directory + " is in use by another webhook of this process");
    }
    try {
      lock.lock(directory);
      return lock;
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private void lock(StoreDirectory directory) {
    FileLock taken;
    try {
      channel = FileChannel.open(key, StandardOpenOption.WRITE);
      taken = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      taken = null;
    } catch (IOException e) {
      throw new DiskException(key + " cannot be locked: " + e.getMessage(), e);
    }
    if (taken == null) {
      throw new DiskException(directory + " is in use by another process");
    }
  }

  @Override
  public void close() {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // The lock goes with the process then.
    } finally {
      TAKEN_HERE.remove(key);
    }
  }
}
