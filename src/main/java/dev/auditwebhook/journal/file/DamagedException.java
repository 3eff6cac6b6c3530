package dev.auditwebhook.journal.file;

import java.io.EOFException;
import java.io.IOError;
import java.io.IOException;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;

/** A file is not as it was written. */
final class DamagedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  DamagedException(String message) {
    super(message);
  }

  private DamagedException(Throwable cause) {
    super(DiskException.reason(cause), cause);
  }

  /** What a failure to open a file means. */
  static RuntimeException orOther(String file, Throwable e) {
    if (e instanceof DamagedException || e instanceof DiskException) {
      return (RuntimeException) e;
    } else if (e instanceof IOError) {
      return other(file, "cannot be read", e);
    } else if (e instanceof MVStoreException known) {
      return switch (known.getErrorCode()) {
        case DataUtils.ERROR_FILE_LOCKED -> other(file, "is in use by another process", e);
        case DataUtils.ERROR_UNSUPPORTED_FORMAT -> other(file, "was written by another version", e);
        case DataUtils.ERROR_WRITING_FAILED -> other(file, "cannot be written to", e);
        case DataUtils.ERROR_READING_FAILED ->
            e.getCause() instanceof IOException && !(e.getCause() instanceof EOFException)
                ? other(file, "cannot be read", e)
                : new DamagedException(e);
        default -> new DamagedException(e);
      };
    }
    return new DamagedException(e);
  }

  private static DiskException other(String file, String what, Throwable e) {
    return new DiskException(file + " " + what + ": " + DiskException.reason(e), e);
  }
}
