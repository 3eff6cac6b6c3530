package dev.auditwebhook.wire;

import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/** A connection to the receiver, and what Vert.x neither tells of it nor does with it. */
interface Line {

  AttributeKey<Line> KEY = AttributeKey.valueOf(Line.class.getName());

  /** The line of a connection, where it is to be set or found. */
  static Attribute<Line> of(HttpConnection connection) {
    return ((ConnectionBase) connection).channel().attr(KEY);
  }

  /** Whether it has carried a request before; from now on it has. */
  boolean use();

  /** Whether bytes came that are no whole answer: then a closed connection says nothing clear. */
  default boolean isHeard() {
    return false;
  }

  /** Takes back a request that is not sent. */
  default void giveBack(HttpClientRequest request) {
    request.exceptionHandler(reset -> {}).reset();
  }

  /** A whole answer came to a request, of which the receiver may not have read all. */
  default void answered(HttpClientRequest request) {}

  /** A request met with no whole answer. */
  default void failed() {}

  /** Ends the connection, though a request on it is not over. */
  void cut();

  /** Ends the connection and all that it carries. */
  default void closeNow() {
    cut();
  }
}
