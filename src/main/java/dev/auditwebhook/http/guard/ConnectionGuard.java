package dev.auditwebhook.http.guard;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.Map;

/**
 * Closes connections that hold no request for too long, whether they are silent or drip headers,
 * and those above the bound. An idle timeout alone would let one byte now and then keep them open.
 * Lives on one event loop, like the server that it guards.
 */
public final class ConnectionGuard {

  private final Vertx vertx;
  private final ClientLimits limits;
  private final Map<HttpConnection, Watch> watched = new HashMap<>();
  private final long timer;

  public ConnectionGuard(Vertx vertx, ClientLimits limits) {
    this.vertx = vertx;
    this.limits = limits;
    this.timer = vertx.setPeriodic(Math.max(1, limits.quietTimeout() / 8), id -> sweep());
  }

  /** Puts this guard before a server's request handler. */
  public void guard(HttpServer server, Handler<HttpServerRequest> handler) {
    server.connectionHandler(this::opened);
    server.requestHandler(
        request -> {
          Watch watch = watched.get(request.connection());
          if (watch != null) {
            watch.request = request;
          }
          handler.handle(request);
        });
  }

  public void stop() {
    vertx.cancelTimer(timer);
  }

  private void opened(HttpConnection connection) {
    if (watched.size() >= limits.maxConnections()) {
      connection.close();
      return;
    }
    watched.put(connection, new Watch());
    connection.closeHandler(closed -> watched.remove(connection));
  }

  private void sweep() {
    long now = System.nanoTime();
    watched.entrySet().stream()
        .filter(entry -> entry.getValue().quietMillis(now) >= limits.quietTimeout())
        .map(Map.Entry::getKey)
        .toList()
        .forEach(HttpConnection::close);
  }

  /** One connection: its latest request, and since when it has been without one in hand. */
  private static final class Watch {
    private HttpServerRequest request;
    private long quietSince = System.nanoTime();

    long quietMillis(long now) {
      if (request != null && !request.response().ended()) {
        quietSince = now;
      }
      return (now - quietSince) / 1_000_000;
    }
  }
}
