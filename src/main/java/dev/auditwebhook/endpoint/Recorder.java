package dev.auditwebhook.endpoint;

import dev.auditwebhook.endpoint.attempt.Attempt;
import dev.auditwebhook.endpoint.attempt.AttemptReport;
import dev.auditwebhook.endpoint.attempt.Batch;
import dev.auditwebhook.endpoint.attempt.Ruling;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Ledger;
import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.metrics.Metrics;
import dev.auditwebhook.metrics.Metrics.Outcome;
import dev.auditwebhook.wire.Answer;
import java.time.Instant;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a ruling into the ledger and the metrics, and tells the listener, event by event. */
final class Recorder {

  private static final Logger log = LoggerFactory.getLogger(Recorder.class);

  private final Ledger ledger;
  private final Excerpts excerpts;
  private final Clock clock;
  private final Metrics metrics;
  private final Consumer<AttemptReport> listener;
  private Instant lastDelivery;
  private String lastError;

  Recorder(
      Ledger ledger,
      Excerpts excerpts,
      Clock clock,
      Metrics metrics,
      Consumer<AttemptReport> listener) {
    this.ledger = ledger;
    this.excerpts = excerpts;
    this.clock = clock;
    this.metrics = metrics;
    this.listener = listener;
  }

  /**
   * Records what is done about an attempt.
   *
   * @param current whether it went to the URL that is in force
   * @return the batch as it waits now, {@code null} when it is over
   */
  Batch record(Ruling ruling, Attempt attempt, Answer answer, boolean current) {
    Batch batch = attempt.batch();
    if (answer.resent()) {
      // It was sent once more at once, on a new connection.
      batch.events().forEach(event -> ledger.count(Total.RETRIED));
    }
    if (ruling == Ruling.DELIVERED) {
      delivered(batch, answer);
      return null;
    }
    lastError = answer.problem() + " from " + attempt.circuit().destination().origin();
    if (ruling == Ruling.DEAD_LETTER) {
      bury(attempt, answer);
      return null;
    }
    Batch tried = current ? batch : batch.fresh();
    return again(tried, answer, tried.attempts() + (ruling == Ruling.RETRY ? 1 : 0));
  }

  private void delivered(Batch batch, Answer answer) {
    lastDelivery = Instant.ofEpochMilli(clock.now());
    report(batch, Outcome.DELIVERED, answer);
    for (Pending event : batch.events()) {
      ledger.delivered(event);
    }
  }

  private void bury(Attempt attempt, Answer answer) {
    Batch batch = attempt.batch();
    int attempts = batch.attempts() + 1;
    Integer status = answer.status() == 0 ? null : answer.status();
    String error = lastError;
    String response = excerpts.shown(answer, batch, attempt.circuit().destination());
    String now = Instant.ofEpochMilli(clock.now()).toString();
    report(batch, Outcome.FAILED, answer);
    for (Pending event : batch.events()) {
      ledger.bury(event, new DeadLetter(event.event(), attempts, status, error, response, now));
      log.warn("Event {} is a dead letter at attempt {}: {}", event.id(), attempts, error);
    }
  }

  private Batch again(Batch batch, Answer answer, int attempts) {
    long now = clock.now();
    report(batch, Outcome.RETRY, answer);
    for (Pending event : batch.events()) {
      ledger.count(Total.RETRIED);
      ledger.tried(event, attempts, now);
    }
    return batch.tried(attempts, now);
  }

  private void report(Batch batch, Outcome outcome, Answer answer) {
    metrics.attempt(outcome, answer.latency(), batch.size());
    for (Pending event : batch.events()) {
      listener.accept(new AttemptReport(event.event(), batch.attempts() + 1, outcome, answer));
    }
  }

  /** When an event was delivered last, {@code null} when none was. */
  Instant lastDelivery() {
    return lastDelivery;
  }

  /** What went wrong last, {@code null} when nothing did. */
  String lastError() {
    return lastError;
  }
}
