package dev.auditwebhook.journal.postgres.database;

/** Why the database did not do something, in one line for people, which shows no secret. */
public final class DatabaseException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String sqlState;
  private final boolean away;
  private final boolean outcomeUnknown;

  /**
   * @param sqlState what the server says, {@code null} when the failure is not from it
   * @param away whether another try may go well without anybody's doing
   * @param outcomeUnknown whether it may have been done all the same
   */
  DatabaseException(
      String message, String sqlState, boolean away, boolean outcomeUnknown, Throwable cause) {
    super(message, cause);
    this.sqlState = sqlState;
    this.away = away;
    this.outcomeUnknown = outcomeUnknown;
  }

  /** The same failure, told otherwise. */
  DatabaseException told(String message) {
    return new DatabaseException(message, sqlState, away, outcomeUnknown, this);
  }

  /**
   * Whether another try may go well without anybody's doing: the database cannot be reached, does
   * not answer, is starting, full, busy or not the primary. Otherwise somebody has to put it right.
   */
  public boolean isAway() {
    return away;
  }

  /** Whether the statement may have been done all the same: no answer came to it. */
  public boolean isOutcomeUnknown() {
    return outcomeUnknown;
  }

  /** The server's own code, {@code null} when the failure is not from it. */
  public String sqlState() {
    return sqlState;
  }

  /** Whether it may go well with TLS where it was tried without, or the other way round. */
  boolean isOfTheWay() {
    return !away && (sqlState == null || is("28000"));
  }

  boolean is(String state) {
    return state.equals(sqlState);
  }
}
