package dev.auditwebhook.http;

/**
 * What one client may take of the server. Times are in milliseconds.
 *
 * @param maxBody the most bytes of a request body
 * @param bodyTimeout how long a request body may take, from its headers to its last byte
 * @param quietTimeout how long a connection may be without a request in hand, headers included
 * @param linger how long the rest of a refused body is read, so that the refusal is seen
 * @param maxConnections the most connections at once
 */
record Limits(int maxBody, long bodyTimeout, long quietTimeout, long linger, int maxConnections) {

  static final Limits DEFAULT = new Limits(1024 * 1024, 30_000, 30_000, 1_000, 4_096);
}
