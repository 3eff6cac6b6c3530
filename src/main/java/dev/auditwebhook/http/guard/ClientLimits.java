package dev.auditwebhook.http.guard;

/**
 * What one client may take of the server. Times are in milliseconds.
 *
 * @param maxBody the most bytes of a request body
 * @param bodyTimeout how long a request body may take, from its headers to its last byte
 * @param quietTimeout how long a connection may be without a request in hand, headers included
 * @param linger how long the rest of a refused body is read, so that the refusal is seen
 * @param maxConnections the most connections at once
 */
public record ClientLimits(
    int maxBody, long bodyTimeout, long quietTimeout, long linger, int maxConnections) {

  /** How long an answer may take to come, in milliseconds. */
  public static final long LONGEST_ANSWER = 30_000;

  /** What a server without other wishes grants. */
  public static final ClientLimits DEFAULT =
      new ClientLimits(1024 * 1024, 30_000, 30_000, 1_000, 4_096);
}
