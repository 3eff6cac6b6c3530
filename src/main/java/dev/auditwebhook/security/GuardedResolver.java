package dev.auditwebhook.security;

import dev.auditwebhook.security.UrlPolicy.Destination;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
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

  /** So many are remembered before a look at which of them are of use. */
  private static final int MOST = 2_048;

  private final Resolver resolver;
  private final boolean allowPrivateNetworks;
  private final LongSupplier clock;

  /** Those of now and of late, by what names them. */
  private final Map<Destination, Future<InetAddress>> literals = new IdentityHashMap<>();

  private final Map<String, LookUp> lookUps = new HashMap<>();

  /** The addresses of a host, asked for at some time. */
  private record LookUp(long askedAt, Future<List<InetAddress>> vetted) {

    boolean isUsable(long now) {
      long age = now - askedAt;
      return age >= 0 && age < (vetted.isComplete() ? REUSE : PATIENCE) && !vetted.failed();
    }
  }

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
    LookUp known = lookUps.get(destination.host());
    if (known == null || !known.isUsable(now)) {
      if (lookUps.size() >= MOST) {
        lookUps.values().removeIf(each -> !each.isUsable(now));
      }
      known = new LookUp(now, resolver.resolve(destination.host()).compose(this::vet));
      lookUps.put(destination.host(), known);
    }
    return known.vetted().map(addresses -> addresses.get(attempt % addresses.size()));
  }

  /** An address does not change, and neither does what is thought of it. */
  private Future<InetAddress> literal(Destination destination) {
    if (literals.size() >= MOST) {
      literals.clear();
    }
    return literals.computeIfAbsent(
        destination, to -> vet(List.of(to.address())).map(addresses -> addresses.get(0)));
  }

  private Future<List<InetAddress>> vet(List<InetAddress> addresses) {
    if (addresses.isEmpty()) {
      return Future.failedFuture(new UnknownHostException("no address"));
    }
    return Future.succeededFuture(addresses)
        .andThen(all -> AddressGuard.vet(addresses, allowPrivateNetworks));
  }
}
