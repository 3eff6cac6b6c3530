package dev.auditwebhook.http;

import static dev.auditwebhook.security.access.Role.ADMIN;
import static dev.auditwebhook.security.access.Role.OPERATE;
import static dev.auditwebhook.security.access.Role.READ;
import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import dev.auditwebhook.WebhookAddresses;
import dev.auditwebhook.http.guard.Problem;
import dev.auditwebhook.http.guard.RequestBody;
import dev.auditwebhook.http.guard.ResponseWriter;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The routes of one endpoint, below a path that says which: each is one request on the bus. */
final class EndpointRoutes {

  private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,18}");

  /** The most bytes of a reply with dead letters. */
  private static final int LARGEST_PAGE = 4 * 1024 * 1024;

  private final BusCalls bus;
  private final WebhookAddresses addresses;
  private final String path;
  private final Function<RoutingContext, JsonObject> request;

  /**
   * @param request makes a request that names the endpoint, or none for {@code default}
   */
  EndpointRoutes(
      BusCalls bus,
      WebhookAddresses addresses,
      String path,
      Function<RoutingContext, JsonObject> request) {
    this.bus = bus;
    this.addresses = addresses;
    this.path = path;
    this.request = request;
  }

  /**
   * @param change the method that changes settings
   */
  void addTo(RouteTable table, HttpMethod change) {
    table
        .on(READ, GET, path, ctx -> bus.ask(addresses.get(), request.apply(ctx)))
        .on(
            ADMIN,
            change,
            path,
            ctx -> bus.change(ctx, addresses.set(), with(ctx, RequestBody.object(ctx))))
        .on(
            OPERATE,
            POST,
            path + "/test",
            ctx -> bus.ask(addresses.test(), with(ctx, RequestBody.optionalObject(ctx))))
        .on(READ, GET, path + "/dlq", this::deadLetters, "limit", "after")
        .on(
            OPERATE,
            POST,
            path + "/dlq/redrive",
            ctx -> bus.change(ctx, addresses.redrive(), with(ctx, RequestBody.optionalObject(ctx))))
        .on(OPERATE, POST, path + "/dlq/purge", this::purge)
        .on(OPERATE, DELETE, path + "/dlq/:event_id", this::purgeOne);
  }

  /** The request that a body asks for; which endpoint is meant is not the body's to say. */
  private JsonObject with(RoutingContext ctx, JsonObject body) {
    if (body.containsKey("endpoint")) {
      throw Problem.badRequest("endpoint: must not be in the body, as the path says which one");
    }
    return request.apply(ctx).mergeIn(body);
  }

  private Future<JsonObject> deadLetters(RoutingContext ctx) {
    JsonObject page = request.apply(ctx);
    for (Map.Entry<String, String> parameter : ctx.queryParams()) {
      page.put(parameter.getKey(), whole(parameter.getKey(), parameter.getValue()));
    }
    ResponseWriter.expect(ctx, LARGEST_PAGE);
    return bus.ask(addresses.dlq(), page);
  }

  /** What the body chooses, which all has to say: one that got lost on the way purges nothing. */
  private Future<JsonObject> purge(RoutingContext ctx) {
    JsonObject body = RequestBody.object(ctx);
    if (body.containsKey("all") == body.containsKey("event_ids")) {
      throw Problem.badRequest("either all or event_ids must be given; nothing was purged");
    }
    if (body.containsKey("all")) {
      if (!Boolean.TRUE.equals(body.getValue("all"))) {
        throw Problem.badRequest("all: must be true; nothing was purged");
      }
      body.remove("all");
    } else if (!(body.getValue("event_ids") instanceof JsonArray)) {
      throw Problem.badRequest("event_ids: must be an array; nothing was purged");
    }
    return bus.change(ctx, addresses.purge(), with(ctx, body));
  }

  private Future<JsonObject> purgeOne(RoutingContext ctx) {
    long id = whole("event_id", ctx.pathParam("event_id"));
    return bus.change(
        ctx, addresses.purge(), request.apply(ctx).put("event_ids", JsonArray.of(id)));
  }

  private static long whole(String name, String text) {
    if (!WHOLE.matcher(text).matches()) {
      throw Problem.badRequest(name + ": must be a whole number");
    }
    return Long.parseLong(text);
  }
}
