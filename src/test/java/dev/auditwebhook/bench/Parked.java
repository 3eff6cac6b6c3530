package dev.auditwebhook.bench;

import io.vertx.core.json.JsonObject;
import java.util.function.UnaryOperator;

/** What events cost that wait: behind an open circuit, or in backoff. */
final class Parked {

  private static final int ROOM = 100_000;
  private static final long NEVER = 86_400_000;

  private Parked() {}

  /**
   * The cost of an event while others are parked.
   *
   * @param wallNanos time an event
   * @param cpuNanos CPU time an event, without the producer's
   * @param releaseMillis from the new URL to the first delivery
   */
  record Cost(double wallNanos, double cpuNanos, double releaseMillis) {}

  /** Options under which the first failure parks everything. */
  private static JsonObject parking(String url, int capacity) {
    return Scenarios.options(url)
        .put("queueCapacity", capacity)
        .put("drainTimeout", 0)
        .put("maxAttempts", 1_000)
        .put("initialBackoff", 1)
        .put("circuitBreaker", circuit(1));
  }

  private static JsonObject circuit(int maxFailures) {
    return new JsonObject().put("maxFailures", maxFailures).put("resetTimeout", NEVER);
  }

  private static ModuleLoad park(JsonObject options, int events) {
    ModuleLoad module = new ModuleLoad(options, events);
    module.publish(1);
    module.until(state -> state.getString("circuit").equals("open"));
    module.publish(events - 1);
    return module;
  }

  /** Bytes of heap that so many events hold, each, which wait for so many endpoints. */
  static double heapAnEvent(ReceiverProcess receiver, int events, int endpoints) {
    JsonObject options = parking(receiver.switched(), events + 1_000);
    receiver.switchTo(503);
    try (ModuleLoad module = park(Crowd.of(options, endpoints), 1)) {
      long before = Usage.heap();
      module.publish(events);
      return (double) (Usage.heap() - before) / events;
    }
  }

  /**
   * Parks events, lets them go, and measures the deliveries that follow while as many more come in:
   * so the number of parked events stays.
   *
   * @param deliveries how many at least
   */
  static Cost behind(ReceiverProcess receiver, int events, int deliveries) {
    return behind(receiver, options -> options, events, deliveries);
  }

  /** The same with other options, on another store. */
  static Cost behind(
      ReceiverProcess receiver, UnaryOperator<JsonObject> with, int events, int deliveries) {
    JsonObject options = with.apply(parking(receiver.switched(), 2 * events + ROOM));
    receiver.switchTo(503);
    try (ModuleLoad module = park(options, events)) {
      long set = System.nanoTime();
      module.set(receiver.fast());
      module.start();
      module.until(state -> state.getLong("delivered") > 0);
      double releaseMillis = (System.nanoTime() - set) / 1e6;
      long first = module.until(s -> s.getLong("delivered") > deliveries / 4).getLong("delivered");
      long nanos = System.nanoTime();
      Usage usage = Usage.now(module.producerThread());
      long last =
          module.until(s -> s.getLong("delivered") >= first + deliveries).getLong("delivered");
      nanos = System.nanoTime() - nanos;
      usage = Usage.now(module.producerThread()).since(usage);
      module.halt();
      return new Cost(
          (double) nanos / (last - first),
          (double) usage.cpuNanos() / (last - first),
          releaseMillis);
    }
  }

  /**
   * A load beside events that wait in backoff for as long as the load lasts. The receiver must be
   * switched to 503 before, and to 204 after.
   */
  static ModuleLoad backoff(ReceiverProcess receiver, int events, int waiting) {
    JsonObject options =
        Scenarios.options(receiver.switched())
            .put("queueCapacity", events + 20_000)
            .put("drainTimeout", 0)
            .put("maxAttempts", 1_000)
            .put("initialBackoff", NEVER)
            .put("maxBackoff", NEVER)
            .put("jitter", 0)
            .put("circuitBreaker", circuit(1_000_000));
    ModuleLoad module = new ModuleLoad(options, waiting);
    receiver.switchTo(503);
    module.publish(events);
    module.until(state -> state.getLong("retried") == events);
    module.keep(events);
    receiver.switchTo(204);
    return module;
  }
}
