package dev.auditwebhook.http;

import dev.auditwebhook.HttpOptions;
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

/**
 * Liveness, readiness and the health of the delivery, for orchestrators and monitors that have no
 * token: so they get {@linkplain Reasons fixed words} alone.
 */
final class HealthRoutes {

  private static final long PATIENCE = 5_000;

  private final Vertx vertx;
  private final BusCalls bus;
  private final WebhookAddresses addresses;

  HealthRoutes(Vertx vertx, BusCalls bus, HttpOptions options) {
    this.vertx = vertx;
    this.bus = bus;
    this.addresses = WebhookAddresses.of(options.getAddress());
  }

  void addTo(RouteTable table) {
    HealthChecks live = HealthChecks.create(vertx);
    table
        .on(HttpMethod.GET, "/health/live", ctx -> live(live))
        .on(HttpMethod.GET, "/health/ready", new Judgement("ready", addresses.ready())::answer)
        .on(
            HttpMethod.GET,
            "/health/delivery",
            new Judgement("healthy", addresses.health())::answer);
  }

  private static Future<JsonObject> live(HealthChecks checks) {
    return checks
        .checkStatus()
        .map(result -> new JsonObject().put("live", CheckResult.isUp(result)));
  }

  /** A question that the webhook answers with a verdict and the reasons for it. */
  private final class Judgement {
    private final String verdict;
    private final String address;
    private final HealthChecks checks;

    Judgement(String verdict, String address) {
      this.verdict = verdict;
      this.address = address;
      this.checks = HealthChecks.create(vertx).register("webhook", 2 * PATIENCE, this::askWebhook);
    }

    Future<JsonObject> answer(RoutingContext ctx) {
      return checks.checkStatus().map(this::unlessBad);
    }

    private void askWebhook(Promise<Status> status) {
      bus.ask(address, new JsonObject(), PATIENCE)
          .map(reply -> status(Boolean.TRUE.equals(reply.getValue(verdict)), Reasons.of(reply)))
          .otherwise(failure -> status(false, Reasons.of(failure)))
          .onComplete(status);
    }

    private static Status status(boolean good, List<String> reasons) {
      JsonObject data = new JsonObject().put(Reasons.KEY, new JsonArray(reasons));
      return new Status().setOk(good).setData(data);
    }

    private JsonObject unlessBad(CheckResult result) {
      if (CheckResult.isUp(result)) {
        return new JsonObject().put(verdict, true).put(Reasons.KEY, new JsonArray());
      }
      List<String> reasons =
          result.getChecks().stream().flatMap(check -> Reasons.from(check).stream()).toList();
      throw new Problem(503, reasons.isEmpty() ? "not " + verdict : String.join("; ", reasons))
          .member(verdict, false)
          .member(Reasons.KEY, new JsonArray(reasons));
    }
  }
}
