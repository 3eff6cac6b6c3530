package dev.auditwebhook.delivery;

import dev.auditwebhook.metrics.Metrics;
import dev.auditwebhook.metrics.Metrics.Outcome;
import dev.auditwebhook.security.UrlPolicy.Endpoint;
import dev.auditwebhook.store.DeadLetter;
import dev.auditwebhook.store.PendingEvent;
import dev.auditwebhook.store.Store;
import dev.auditwebhook.store.Total;
import java.time.Instant;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what became of an attempt to the ledger and the metrics, and tells the listener, event by
 * event.
 */
final class Outcomes {

  private static final Logger log = LoggerFactory.getLogger(Outcomes.class);

  private final Store store;
  private final Excerpts excerpts;
  private final Consumer<Attempt> listener;
  private final Metrics metrics;
  private final Health health = new Health();

  Outcomes(Store store, Excerpts excerpts, Consumer<Attempt> listener, Metrics metrics) {
    this.store = store;
    this.excerpts = excerpts;
    this.listener = listener;
    this.metrics = metrics;
  }

  Health health() {
    return health;
  }

  /** A receiver has it. */
  void delivered(Batch batch, Answer answer) {
    health.delivered();
    metrics.attempt(Outcome.DELIVERED, answer.latency(), batch.size());
    for (PendingEvent event : batch.events()) {
      store.delivered(event);
      listener.accept(new Attempt(event, Outcome.DELIVERED, answer));
    }
  }

  /**
   * It is tried again.
   *
   * @param tried the batch as it waits now
   */
  void again(Batch batch, Batch tried, Answer answer, Endpoint endpoint) {
    health.error(answer, endpoint);
    metrics.attempt(Outcome.RETRY, answer.latency(), batch.size());
    for (int i = 0; i < batch.size(); i++) {
      store.count(Total.RETRIED);
      store.update(tried.events().get(i));
      listener.accept(new Attempt(batch.events().get(i), Outcome.RETRY, answer));
    }
  }

  /** It was sent once more at once, on a new connection. */
  void resent(Batch batch) {
    batch.events().forEach(event -> store.count(Total.RETRIED));
  }

  /** It is given up. */
  void dead(Batch batch, Answer answer, Endpoint endpoint) {
    health.error(answer, endpoint);
    metrics.attempt(Outcome.FAILED, answer.latency(), batch.size());
    String error = Health.describe(answer) + " from " + endpoint.origin();
    String response = excerpts.shown(answer, batch, endpoint);
    Instant now = Instant.now();
    for (PendingEvent event : batch.events()) {
      int attempts = batch.attempts() + 1;
      store.bury(
          new DeadLetter(
              event.waiting(attempts, now.toEpochMilli()),
              answer.status() == 0 ? null : answer.status(),
              error,
              response,
              now.toString()));
      log.warn("Event {} is a dead letter at attempt {}: {}", event.id(), attempts, error);
      listener.accept(new Attempt(event, Outcome.FAILED, answer));
    }
  }
}
