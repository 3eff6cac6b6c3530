package dev.auditwebhook.http;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.http.guard.Caller;
import dev.auditwebhook.http.guard.ClientLimits;
import dev.auditwebhook.http.guard.CrossSiteGuard;
import dev.auditwebhook.http.guard.Problem;
import dev.auditwebhook.http.guard.RequestBody;
import dev.auditwebhook.http.guard.RequestGuard;
import dev.auditwebhook.http.guard.ResponseWriter;
import dev.auditwebhook.http.guard.TokenGuard;
import dev.auditwebhook.metrics.Metrics;
import dev.auditwebhook.metrics.MetricsFactory;
import dev.auditwebhook.metrics.Scrape;
import dev.auditwebhook.security.access.Keyring;
import dev.auditwebhook.security.access.Principal;
import dev.auditwebhook.security.access.Role;
import dev.auditwebhook.security.access.UnauthorizedThrottle;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** Puts the routes together: what is public, then the guard, then everything else. */
public final class ApiRouter {

  private static final String NO_METRICS =
      "metrics need io.micrometer:micrometer-registry-prometheus on the class path, and a Vert.x"
          + " with Micrometer metrics must have a Prometheus registry";

  private ApiRouter() {}

  /** Answers every path below its mount; the admin token may be {@code null}, but not empty. */
  public static Router create(Vertx vertx, HttpOptions options) {
    return create(
        vertx,
        options,
        ClientLimits.DEFAULT,
        new AttemptsRoute(vertx, options),
        guard(vertx, options, CommonLimits.of(vertx, options).throttle()));
  }

  /** A guard with the tokens of options, which counts whom it refuses. */
  static TokenGuard guard(Vertx vertx, HttpOptions options, UnauthorizedThrottle throttle) {
    Metrics metrics = MetricsFactory.create(vertx, options.getAddress());
    return new TokenGuard(
        vertx,
        Keyring.of(options),
        throttle,
        metrics.tally("webhook.http.unauthorized", "Requests without a valid token (401)"),
        metrics.tally("webhook.http.forbidden", "Requests beyond the role of their token (403)"));
  }

  static Router create(
      Vertx vertx,
      HttpOptions options,
      ClientLimits limits,
      AttemptsRoute attempts,
      TokenGuard tokens) {
    Router router = Router.router(vertx);
    ResponseWriter answers = new ResponseWriter(vertx, limits);
    BusCalls bus = new BusCalls(vertx);
    router.route().handler(new RequestGuard(answers, limits)::handle);
    router.route().handler(answers::protect).failureHandler(answers::failed);
    router.errorHandler(400, answers::malformed).errorHandler(500, answers::failed);

    router.get().handler(Console::addSlash);

    RouteTable open = new RouteTable(router);
    new Console().addTo(open);
    new HealthRoutes(vertx, bus, options).addTo(open);
    open.refuseOtherMethods();

    if (options.getAdminToken() == null) {
      router.route().handler(new CrossSiteGuard(options.getHost())::handle);
    }
    RequestBody bodies = new RequestBody(vertx, limits);
    WebhookRoutes api = new WebhookRoutes(bus, options);
    AuditRoute audit = new AuditRoute(bus, options, CommonLimits.of(vertx, options).quota());
    router.route().handler(tokens::authenticate);
    router.route().handler(answers::authenticated);
    router
        .post(AuditRoute.PATH)
        .handler(tokens.atLeast(Role.INGEST))
        .handler(bodies)
        .handler(tokens.still(Role.INGEST))
        .handler(audit::handle);
    router.route().handler(ApiRouter::refuseTrailingSlash);
    RouteTable guarded = new RouteTable(router, tokens, bodies);
    api.addTo(guarded);
    attempts.addTo(guarded);
    guarded.forAll(HttpMethod.GET, "/token", ApiRouter::whoAsks);
    guarded.route(Role.METRICS, HttpMethod.GET, "/metrics", ctx -> scrape(vertx, ctx));
    Buffer contract = Resources.load("openapi.json");
    guarded.route(
        Role.READ,
        HttpMethod.GET,
        "/openapi.json",
        ctx -> ResponseWriter.end(ctx, 200, "application/json", contract));
    guarded.refuseOtherMethods();
    router.route().handler(ctx -> ctx.fail(404));
    return router;
  }

  private static JsonObject whoAsks(RoutingContext ctx) {
    Principal principal = Caller.of(ctx).principal();
    return new JsonObject()
        .put("type", "get_token_ok")
        .put("name", principal.name())
        .put("role", principal.role().toString());
  }

  /** All meters of this process, in Prometheus' text format. */
  private static void scrape(Vertx vertx, RoutingContext ctx) {
    Scrape.of(vertx)
        .onSuccess(
            text -> {
              if (text == null) {
                ctx.fail(new Problem(501, NO_METRICS));
              } else {
                ResponseWriter.end(ctx, 200, Scrape.CONTENT_TYPE, Buffer.buffer(text));
              }
            })
        .onFailure(ctx::fail);
  }

  /** A path that lost its last part, as {@code DELETE /webhook/}, must not mean its parent. */
  private static void refuseTrailingSlash(RoutingContext ctx) {
    if (ctx.normalizedPath().endsWith("/")) {
      ctx.fail(404);
    } else {
      ctx.next();
    }
  }
}
