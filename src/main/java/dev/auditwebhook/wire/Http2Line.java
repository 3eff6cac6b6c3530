package dev.auditwebhook.wire;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.concurrent.TimeUnit;

/**
 * An HTTP/2 connection, whose answers the protocol itself matches. It takes no further request once
 * it is cut, but those that it carries may still end.
 */
final class Http2Line implements Line {

  private final HttpConnection connection;
  private final boolean once;
  private final long grace;
  private boolean used;
  private boolean left;

  /**
   * @param once whether it is for one request alone
   * @param grace how long what it carries may still last when it is cut, in milliseconds
   */
  Http2Line(HttpConnection connection, boolean once, long grace) {
    this.connection = connection;
    this.once = once;
    this.grace = grace;
  }

  @Override
  public boolean use() {
    boolean before = used;
    used = true;
    return before;
  }

  /** Vert.x counts a stream that never began as one that never ends. */
  @Override
  public void giveBack(HttpClientRequest request) {
    Line.super.giveBack(request);
    cut();
  }

  /** A stream stays open, and counts, until its request is written: perhaps for ever. */
  @Override
  public void answered(HttpClientRequest request) {
    ChannelHandlerContext context = ((ConnectionBase) connection).channelHandlerContext();
    Http2ConnectionHandler handler = (Http2ConnectionHandler) context.handler();
    Http2Stream stream = handler.connection().stream(request.streamId());
    if (stream != null && stream.state().localSideOpen()) {
      handler.resetStream(context, stream.id(), Http2Error.CANCEL.code(), context.newPromise());
      context.flush();
    }
    failed();
  }

  @Override
  public void failed() {
    if (once) {
      cut();
    }
  }

  @Override
  public void cut() {
    if (!left) {
      left = true;
      connection.shutdown(grace, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void closeNow() {
    connection.shutdown(0, TimeUnit.MILLISECONDS);
  }
}
