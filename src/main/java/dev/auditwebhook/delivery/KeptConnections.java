package dev.auditwebhook.delivery;

import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayDeque;

/**
 * The HTTP/1.1 connections to one address that wait for their next request, the one that was used
 * last first. Vert.x's own pool can do more, and takes a tenth of an event's time for it.
 */
final class KeptConnections {

  private record Kept(HttpClientConnection connection, long sinceNanos) {}

  private final ArrayDeque<Kept> idle = new ArrayDeque<>();
  private final long timeoutNanos;
  private boolean closed;

  /**
   * @param timeoutNanos how long an idle connection is kept
   */
  KeptConnections(long timeoutNanos) {
    this.timeoutNanos = timeoutNanos;
  }

  /** Whether a connection may carry another request after this answer (RFC 9112, section 9.3). */
  static boolean persistsAfter(HttpClientResponse response) {
    return response.version() == HttpVersion.HTTP_1_1
        && !"close".equalsIgnoreCase(response.getHeader(HttpHeaders.CONNECTION));
  }

  /** Takes a connection, {@code null} when there is none. */
  HttpClientConnection poll() {
    expire();
    Kept last = idle.pollLast();
    return last == null ? null : last.connection();
  }

  /** Keeps a connection that is idle now; after {@link #close()} it is closed instead. */
  void add(HttpClientConnection connection) {
    if (closed) {
      connection.close();
    } else {
      idle.addLast(new Kept(connection, System.nanoTime()));
    }
  }

  /** Forgets a connection that was closed. */
  void remove(HttpClientConnection connection) {
    idle.removeIf(kept -> kept.connection() == connection);
  }

  /** Closes what was idle for too long. */
  void expire() {
    long now = System.nanoTime();
    while (!idle.isEmpty() && now - idle.peekFirst().sinceNanos() >= timeoutNanos) {
      idle.pollFirst().connection().close();
    }
  }

  /** Closes all, also those that become idle later. */
  void close() {
    closed = true;
    while (!idle.isEmpty()) {
      idle.pollFirst().connection().close();
    }
  }
}
