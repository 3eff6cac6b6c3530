package dev.auditwebhook.http;

import dev.auditwebhook.WebhookAddresses;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** Liveness and readiness, for orchestrators that have no token. */
final class HealthRoutes {

  private static final long PATIENCE = 5_000;

  private final BusCalls bus;
  private final String address;

  HealthRoutes(BusCalls bus, HttpOptions options) {
    this.bus = bus;
    this.address = WebhookAddresses.of(options.getAddress()).ready();
  }

  void addTo(RouteTable table) {
    table
        .on(HttpMethod.GET, "/health/live", this::live)
        .on(HttpMethod.GET, "/health/ready", this::ready);
  }

  private Future<JsonObject> live(RoutingContext ctx) {
    return Future.succeededFuture(new JsonObject().put("live", true));
  }

  /** The webhook judges itself; one that cannot be asked is not ready, for the reason why. */
  private Future<JsonObject> ready(RoutingContext ctx) {
    return bus.ask(address, new JsonObject(), PATIENCE)
        .recover(
            failure ->
                Future.failedFuture(notReady(List.of(Problem.of(failure, 500).getMessage()))))
        .map(HealthRoutes::unlessNotReady);
  }

  private static JsonObject unlessNotReady(JsonObject reply) {
    if (!Boolean.TRUE.equals(reply.getValue("ready"))) {
      throw notReady(reasons(reply.getValue("reasons")));
    }
    return new JsonObject().put("ready", true).put("reasons", new JsonArray());
  }

  private static List<String> reasons(Object reasons) {
    return reasons instanceof JsonArray array
        ? array.stream().filter(String.class::isInstance).map(String.class::cast).toList()
        : List.of();
  }

  private static Problem notReady(List<String> reasons) {
    return new Problem(503, reasons.isEmpty() ? "not ready" : String.join("; ", reasons))
        .member("ready", false)
        .member("reasons", new JsonArray(reasons));
  }
}
