package dev.auditwebhook.journal.postgres;

import dev.auditwebhook.metrics.Metrics;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** What is registered to be measured. */
final class Measured implements Metrics {

  private final Map<String, LongSupplier> values = new HashMap<>();
  private final Map<String, Long> recorded = new HashMap<>();

  @Override
  public Metrics counter(String name, String description, LongSupplier value) {
    values.put(name, value);
    return this;
  }

  @Override
  public Metrics gauge(String name, String description, LongSupplier value, String... tags) {
    values.put(name, value);
    return this;
  }

  @Override
  public LongConsumer durations(String name, String description, long... buckets) {
    return millis -> recorded.merge(name, 1L, Long::sum);
  }

  /** How many times were recorded. */
  long times(String name) {
    return recorded.getOrDefault(name, 0L);
  }

  long value(String name) {
    return values.get(name).getAsLong();
  }
}
