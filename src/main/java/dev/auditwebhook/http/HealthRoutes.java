package dev.auditwebhook.http;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.WebhookAddresses;
import dev.auditwebhook.http.guard.Problem;
import dev.auditwebhook.http.guard.ResponseWriter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.healthchecks.CheckResult;
import io.vertx.ext.healthchecks.HealthChecks;
import io.vertx.ext.healthchecks.Status;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Liveness, readiness and the health of the delivery, for orchestrators and monitors that have no
 * token: so reasons are fixed words, with the id of an endpoint, numbers and times. Whatever else a
 * reply says stays inside, as it may come from a receiver or name a host.
 */
final class HealthRoutes {

  private static final long PATIENCE = 5_000;
  private static final String REASONS = "reasons";

  private static final String ID = "[a-z0-9][a-z0-9-]{0,62}";
  private static final String NUMBERS =
      "( (of|since|\\d{1,19}|\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z))*\\z";

  /** A fixed word, and what follows if that is nothing but an id, numbers and times. */
  private static final Pattern PRESENTABLE =
      Pattern.compile(
          ("(circuit_open|paused|disabled|nearly_full|no_node)(?![^ ])(( %1$s)?%2$s)?"
                  + "|(store_fault|store_set_aside)(?![^ ])(%2$s)?")
              .formatted(ID, NUMBERS));

  private final Vertx vertx;
  private final BusCalls bus;
  private final WebhookAddresses addresses;

  HealthRoutes(Vertx vertx, BusCalls bus, HttpOptions options) {
    this.vertx = vertx;
    this.bus = bus;
    this.addresses = WebhookAddresses.of(options.getAddress());
  }

  void addTo(RouteTable table) {
    // An event loop that says so is alive.
    Future<JsonObject> live = Future.succeededFuture(new JsonObject().put("live", true));
    answer(table, "/health/live", ctx -> live);
    judge(table, "/health/ready", "ready", addresses.ready());
    judge(table, "/health/delivery", "healthy", addresses.health());
  }

  /** A question that the webhook answers with a verdict and the reasons for it. */
  private void judge(RouteTable table, String path, String verdict, String address) {
    answer(
        table,
        path,
        ctx ->
            bus.ask(address, new JsonObject(), PATIENCE)
                .map(reply -> status(reply.getValue(verdict), presentable(reply)))
                .otherwise(failure -> status(false, List.of(reason(failure))))
                .compose(this::check)
                .map(result -> answer(verdict, result)));
  }

  /** The webhook was asked before, as a check leaves a timer that lasts for all of its timeout. */
  private Future<CheckResult> check(Status status) {
    return HealthChecks.create(vertx)
        .register("webhook", 1, promise -> promise.complete(status))
        .checkStatus();
  }

  private static void answer(
      RouteTable table, String path, Function<RoutingContext, Future<JsonObject>> reply) {
    table.route(HttpMethod.GET, path, ctx -> ResponseWriter.json(ctx, 200, reply.apply(ctx)));
  }

  private static Status status(Object good, List<String> reasons) {
    return new Status()
        .setOk(Boolean.TRUE.equals(good))
        .setData(new JsonObject().put(REASONS, new JsonArray(reasons)));
  }

  private static JsonObject answer(String verdict, CheckResult result) {
    if (CheckResult.isUp(result)) {
      return new JsonObject().put(verdict, true).put(REASONS, new JsonArray());
    }
    JsonArray reasons = result.getChecks().get(0).getData().getJsonArray(REASONS);
    List<String> words = reasons.stream().map(String.class::cast).toList();
    throw new Problem(503, words.isEmpty() ? "not " + verdict : String.join("; ", words))
        .member(verdict, false)
        .member(REASONS, reasons);
  }

  /** The reasons of a reply that may be shown. */
  private static List<String> presentable(JsonObject reply) {
    return reply.getValue(REASONS) instanceof JsonArray array
        ? array.stream()
            .filter(String.class::isInstance)
            .map(reason -> PRESENTABLE.matcher((String) reason))
            .filter(Matcher::lookingAt)
            .map(Matcher::group)
            .toList()
        : List.of();
  }

  /** Why the webhook could not be asked. */
  private static String reason(Throwable failure) {
    return switch (Problem.of(failure, 500).status()) {
      case 503 -> "not_deployed";
      case 504 -> "no_answer";
      default -> "fault";
    };
  }
}
