package dev.auditwebhook.security;

import dev.auditwebhook.security.UrlPolicy.Destination;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Finds the address that a connection goes to. Every address of the name is vetted and one that is
 * forbidden refuses the name; the connection then goes to the very address that was vetted. One
 * endpoint at a time, for one context.
 */
public final class GuardedResolver {

  /** How long a vetted answer is used again, in milliseconds. */
  public static final long REUSE = 10_000;

  /** How long others wait for a look-up that has no answer yet, in milliseconds. */
  static final long PATIENCE = 1_000;

  private final Resolver resolver;
  private final boolean allowPrivateNetworks;
  private final LongSupplier clock;
  private Destination lastLiteral;
  private Future<InetAddress> vettedLiteral;
  private String host;
  private long askedAt;
  private Future<List<InetAddress>> vetted;

  /** The clock is in milliseconds. */
  public GuardedResolver(Resolver resolver, boolean allowPrivateNetworks, LongSupplier clock) {
    this.resolver = resolver;
    this.allowPrivateNetworks = allowPrivateNetworks;
    this.clock = clock;
  }

  /**
   * A vetted address for an attempt; fails with {@link ForbiddenAddressException}, or as the
   * resolver does.
   *
   * @param attempt its number, from 0: number modulo count is the address it gets
   */
  public Future<InetAddress> addressFor(Destination destination, int attempt) {
    if (destination.address() != null) {
      return literal(destination);
    }
    long now = clock.getAsLong();
    if (!isUsable(destination.host(), now - askedAt)) {
      host = destination.host();
      askedAt = now;
      vetted = resolver.resolve(host).compose(this::vet);
    }
    return vetted.map(addresses -> addresses.get(attempt % addresses.size()));
  }

  /** An address does not change, and neither does what is thought of it. */
  private Future<InetAddress> literal(Destination destination) {
    if (destination != lastLiteral) {
      lastLiteral = destination;
      vettedLiteral = vet(List.of(destination.address())).map(addresses -> addresses.get(0));
    }
    return vettedLiteral;
  }

  private boolean isUsable(String name, long age) {
    return name.equals(host)
        && age >= 0
        && age < (vetted.isComplete() ? REUSE : PATIENCE)
        && !vetted.failed();
  }

  private Future<List<InetAddress>> vet(List<InetAddress> addresses) {
    if (addresses.isEmpty()) {
      return Future.failedFuture(new UnknownHostException("no address"));
    }
    return Future.succeededFuture(addresses)
        .andThen(all -> AddressGuard.vet(addresses, allowPrivateNetworks));
  }
}
