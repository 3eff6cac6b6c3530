package dev.auditwebhook.endpoint;

import dev.auditwebhook.endpoint.attempt.AttemptReport;
import dev.auditwebhook.endpoint.attempt.Batch;
import dev.auditwebhook.endpoint.attempt.Decision;
import dev.auditwebhook.endpoint.attempt.Ruling;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Ledger;
import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.metrics.Metrics;
import dev.auditwebhook.metrics.Metrics.Outcome;
import dev.auditwebhook.security.UrlPolicy.Destination;
import dev.auditwebhook.wire.Answer;
import java.time.Instant;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a ruling into the ledger and the metrics, and tells the listener, event by event. */
final class Recorder {

  private static final Logger log = LoggerFactory.getLogger(Recorder.class);

  private final String endpoint;
  private final Ledger ledger;
  private final Excerpts excerpts;
  private final Clock clock;
  private final Metrics metrics;
  private final Consumer<AttemptReport> listener;
  private Instant lastDelivery;
  private String lastError;

  Recorder(
      String endpoint,
      Ledger ledger,
      Excerpts excerpts,
      Clock clock,
      Metrics metrics,
      Consumer<AttemptReport> listener) {
    this.endpoint = endpoint;
    this.ledger = ledger;
    this.excerpts = excerpts;
    this.clock = clock;
    this.metrics = metrics;
    this.listener = listener;
  }

  /**
   * Records what is done about an attempt.
   *
   * @param sent all that the attempt was made for
   * @param current whether it went to the URL that is in force
   * @return the batch as it waits now, {@code null} when it is over
   */
  Batch record(Decision decision, Batch sent, Answer answer, boolean current) {
    Batch batch = decision.attempt().batch();
    if (answer.resent()) {
      // It was sent once more at once, on a new connection.
      batch.events().forEach(event -> ledger.count(Total.RETRIED));
    }
    if (decision.ruling() == Ruling.DELIVERED) {
      delivered(batch, answer);
      return null;
    }
    String problem = decision.finding().problem();
    Destination destination = decision.attempt().circuit().destination();
    lastError = problem + " from " + destination.origin();
    if (decision.ruling() == Ruling.DEAD_LETTER) {
      String response = excerpts.shown(answer, sent, destination);
      String said = excerpts.shown(decision.finding().said(), answer, sent, destination);
      bury(batch, answer, problem, said == null ? lastError : lastError + ": " + said, response);
      return null;
    }
    Batch tried = current ? batch : batch.fresh();
    boolean costs = decision.ruling() == Ruling.RETRY;
    return again(tried, answer, problem, tried.attempts() + (costs ? 1 : 0));
  }

  private void delivered(Batch batch, Answer answer) {
    lastDelivery = Instant.ofEpochMilli(clock.now());
    report(batch, Outcome.DELIVERED, answer, null);
    for (Pending event : batch.events()) {
      ledger.delivered(event);
    }
  }

  private void bury(Batch batch, Answer answer, String problem, String error, String response) {
    int attempts = batch.attempts() + 1;
    Integer status = answer.status() == 0 ? null : answer.status();
    String now = Instant.ofEpochMilli(clock.now()).toString();
    report(batch, Outcome.FAILED, answer, problem);
    for (Pending event : batch.events()) {
      ledger.bury(event, new DeadLetter(event.event(), attempts, status, error, response, now));
      log.warn(
          "Event {} is a dead letter of {} at attempt {}: {}",
          event.id(),
          endpoint,
          attempts,
          lastError);
    }
  }

  private Batch again(Batch batch, Answer answer, String problem, int attempts) {
    long now = clock.now();
    report(batch, Outcome.RETRY, answer, problem);
    for (Pending event : batch.events()) {
      ledger.count(Total.RETRIED);
      ledger.tried(event, attempts, now);
    }
    return batch.tried(attempts, now);
  }

  private void report(Batch batch, Outcome outcome, Answer answer, String problem) {
    metrics.attempt(outcome, answer.latency(), batch.size());
    int attempt = batch.attempts() + 1;
    for (Pending event : batch.events()) {
      listener.accept(
          new AttemptReport(endpoint, event.event(), attempt, outcome, answer, problem));
    }
  }

  /** The id of the endpoint. */
  String endpoint() {
    return endpoint;
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
