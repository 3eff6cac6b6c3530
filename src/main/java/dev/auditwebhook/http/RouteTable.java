package dev.auditwebhook.http;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Adds routes to a router, and remembers them to answer 405 for the methods that were not added.
 */
final class RouteTable {

  private final Router router;
  private final Map<String, Set<String>> methods = new LinkedHashMap<>();

  RouteTable(Router router) {
    this.router = router;
  }

  /** A route that answers 200 with what its endpoint comes up with; GET brings HEAD along. */
  RouteTable on(HttpMethod method, String path, Function<RoutingContext, Future<JsonObject>> end) {
    return route(
        method,
        path,
        ctx -> end.apply(ctx).onSuccess(body -> Answers.json(ctx, 200, body)).onFailure(ctx::fail));
  }

  /** A route that answers by itself; GET brings HEAD along. */
  RouteTable route(HttpMethod method, String path, Handler<RoutingContext> handler) {
    add(path, method).handler(handler);
    return this;
  }

  private Route add(String path, HttpMethod method) {
    Set<String> known = methods.computeIfAbsent(path, p -> new TreeSet<>());
    known.add(method.name());
    Route route = router.route(path).method(method);
    if (method == HttpMethod.GET) {
      known.add(HttpMethod.HEAD.name());
      route.method(HttpMethod.HEAD);
    }
    return route;
  }

  /** Remembers a method whose route stands elsewhere. */
  RouteTable also(HttpMethod method, String path) {
    methods.computeIfAbsent(path, p -> new TreeSet<>()).add(method.name());
    return this;
  }

  /** To be called last: known paths with another method are 405. */
  void refuseOtherMethods() {
    methods.forEach(
        (path, known) -> {
          String allow = String.join(", ", known);
          router
              .route(path)
              .handler(
                  ctx ->
                      ctx.fail(
                          new Problem(405, "this route knows " + allow)
                              .header(HttpHeaders.ALLOW, allow)));
        });
  }
}
