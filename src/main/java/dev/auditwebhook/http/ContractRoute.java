package dev.auditwebhook.http;

import dev.auditwebhook.http.guard.ResponseWriter;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;

/** {@code GET /openapi.json}: the contract of all routes. */
final class ContractRoute {

  static final String PATH = "/openapi.json";

  private final Buffer contract = Resources.load("openapi.json");

  void addTo(RouteTable table) {
    table.route(HttpMethod.GET, PATH, this::serve);
  }

  private void serve(RoutingContext ctx) {
    ResponseWriter.end(ctx.request(), 200, "application/json", contract);
  }
}
