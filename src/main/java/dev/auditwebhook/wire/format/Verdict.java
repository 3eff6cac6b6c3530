package dev.auditwebhook.wire.format;

/**
 * What an answer means for its event and for the circuit.
 *
 * <table>
 * <caption>The verdicts</caption>
 * <tr><th>answer</th><th>verdict</th><th>circuit</th></tr>
 * <tr><td>2xx</td><td>delivered</td><td>success</td></tr>
 * <tr><td>408, 425, 429, 5xx, a 1xx but 101, no whole answer</td><td>retry</td><td>failure</td></tr>
 * <tr><td>401, 403, 404, 405, 407, 3xx, 101, forbidden address</td><td>refused</td><td>failure</td></tr>
 * <tr><td>410</td><td>gone</td><td>neither</td></tr>
 * <tr><td>400, 413, 422</td><td>rejected, or one of several is</td><td>success</td></tr>
 * <tr><td>other 4xx</td><td>rejected</td><td>success</td></tr>
 * </table>
 *
 * <p>A {@link Format} may know better.
 */
public enum Verdict {
  DELIVERED,
  /** Worth another attempt. */
  RETRY,
  /** The endpoint is wrong, not the event. */
  REFUSED,
  /** The endpoint wants no more. */
  GONE,
  /** The event is wrong, not the endpoint. */
  REJECTED,
  /** Of several events, one may be wrong; or the whole is too large. */
  ONE_REJECTED,
  /** The event was not taken, as another one of its request was wrong; it may go again at once. */
  HELD_UP;

  /** What a status means by itself; 0 is none. */
  public static Verdict of(int status) {
    if (status < 200 && status != 101) {
      return RETRY;
    }
    if (status >= 200 && status < 300) {
      return DELIVERED;
    }
    if (status < 400) {
      return REFUSED;
    }
    return switch (status) {
      case 408, 425, 429 -> RETRY;
      case 401, 403, 404, 405, 407 -> REFUSED;
      case 410 -> GONE;
      case 400, 413, 422 -> ONE_REJECTED;
      default -> status < 500 ? REJECTED : RETRY;
    };
  }

  /** Whether a circuit counts it as a failure. */
  public boolean failsCircuit() {
    return this == RETRY || this == REFUSED;
  }

  /** Whether a circuit counts it as a success. */
  public boolean healsCircuit() {
    return this == DELIVERED || this == REJECTED || this == ONE_REJECTED || this == HELD_UP;
  }
}
