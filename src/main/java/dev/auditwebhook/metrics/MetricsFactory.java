package dev.auditwebhook.metrics;

import io.vertx.core.Vertx;
import java.util.function.Supplier;

/**
 * Makes meters. The one place that may meet a class path without Micrometer: everything that names
 * its classes stands behind these calls.
 */
public final class MetricsFactory {

  private MetricsFactory() {}

  /** The meters of a webhook, to be closed with it; {@link Metrics#NONE} without Micrometer. */
  public static Metrics create(Vertx vertx, String address) {
    return ifThere(() -> new MicrometerMetrics(Registries.of(vertx), address), Metrics.NONE);
  }

  static Supplier<String> scraper(Vertx vertx) {
    return ifThere(() -> Registries.scraper(vertx), null);
  }

  private static <T> T ifThere(Supplier<T> needsLibrary, T otherwise) {
    try {
      return needsLibrary.get();
    } catch (NoClassDefFoundError missing) {
      return otherwise;
    }
  }
}
