package dev.auditwebhook.journal.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The directory of a file store: for its owner only (0700), and so are its files (0600). */
final class StoreDirectory {

  private static final Logger log = LoggerFactory.getLogger(StoreDirectory.class);
  private static final String OURS = "events.";
  private static final String FILE = OURS + "mv";
  private static final String NEW = OURS + "new";
  private static final String LOCK = OURS + "lock";
  private static final String DAMAGED = FILE + ".damaged-";
  private static final Set<PosixFilePermission> OWNER_ONLY_DIRECTORY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> OWNER_ONLY_FILE =
      PosixFilePermissions.fromString("rw-------");
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");

  private final Path directory;

  /** Makes the directory if it is missing; fails when it is not one that can be used. */
  StoreDirectory(String path) {
    try {
      directory = Path.of(path).toAbsolutePath();
      if (!Files.exists(directory)) {
        Files.createDirectories(directory);
        restrict(directory, OWNER_ONLY_DIRECTORY);
      }
    } catch (InvalidPathException e) {
      throw new DiskException("is not the name of a directory");
    } catch (IOException e) {
      throw new DiskException(path + " cannot be made: " + reason(e), e);
    }
    if (!Files.isDirectory(directory)) {
      throw new DiskException(directory + " is a file, it must be a directory");
    }
    if (!Files.isWritable(directory)) {
      throw new DiskException(directory + " cannot be written to");
    }
    checkPermissions();
  }

  /** A directory that others use too keeps its permissions; nobody's files are locked away. */
  private void checkPermissions() {
    try {
      if (isPosix() && !Files.getPosixFilePermissions(directory).equals(OWNER_ONLY_DIRECTORY)) {
        if (hasOnlyOurs()) {
          restrict(directory, OWNER_ONLY_DIRECTORY);
        } else {
          log.warn(
              "webhook.store.path: {} is open to others, but has other files too; give the store a"
                  + " directory of its own",
              directory);
        }
      }
    } catch (IOException e) {
      log.warn("webhook.store.path: the permissions of {} cannot be set", directory);
    }
  }

  private boolean hasOnlyOurs() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.allMatch(file -> file.getFileName().toString().startsWith(OURS));
    }
  }

  boolean hasFile() {
    return Files.exists(directory.resolve(FILE));
  }

  /** The file of events. */
  Path file() {
    return file(FILE);
  }

  /** An empty file, which {@link #adoptNewFile()} makes the file of events. */
  Path newFile() {
    try {
      Files.deleteIfExists(directory.resolve(NEW));
    } catch (IOException e) {
      throw new DiskException(directory.resolve(NEW) + " cannot be removed: " + reason(e), e);
    }
    return file(NEW);
  }

  void adoptNewFile() {
    try {
      Files.move(directory.resolve(NEW), directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
      if (isPosix()) {
        try (FileChannel names = FileChannel.open(directory)) {
          names.force(true);
        }
      }
    } catch (IOException e) {
      throw new DiskException(directory.resolve(FILE) + " cannot be made: " + reason(e), e);
    }
  }

  /** The file that is locked, made if it is missing. */
  Path lockFile() {
    return file(LOCK);
  }

  private Path file(String name) {
    Path file = directory.resolve(name);
    FileAttribute<?>[] ours = {PosixFilePermissions.asFileAttribute(OWNER_ONLY_FILE)};
    try {
      Files.createFile(file, isPosix() ? ours : new FileAttribute<?>[0]);
    } catch (FileAlreadyExistsException e) {
      restrict(file, OWNER_ONLY_FILE);
    } catch (IOException e) {
      throw new DiskException(file + " cannot be made: " + reason(e), e);
    }
    if (!Files.isRegularFile(file)) {
      throw new DiskException(file + " is not a file");
    }
    if (!Files.isReadable(file) || !Files.isWritable(file)) {
      throw new DiskException(file + " cannot be read and written");
    }
    return file;
  }

  /** Renames the file, so that it can be looked at later; gives its new name, with the time. */
  Path setAside(long epochMillis) {
    String time = Instant.ofEpochMilli(epochMillis).atOffset(ZoneOffset.UTC).format(TIME);
    Path aside = directory.resolve(DAMAGED + time);
    try {
      for (int i = 2; Files.exists(aside); i++) {
        aside = directory.resolve(DAMAGED + time + "-" + i);
      }
      return Files.move(directory.resolve(FILE), aside);
    } catch (IOException e) {
      throw new DiskException(directory.resolve(FILE) + " is damaged, and cannot be renamed", e);
    }
  }

  /** The file that was set aside last, {@code null} when none was. */
  Path lastSetAside() {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(DAMAGED))
          .max(Comparator.comparing(Path::toString))
          .orElse(null);
    } catch (IOException e) {
      throw new DiskException(directory + " cannot be read: " + reason(e), e);
    }
  }

  private void restrict(Path path, Set<PosixFilePermission> permissions) {
    try {
      if (isPosix()) {
        Files.setPosixFilePermissions(path, permissions);
      }
    } catch (IOException e) {
      log.warn("webhook.store.path: the permissions of {} cannot be set", path);
    }
  }

  private boolean isPosix() {
    return directory.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private static String reason(IOException failure) {
    return failure instanceof AccessDeniedException
        ? "permission denied"
        : failure instanceof FileSystemException fs && fs.getReason() != null
            ? fs.getReason()
            : failure.getClass().getSimpleName();
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
