package dev.auditwebhook.testing;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.vertx.core.Vertx;
import io.vertx.core.impl.transports.NioTransport;
import io.vertx.core.internal.VertxBootstrap;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The place where connections are opened, in a Vert.x of its own. It notes every address and lets
 * only loopback pass: from here no packet leaves the machine, whatever the code above it does.
 */
public final class LoopbackOnly extends NioTransport {

  private final List<String> tried = new CopyOnWriteArrayList<>();

  /** A Vert.x that opens its connections here. */
  public Vertx vertx() {
    return VertxBootstrap.create().transport(this).init().vertx();
  }

  /** The addresses of all connections that were tried, in order. */
  public List<String> tried() {
    return tried;
  }

  @Override
  public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
    return Guarded::new;
  }

  private final class Guarded extends NioSocketChannel {
    @Override
    protected boolean doConnect(SocketAddress remote, SocketAddress local) throws Exception {
      InetSocketAddress address = (InetSocketAddress) remote;
      if (address.isUnresolved()) {
        tried.add(address.getHostString());
        throw new ConnectException("not resolved");
      }
      tried.add(address.getAddress().getHostAddress());
      if (!address.getAddress().isLoopbackAddress()) {
        throw new ConnectException("not loopback");
      }
      return super.doConnect(remote, local);
    }
  }
}
