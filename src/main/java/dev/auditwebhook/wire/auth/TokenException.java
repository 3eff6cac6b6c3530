package dev.auditwebhook.wire.auth;

/** There is no token. It says why in words of ours, or by its cause: a connection that failed. */
public final class TokenException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String origin;
  private final boolean refused;
  private final String retryAfter;

  /**
   * @param origin of the URL that was asked
   * @param problem {@code null} when the cause tells
   * @param refused whether it will not be given, as something is wrong with the endpoint
   * @param retryAfter the header of that name, {@code null} for none
   */
  TokenException(
      String origin, String problem, boolean refused, String retryAfter, Throwable cause) {
    super(problem, cause, false, false);
    this.origin = origin;
    this.refused = refused;
    this.retryAfter = retryAfter;
  }

  /** Whom a token was asked of. */
  public String origin() {
    return origin;
  }

  /** Whether it will not be given, as something is wrong with the endpoint. */
  public boolean isRefused() {
    return refused;
  }

  /** The header {@code Retry-After} of the answer, {@code null} for none. */
  public String retryAfter() {
    return retryAfter;
  }
}
