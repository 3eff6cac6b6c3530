package dev.auditwebhook.http;

import dev.auditwebhook.http.guard.Problem;
import dev.auditwebhook.http.guard.RequestBody;
import dev.auditwebhook.http.guard.ResponseWriter;
import dev.auditwebhook.http.guard.TokenGuard;
import dev.auditwebhook.security.access.Role;
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
 * Each route of a guarded table names the least role that may use it.
 */
final class RouteTable {

  private final Router router;
  private final TokenGuard guard;
  private final RequestBody bodies;
  private final Map<String, Set<String>> methods = new LinkedHashMap<>();

  /** Routes that anybody may use, with whatever parameters. */
  RouteTable(Router router) {
    this(router, null, null);
  }

  /** Routes for the authenticated; a query parameter that means nothing is refused. */
  RouteTable(Router router, TokenGuard guard, RequestBody bodies) {
    this.router = router;
    this.guard = guard;
    this.bodies = bodies;
  }

  /** A route that answers 200 with what its endpoint comes up with; GET brings HEAD along. */
  RouteTable on(
      Role least,
      HttpMethod method,
      String path,
      Function<RoutingContext, Future<JsonObject>> end,
      String... parameters) {
    return route(
        least, method, path, ctx -> ResponseWriter.json(ctx, 200, end.apply(ctx)), parameters);
  }

  /** A route that answers by itself; GET brings HEAD along. */
  RouteTable route(
      Role least,
      HttpMethod method,
      String path,
      Handler<RoutingContext> handler,
      String... parameters) {
    add(method, path)
        .handler(guard.atLeast(least))
        .handler(body(method))
        .handler(guard.still(least))
        .handler(ctx -> checkParameters(ctx, parameters))
        .handler(handler);
    return this;
  }

  /** A route for whoever has a valid token. */
  RouteTable forAll(HttpMethod method, String path, Function<RoutingContext, JsonObject> end) {
    add(method, path)
        .handler(body(method))
        .handler(ctx -> checkParameters(ctx))
        .handler(ctx -> ResponseWriter.json(ctx, 200, Future.succeededFuture(end.apply(ctx))));
    return this;
  }

  /** A route that answers by itself, for whoever gets here. */
  RouteTable route(HttpMethod method, String path, Handler<RoutingContext> handler) {
    add(method, path).handler(handler);
    return this;
  }

  /** No answer to these, which may be a stream without end, holds what came along. */
  private Handler<RoutingContext> body(HttpMethod method) {
    return method == HttpMethod.GET || method == HttpMethod.DELETE ? bodies::discard : bodies;
  }

  private Route add(HttpMethod method, String path) {
    Set<String> known = methods.computeIfAbsent(path, p -> new TreeSet<>());
    known.add(method.name());
    Route route = router.route(path).method(method);
    if (method == HttpMethod.GET) {
      known.add(HttpMethod.HEAD.name());
      route.method(HttpMethod.HEAD);
    }
    return route;
  }

  /** Who adds {@code ?event_id=7} to a redrive does not want to redrive everything. */
  private static void checkParameters(RoutingContext ctx, String... known) {
    for (String name : ctx.queryParams().names()) {
      if (!Set.of(known).contains(name)) {
        throw Problem.badRequest("unknown query parameter");
      }
      if (ctx.queryParams().getAll(name).size() > 1) {
        throw Problem.badRequest(name + ": is there more than once");
      }
    }
    ctx.next();
  }

  /** Remembers a method whose route stands elsewhere. */
  RouteTable also(HttpMethod method, String path) {
    methods.computeIfAbsent(path, p -> new TreeSet<>()).add(method.name());
    return this;
  }

  /** To be called last: known paths with another method are 405. */
  void refuseOtherMethods() {
    methods.forEach(
        (path, known) -> router.route(path).handler(ctx -> refuse(ctx, String.join(", ", known))));
  }

  private static void refuse(RoutingContext ctx, String allow) {
    ctx.fail(new Problem(405, "this route knows " + allow).header(HttpHeaders.ALLOW, allow));
  }
}
