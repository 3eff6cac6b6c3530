package dev.auditwebhook.delivery;

import dev.auditwebhook.metrics.Metrics;
import dev.auditwebhook.store.Store;
import dev.auditwebhook.store.Total;
import java.util.concurrent.atomic.AtomicLong;

/** What is measured of a webhook. All is read from any thread, whenever somebody scrapes. */
final class Meters {

  private final Store store;
  private final Lifecycle lifecycle;
  private final Dispatcher dispatcher;
  private final AtomicLong deadLetters = new AtomicLong();
  private final AtomicLong redriven = new AtomicLong();

  private Meters(Store store, Lifecycle lifecycle, Dispatcher dispatcher) {
    this.store = store;
    this.lifecycle = lifecycle;
    this.dispatcher = dispatcher;
  }

  static void register(Metrics metrics, Store store, Lifecycle lifecycle, Dispatcher dispatcher) {
    new Meters(store, lifecycle, dispatcher).register(metrics);
  }

  private void register(Metrics metrics) {
    total(metrics, "received", "Valid entries that arrived", Total.RECEIVED);
    total(metrics, "delivered", "Events that a receiver answered with 2xx", Total.DELIVERED);
    total(metrics, "dropped", "Events refused because the queue was full", Total.DROPPED);
    total(metrics, "discarded", "Events without a webhook, or filtered out", Total.DISCARDED);
    total(metrics, "rejected", "Entries that were not valid", Total.REJECTED);
    total(metrics, "retried", "Attempts that are made again", Total.RETRIED);
    total(metrics, "dlq.evicted", "Dead letters pushed out by newer ones", Total.DLQ_EVICTED);
    metrics
        .counter("webhook.redriven", "Dead letters that were sent again", this::redriven)
        .counter("webhook.dead.letters", "Events that became dead letters", this::deadLetters)
        .gauge(
            "webhook.failed",
            "Events given up and not redriven since",
            () -> store.total(Total.FAILED))
        .gauge("webhook.pending", "Events that wait", store::pending)
        .gauge("webhook.pending.limit", "How many events may wait", store::capacity)
        .gauge("webhook.in.flight", "Attempts in flight", dispatcher::inFlight)
        .gauge("webhook.dlq.size", "Dead letters that are kept", store::deadLetters)
        .gauge(
            "webhook.enabled",
            "1 while there is a URL and no pause",
            () -> lifecycle.isEnabled() && !dispatcher.isPaused() ? 1 : 0)
        .gauge("webhook.paused", "1 while sending is paused", () -> dispatcher.isPaused() ? 1 : 0);
    for (String state : new String[] {"closed", "open", "half_open"}) {
      metrics.gauge(
          "webhook.circuit.state",
          "1 for the state of the circuit, 0 for the others",
          () -> state.equals(circuit()) ? 1 : 0,
          "state",
          state);
    }
  }

  private void total(Metrics metrics, String name, String description, Total total) {
    metrics.counter("webhook." + name, description, () -> store.total(total));
  }

  /**
   * All that ever became dead letters. A redrive moves its event between the two totals in two
   * steps; a reader in between must not see the sum fall, as that would count as a restart.
   */
  private long deadLetters() {
    long redriven = store.total(Total.REDRIVEN);
    return deadLetters.accumulateAndGet(store.total(Total.FAILED) + redriven, Math::max);
  }

  /** One that turns out to be damaged is not sent again after all; the sum does not fall. */
  private long redriven() {
    return redriven.accumulateAndGet(store.total(Total.REDRIVEN), Math::max);
  }

  private String circuit() {
    Target target = dispatcher.target();
    return target == null ? "closed" : target.circuit().state();
  }
}
