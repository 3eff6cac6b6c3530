package dev.auditwebhook.http.guard;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * What clients may take of the server. Times are in milliseconds.
 *
 * @param maxBody the most bytes of a request body
 * @param bodyTimeout how long a request body may take, from its headers to its last byte
 * @param quietTimeout how long a connection may be without a request in hand, headers included
 * @param linger how long the rest of a refused body is read, so that the refusal is seen
 * @param maxConnections the most connections at once
 * @param maxOfPeer the most connections at once of one peer
 * @param bodyBudget the most bytes of all request bodies in hand
 * @param parsedBudget the most bytes of memory that those of them take which are parsed
 * @param answerBudget the most bytes of all answers that are made or unread; those to requests that
 *     need no token, and those to changes, take up to a quarter of it each besides
 */
public record ClientLimits(
    int maxBody,
    long bodyTimeout,
    long quietTimeout,
    long linger,
    int maxConnections,
    int maxOfPeer,
    long bodyBudget,
    long parsedBudget,
    long answerBudget) {

  /** How long an answer may take to come, in milliseconds. */
  public static final long LONGEST_ANSWER = 30_000;

  private static final int MIB = 1024 * 1024;

  /** What a server without other wishes grants. */
  public static final ClientLimits DEFAULT =
      new ClientLimits(MIB, 30_000, 30_000, 1_000, Math.min(4_096, fileDescriptors() / 2));

  /** Limits with the budgets that fit the memory of this process. */
  public ClientLimits(
      int maxBody, long bodyTimeout, long quietTimeout, long linger, int maxConnections) {
    this(
        maxBody,
        bodyTimeout,
        quietTimeout,
        linger,
        maxConnections,
        Math.min(1_024, maxConnections),
        Math.max(2 * MIB, Runtime.getRuntime().maxMemory() / 64),
        Runtime.getRuntime().maxMemory() / 8,
        Math.max(8 * MIB, Runtime.getRuntime().maxMemory() / 16));
  }

  /** What each of several servers of one process grants, so that together they keep within. */
  public ClientLimits among(int servers) {
    return new ClientLimits(
        maxBody,
        bodyTimeout,
        quietTimeout,
        linger,
        Math.max(1, maxConnections / servers),
        Math.max(1, maxOfPeer / servers),
        Math.max(2L * maxBody, bodyBudget / servers),
        parsedBudget / servers,
        Math.max(8L * maxBody, answerBudget / servers));
  }

  /** How long an answer that was made may take to be read. */
  long readTimeout() {
    return 4 * quietTimeout;
  }

  private static int fileDescriptors() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        ? (int) Math.min(Integer.MAX_VALUE, system.getMaxFileDescriptorCount())
        : Integer.MAX_VALUE;
  }
}
