package dev.auditwebhook.http.guard;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes answers: JSON, problems, and the headers that all of them carry. */
public final class ResponseWriter {

  private static final Logger LOG = LoggerFactory.getLogger(ResponseWriter.class);
  private static final String CLOSED_POLICY = "default-src 'none'; frame-ancestors 'none'";

  private static final String ANSWER = ResponseWriter.class.getName();
  private static final String BUDGET_OF_CHANGES = ANSWER + ".changes";

  private final Vertx vertx;
  private final ClientLimits limits;
  private final AnswerBudget ofAnybody;
  private final AnswerBudget ofAuthenticated;
  private final AnswerBudget ofChanges;

  public ResponseWriter(Vertx vertx, ClientLimits limits) {
    this.vertx = vertx;
    this.limits = limits;
    this.ofAnybody = new AnswerBudget(vertx, limits, limits.answerBudget() / 4);
    this.ofAuthenticated = new AnswerBudget(vertx, limits, limits.answerBudget());
    this.ofChanges = new AnswerBudget(vertx, limits, limits.answerBudget() / 4);
  }

  /** As a handler: gives every answer its protective headers, and its part of a budget. */
  public void protect(RoutingContext ctx) {
    protect(ctx.response());
    ctx.put(ANSWER, ofAnybody.answer(ctx.request()));
    ctx.next();
  }

  /** As a handler behind the guard: strangers who read nothing take none of this budget. */
  public void authenticated(RoutingContext ctx) {
    ctx.put(ANSWER, ofAuthenticated.answer(ctx.request())).put(BUDGET_OF_CHANGES, ofChanges);
    ctx.next();
  }

  /**
   * Refuses the request if there is no room for an answer of about that many bytes, before it is
   * made; once there was, it is sent.
   */
  public static void expect(RoutingContext ctx, int bytes) {
    if (!answer(ctx).expect(bytes)) {
      throw busy();
    }
  }

  /** As {@link #expect}, before a change is made: who only reads takes none of this budget. */
  public static void expectOfChange(RoutingContext ctx, int bytes) {
    AnswerBudget changes = ctx.get(BUDGET_OF_CHANGES);
    ctx.put(ANSWER, changes.answer(ctx.request()));
    expect(ctx, bytes);
  }

  private static AnswerBudget.Answer answer(RoutingContext ctx) {
    return ctx.get(ANSWER);
  }

  private static Problem busy() {
    return Problem.unavailable("more answers than fit into memory are not yet read");
  }

  private static void protect(HttpServerResponse response) {
    response
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .putHeader("x-content-type-options", "nosniff")
        .putHeader("content-security-policy", CLOSED_POLICY)
        .putHeader("referrer-policy", "no-referrer");
  }

  /** Ends an answer with the JSON object to come, or fails it. */
  public static void json(RoutingContext ctx, int status, Future<JsonObject> body) {
    body.map(JsonObject::toBuffer)
        .onSuccess(bytes -> end(ctx, status, "application/json", bytes))
        .onFailure(ctx::fail);
  }

  /**
   * Ends an answer; a HEAD request gets the headers of the GET. A large one counts as long as the
   * client has not taken it.
   */
  public static void end(RoutingContext ctx, int status, String contentType, Buffer body) {
    AnswerBudget.Answer answer = answer(ctx);
    if (answer.isAdmitted(body.length())) {
      answer.sent(body.length(), end(ctx.request(), status, contentType, body));
    } else {
      ctx.fail(busy());
    }
  }

  private static Future<Void> end(
      HttpServerRequest request, int status, String contentType, Buffer body) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return Future.succeededFuture();
    }
    return response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, contentType)
        .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()))
        .end(request.method() == HttpMethod.HEAD ? Buffer.buffer() : body);
  }

  /** The failure handler of all routes. */
  public void failed(RoutingContext ctx) {
    AnswerBudget.Answer answer = answer(ctx);
    if (answer != null) {
      answer.release();
    }
    report(ctx.failure());
    Problem problem = Problem.of(ctx.failure(), ctx.statusCode());
    if (problem != ctx.failure() && problem.status() >= 500) {
      LOG.error("{} request failed", ctx.request().method(), ctx.failure());
    }
    problem(ctx.request(), problem);
  }

  /** Passes on what is no matter of one request alone, such as memory that has run out. */
  public void report(Throwable failure) {
    if (failure instanceof Error) {
      ((ContextInternal) vertx.getOrCreateContext()).reportException(failure);
    }
  }

  /** Answers what the router could not even match, such as a path that cannot be decoded. */
  public void malformed(RoutingContext ctx) {
    problem(ctx.request(), Problem.of(ctx.failure(), 400));
  }

  /** Answers a request with a problem, whether or not its body has come. */
  public void problem(HttpServerRequest request, Problem problem) {
    HttpServerResponse response = request.response();
    if (response.headWritten()) {
      response.reset();
      return;
    }
    protect(response);
    problem.headers().forEach(response::putHeader);
    boolean bodyToCome = !request.isEnded() && hasBody(request);
    if (bodyToCome && request.version() != HttpVersion.HTTP_2) {
      response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    end(request, problem.status(), Problem.CONTENT_TYPE, Buffer.buffer(problem.toJson().encode()));
    if (bodyToCome) {
      cutLater(request);
    }
  }

  /**
   * Ends an exchange whose request never ended. To close at once could reset the connection before
   * the client has read its answer, so the rest is read for a moment, and thrown away.
   */
  public void cutLater(HttpServerRequest request) {
    request.handler(rest -> {});
    request.resume();
    vertx.setTimer(
        limits.linger(),
        timer -> {
          if (request.version() != HttpVersion.HTTP_2) {
            request.connection().close();
          } else if (!request.isEnded()) {
            request.response().reset();
          }
        });
  }

  private static boolean hasBody(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
        || length != null && !length.equals("0");
  }
}
