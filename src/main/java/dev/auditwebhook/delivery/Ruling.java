package dev.auditwebhook.delivery;

/** What is done about a batch after an attempt. */
enum Ruling {
  /** It is over: the receiver has it. */
  DELIVERED,
  /** It is tried again after a backoff, with one attempt less. */
  RETRY,
  /** It waits, and no attempt is burnt: what went wrong says nothing of it. */
  PARK,
  /** Its halves are tried. */
  DIVIDE,
  /** It is given up. */
  DEAD_LETTER,
  /** It waits, like all others, until somebody resumes. */
  PAUSE;

  /**
   * The circumstances of an attempt.
   *
   * @param current whether it went to the URL that is in force
   * @param tolerated whether the circuit, closed ever since the attempt began, takes the failure of
   *     the batch as one of its {@code maxFailures}
   * @param lastAttempt whether it was the last one
   * @param divisible whether one event of several may be why
   */
  record Circumstances(
      boolean current, boolean tolerated, boolean lastAttempt, boolean divisible) {}

  /**
   * Rules. What an answer says of the endpoint costs an event something only while the circuit
   * tolerates it, so that a revoked token costs at most {@code maxFailures} dead letters.
   */
  static Ruling of(Verdict verdict, Circumstances now) {
    return switch (verdict) {
      case DELIVERED -> DELIVERED;
      case REJECTED -> now.divisible() ? DIVIDE : DEAD_LETTER;
      case GONE -> now.current() ? PAUSE : PARK;
      case REFUSED -> {
        if (!now.current()) {
          yield PARK;
        }
        yield now.tolerated() ? DEAD_LETTER : now.divisible() ? DIVIDE : PARK;
      }
      case RETRY -> {
        if (!now.current()) {
          yield PARK;
        }
        if (now.divisible()) {
          yield DIVIDE;
        }
        yield !now.tolerated() ? PARK : now.lastAttempt() ? DEAD_LETTER : RETRY;
      }
    };
  }
}
