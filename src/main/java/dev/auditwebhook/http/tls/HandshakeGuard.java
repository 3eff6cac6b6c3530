package dev.auditwebhook.http.tls;

import dev.auditwebhook.http.guard.ClientLimits;
import dev.auditwebhook.http.guard.PeerAddress;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.spi.tls.DefaultSslContextFactory;
import io.vertx.core.spi.tls.SslContextFactory;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * Bounds the connections on which TLS is still being agreed on: a server of Vert.x hears of them
 * only when it is. Where there are too many, the oldest of the peer that has most of them gives
 * way.
 */
public final class HandshakeGuard extends JdkSSLEngineOptions {

  private final int most;
  private final AtomicInteger size = new AtomicInteger();
  private final Queue<Channel> pending = new ConcurrentLinkedQueue<>();

  /** The options of an engine, {@code null} for the usual, for a server with these limits. */
  public HandshakeGuard(JdkSSLEngineOptions options, ClientLimits limits) {
    super(options == null ? new JdkSSLEngineOptions() : options);
    most = Math.max(1, limits.maxConnections() / 4);
  }

  /** The same one: its count is of one server, whose options are copied at times. */
  @Override
  public JdkSSLEngineOptions copy() {
    return this;
  }

  @Override
  public SslContextFactory sslContextFactory() {
    return new DefaultSslContextFactory(SslProvider.JDK, false) {
      @Override
      public SslContext create() throws SSLException {
        return new Counting(super.create());
      }
    };
  }

  private void begun(Channel channel, SslHandler handler) {
    pending.add(channel);
    if (size.incrementAndGet() > most) {
      Channel oldest = oldestOfMost();
      ended(oldest);
      oldest.pipeline().firstContext().close();
    }
    handler.handshakeFuture().addListener(over -> ended(channel));
  }

  private void ended(Channel channel) {
    if (pending.remove(channel)) {
      size.decrementAndGet();
    }
  }

  private Channel oldestOfMost() {
    Map<String, List<Channel>> peers =
        pending.stream().collect(Collectors.groupingBy(HandshakeGuard::peer));
    return Collections.max(peers.values(), Comparator.comparingInt(List::size)).get(0);
  }

  private static String peer(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress address
        ? PeerAddress.of(SocketAddress.inetSocketAddress(address))
        : "";
  }

  private final class Counting extends DelegatingSslContext {

    Counting(SslContext context) {
      super(context);
    }

    @Override
    protected SslHandler newHandler(ByteBufAllocator allocator, boolean startTls, Executor tasks) {
      return counted(newEngine(allocator), startTls, tasks);
    }

    @Override
    protected SslHandler newHandler(
        ByteBufAllocator allocator, String host, int port, boolean startTls, Executor tasks) {
      return counted(newEngine(allocator, host, port), startTls, tasks);
    }

    private SslHandler counted(SSLEngine engine, boolean startTls, Executor tasks) {
      return new SslHandler(engine, startTls, tasks) {
        @Override
        public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
          super.handlerAdded(ctx);
          begun(ctx.channel(), this);
        }
      };
    }

    @Override
    protected void initEngine(SSLEngine engine) {}
  }
}
