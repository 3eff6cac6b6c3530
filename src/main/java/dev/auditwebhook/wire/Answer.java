package dev.auditwebhook.wire;

import java.util.List;

/**
 * What came back from one attempt.
 *
 * @param status the HTTP status, 0 when no answer came
 * @param error what went wrong in one line, {@code null} when a whole answer came
 * @param refused whether the endpoint is wrong so that nothing was sent: its address is forbidden,
 *     or it gets no token
 * @param retryAfter what {@code Retry-After} asks for, in milliseconds, 0 for nothing
 * @param excerpt the first 1 KiB of the body, {@code null} when no answer came
 * @param latency from the start of the attempt to its end, in milliseconds
 * @param resent whether it took a second request, as the first met a closed connection or its token
 *     was refused
 * @param body what the format reads of it: at most the first 64 KiB
 * @param shown values of headers, and what else is to be read by nobody if the receiver echoes it
 */
public record Answer(
    int status,
    String error,
    boolean refused,
    long retryAfter,
    String excerpt,
    long latency,
    boolean resent,
    byte[] body,
    List<String> shown) {

  /** One whose body is of no interest but for the excerpt. */
  public Answer(
      int status,
      String error,
      boolean refused,
      long retryAfter,
      String excerpt,
      long latency,
      boolean resent) {
    this(status, error, refused, retryAfter, excerpt, latency, resent, NOTHING);
  }

  /** One to which nothing was shown in confidence. */
  public Answer(
      int status,
      String error,
      boolean refused,
      long retryAfter,
      String excerpt,
      long latency,
      boolean resent,
      byte[] body) {
    this(status, error, refused, retryAfter, excerpt, latency, resent, body, List.of());
  }

  private static final byte[] NOTHING = {};

  /** There was no attempt: nothing was sent, as it might not begin any more. */
  public static final Answer WITHHELD =
      new Answer(
          0, "not sent: the endpoint may be another node's by now", false, 0, null, 0, false);

  /** So many bytes of a body are kept. */
  public static final int EXCERPT_LIMIT = 1024;

  /** What was wrong with an answer that was not a delivery: its error, or else its status. */
  public String problem() {
    return error != null ? error : Integer.toString(status);
  }
}
