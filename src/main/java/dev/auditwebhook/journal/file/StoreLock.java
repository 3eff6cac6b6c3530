package dev.auditwebhook.journal.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes a directory one webhook's own, until it is closed or the process ends. It outlasts the
 * moments in which a {@link StoreFile} that failed has let go of its own lock.
 *
 * <p>The file that is locked also keeps the last version of the store that was surely on disk: a
 * database whose end was damaged opens as an older version of itself, and says nothing.
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

  /** Locks a directory by a file in it; fails when another has it, in this process or elsewhere. */
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
    try {
      channel = FileChannel.open(key, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (channel.tryLock() != null) {
        return;
      }
    } catch (OverlappingFileLockException e) {
      // Another class loader of this process has the module, too.
    } catch (IOException e) {
      throw new DiskException(key + " cannot be locked: " + e.getMessage(), e);
    }
    throw new DiskException(directory + " is in use by another process");
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

  /** The last version that was surely on disk; 0 when that is not known. */
  long lastVersion() {
    ByteBuffer content = ByteBuffer.allocate(Long.BYTES);
    try {
      return channel.read(content, 0) == Long.BYTES ? content.getLong(0) : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  /** Remembers the version that was just synced; itself it is not, as it may lag behind. */
  void lastVersion(long version) {
    try {
      channel.write(ByteBuffer.allocate(Long.BYTES).putLong(0, version), 0);
    } catch (IOException e) {
      // An older one is as true, only weaker.
    }
  }

  /** Has the version outlive the system too. */
  void sync() {
    try {
      channel.force(false);
    } catch (IOException e) {
      // As above.
    }
  }
}
