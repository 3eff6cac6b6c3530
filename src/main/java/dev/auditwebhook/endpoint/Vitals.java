package dev.auditwebhook.endpoint;

import dev.auditwebhook.endpoint.attempt.Circuit;
import dev.auditwebhook.endpoint.ledger.Ledger;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.endpoint.settings.Settings;
import dev.auditwebhook.metrics.Metrics;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What an endpoint tells of itself, in replies and in metrics. The latter are read from any thread,
 * whenever somebody scrapes.
 */
final class Vitals {

  private final Ledger ledger;
  private final Settings settings;
  private final Dispatcher dispatcher;
  private final Recorder recorder;
  private final Supplier<Outlet> outlet;

  /** When the oldest pending event was accepted that was there lately, 0 for none. */
  private volatile long oldest;

  private volatile boolean warns;
  private final AtomicLong deadLetters = new AtomicLong();
  private final AtomicLong redriven = new AtomicLong();
  private final AtomicLong discarded = new AtomicLong();

  Vitals(
      Ledger ledger,
      Settings settings,
      Dispatcher dispatcher,
      Recorder recorder,
      Supplier<Outlet> outlet) {
    this.ledger = ledger;
    this.settings = settings;
    this.dispatcher = dispatcher;
    this.recorder = recorder;
    this.outlet = outlet;
  }

  /** {@code enabled}, {@code disabled} or {@code paused}. */
  String status() {
    if (settings.url().isEmpty()) {
      return "disabled";
    }
    return isPaused() ? "paused" : "enabled";
  }

  /** Whether nothing goes out though something should: its circuit is not closed. */
  boolean isHeldUp() {
    Circuit circuit = dispatcher.circuit();
    return circuit != null
        && !circuit.isClosed()
        && !(circuit.isHalfOpen() && ledger.pending() == 0);
  }

  /**
   * What {@code webhook.get} tells of it.
   *
   * @param oldest its oldest pending event, {@code null} for none
   */
  JsonObject report(String id, long rejected, Event oldest) {
    Circuit circuit = dispatcher.circuit();
    return new JsonObject()
        .put("endpoint", id)
        .put("enabled", status().equals("enabled"))
        .put("paused", isPaused())
        .put("url", settings.url())
        .put("format", settings.options().getFormat())
        .put("signed", outlet.get().headers().signed())
        .put("delivered", ledger.total(Total.DELIVERED))
        .put("failed", ledger.total(Total.FAILED))
        .put("dropped", ledger.total(Total.DROPPED))
        .put("dlq_size", ledger.letterCount())
        .put("dlq_evicted", ledger.total(Total.DLQ_EVICTED))
        .put("received", ledger.received())
        .put("discarded", ledger.discarded())
        .put("rejected", rejected)
        .put("pending", ledger.pending())
        .put("in_flight", dispatcher.inFlight())
        .put("retried", ledger.total(Total.RETRIED))
        .put(
            "oldest_pending",
            oldest == null ? null : text(Instant.ofEpochMilli(oldest.acceptedAt())))
        .put("circuit", circuit())
        .put("circuit_since", circuit == null ? null : text(circuit.since()))
        .put("next_probe", circuit == null ? null : text(circuit.nextProbe()))
        .put("last_delivery", text(recorder.lastDelivery()))
        .put("last_error", recorder.lastError())
        .put("reason", settings.pausedFor());
  }

  private static String text(Instant instant) {
    return instant == null ? null : instant.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  /** What an operator must know of it. */
  List<String> warnings() {
    Circuit circuit = dispatcher.circuit();
    String leftOut =
        circuit == null ? null : outlet.get().credentials().warning(circuit.destination());
    return Stream.of(ledger.warning(), leftOut).filter(Objects::nonNull).toList();
  }

  /** Remembers for the metrics what cannot be asked from any thread. */
  void look(Event oldestPending, boolean storeWarns) {
    oldest = oldestPending == null ? 0 : oldestPending.acceptedAt();
    warns = storeWarns || !warnings().isEmpty();
  }

  private long secondsPending(Clock clock) {
    long since = oldest;
    return since == 0 || ledger.pending() == 0 ? 0 : Math.max(0, clock.now() - since) / 1_000;
  }

  /**
   * Registers all that is measured.
   *
   * @param capacity how many events may wait
   */
  void register(Metrics metrics, LongSupplier capacity, Clock clock) {
    metrics
        .counter("webhook.received", "Valid entries that arrived", ledger::received)
        .counter("webhook.discarded", "Entries without a URL, or filtered out", this::discarded);
    total(metrics, "delivered", "Events that a receiver answered with 2xx", Total.DELIVERED);
    total(metrics, "dropped", "Events refused because the queue was full", Total.DROPPED);
    total(metrics, "retried", "Attempts that are made again", Total.RETRIED);
    total(metrics, "dlq.evicted", "Dead letters pushed out by newer ones", Total.DLQ_EVICTED);
    metrics
        .counter("webhook.redriven", "Dead letters that were sent again", this::redriven)
        .counter("webhook.dead.letters", "Events that became dead letters", this::deadLetters)
        .gauge(
            "webhook.failed",
            "Events given up and not redriven since",
            () -> ledger.total(Total.FAILED))
        .gauge("webhook.pending", "Events that wait", ledger::pending)
        .gauge(
            "webhook.oldest.pending.age.seconds",
            "Seconds since the oldest event was accepted that waits, some seconds ago",
            () -> secondsPending(clock))
        .gauge("webhook.warning", "1 while there is a warning", () -> warns ? 1 : 0)
        .gauge("webhook.pending.limit", "How many events may wait", capacity)
        .gauge("webhook.in.flight", "Attempts in flight", dispatcher::inFlight)
        .gauge("webhook.dlq.size", "Dead letters that are kept", ledger::letterCount)
        .gauge(
            "webhook.enabled",
            "1 while there is a URL and no pause",
            () -> dispatcher.isAccepting() && !isPaused() ? 1 : 0)
        .gauge("webhook.paused", "1 while sending is paused", () -> isPaused() ? 1 : 0);
    for (String state : List.of("closed", "open", "half_open")) {
      metrics.gauge(
          "webhook.circuit.state",
          "1 for the state of the circuit, 0 for the others",
          () -> state.equals(circuit()) ? 1 : 0,
          "state",
          state);
    }
  }

  private void total(Metrics metrics, String name, String description, Total total) {
    metrics.counter("webhook." + name, description, () -> ledger.total(total));
  }

  /**
   * All that ever became dead letters. A redrive moves its event between the two totals in two
   * steps; a reader in between must not see the sum fall, as that would count as a restart.
   */
  private long deadLetters() {
    long again = ledger.total(Total.REDRIVEN);
    return deadLetters.accumulateAndGet(ledger.total(Total.FAILED) + again, Math::max);
  }

  /** One that turns out to be damaged is not sent again after all; the sum does not fall. */
  private long redriven() {
    return redriven.accumulateAndGet(ledger.total(Total.REDRIVEN), Math::max);
  }

  /** An entry that arrives just now may be counted as wanted and not yet as arrived. */
  private long discarded() {
    return discarded.accumulateAndGet(ledger.discarded(), Math::max);
  }

  private boolean isPaused() {
    return settings.pausedFor() != null;
  }

  private String circuit() {
    Circuit circuit = dispatcher.circuit();
    return circuit == null ? "closed" : circuit.state();
  }
}
