package dev.auditwebhook.journal;

/** Nothing of a group was kept; why, in one line for people. */
public final class NotKeptException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final long firstId;

  /**
   * @param firstId the number that its first entry has taken all the same, 0 when it is not known
   */
  public NotKeptException(String message, long firstId, Throwable cause) {
    super(message, cause);
    this.firstId = firstId;
  }

  public long firstId() {
    return firstId;
  }
}
