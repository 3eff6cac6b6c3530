package dev.auditwebhook.metrics;

import io.vertx.core.Vertx;
import java.util.function.Supplier;

/**
 * The one place that may meet a class path without Micrometer. Everything that names its classes
 * stands behind these calls.
 */
final class Libraries {

  private Libraries() {}

  static Metrics metrics(Vertx vertx, String address) {
    return ifThere(() -> new MicrometerMetrics(Registries.of(vertx), address), Metrics.NONE);
  }

  /** A way to scrape, or {@code null}. */
  static Supplier<String> scraper(Vertx vertx) {
    return ifThere(() -> Registries.scraper(vertx), null);
  }

  static <T> T ifThere(Supplier<T> needsLibrary, T otherwise) {
    try {
      return needsLibrary.get();
    } catch (NoClassDefFoundError missing) {
      return otherwise;
    }
  }
}
