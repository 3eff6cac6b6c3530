package dev.auditwebhook.metrics;

import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * The meters of one webhook. All have the tag {@code address}; none names a URL. They live in the
 * Micrometer registry of the Vert.x instance if it has one, else in a Prometheus registry of the
 * module's own, one an instance.
 */
public interface Metrics {

  /** What became of an attempt. */
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
  Metrics NONE =
      new Metrics() {
        @Override
        public Metrics counter(String name, String description, LongSupplier value) {
          return this;
        }

        @Override
        public Metrics gauge(String name, String description, LongSupplier value, String... tags) {
          return this;
        }

        @Override
        public void attempt(Outcome outcome, long millis, int events) {}

        @Override
        public void close() {}
      };

  /**
   * A total that only rises.
   *
   * @param name with dots, and without {@code total}
   * @param value asked from any thread
   */
  Metrics counter(String name, String description, LongSupplier value);

  /**
   * A value that rises and falls.
   *
   * @param name with dots
   * @param value asked from any thread
   * @param tags further tags, as keys and values
   */
  Metrics gauge(String name, String description, LongSupplier value, String... tags);

  /**
   * Records one attempt, whether it carried one event or a batch.
   *
   * @param millis how long it took
   * @param events how many events it carried
   */
  void attempt(Outcome outcome, long millis, int events);

  /** Takes the meters out of the registry. */
  void close();
}
