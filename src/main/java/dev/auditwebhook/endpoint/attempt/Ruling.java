package dev.auditwebhook.endpoint.attempt;

import dev.auditwebhook.wire.format.Verdict;

/** What is done about a batch after an attempt. */
public enum Ruling {
  /** It is over: the receiver has it. */
  DELIVERED,
  /** It is tried again after a backoff, with one attempt less. */
  RETRY,
  /** It waits, and no attempt is burnt: what went wrong says nothing of it. */
  PARK,
  /** Its halves are tried at once: one event of several is why. */
  SPLIT,
  /** Its halves are tried after a backoff: one event of several may be why it fails so often. */
  SPLIT_LATER,
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
   * @param maxAttempts how many attempts an event has
   */
  public record Circumstances(boolean current, boolean tolerated, int maxAttempts) {}

  /**
   * Rules. What an answer says of the endpoint costs an event something only while the circuit
   * tolerates it, so that a revoked token costs at most {@code maxFailures} dead letters.
   */
  public static Ruling of(Attempt attempt, Verdict verdict, Circumstances now) {
    Batch batch = attempt.batch();
    boolean several = batch.size() > 1;
    boolean exhausted = Math.max(batch.attempts(), batch.tries()) + 1 >= now.maxAttempts();
    return switch (verdict) {
      case DELIVERED -> DELIVERED;
      case REJECTED -> DEAD_LETTER;
      case ONE_REJECTED -> several ? SPLIT : DEAD_LETTER;
      case HELD_UP -> PARK;
      case GONE -> now.current() ? PAUSE : PARK;
      case REFUSED -> {
        if (!now.current()) {
          yield PARK;
        }
        yield now.tolerated() ? DEAD_LETTER : several && exhausted ? SPLIT_LATER : PARK;
      }
      case RETRY -> {
        if (!now.current()) {
          yield PARK;
        }
        if (several && exhausted) {
          yield SPLIT_LATER;
        }
        boolean last = batch.attempts() + 1 >= now.maxAttempts();
        yield !now.tolerated() ? PARK : last ? DEAD_LETTER : RETRY;
      }
    };
  }
}
