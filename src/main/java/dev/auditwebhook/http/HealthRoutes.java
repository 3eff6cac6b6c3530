package dev.auditwebhook.http;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.WebhookAddresses;
import dev.auditwebhook.http.guard.Problem;
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
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Liveness, readiness and the health of the delivery, for orchestrators and monitors that have no
 * token: so reasons are fixed words, with numbers and times. Whatever else a reply says stays
 * inside, as it may come from a receiver or name a host.
 */
final class HealthRoutes {

  private static final long PATIENCE = 5_000;

  /** An event loop that says so is alive. */
  private static final Future<JsonObject> LIVE =
      Future.succeededFuture(new JsonObject().put("live", true));

  private static final String REASONS = "reasons";

  private static final String NOT_DEPLOYED = "not_deployed";
  private static final String NO_ANSWER = "no_answer";
  private static final String FAULT = "fault";

  private static final Pattern KNOWN =
      Pattern.compile(
          "(circuit_open|paused|disabled|nearly_full|store_fault|store_set_aside)(?![^ ])(.*)",
          Pattern.DOTALL);
  private static final Pattern NUMBERS =
      Pattern.compile(
          "( (of|since|\\d{1,19}|\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z))*");

  private final Vertx vertx;
  private final BusCalls bus;
  private final WebhookAddresses addresses;

  HealthRoutes(Vertx vertx, BusCalls bus, HttpOptions options) {
    this.vertx = vertx;
    this.bus = bus;
    this.addresses = WebhookAddresses.of(options.getAddress());
  }

  void addTo(RouteTable table) {
    table
        .on(HttpMethod.GET, "/health/live", ctx -> LIVE)
        .on(HttpMethod.GET, "/health/ready", new Judgement("ready", addresses.ready())::answer)
        .on(
            HttpMethod.GET,
            "/health/delivery",
            new Judgement("healthy", addresses.health())::answer);
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
          .map(reply -> status(Boolean.TRUE.equals(reply.getValue(verdict)), reasons(reply)))
          .otherwise(failure -> status(false, reasons(failure)))
          .onComplete(status);
    }

    private static Status status(boolean good, List<String> reasons) {
      JsonObject data = new JsonObject().put(REASONS, new JsonArray(reasons));
      return new Status().setOk(good).setData(data);
    }

    private JsonObject unlessBad(CheckResult result) {
      if (CheckResult.isUp(result)) {
        return new JsonObject().put(verdict, true).put(REASONS, new JsonArray());
      }
      List<String> reasons =
          result.getChecks().stream().flatMap(check -> reasons(check).stream()).toList();
      throw new Problem(503, reasons.isEmpty() ? "not " + verdict : String.join("; ", reasons))
          .member(verdict, false)
          .member(REASONS, new JsonArray(reasons));
    }
  }

  /** The reasons of a reply that may be shown. */
  private static List<String> reasons(JsonObject reply) {
    return reply.getValue(REASONS) instanceof JsonArray array
        ? array.stream().map(HealthRoutes::presentable).flatMap(Optional::stream).toList()
        : List.of();
  }

  /** Why the webhook could not be asked. */
  private static List<String> reasons(Throwable failure) {
    return List.of(
        switch (Problem.of(failure, 500).status()) {
          case 503 -> NOT_DEPLOYED;
          case 504 -> NO_ANSWER;
          default -> FAULT;
        });
  }

  /** The reasons that a check has kept; one that ran out of time has none. */
  private static List<String> reasons(CheckResult check) {
    return check.getData() != null && check.getData().getValue(REASONS) instanceof JsonArray array
        ? array.stream().map(String.class::cast).toList()
        : List.of(NO_ANSWER);
  }

  private static Optional<String> presentable(Object reason) {
    if (!(reason instanceof String text)) {
      return Optional.empty();
    }
    Matcher known = KNOWN.matcher(text);
    if (!known.matches()) {
      return Optional.empty();
    }
    return Optional.of(NUMBERS.matcher(known.group(2)).matches() ? text : known.group(1));
  }
}
