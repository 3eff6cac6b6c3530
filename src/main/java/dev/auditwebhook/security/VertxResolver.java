package dev.auditwebhook.security;

import io.netty.resolver.DefaultAddressResolverGroup;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Looks names up as Vert.x itself does, with the {@code AddressResolverOptions} of the instance:
 * the hosts file, then DNS. The one place that touches this internal part of Vert.x.
 *
 * <p>With {@code -Dvertx.disableDnsResolver=true} Vert.x would ask the JVM on the event loop, which
 * blocks: this asks the JVM on a worker thread then.
 */
public final class VertxResolver implements Resolver {

  private final VertxInternal vertx;

  public VertxResolver(Vertx vertx) {
    this.vertx = (VertxInternal) vertx;
  }

  @Override
  public Future<List<InetAddress>> resolve(String host) {
    if (vertx.nameResolver().nettyAddressResolverGroup() == DefaultAddressResolverGroup.INSTANCE) {
      return vertx.executeBlocking(() -> List.of(InetAddress.getAllByName(host)), false);
    }
    Promise<List<InetSocketAddress>> answer = vertx.getOrCreateContext().promise();
    vertx.nameResolver().resolveAll(host, answer::handle);
    return answer
        .future()
        .map(addresses -> addresses.stream().map(InetSocketAddress::getAddress).toList());
  }
}
