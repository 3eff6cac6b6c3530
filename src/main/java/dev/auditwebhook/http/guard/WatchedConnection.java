package dev.auditwebhook.http.guard;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.ArrayList;
import java.util.List;

/** One connection, and what it is waiting for. Times are of the system's clock in nanoseconds. */
public final class WatchedConnection {

  /** Who has to do the next thing. */
  enum State {
    /** There is no request in hand, or not all of its headers. */
    IDLE,
    /** The client: its body is not whole, it reads a stream, or has not read its answer. */
    WAITING,
    /** The service. */
    WORKING
  }

  private final HttpConnection connection;
  private final String peer;

  /** Those that have come and were not answered; several at once with HTTP/2. */
  private final List<HttpServerRequest> inHand = new ArrayList<>(1);

  private long asked = System.nanoTime();
  private long quietSince = asked;

  WatchedConnection(HttpConnection connection) {
    this.connection = connection;
    this.peer = PeerAddress.of(connection.remoteAddress());
  }

  HttpConnection connection() {
    return connection;
  }

  String peer() {
    return peer;
  }

  void take(HttpServerRequest request) {
    inHand.removeIf(WatchedConnection::isAnswered);
    inHand.add(request);
    asked = System.nanoTime();
    quietSince = asked;
  }

  private static boolean isAnswered(HttpServerRequest request) {
    return request.response().ended() || request.response().closed();
  }

  State state(long now) {
    inHand.removeIf(WatchedConnection::isAnswered);
    if (inHand.stream().anyMatch(WatchedConnection::isWorkedOn)) {
      quietSince = now;
      return State.WORKING;
    }
    return inHand.isEmpty() && unread() == 0 ? State.IDLE : State.WAITING;
  }

  private static boolean isWorkedOn(HttpServerRequest request) {
    return request.isEnded() && !request.response().headWritten();
  }

  /** When its last request came, or else itself. */
  long asked() {
    return asked;
  }

  /** Since when it has had no request in hand, as far as anybody looked. */
  long quietSince() {
    return quietSince;
  }

  /** How long it has had no request in hand, whether or not the last answer was read. */
  long quietMillis(long now) {
    if (state(now) == State.WAITING && !inHand.isEmpty()) {
      quietSince = now;
    }
    return (now - quietSince) / 1_000_000;
  }

  /** The bytes of answers that the client has not taken. */
  long unread() {
    if (connection instanceof ConnectionBase base) {
      ChannelOutboundBuffer out = base.channel().unsafe().outboundBuffer();
      return out == null ? 0 : out.totalPendingWriteBytes();
    }
    return 0;
  }

  /** Closes it, after what was written is read. */
  void close() {
    connection.close();
  }

  void cut() {
    cut(connection);
  }

  /** Ends an exchange whose client does not read; of HTTP/2 only its stream. */
  public static void cut(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset();
    } else {
      cut(request.connection());
    }
  }

  /** Closes a socket now, whatever is waiting to be written; one that is closed has no first. */
  public static void cut(Channel channel) {
    ChannelHandlerContext first = channel.pipeline().firstContext();
    if (first != null) {
      first.close();
    }
  }

  /** Sends what was written, before the connection is closed on the failure that is told of. */
  static void flush(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      base.channel().flush();
    }
  }

  /** An orderly end would wait for the client. */
  private static void cut(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      cut(base.channel());
    } else {
      connection.close();
    }
  }
}
