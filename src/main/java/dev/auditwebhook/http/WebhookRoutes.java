package dev.auditwebhook.http;

import static dev.auditwebhook.security.access.Role.ADMIN;
import static dev.auditwebhook.security.access.Role.READ;
import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.PATCH;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.WebhookAddresses;
import dev.auditwebhook.http.guard.Problem;
import dev.auditwebhook.http.guard.RequestBody;
import dev.auditwebhook.http.guard.ResponseWriter;
import dev.auditwebhook.json.StrictJson;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.math.BigDecimal;
import java.math.BigInteger;

/** The routes of the webhook, its endpoints and its entries: each is one request on the bus. */
final class WebhookRoutes {

  static final String AUDIT = "/audit";

  /** What names an endpoint in a path; {@code id} may stand in the path of a host already. */
  static final String ID = "endpoint_id";

  /** The endpoint {@code default}. */
  static final String WEBHOOK = "/webhook";

  /** Any endpoint. */
  static final String ENDPOINT = "/endpoints/:" + ID;

  private final BusCalls bus;
  private final WebhookAddresses addresses;
  private final String entryAddress;

  WebhookRoutes(BusCalls bus, HttpOptions options) {
    this.bus = bus;
    this.addresses = WebhookAddresses.of(options.getAddress());
    this.entryAddress = options.getEntryAddress();
  }

  void addTo(RouteTable table) {
    new EndpointRoutes(bus, addresses, WEBHOOK, ctx -> new JsonObject()).addTo(table, PUT);
    new EndpointRoutes(bus, addresses, ENDPOINT, WebhookRoutes::named).addTo(table, PATCH);
    table
        .on(
            ADMIN,
            DELETE,
            WEBHOOK,
            ctx -> bus.change(ctx, addresses.set(), new JsonObject().put("url", "")))
        .on(READ, GET, "/endpoints", ctx -> bus.ask(addresses.endpoints(), new JsonObject()))
        .on(READ, GET, "/nodes", ctx -> bus.ask(addresses.nodes(), new JsonObject()))
        .route(ADMIN, PUT, ENDPOINT, this::put)
        .on(ADMIN, DELETE, ENDPOINT, ctx -> bus.change(ctx, addresses.remove(), named(ctx)))
        .also(POST, AUDIT);
  }

  private static JsonObject named(RoutingContext ctx) {
    return new JsonObject().put("endpoint", ctx.pathParam(ID));
  }

  /** {@code PUT /endpoints/:id}: 201 when the endpoint was made, 200 when it was replaced. */
  private void put(RoutingContext ctx) {
    bus.change(ctx, addresses.put(), named(ctx).put("config", RequestBody.object(ctx)))
        .onSuccess(
            reply -> {
              int status = Boolean.TRUE.equals(reply.getValue("created")) ? 201 : 200;
              ResponseWriter.json(ctx, status, Future.succeededFuture(reply));
            })
        .onFailure(ctx::fail);
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
      throw Problem.unavailable(
              "the entry was dropped: the queue is full, or the store keeps nothing (GET /health/ready)")
          .member("event_id", reply.getValue("event_id"));
    }
    return reply;
  }
}
