package dev.auditwebhook.http;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.http.guard.ClientLimits;
import dev.auditwebhook.http.guard.RequestBody;
import dev.auditwebhook.http.guard.RequestGuard;
import dev.auditwebhook.http.guard.ResponseWriter;
import dev.auditwebhook.http.guard.TokenGuard;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** Puts the routes together: what is public, then the guard, then everything else. */
public final class ApiRouter {

  private ApiRouter() {}

  /**
   * The router of the API.
   *
   * @param vertx whose event bus is asked
   * @param options with an admin token that is not empty, or {@code null}
   * @return a router that answers every path below the one where it is mounted
   */
  public static Router create(Vertx vertx, HttpOptions options) {
    return create(vertx, options, ClientLimits.DEFAULT, new AttemptsRoute(vertx, options));
  }

  static Router create(
      Vertx vertx, HttpOptions options, ClientLimits limits, AttemptsRoute attempts) {
    Router router = Router.router(vertx);
    ResponseWriter answers = new ResponseWriter(vertx, limits);
    BusCalls bus = new BusCalls(vertx);
    router.route().handler(new RequestGuard(answers, limits)::handle);
    router.route().handler(ResponseWriter::protect).failureHandler(answers::failed);
    router.errorHandler(400, answers::malformed).errorHandler(500, answers::failed);

    router.get().handler(Console::addSlash);

    RouteTable open = new RouteTable(router, false);
    new Console().addTo(open);
    new HealthRoutes(vertx, bus, options).addTo(open);
    open.refuseOtherMethods();

    TokenGuard auth = new TokenGuard(options);
    RequestBody bodies = new RequestBody(vertx, limits);
    WebhookRoutes api = new WebhookRoutes(bus, options);
    router.post(WebhookRoutes.AUDIT).handler(auth::producer).handler(bodies).handler(api::audit);
    router.route().handler(auth::administrator).handler(ApiRouter::refuseTrailingSlash);
    router.route().handler(bodies);
    RouteTable guarded = new RouteTable(router, true);
    api.addTo(guarded);
    attempts.addTo(guarded);
    new MetricsRoute(vertx).addTo(guarded);
    new ContractRoute().addTo(guarded);
    guarded.refuseOtherMethods();
    router.route().handler(ctx -> ctx.fail(404));
    return router;
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
