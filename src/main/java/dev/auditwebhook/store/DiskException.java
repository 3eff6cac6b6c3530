package dev.auditwebhook.store;

/** Why the disk does not do what it should, in one line for people. */
final class DiskException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  DiskException(String message) {
    super(message);
  }

  DiskException(String message, Throwable cause) {
    super(message, cause);
  }
}
