package dev.auditwebhook.endpoint.attempt;

import dev.auditwebhook.endpoint.attempt.Ruling.Circumstances;
import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.wire.Answer;
import dev.auditwebhook.wire.format.Finding;
import dev.auditwebhook.wire.format.Format;
import dev.auditwebhook.wire.format.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Judges answers: what each means, what the circuit makes of it, and what is done about it. */
public final class Judge {

  private final Format format;
  private final int maxAttempts;
  private final Supplier<String> batchIds;

  /**
   * @param format reads the answers
   * @param maxAttempts how many attempts an event has
   * @param batchIds gives message ids to events that part
   */
  public Judge(Format format, int maxAttempts, Supplier<String> batchIds) {
    this.format = format;
    this.maxAttempts = maxAttempts;
    this.batchIds = batchIds;
  }

  /**
   * Reports an answer to the circuit of its attempt, and rules.
   *
   * @param current whether the attempt went to the URL that is in force
   * @return one for all events, or one for those each that fared alike
   */
  public List<Decision> rule(Attempt attempt, Answer answer, boolean current) {
    List<Finding> findings = findings(attempt, answer);
    if (findings.size() == 1) {
      Finding finding = findings.get(0);
      Circumstances now = circumstances(attempt, finding.verdict(), current);
      return List.of(decision(attempt, finding, now));
    }
    Map<Finding, List<Pending>> alike = alike(attempt.batch(), findings);
    Circumstances now = circumstances(attempt, whole(alike.keySet()), current);
    List<Decision> decisions = new ArrayList<>(alike.size());
    alike.forEach(
        (finding, events) -> decisions.add(decision(attempt.of(events, batchIds), finding, now)));
    return decisions;
  }

  private Circumstances circumstances(Attempt attempt, Verdict whole, boolean current) {
    boolean tolerated = attempt.circuit().report(attempt.ticket(), whole, attempt.batch().size());
    return new Circumstances(current, tolerated, maxAttempts);
  }

  private static Decision decision(Attempt attempt, Finding finding, Circumstances now) {
    return new Decision(attempt, Ruling.of(attempt, finding.verdict(), now), finding);
  }

  /** What an answer says: of all events alike, or of each. */
  private List<Finding> findings(Attempt attempt, Answer answer) {
    if (answer.refused()) {
      return List.of(new Finding(Verdict.REFUSED, answer.problem(), null));
    }
    if (answer.error() != null) {
      return List.of(new Finding(Verdict.RETRY, answer.problem(), null));
    }
    List<Finding> read = format.read(answer.status(), answer.body(), attempt.batch().size());
    if (!read.isEmpty()) {
      return read;
    }
    Verdict verdict = Verdict.of(answer.status());
    return List.of(
        verdict == Verdict.DELIVERED
            ? Finding.DELIVERED
            : new Finding(verdict, answer.problem(), null));
  }

  private static Map<Finding, List<Pending>> alike(Batch batch, List<Finding> findings) {
    Map<Finding, List<Pending>> alike = new LinkedHashMap<>();
    for (int i = 0; i < batch.size(); i++) {
      alike
          .computeIfAbsent(sort(findings.get(i)), one -> new ArrayList<>())
          .add(batch.events().get(i));
    }
    return alike;
  }

  /** What goes again goes together, whatever was said of each. */
  private static Finding sort(Finding finding) {
    return finding.verdict() == Verdict.REJECTED
        ? finding
        : new Finding(finding.verdict(), finding.problem(), null);
  }

  /** Whoever takes or refuses single events is well; what is held up says nothing of that. */
  private static Verdict whole(Iterable<Finding> findings) {
    for (Finding finding : findings) {
      if (finding.verdict().healsCircuit() && finding.verdict() != Verdict.HELD_UP) {
        return Verdict.DELIVERED;
      }
    }
    return Verdict.RETRY;
  }
}
