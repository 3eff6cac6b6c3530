package dev.auditwebhook.http;

import dev.auditwebhook.WebhookAddresses;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.healthchecks.HealthChecks;
import io.vertx.ext.healthchecks.Status;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** Liveness and readiness, for orchestrators that have no token. */
final class HealthRoutes {

  private static final String WEBHOOK = "webhook";
  private static final String REASONS = "reasons";
  private static final long PATIENCE = 5_000;

  private final BusCalls bus;
  private final String address;
  private final HealthChecks checks;

  HealthRoutes(Vertx vertx, BusCalls bus, HttpOptions options) {
    this.bus = bus;
    this.address = WebhookAddresses.of(options.getAddress()).ready();
    this.checks =
        HealthChecks.create(vertx)
            .register(WEBHOOK, PATIENCE, status -> webhook().onSuccess(status::tryComplete));
  }

  void addTo(RouteTable table) {
    table
        .on(HttpMethod.GET, "/health/live", this::live)
        .on(HttpMethod.GET, "/health/ready", this::ready);
  }

  private Future<JsonObject> live(RoutingContext ctx) {
    return Future.succeededFuture(new JsonObject().put("live", true));
  }

  private Future<JsonObject> ready(RoutingContext ctx) {
    return checks.checkStatus(WEBHOOK).map(result -> unlessNotReady(result.getStatus()));
  }

  /** The webhook judges itself; one that cannot be asked is not ready, for the reason why. */
  private Future<Status> webhook() {
    return bus.ask(address, new JsonObject())
        .map(HealthRoutes::status)
        .otherwise(failure -> notOk(List.of(Problem.of(failure, 500).getMessage())));
  }

  private static Status status(JsonObject reply) {
    return Boolean.TRUE.equals(reply.getValue("ready"))
        ? Status.OK()
        : notOk(texts(reply.getValue(REASONS)));
  }

  private static Status notOk(List<String> reasons) {
    return Status.KO(new JsonObject().put(REASONS, new JsonArray(reasons)));
  }

  /**
   * @param status {@code null} when the check took too long
   */
  private static JsonObject unlessNotReady(Status status) {
    if (status == null) {
      throw notReady(List.of(BusCalls.LATE));
    }
    if (!status.isOk()) {
      throw notReady(texts(status.getData().getValue(REASONS)));
    }
    return new JsonObject().put("ready", true).put(REASONS, new JsonArray());
  }

  private static List<String> texts(Object reasons) {
    return reasons instanceof JsonArray array
        ? array.stream().filter(String.class::isInstance).map(String.class::cast).toList()
        : List.of();
  }

  private static Problem notReady(List<String> reasons) {
    return new Problem(503, reasons.isEmpty() ? "not ready" : String.join("; ", reasons))
        .member("ready", false)
        .member(REASONS, new JsonArray(reasons));
  }
}
