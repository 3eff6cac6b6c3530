package dev.auditwebhook.journal.postgres.database;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.VertxWrapper;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.spi.PgDriver;
import io.vertx.sqlclient.spi.ConnectionFactory;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The TCP connections of a session, which can be cut. The client of the database ends none before
 * the server has had the last word, however long that takes: it is given this one to connect by.
 */
final class Transport implements NetClient {

  private final Vertx vertx;
  private final Set<Channel> open = new HashSet<>();
  private NetClient client;
  private int cuts;

  Transport(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Makes sessions by these connections. */
  ConnectionFactory<PgConnectOptions> factory() {
    return PgDriver.INSTANCE.createConnectionFactory(new Leading(), new NetClientOptions());
  }

  /** Vert.x, but what asks it for a client gets this one. */
  private final class Leading extends VertxWrapper {

    Leading() {
      super((VertxInternal) vertx);
    }

    @Override
    public NetClient createNetClient(NetClientOptions options) {
      client = super.createNetClient(options.setTcpKeepAlive(true));
      return Transport.this;
    }
  }

  /** Ends all connections at once, those that are being made too. */
  void cut() {
    cuts++;
    List.copyOf(open).forEach(Transport::end);
  }

  /** From before the first handler on, as one of them waits for the server. */
  private static void end(Channel channel) {
    ChannelHandlerContext first = channel.pipeline().firstContext();
    if (first != null) {
      first.close();
    }
  }

  @Override
  public Future<NetSocket> connect(ConnectOptions options) {
    int before = cuts;
    return client.connect(options).onSuccess(socket -> hold(socket, before));
  }

  private void hold(NetSocket socket, int before) {
    Channel channel = ((NetSocketInternal) socket).channelHandlerContext().channel();
    open.add(channel);
    channel.closeFuture().addListener(closed -> open.remove(channel));
    if (before != cuts) {
      end(channel);
    }
  }

  @Override
  public Future<Void> shutdown(long timeout, TimeUnit unit) {
    cut();
    return client.shutdown(timeout, unit);
  }

  @Override
  public Future<NetSocket> connect(int port, String host) {
    return connect(new ConnectOptions().setPort(port).setHost(host));
  }

  @Override
  public Future<NetSocket> connect(int port, String host, String serverName) {
    return connect(new ConnectOptions().setPort(port).setHost(host).setSniServerName(serverName));
  }

  @Override
  public Future<NetSocket> connect(SocketAddress address) {
    return connect(new ConnectOptions().setRemoteAddress(address));
  }

  @Override
  public Future<NetSocket> connect(SocketAddress address, String serverName) {
    return connect(new ConnectOptions().setRemoteAddress(address).setSniServerName(serverName));
  }

  @Override
  public Future<Boolean> updateSSLOptions(ClientSSLOptions options, boolean force) {
    return client.updateSSLOptions(options, force);
  }
}
