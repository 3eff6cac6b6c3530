package dev.auditwebhook.journal.postgres;

import dev.auditwebhook.metrics.Metrics;
import java.util.function.LongConsumer;

/** What this node writes, and how long that takes. */
final class Tally {

  private static final long[] COMMIT_MILLIS = {1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000};

  // Volatile, as metrics are read from any thread.
  private volatile long rows;
  private volatile long lag;

  private LongConsumer commits = millis -> {};

  /**
   * A statement was kept.
   *
   * @param written how many rows it wrote, about
   * @param took in milliseconds, until this node knew
   */
  @SuppressWarnings("NonAtomicOperationOnVolatileField")
  void committed(long written, long took) {
    rows += written;
    commits.accept(took);
  }

  /** How many events the endpoint that is most behind is behind. */
  void lag(long events) {
    lag = events;
  }

  void register(Metrics metrics) {
    commits =
        metrics.durations(
            "webhook.store.commit", "How long a commit to the store took", COMMIT_MILLIS);
    metrics
        .counter("webhook.store.rows", "Rows that this node wrote", () -> rows)
        .gauge("webhook.store.lag", "By how many ids the slowest endpoint is behind", () -> lag);
  }
}
