package dev.auditwebhook.metrics;

import java.util.function.LongSupplier;

/** Stands in where Micrometer is not there. */
final class NoMetrics implements Metrics {

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
}
