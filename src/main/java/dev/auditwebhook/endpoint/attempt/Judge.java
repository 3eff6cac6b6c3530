package dev.auditwebhook.endpoint.attempt;

import dev.auditwebhook.endpoint.attempt.Ruling.Circumstances;
import dev.auditwebhook.wire.Answer;
import dev.auditwebhook.wire.format.Verdict;

/** Judges answers: what each means, what the circuit makes of it, and what is done about it. */
public final class Judge {

  private final int maxAttempts;

  /**
   * @param maxAttempts how many attempts an event has
   */
  public Judge(int maxAttempts) {
    this.maxAttempts = maxAttempts;
  }

  /**
   * Reports an answer to the circuit of its attempt, and rules.
   *
   * @param current whether the attempt went to the URL that is in force
   */
  public Ruling rule(Attempt attempt, Answer answer, boolean current) {
    Verdict verdict = verdict(answer);
    boolean tolerated = attempt.circuit().report(attempt.ticket(), verdict, attempt.batch().size());
    return Ruling.of(attempt, verdict, new Circumstances(current, tolerated, maxAttempts));
  }

  private static Verdict verdict(Answer answer) {
    if (answer.forbidden()) {
      return Verdict.REFUSED;
    }
    return answer.error() == null ? Verdict.of(answer.status()) : Verdict.RETRY;
  }
}
