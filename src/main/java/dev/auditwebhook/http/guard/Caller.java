package dev.auditwebhook.http.guard;

import dev.auditwebhook.security.access.Principal;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;

/**
 * Who makes a request, and from where.
 *
 * @param peer an address without its port, with the common name of a client certificate, such as
 *     {@code 10.0.0.5 (CN=billing)}; {@code null} where there is none
 */
public record Caller(Principal principal, String peer) {

  private static final String KEY = Caller.class.getName();

  /** Remembers who makes a request, once that is known. */
  static void put(RoutingContext ctx, Principal principal) {
    SocketAddress from = ctx.request().remoteAddress();
    String address = from == null ? null : from.hostAddress();
    String peer =
        ClientCertificate.commonName(ctx.request().connection())
            .map(name -> "%s (CN=%s)".formatted(address, name))
            .orElse(address);
    ctx.put(KEY, new Caller(principal, peer));
  }

  /** Who makes a request that a {@link TokenGuard} let pass. */
  public static Caller of(RoutingContext ctx) {
    return ctx.get(KEY);
  }
}
