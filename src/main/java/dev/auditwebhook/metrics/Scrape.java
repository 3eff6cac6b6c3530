package dev.auditwebhook.metrics;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/** All metrics of this process, as Prometheus reads them. */
public final class Scrape {

  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private Scrape() {}

  /**
   * Reads all meters, off the event loop: those of a host may take their time. {@code null} without
   * Micrometer's Prometheus registry.
   */
  public static Future<String> of(Vertx vertx) {
    Supplier<String> scraper = MetricsFactory.scraper(vertx);
    return scraper == null ? Future.succeededFuture() : vertx.executeBlocking(scraper::get, false);
  }
}
