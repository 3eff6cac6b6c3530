package dev.auditwebhook.journal.file;

/** Why the disk does not do what it should, in one line for people. */
final class DiskException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  DiskException(String message) {
    super(message);
  }

  DiskException(String message, Throwable cause) {
    super(message, cause);
  }

  /** A failure in one line, whatever it is; never {@code null}. */
  static String line(Throwable failure) {
    return failure instanceof DiskException ? failure.getMessage() : reason(failure);
  }

  /** The first line of what is at the bottom of a failure. */
  static String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    String message =
        root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    return message.lines().findFirst().orElse("").replaceFirst(" \\[[0-9.]+/[0-9]+\\]$", "");
  }
}
