package dev.auditwebhook.wire.auth;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The token of one endpoint, which all its attempts share. It is asked for when an attempt needs
 * it: at first, when it will soon expire, when it has, and when the receiver refuses it. There is
 * never more than one request for it under way. For one context.
 */
public final class Tokens {

  /** How long before it expires it is renewed, in milliseconds. */
  static final long MARGIN = 30_000;

  /** But not before the last of so many parts of its lifetime. */
  static final int PARTS = 5;

  /** How long after a renewal ahead of time that failed there is no other, in milliseconds. */
  static final long PAUSE = 1_000;

  private final Supplier<Future<AccessToken>> source;
  private final LongSupplier clock;
  private AccessToken current;
  private long renewAt;
  private long expiresAt;
  private long pausedUntil = Long.MIN_VALUE;

  /** The request that is under way, {@code null} while none is. */
  private Future<AccessToken> renewal;

  /**
   * @param source asks for a token
   * @param clock the time that has gone by, in milliseconds
   */
  public Tokens(Supplier<Future<AccessToken>> source, LongSupplier clock) {
    this.source = source;
    this.clock = clock;
  }

  /**
   * A token that is good now. One that will soon expire is still given, while the next one is on
   * its way.
   *
   * @return failed as the source does
   */
  public Future<AccessToken> get() {
    long now = clock.getAsLong();
    if (current == null || now >= expiresAt) {
      return renew();
    }
    if (now >= renewAt && now >= pausedUntil) {
      renew();
    }
    return Future.succeededFuture(current);
  }

  /**
   * A token in the place of one that the receiver refused. Whoever comes after another one gets
   * what that one asked for.
   */
  public Future<AccessToken> insteadOf(AccessToken refused) {
    if (current == refused) {
      current = null;
    }
    return get();
  }

  private Future<AccessToken> renew() {
    if (renewal != null) {
      return renewal;
    }
    Promise<AccessToken> asked = Promise.promise();
    renewal = asked.future();
    long askedAt = clock.getAsLong();
    source
        .get()
        .onComplete(
            (token, failure) -> {
              renewal = null;
              if (failure == null) {
                take(token, askedAt);
              } else {
                pausedUntil = clock.getAsLong() + PAUSE;
              }
              asked.complete(token, failure);
            });
    return asked.future();
  }

  private void take(AccessToken token, long askedAt) {
    current = token;
    long lifetime = token.lifetime();
    boolean expires = lifetime != AccessToken.UNLIMITED;
    expiresAt = expires ? askedAt + lifetime : Long.MAX_VALUE;
    renewAt = expires ? expiresAt - Math.min(MARGIN, lifetime / PARTS) : Long.MAX_VALUE;
  }
}
