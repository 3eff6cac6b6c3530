package dev.auditwebhook.security;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** Looks names up without blocking. */
public interface Resolver {

  /**
   * All addresses of a name.
   *
   * @param host a name
   * @return at least one address, or a failure
   */
  Future<List<InetAddress>> resolve(String host);

  /** Vert.x's own resolver, which is internal to it: behind this interface only. */
  static Resolver of(Vertx vertx) {
    return host -> {
      Promise<List<InetSocketAddress>> found = Promise.promise();
      ((VertxInternal) vertx)
          .nameResolver()
          .resolveAll(
              host,
              result -> {
                if (result.succeeded()) {
                  found.complete(result.result());
                } else {
                  found.fail(result.cause());
                }
              });
      return found.future().map(all -> all.stream().map(InetSocketAddress::getAddress).toList());
    };
  }
}
