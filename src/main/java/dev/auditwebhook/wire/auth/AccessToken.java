package dev.auditwebhook.wire.auth;

/**
 * A bearer token (RFC 6750).
 *
 * @param lifetime for how long it is good, in milliseconds from when it was asked for; {@link
 *     #UNLIMITED} when nobody said
 */
public record AccessToken(String value, long lifetime) {

  public static final long UNLIMITED = Long.MAX_VALUE;

  /** The value of the header {@code Authorization}. */
  public String authorization() {
    return "Bearer " + value;
  }

  /** Not the token, which nobody is to read in a log. */
  @Override
  public String toString() {
    return "a token";
  }
}
