package dev.auditwebhook.http.tls;

import dev.auditwebhook.http.guard.ClientLimits;
import dev.auditwebhook.http.guard.PeerAddress;
import dev.auditwebhook.http.guard.WatchedConnection;
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
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * Bounds the connections on which TLS is still being agreed on: a server of Vert.x hears of them
 * only when it is. Where there are too many, the oldest of the peer that has most of them gives
 * way, which is found without going through them all.
 *
 * <p>Servers that share a port share their options, each on its own event loop, hence the lock.
 */
public final class HandshakeGuard extends JdkSSLEngineOptions {

  private final int most;
  private final Map<String, Peer> peers = new HashMap<>();

  /** By how many they have; of those with as many, the one that has had them longest. */
  private final NavigableSet<Peer> ranked =
      new TreeSet<>(
          Comparator.comparingInt(Peer::size)
              .thenComparing(Comparator.comparingLong(Peer::changed).reversed()));

  private int size;
  private long changes;

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
    String name = nameOf(channel);
    Channel oldest = begin(name, channel);
    if (oldest != null) {
      WatchedConnection.cut(oldest);
    }
    handler.handshakeFuture().addListener(over -> end(name, channel));
  }

  /** Counts a connection, and gives the one that has to give way for it, if one has. */
  private synchronized Channel begin(String name, Channel channel) {
    change(name, channels -> channels.add(channel));
    if (++size <= most) {
      return null;
    }
    Peer largest = ranked.last();
    Channel oldest = largest.channels.iterator().next();
    end(largest.name, oldest);
    return oldest;
  }

  private synchronized void end(String name, Channel channel) {
    if (change(name, channels -> channels.remove(channel))) {
      size--;
    }
  }

  private boolean change(String name, Predicate<Set<Channel>> change) {
    Peer peer = peers.computeIfAbsent(name, Peer::new);
    ranked.remove(peer);
    boolean changed = change.test(peer.channels);
    if (changed) {
      peer.changed = ++changes;
    }
    if (peer.channels.isEmpty()) {
      peers.remove(name);
    } else {
      ranked.add(peer);
    }
    return changed;
  }

  private static String nameOf(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress address
        ? PeerAddress.of(SocketAddress.inetSocketAddress(address))
        : "";
  }

  /** The connections of one peer, oldest first. */
  private static final class Peer {

    private final String name;
    private final Set<Channel> channels = new LinkedHashSet<>();

    /** The number of the last change, different for each peer. */
    private long changed;

    Peer(String name) {
      this.name = name;
    }

    int size() {
      return channels.size();
    }

    long changed() {
      return changed;
    }
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
