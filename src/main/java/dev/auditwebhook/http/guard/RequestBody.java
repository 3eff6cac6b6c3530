package dev.auditwebhook.http.guard;

import dev.auditwebhook.json.ExactJson;
import dev.auditwebhook.json.StrictJson;
import io.netty.handler.codec.DecoderException;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Reads the body of a request whole, up to a size and within a time, whatever its content type says
 * it is, and as far as all bodies together keep within their budgets of memory. A body that a
 * host's router has read already is taken as it is.
 */
public final class RequestBody implements Handler<RoutingContext> {

  private static final String KEY = RequestBody.class.getName();
  private static final int LIGHT = 8 * 1024;

  private final Vertx vertx;
  private final ClientLimits limits;
  private final ByteBudget bytes;
  private final ByteBudget parsed;
  private final Queue<Arrival> arriving = new ConcurrentLinkedQueue<>();

  public RequestBody(Vertx vertx, ClientLimits limits) {
    this.vertx = vertx;
    this.limits = limits;
    this.bytes = new ByteBudget(limits.bodyBudget());
    this.parsed = new ByteBudget(limits.parsedBudget());
  }

  /** The body as a JSON object; without a body, 400. */
  public static JsonObject object(RoutingContext ctx) {
    return asObject(value(ctx));
  }

  /** The body as a JSON object; without a body, an empty one. */
  public static JsonObject optionalObject(RoutingContext ctx) {
    return whole(ctx).length() == 0 ? new JsonObject() : asObject(value(ctx));
  }

  /** The body as a JSON value; without a body, 400. */
  public static Object value(RoutingContext ctx) {
    Buffer body = whole(ctx);
    if (body.length() == 0) {
      throw Problem.badRequest("the body must be a JSON object, was empty");
    }
    return parse("body", body);
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
  public static Buffer whole(RoutingContext ctx) {
    return ctx.get(KEY);
  }

  @Override
  public void handle(RoutingContext ctx) {
    if (ctx.body().available()) {
      Buffer body = ctx.body().buffer();
      read(ctx, body == null ? Buffer.buffer() : body);
    } else if (ctx.request().isEnded()) {
      read(ctx, Buffer.buffer());
    } else {
      receive(new Arrival(ctx, true));
    }
  }

  /** As a handler of a route that uses no body: reads what comes, and keeps nothing of it. */
  public void discard(RoutingContext ctx) {
    if (ctx.request().isEnded()) {
      ctx.next();
    } else {
      receive(new Arrival(ctx, false));
    }
  }

  private void read(RoutingContext ctx, Buffer body) {
    if (body.length() > limits.maxBody()) {
      ctx.fail(tooLarge());
    } else {
      ByteBudget.Hold hold = parsed.hold();
      if (!hold.grow(weight(body))) {
        ctx.fail(busy());
      } else if (isHeldToTheEnd(ctx, hold)) {
        ctx.put(KEY, body);
        ctx.next();
      }
    }
  }

  /** Whether anybody waits for the answer; of a response that is over no end would be told. */
  private static boolean isHeldToTheEnd(RoutingContext ctx, ByteBudget.Hold hold) {
    if (ctx.response().ended() || ctx.response().closed()) {
      hold.release();
      return false;
    }
    ctx.addEndHandler(answered -> hold.release());
    return true;
  }

  /**
   * About what a body takes of the memory when it is parsed, and once more as a bus's message.
   * Nothing for one as most are, which must not wait for what others send.
   */
  private static long weight(Buffer body) {
    long weight = 0;
    for (byte b : body.getBytes()) {
      weight +=
          switch (b) {
            case '{' -> 400;
            case '[' -> 160;
            case ':' -> 80;
            case ',' -> 64;
            default -> 2;
          };
    }
    return weight < LIGHT ? 0 : weight;
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

  private void receive(Arrival arrival) {
    HttpServerRequest request = arrival.ctx.request();
    if (declaredLength(request) > limits.maxBody()) {
      arrival.ctx.fail(tooLarge());
      return;
    }
    if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
      arrival.ctx.response().writeContinue();
    }
    String late = "the body did not come within " + limits.bodyTimeout() + " ms";
    long timer =
        vertx.setTimer(limits.bodyTimeout(), id -> arrival.whole.tryFail(new Problem(408, late)));
    if (arrival.kept) {
      arriving.add(arrival);
    }
    arrival
        .whole
        .future()
        .onComplete(
            over -> {
              vertx.cancelTimer(timer);
              arriving.remove(arrival);
            })
        .onSuccess(arrival::arrived)
        .onFailure(arrival::failed);
    request
        .exceptionHandler(arrival.whole::tryFail)
        .endHandler(last -> arrival.whole.tryComplete(arrival.body))
        .handler(arrival::add)
        .resume();
  }

  private static Problem busy() {
    return Problem.unavailable("more request bodies than fit into memory are under way");
  }

  /** Makes room, if the body that has been on its way for longest has had some time for it. */
  private boolean giveWay() {
    Arrival longest = arriving.peek();
    if (longest == null
        || System.nanoTime() - longest.since < limits.bodyTimeout() * 1_000_000 / 30
        || !longest.whole.tryFail(busy())) {
      return false;
    }
    longest.hold.release();
    return true;
  }

  /** A body on its way. Lives on the context of its exchange, wherever it is told to give way. */
  private final class Arrival {

    private final RoutingContext ctx;
    private final boolean kept;
    private final Promise<Buffer> whole = ((ContextInternal) vertx.getOrCreateContext()).promise();
    private final ByteBudget.Hold hold = bytes.hold();
    private final Buffer body = Buffer.buffer();
    private final long since = System.nanoTime();
    private int length;

    Arrival(RoutingContext ctx, boolean kept) {
      this.ctx = ctx;
      this.kept = kept;
    }

    private void add(Buffer chunk) {
      length += chunk.length();
      if (length > limits.maxBody()) {
        whole.tryFail(tooLarge());
      } else if (kept && !whole.future().isComplete()) {
        if (hold.grow(chunk.length()) || giveWay() && hold.grow(chunk.length())) {
          body.appendBuffer(chunk);
        } else {
          whole.tryFail(busy());
        }
      }
    }

    private void arrived(Buffer arrived) {
      if (!kept) {
        ctx.next();
      } else if (isHeldToTheEnd(ctx, hold)) {
        read(ctx, arrived);
      }
    }

    private void failed(Throwable failure) {
      hold.release();
      if (failure instanceof Problem) {
        ctx.fail(failure);
      } else if (failure instanceof DecoderException
          || failure instanceof IllegalArgumentException) {
        ctx.fail(Problem.badRequest("the chunks of the body are malformed"));
        WatchedConnection.flush(ctx.request().connection());
      }
      // Any other failure is a client that has gone, and hears no answer.
    }
  }
}
