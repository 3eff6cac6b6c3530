package dev.auditwebhook.metrics;

import java.util.Locale;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * The meters of one webhook, or of one of its endpoints. All have the tag {@code address}, those of
 * an endpoint {@code endpoint} too; none names a URL. They live in the Micrometer registry of the
 * Vert.x instance if it has one, else in a Prometheus registry of the module's own, one an
 * instance.
 */
public interface Metrics {

  enum Outcome {
    DELIVERED,
    RETRY,
    FAILED;

    /** In lower case, as messages and tags have it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Measures nothing: Micrometer is not on the class path. */
  Metrics NONE = new Metrics() {};

  /** A total that only rises; the value is asked from any thread. */
  default Metrics counter(String name, String description, LongSupplier value) {
    return this;
  }

  /**
   * A total that is added to, from any thread: whoever asks for the same one adds to the same. It
   * stays when these meters are closed, as others may add to it.
   */
  default LongConsumer tally(String name, String description, String... tags) {
    return more -> {};
  }

  /** A value that rises and falls, asked from any thread; tags are keys and values. */
  default Metrics gauge(String name, String description, LongSupplier value, String... tags) {
    return this;
  }

  /** As {@link #gauge}, of what several in a process may tell: the first one's is kept. */
  default void commonGauge(String name, String description, LongSupplier value) {}

  /**
   * How long something takes, as a histogram.
   *
   * @param buckets their bounds, in milliseconds
   * @return to be told of each time, in milliseconds
   */
  default LongConsumer durations(String name, String description, long... buckets) {
    return millis -> {};
  }

  /** The meters of one endpoint, which are closed by themselves. */
  default Metrics ofEndpoint(String id) {
    return this;
  }

  /** Records one attempt of an endpoint, whether it carried one event or a batch. */
  default void attempt(Outcome outcome, long millis, int events) {}

  /** Takes the meters out of the registry. */
  default void close() {}
}
