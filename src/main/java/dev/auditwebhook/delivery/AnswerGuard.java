package dev.auditwebhook.delivery;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.Http1xClientConnection;

/**
 * Sees to it that an answer is never matched with another event: an HTTP/1 connection on which more
 * comes than was asked for carries no further request.
 *
 * <p>Vert.x hands a connection on as soon as it has seen the end of an answer. That end is held
 * back here until all is read that came with it. What is more than the answer is thrown away, and
 * the answer gets {@code Connection: close}, as if the receiver had said so itself. So does one
 * with an interim answer before it.
 */
final class AnswerGuard extends ChannelDuplexHandler {

  private static final int CONTINUE = 100;
  private static final int EARLY_HINTS = 103;

  private int asked;
  private HttpHeaders head;
  private LastHttpContent end;
  private boolean interim;
  private boolean interimSeen;
  private boolean over;

  /** Guards a new connection; HTTP/2 matches answers by itself. */
  static void guard(HttpConnection connection) {
    if (connection instanceof Http1xClientConnection http1) {
      ChannelPipeline pipeline = http1.channelHandlerContext().pipeline();
      AnswerGuard guard = new AnswerGuard();
      pipeline.addBefore("codec", "reads", guard.new Reads());
      pipeline.addAfter("codec", "answers", guard);
    }
  }

  /** Sees what the decoder leaves unread: the beginning of something that is no answer. */
  private final class Reads extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof ByteBuf bytes) {
        bytes.retain();
        ctx.fireChannelRead(bytes);
        if (end != null && bytes.isReadable()) {
          closeAfterAnswer();
        }
        bytes.release();
      } else {
        ctx.fireChannelRead(message);
      }
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise)
      throws Exception {
    if (message instanceof HttpRequest) {
      asked++;
    }
    super.write(ctx, message, promise);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (over) {
      ReferenceCountUtil.release(message);
    } else if (end != null) {
      ReferenceCountUtil.release(message);
      closeAfterAnswer();
      passEnd(ctx);
      over = true;
    } else if (message instanceof HttpResponse response) {
      begin(ctx, response);
    } else if (message instanceof LastHttpContent last && !interim && --asked == 0) {
      end = last;
    } else {
      ctx.fireChannelRead(message);
    }
  }

  private void begin(ChannelHandlerContext ctx, HttpResponse response) {
    int status = response.status().code();
    head = response.headers();
    interim = status == CONTINUE || status == EARLY_HINTS;
    interimSeen |= interim;
    if (interimSeen && !interim) {
      closeAfterAnswer();
    }
    ctx.fireChannelRead(response);
    // Another 1xx is taken for the answer: whose answer comes next, nobody knows.
    over = !interim && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
  }

  private void closeAfterAnswer() {
    head.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
  }

  private void passEnd(ChannelHandlerContext ctx) {
    if (end != null) {
      LastHttpContent last = end;
      end = null;
      ctx.fireChannelRead(last);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    passEnd(ctx);
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    passEnd(ctx);
    ctx.fireChannelInactive();
  }
}
