package dev.auditwebhook.http;

import dev.auditwebhook.WebhookAddresses;
import dev.auditwebhook.http.guard.Caller;
import dev.auditwebhook.http.guard.ClientLimits;
import dev.auditwebhook.http.guard.Problem;
import dev.auditwebhook.http.guard.ResponseWriter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** Asks the webhook over the event bus, and turns its failures into problems. */
final class BusCalls {

  /** The bytes of a reply to a change; most are smaller. */
  private static final int CHANGE_REPLY = 16 * 1024;

  private final Vertx vertx;

  BusCalls(Vertx vertx) {
    this.vertx = vertx;
  }

  Future<JsonObject> ask(String address, Object request) {
    return ask(address, request, ClientLimits.LONGEST_ANSWER);
  }

  Future<JsonObject> ask(String address, Object request, long timeout) {
    return ask(address, request, new DeliveryOptions().setSendTimeout(timeout));
  }

  /**
   * As {@link #ask}, for what changes something: the webhook keeps a trail of who did it. Refused
   * where there is no room for the reply, as nobody would learn else that the change was made.
   */
  Future<JsonObject> change(RoutingContext ctx, String address, JsonObject request) {
    ResponseWriter.expectOfChange(ctx, CHANGE_REPLY);
    Caller caller = Caller.of(ctx);
    DeliveryOptions signed = new DeliveryOptions().setSendTimeout(ClientLimits.LONGEST_ANSWER);
    if (caller.principal().name() != null) {
      signed.addHeader(WebhookAddresses.PRINCIPAL, caller.principal().name());
    }
    if (caller.peer() != null) {
      signed.addHeader(WebhookAddresses.PEER, caller.peer());
    }
    return ask(address, request, signed);
  }

  /** Posts an entry, with the ids of the message that it came in, if it did. */
  Future<JsonObject> post(RoutingContext ctx, String address, Object entry, long timeout) {
    DeliveryOptions options = new DeliveryOptions().setSendTimeout(timeout);
    ctx.request()
        .headers()
        .getAll(WebhookAddresses.MESSAGE_ID)
        .forEach(id -> options.addHeader(WebhookAddresses.MESSAGE_ID, id));
    return ask(address, entry, options);
  }

  private Future<JsonObject> ask(String address, Object request, DeliveryOptions options) {
    return vertx
        .eventBus()
        .request(address, request, options)
        .recover(failure -> Future.failedFuture(problem(failure)))
        .map(BusCalls::body);
  }

  private static JsonObject body(Message<Object> reply) {
    if (reply.body() instanceof JsonObject json) {
      return json;
    }
    throw new Problem(500, "the webhook's reply was not a JSON object");
  }

  private static Throwable problem(Throwable failure) {
    if (!(failure instanceof ReplyException reply)) {
      return failure;
    }
    return switch (reply.failureType()) {
      case NO_HANDLERS -> Problem.unavailable("no webhook is deployed");
      case TIMEOUT -> new Problem(504, "the webhook did not answer in time");
      case RECIPIENT_FAILURE -> refusal(reply);
      default -> new Problem(500, "the webhook could not serve the request");
    };
  }

  /** A refusal with a status is to be read; anything else is an accident, and stays inside. */
  private static Problem refusal(ReplyException reply) {
    int code = reply.failureCode();
    if (code < 400 || code > 599 || reply.getMessage() == null) {
      return new Problem(500, "the webhook could not serve the request");
    }
    return code == 503
        ? Problem.unavailable(reply.getMessage())
        : new Problem(code, reply.getMessage());
  }
}
