package dev.auditwebhook.bench;

import dev.auditwebhook.WebhookAddresses;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.HdrHistogram.Histogram;

/**
 * How long an event takes at a steady rate. A pacer, which does not wait for answers, starts event
 * after event; each is timed from its start to its outcome. Starts that the pacer itself makes late
 * count from when they happen.
 */
final class Latency {

  private final AtomicLongArray startedAt;
  private final Histogram histogram = new Histogram(TimeUnit.SECONDS.toNanos(60), 3);

  private Latency(int events) {
    startedAt = new AtomicLongArray(events);
  }

  /**
   * From {@code publish} to the event's {@code delivered} on {@code webhook.attempts}, at the
   * endpoint {@code default}.
   */
  static Histogram ofModule(ModuleLoad module, double perSecond, long millis) {
    return across(module, module, perSecond, millis);
  }

  /** The same from a node that accepts to the one that delivers. */
  static Histogram across(ModuleLoad from, ModuleLoad to, double perSecond, long millis) {
    Latency latency = new Latency(events(perSecond, millis));
    long before = to.getDefault().getLong("received");
    var attempts =
        to.vertx
            .eventBus()
            .<JsonObject>consumer(
                WebhookAddresses.of(WebhookAddresses.DEFAULT_PREFIX).attempts(),
                message -> {
                  JsonObject attempt = message.body();
                  if ("delivered".equals(attempt.getString("outcome"))
                      && "default".equals(attempt.getString("endpoint"))) {
                    latency.ended((int) (attempt.getLong("event_id") - before - 1));
                  }
                });
    attempts.completion().await();
    latency.pace(perSecond, event -> from.publish());
    latency.awaitAll(() -> to.getDefault().getLong("pending") == 0);
    attempts.unregister().await();
    return latency.histogram;
  }

  /** From the hand-over to the client's event loop to the whole answer. */
  static Histogram ofBare(ClosedLoop bare, double perSecond, long millis) {
    Latency latency = new Latency(events(perSecond, millis));
    latency.pace(
        perSecond,
        event ->
            bare.context.runOnContext(v -> bare.post().onComplete(done -> latency.ended(event))));
    latency.awaitAll(() -> true);
    return latency.histogram;
  }

  private static int events(double perSecond, long millis) {
    return Math.max(1, (int) (perSecond * millis / 1_000));
  }

  private void pace(double perSecond, IntConsumer start) {
    double nanosAnEvent = 1e9 / perSecond;
    long begin = System.nanoTime();
    for (int event = 0; event < startedAt.length(); event++) {
      long due = begin + (long) (event * nanosAnEvent);
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      startedAt.set(event, System.nanoTime());
      start.accept(event);
    }
  }

  private synchronized void ended(int event) {
    if (event >= 0 && event < startedAt.length()) {
      histogram.recordValue(System.nanoTime() - startedAt.get(event));
    }
  }

  private synchronized long ended() {
    return histogram.getTotalCount();
  }

  private void awaitAll(BooleanSupplier atRest) {
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (ended() < startedAt.length() || !atRest.getAsBoolean()) {
      if (System.nanoTime() > limit) {
        throw new IllegalStateException(
            "of " + startedAt.length() + " events at half load " + ended() + " were delivered");
      }
      Sample.pause(1);
    }
  }
}
