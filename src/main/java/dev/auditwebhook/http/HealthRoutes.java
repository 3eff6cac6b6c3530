package dev.auditwebhook.http;

import dev.auditwebhook.WebhookAddresses;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.healthchecks.CheckResult;
import io.vertx.ext.healthchecks.HealthChecks;
import io.vertx.ext.healthchecks.Status;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** Liveness and readiness, for orchestrators that have no token. */
final class HealthRoutes {

  private static final long PATIENCE = 5_000;
  private static final String REASONS = "reasons";

  private final BusCalls bus;
  private final String address;
  private final HealthChecks live;
  private final HealthChecks ready;

  HealthRoutes(Vertx vertx, BusCalls bus, HttpOptions options) {
    this.bus = bus;
    this.address = WebhookAddresses.of(options.getAddress()).ready();
    live = HealthChecks.create(vertx);
    ready = HealthChecks.create(vertx).register("webhook", 2 * PATIENCE, this::askWebhook);
  }

  void addTo(RouteTable table) {
    table
        .on(HttpMethod.GET, "/health/live", this::live)
        .on(HttpMethod.GET, "/health/ready", this::ready);
  }

  private Future<JsonObject> live(RoutingContext ctx) {
    return live.checkStatus().map(result -> new JsonObject().put("live", CheckResult.isUp(result)));
  }

  private Future<JsonObject> ready(RoutingContext ctx) {
    return ready.checkStatus().map(HealthRoutes::unlessNotReady);
  }

  /** The webhook judges itself; one that cannot be asked is not ready, for the reason why. */
  private void askWebhook(Promise<Status> verdict) {
    bus.ask(address, new JsonObject(), PATIENCE)
        .map(reply -> status(Boolean.TRUE.equals(reply.getValue("ready")), reasons(reply)))
        .otherwise(failure -> status(false, JsonArray.of(Problem.of(failure, 500).getMessage())))
        .onComplete(verdict);
  }

  private static Status status(boolean ready, JsonArray reasons) {
    return new Status().setOk(ready).setData(new JsonObject().put(REASONS, reasons));
  }

  private static JsonArray reasons(JsonObject from) {
    return from != null && from.getValue(REASONS) instanceof JsonArray array
        ? new JsonArray(array.stream().filter(String.class::isInstance).toList())
        : new JsonArray();
  }

  private static JsonObject unlessNotReady(CheckResult result) {
    if (CheckResult.isUp(result)) {
      return new JsonObject().put("ready", true).put(REASONS, new JsonArray());
    }
    List<String> reasons =
        result.getChecks().stream()
            .flatMap(check -> reasons(check.getData()).stream())
            .map(String.class::cast)
            .toList();
    throw new Problem(503, reasons.isEmpty() ? "not ready" : String.join("; ", reasons))
        .member("ready", false)
        .member(REASONS, new JsonArray(reasons));
  }
}
