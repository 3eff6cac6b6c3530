package dev.auditwebhook.http;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.WebhookAddresses;
import dev.auditwebhook.http.guard.Caller;
import dev.auditwebhook.http.guard.Problem;
import dev.auditwebhook.security.access.Role;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * {@code GET /webhook/attempts} and {@code GET /endpoints/:id/attempts}: attempts as server-sent
 * events, of all endpoints or of one. Each reader has a consumer of its own on the bus, on its own
 * context; while nobody reads there is none.
 */
final class AttemptsRoute {

  static final String PATH = WebhookRoutes.WEBHOOK + "/attempts";

  private static final String ENDPOINT = "endpoint";

  private final Vertx vertx;
  private final BusCalls bus;
  private final WebhookAddresses addresses;
  private final AttemptStream.Bounds bounds;
  private final ReaderPlaces places;
  private final Set<AttemptStream> streams = ConcurrentHashMap.newKeySet();
  private volatile boolean ended;
  private volatile Predicate<HttpServerRequest> unwelcome = request -> false;

  AttemptsRoute(Vertx vertx, HttpOptions options) {
    this(vertx, options, AttemptStream.Bounds.DEFAULT, CommonLimits.of(vertx, options).places());
  }

  /** A route with bounds and places of its own. */
  AttemptsRoute(Vertx vertx, HttpOptions options, AttemptStream.Bounds bounds) {
    this(vertx, options, bounds, new ReaderPlaces(bounds));
  }

  private AttemptsRoute(
      Vertx vertx, HttpOptions options, AttemptStream.Bounds bounds, ReaderPlaces places) {
    this.vertx = vertx;
    this.bus = new BusCalls(vertx);
    this.addresses = WebhookAddresses.of(options.getAddress());
    this.bounds = bounds;
    this.places = places;
  }

  void addTo(RouteTable table) {
    table
        .route(Role.READ, HttpMethod.GET, PATH, this::ofAllOrOne, ENDPOINT)
        .route(
            Role.READ,
            HttpMethod.GET,
            WebhookRoutes.ENDPOINT + "/attempts",
            ctx -> ofOne(ctx, ctx.pathParam(WebhookRoutes.ID)));
  }

  /** Ends all streams, and lets nobody in any more. */
  void end() {
    ended = true;
    streams.forEach(AttemptStream::endSoon);
  }

  /** Ends the streams of some readers, and of those of their kind who come later. */
  void endThose(Predicate<HttpServerRequest> readers) {
    unwelcome = readers;
    streams.forEach(this::endIfUnwelcome);
  }

  private void endIfUnwelcome(AttemptStream stream) {
    if (ended || unwelcome.test(stream.request())) {
      stream.endSoon();
    }
  }

  private void ofAllOrOne(RoutingContext ctx) {
    String endpoint = ctx.queryParams().get(ENDPOINT);
    if (endpoint == null) {
      open(ctx, attempt -> true);
    } else {
      ofOne(ctx, endpoint);
    }
  }

  /** The attempts of one endpoint, which there must be: a typing error would wait for ever. */
  private void ofOne(RoutingContext ctx, String endpoint) {
    bus.ask(addresses.get(), new JsonObject().put(ENDPOINT, endpoint))
        .map(
            state -> {
              open(ctx, attempt -> endpoint.equals(attempt.getValue(ENDPOINT)));
              return null;
            })
        .onFailure(ctx::fail);
  }

  private void open(RoutingContext ctx, Predicate<JsonObject> wanted) {
    if (ctx.request().method() == HttpMethod.HEAD) {
      ctx.response().putHeader(HttpHeaders.CONTENT_TYPE, AttemptStream.CONTENT_TYPE).end();
      return;
    }
    if (ctx.response().closed()) {
      return;
    }
    if (ended) {
      throw Problem.unavailable("the server is about to stop");
    }
    String token = Caller.of(ctx).principal().name();
    places.take(token);
    AttemptStream stream =
        new AttemptStream(vertx, ctx.request(), bounds, gone -> left(gone, token));
    streams.add(stream);
    stream.start(addresses.attempts(), wanted);
    endIfUnwelcome(stream);
  }

  private void left(AttemptStream stream, String token) {
    if (streams.remove(stream)) {
      places.leave(token);
    }
  }
}
