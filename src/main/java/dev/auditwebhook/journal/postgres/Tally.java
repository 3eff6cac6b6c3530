package dev.auditwebhook.journal.postgres;

import dev.auditwebhook.metrics.Metrics;

/** What this node writes, and how long that takes. Read from any thread. */
final class Tally {

  private volatile long rows;
  private volatile long commits;
  private volatile long millis;
  private volatile long longest;
  private volatile long lag;

  /**
   * A statement was kept.
   *
   * @param written how many rows it wrote, about
   * @param took in milliseconds, until this node knew
   */
  @SuppressWarnings("NonAtomicOperationOnVolatileField")
  void committed(long written, long took) {
    rows += written;
    commits++;
    millis += took;
    longest = Math.max(longest, took);
  }

  /** How many events the endpoint that is most behind is behind. */
  void lag(long events) {
    lag = events;
  }

  void register(Metrics metrics) {
    metrics
        .counter("webhook.store.rows", "Rows that this node wrote", () -> rows)
        .counter("webhook.store.commits", "Statements that this node wrote by", () -> commits)
        .counter("webhook.store.commit.millis", "How long they took together, in ms", () -> millis)
        .gauge("webhook.store.commit.longest", "How long the longest took, in ms", () -> longest)
        .gauge("webhook.store.lag", "By how many ids the slowest endpoint is behind", () -> lag);
  }
}
