package dev.auditwebhook.http;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.WebhookAddresses;
import dev.auditwebhook.http.guard.Problem;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * {@code GET /webhook/attempts}: attempts as server-sent events. Each reader has a consumer of its
 * own on the bus, on its own context; while nobody reads there is none.
 */
final class AttemptsRoute {

  static final String PATH = "/webhook/attempts";

  private final Vertx vertx;
  private final String address;
  private final AttemptStream.Bounds bounds;
  private final Semaphore places;
  private final Set<AttemptStream> streams = ConcurrentHashMap.newKeySet();
  private volatile boolean ended;

  AttemptsRoute(Vertx vertx, HttpOptions options) {
    this(vertx, options, AttemptStream.Bounds.DEFAULT);
  }

  AttemptsRoute(Vertx vertx, HttpOptions options, AttemptStream.Bounds bounds) {
    this.vertx = vertx;
    this.address = WebhookAddresses.of(options.getAddress()).attempts();
    this.bounds = bounds;
    this.places = new Semaphore(bounds.readers());
  }

  void addTo(RouteTable table) {
    table.route(HttpMethod.GET, PATH, this::open);
  }

  /** Ends all streams, and lets nobody in any more. */
  void end() {
    ended = true;
    streams.forEach(AttemptStream::endSoon);
  }

  private void open(RoutingContext ctx) {
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
    if (!places.tryAcquire()) {
      throw Problem.unavailable(
          "all " + bounds.readers() + " places of readers are taken; close another console first");
    }
    AttemptStream stream = new AttemptStream(vertx, ctx.request(), bounds, this::left);
    streams.add(stream);
    stream.start(address);
    if (ended) {
      stream.endSoon();
    }
  }

  private void left(AttemptStream stream) {
    if (streams.remove(stream)) {
      places.release();
    }
  }
}
