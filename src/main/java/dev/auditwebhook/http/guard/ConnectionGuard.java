package dev.auditwebhook.http.guard;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Closes connections that hold no request for too long, whether they are silent or drip headers: an
 * idle timeout alone would let one byte now and then keep them open. Where there are too many, of a
 * peer or in all, one that waits for its client gives way to the new one, so that who has something
 * to ask always gets in. Lives on one event loop, like the server that it guards.
 */
public final class ConnectionGuard {

  private final Vertx vertx;
  private final ClientLimits limits;
  private final Map<HttpConnection, WatchedConnection> watched = new HashMap<>();
  private final Map<String, Peer> peers = new HashMap<>();
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
          WatchedConnection connection = watched.get(request.connection());
          if (connection != null) {
            connection.take(request);
          }
          handler.handle(request);
        });
  }

  public void stop() {
    vertx.cancelTimer(timer);
  }

  private void opened(HttpConnection opened) {
    WatchedConnection connection = new WatchedConnection(opened);
    Peer peer = peers.get(connection.peer());
    if (peer != null && peer.size() >= limits.maxOfPeer() && !makeRoom(List.of(peer))
        || watched.size() >= limits.maxConnections() && !makeRoom()) {
      connection.cut();
      return;
    }
    watched.put(opened, connection);
    peers.computeIfAbsent(connection.peer(), name -> new Peer()).add(connection);
    opened.closeHandler(closed -> forget(opened));
  }

  private boolean makeRoom() {
    Peer most = Collections.max(peers.values(), Comparator.comparingInt(Peer::size));
    return makeRoom(List.of(most)) || makeRoom(peers.values());
  }

  /** Cuts a connection of the first of these peers that has one which may be cut. */
  private boolean makeRoom(Collection<Peer> from) {
    long now = System.nanoTime();
    return from.stream()
        .map(peer -> peer.givesWay(now))
        .filter(Objects::nonNull)
        .findFirst()
        .map(
            connection -> {
              forget(connection.connection());
              connection.cut();
              return true;
            })
        .orElse(false);
  }

  private void forget(HttpConnection closed) {
    WatchedConnection connection = watched.remove(closed);
    if (connection != null && peers.get(connection.peer()).remove(connection)) {
      peers.remove(connection.peer());
    }
  }

  private void sweep() {
    long now = System.nanoTime();
    for (WatchedConnection connection : List.copyOf(watched.values())) {
      long quiet = connection.quietMillis(now);
      if (quiet < limits.quietTimeout()) {
        continue;
      }
      if (connection.unread() == 0) {
        connection.close();
      } else if (quiet >= limits.readTimeout()) {
        connection.cut();
      }
    }
  }
}
