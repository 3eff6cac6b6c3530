package dev.auditwebhook.http;

import dev.auditwebhook.http.guard.Problem;
import dev.auditwebhook.http.guard.ResponseWriter;
import dev.auditwebhook.metrics.Scrape;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;

/** {@code GET /metrics}: all meters of this process, in Prometheus' text format. */
final class MetricsRoute {

  static final String PATH = "/metrics";

  private static final String MISSING =
      "metrics need io.micrometer:micrometer-registry-prometheus on the class path, and a Vert.x"
          + " with Micrometer metrics must have a Prometheus registry";

  private final Vertx vertx;

  MetricsRoute(Vertx vertx) {
    this.vertx = vertx;
  }

  void addTo(RouteTable table) {
    table.route(HttpMethod.GET, PATH, this::scrape);
  }

  private void scrape(RoutingContext ctx) {
    Scrape.of(vertx).onSuccess(text -> answer(ctx, text)).onFailure(ctx::fail);
  }

  private static void answer(RoutingContext ctx, String text) {
    if (text == null) {
      ctx.fail(new Problem(501, MISSING));
    } else {
      ResponseWriter.end(ctx.request(), 200, Scrape.CONTENT_TYPE, Buffer.buffer(text));
    }
  }
}
