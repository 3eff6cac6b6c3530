package dev.auditwebhook.wire;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.impl.Http1xClientConnection;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Sees to it that an answer is never matched with another event: an HTTP/1 connection on which more
 * comes than was asked for, or an answer to a request that is not wholly written, carries no
 * further request.
 *
 * <p>Vert.x hands a connection on as soon as it has seen the end of an answer. That end is held
 * back here until all is read that came with it. What is more than the answer is thrown away, and
 * the answer gets {@code Connection: close}, as if the receiver had said so itself. So does one
 * with an interim answer before it, and one that refuses a large request, which may be unread.
 */
final class AnswerGuard extends ChannelDuplexHandler implements Line {

  private static final int CONTINUE = 100;
  private static final int EARLY_HINTS = 103;
  private static final int MULTIPLE_CHOICES = 300;

  /** From how many bytes on a body may lie in the sockets, written but not read. */
  private static final int UNREAD = 64 * 1024;

  private final Decoder decoder;

  /** The writes of the requests that have no answer yet. */
  private final Queue<ChannelPromise> asked = new ArrayDeque<>();

  private ChannelHandlerContext context;
  private HttpHeaders head;
  private LastHttpContent end;

  /** Whether a body is announced with a status that has none: what follows is no answer. */
  private boolean announcesMore;

  private boolean interim;
  private boolean interimSeen;
  private boolean unwritten;
  private boolean last;
  private boolean over;
  private boolean heard;
  private boolean large;
  private boolean used;

  private AnswerGuard(HttpClientOptions options) {
    decoder =
        new Decoder(
            new HttpDecoderConfig()
                .setMaxInitialLineLength(options.getMaxInitialLineLength())
                .setMaxHeaderSize(options.getMaxHeaderSize())
                .setMaxChunkSize(options.getMaxChunkSize())
                .setInitialBufferSize(options.getDecoderInitialBufferSize()));
  }

  /** Guards a new connection. */
  static AnswerGuard guard(Http1xClientConnection connection, HttpClientOptions options) {
    ChannelPipeline pipeline = connection.channelHandlerContext().pipeline();
    AnswerGuard guard = new AnswerGuard(options);
    pipeline.replace(
        "codec",
        "codec",
        new CombinedChannelDuplexHandler<>(guard.decoder, new HttpRequestEncoder()));
    pipeline.addAfter("codec", "answers", guard);
    return guard;
  }

  /** The decoder of Vert.x, but one that tells what it still holds. */
  private final class Decoder extends HttpResponseDecoder {

    Decoder(HttpDecoderConfig config) {
      super(config);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
      if (asked.isEmpty() && end == null) {
        ReferenceCountUtil.release(message);
        cut();
      } else {
        heard = true;
        super.channelRead(ctx, message);
      }
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
      boolean empty = super.isContentAlwaysEmpty(message);
      announcesMore = empty && announcesBody(message.headers());
      return empty;
    }

    private static boolean announcesBody(HttpHeaders headers) {
      String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
      return length != null && !length.equals("0")
          || headers.contains(HttpHeaderNames.TRANSFER_ENCODING);
    }

    boolean holdsMore() {
      return actualReadableBytes() > 0;
    }
  }

  @Override
  public boolean use() {
    boolean before = used;
    used = true;
    return before;
  }

  @Override
  public boolean isHeard() {
    return heard;
  }

  /** Vert.x takes it out of its pool, but would write all that it has before it closes. */
  @Override
  public void cut() {
    context.channel().close();
    context.close();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise)
      throws Exception {
    ChannelPromise written = promise.unvoid();
    if (message instanceof FullHttpRequest request) {
      if (asked.isEmpty()) {
        heard = false;
        large = false;
      }
      asked.add(written);
      large |= request.content().readableBytes() > UNREAD;
    }
    super.write(ctx, message, written);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (over) {
      ReferenceCountUtil.release(message);
    } else if (end != null) {
      ReferenceCountUtil.release(message);
      closeAfterAnswer();
      passEnd(ctx);
    } else if (message instanceof HttpResponse response) {
      begin(ctx, response);
    } else if (message instanceof LastHttpContent content && !interim) {
      end(ctx, content);
    } else {
      ctx.fireChannelRead(message);
    }
  }

  private void begin(ChannelHandlerContext ctx, HttpResponse response) {
    int status = response.status().code();
    head = response.headers();
    interim = status == CONTINUE || status == EARLY_HINTS;
    interimSeen |= interim;
    if (!interim && (interimSeen || announcesMore || mayBeEarly(status))) {
      closeAfterAnswer();
    }
    ctx.fireChannelRead(response);
    // Another 1xx is taken for the answer: whose answer comes next, nobody knows.
    over = !interim && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
  }

  /**
   * Who refuses a large request may have read no more than its head, and may never read the rest,
   * though the sockets between have taken it all: the next request would wait behind it.
   */
  private boolean mayBeEarly(int status) {
    return large && status >= MULTIPLE_CHOICES;
  }

  private void end(ChannelHandlerContext ctx, LastHttpContent content) {
    end = content;
    heard = decoder.holdsMore();
    unwritten = !asked.remove().isDone();
    if (unwritten || !ctx.channel().isActive()) {
      closeAfterAnswer();
    }
    if (last || !asked.isEmpty()) {
      passEnd(ctx);
    }
  }

  private void closeAfterAnswer() {
    head.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    last = true;
  }

  private void passEnd(ChannelHandlerContext ctx) {
    LastHttpContent content = end;
    end = null;
    over = last;
    ctx.fireChannelRead(content);
    if (over && (unwritten || !asked.isEmpty())) {
      cut(); // Vert.x would not, before all is written and answered.
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (end != null) {
      if (decoder.holdsMore()) {
        closeAfterAnswer();
      }
      passEnd(ctx);
    }
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (end != null) {
      passEnd(ctx);
    }
    ctx.fireChannelInactive();
  }
}
