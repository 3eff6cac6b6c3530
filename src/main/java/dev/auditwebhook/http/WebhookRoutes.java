package dev.auditwebhook.http;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.WebhookAddresses;
import dev.auditwebhook.http.guard.Problem;
import dev.auditwebhook.http.guard.RequestBody;
import dev.auditwebhook.http.guard.ResponseWriter;
import dev.auditwebhook.json.StrictJson;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.regex.Pattern;

/** The routes of the webhook and of its entries: each is one request on the event bus. */
final class WebhookRoutes {

  static final String AUDIT = "/audit";

  private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,18}");

  private final BusCalls bus;
  private final WebhookAddresses addresses;
  private final String entryAddress;

  WebhookRoutes(BusCalls bus, HttpOptions options) {
    this.bus = bus;
    this.addresses = WebhookAddresses.of(options.getAddress());
    this.entryAddress = options.getEntryAddress();
  }

  void addTo(RouteTable table) {
    table
        .on(GET, "/webhook", ctx -> bus.ask(addresses.get(), new JsonObject()))
        .on(PUT, "/webhook", ctx -> bus.ask(addresses.set(), RequestBody.object(ctx)))
        .on(DELETE, "/webhook", ctx -> bus.ask(addresses.set(), new JsonObject().put("url", "")))
        .on(POST, "/webhook/test", ctx -> bus.ask(addresses.test(), new JsonObject()))
        .on(GET, "/webhook/dlq", this::deadLetters, "limit", "after")
        .on(
            POST,
            "/webhook/dlq/redrive",
            ctx -> bus.ask(addresses.redrive(), RequestBody.optionalObject(ctx)))
        .on(POST, "/webhook/dlq/purge", this::purge)
        .on(DELETE, "/webhook/dlq/:event_id", this::purgeOne)
        .also(POST, AUDIT);
  }

  /** {@code POST /audit}: 202 with the reply, or 503 when the entry was dropped. */
  void audit(RoutingContext ctx) {
    Future<JsonObject> reply = bus.ask(entryAddress, entry(RequestBody.value(ctx)));
    ResponseWriter.json(ctx, 202, reply.map(WebhookRoutes::unlessDropped));
  }

  /** Entries are judged behind the bus, where refusals are counted: all goes there that can. */
  private static Object entry(Object value) {
    if (value instanceof BigInteger || value instanceof BigDecimal) {
      throw Problem.badRequest("an entry must be a JSON object, was " + StrictJson.typeOf(value));
    }
    return value;
  }

  private static JsonObject unlessDropped(JsonObject reply) {
    if ("dropped".equals(reply.getValue("status"))) {
      throw Problem.unavailable("the queue is full, the entry was dropped")
          .member("event_id", reply.getValue("event_id"));
    }
    return reply;
  }

  private Future<JsonObject> deadLetters(RoutingContext ctx) {
    JsonObject request = new JsonObject();
    for (Map.Entry<String, String> parameter : ctx.queryParams()) {
      request.put(parameter.getKey(), whole(parameter.getKey(), parameter.getValue()));
    }
    return bus.ask(addresses.dlq(), request);
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
    return bus.ask(addresses.purge(), body);
  }

  private Future<JsonObject> purgeOne(RoutingContext ctx) {
    long id = whole("event_id", ctx.pathParam("event_id"));
    return bus.ask(addresses.purge(), new JsonObject().put("event_ids", JsonArray.of(id)));
  }

  private static long whole(String name, String text) {
    if (!WHOLE.matcher(text).matches()) {
      throw Problem.badRequest(name + ": must be a whole number");
    }
    return Long.parseLong(text);
  }
}
