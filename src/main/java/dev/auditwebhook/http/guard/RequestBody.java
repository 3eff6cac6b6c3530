package dev.auditwebhook.http.guard;

import dev.auditwebhook.json.ExactJson;
import dev.auditwebhook.json.StrictJson;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/**
 * Reads the body of a request whole, up to a size and within a time, whatever its content type says
 * it is. A body that a host's router has read already is taken as it is.
 */
public final class RequestBody implements Handler<RoutingContext> {

  private static final String KEY = RequestBody.class.getName();

  private final Vertx vertx;
  private final ClientLimits limits;

  public RequestBody(Vertx vertx, ClientLimits limits) {
    this.vertx = vertx;
    this.limits = limits;
  }

  /** The body as a JSON object; without a body, 400. */
  public static JsonObject object(RoutingContext ctx) {
    return asObject(value(ctx));
  }

  /** The body as a JSON object; without a body, an empty one. */
  public static JsonObject optionalObject(RoutingContext ctx) {
    return bytes(ctx).length() == 0 ? new JsonObject() : asObject(value(ctx));
  }

  /** The body as a JSON value; without a body, 400. */
  public static Object value(RoutingContext ctx) {
    Buffer bytes = bytes(ctx);
    if (bytes.length() == 0) {
      throw Problem.badRequest("the body must be a JSON object, was empty");
    }
    return parse("body", bytes);
  }

  /** A part of the body as a JSON value, else 400; {@code what} it is called there. */
  public static Object parse(String what, Buffer json) {
    try {
      return ExactJson.parse(json);
    } catch (IllegalArgumentException e) {
      throw Problem.badRequest("the " + what + " is refused: " + e.getMessage());
    }
  }

  private static JsonObject asObject(Object value) {
    if (value instanceof JsonObject object) {
      return object;
    }
    throw Problem.badRequest("the body must be a JSON object, was " + StrictJson.typeOf(value));
  }

  /** The body as it came, empty without one. */
  public static Buffer bytes(RoutingContext ctx) {
    return ctx.get(KEY);
  }

  @Override
  public void handle(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    if (ctx.body().available()) {
      Buffer body = ctx.body().buffer();
      read(ctx, body == null ? Buffer.buffer() : body);
    } else if (request.isEnded()) {
      read(ctx, Buffer.buffer());
    } else if (declaredLength(request) > limits.maxBody()) {
      ctx.fail(tooLarge());
    } else {
      if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
        ctx.response().writeContinue();
      }
      receive(ctx);
    }
  }

  private void read(RoutingContext ctx, Buffer body) {
    if (body.length() > limits.maxBody()) {
      ctx.fail(tooLarge());
    } else {
      ctx.put(KEY, body);
      ctx.next();
    }
  }

  private Problem tooLarge() {
    return new Problem(413, "the body has more than " + limits.maxBody() + " bytes");
  }

  private static long declaredLength(HttpServerRequest request) {
    try {
      String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
      return length == null ? 0 : Long.parseLong(length);
    } catch (NumberFormatException e) {
      throw Problem.badRequest("the request is malformed");
    }
  }

  private void receive(RoutingContext ctx) {
    Buffer body = Buffer.buffer();
    Promise<Buffer> whole = Promise.promise();
    String late = "the body did not come within " + limits.bodyTimeout() + " ms";
    long timer = vertx.setTimer(limits.bodyTimeout(), id -> whole.tryFail(new Problem(408, late)));
    whole
        .future()
        .onComplete(over -> vertx.cancelTimer(timer))
        .onSuccess(arrived -> read(ctx, arrived))
        .onFailure(
            failure -> {
              // Any other failure is a client that has gone, and hears no answer.
              if (failure instanceof Problem) {
                ctx.fail(failure);
              }
            });
    ctx.request()
        .exceptionHandler(whole::tryFail)
        .endHandler(last -> whole.tryComplete(body))
        .handler(
            chunk -> {
              if (body.length() + chunk.length() > limits.maxBody()) {
                whole.tryFail(tooLarge());
              } else if (!whole.future().isComplete()) {
                body.appendBuffer(chunk);
              }
            })
        .resume();
  }
}
