package dev.auditwebhook.http.guard;

import dev.auditwebhook.security.access.Principal;
import io.vertx.core.http.HttpHeaders;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How many entries a second the holder of a token may post. What is not used is saved up, for one
 * second at most. Tokens of one name share their quota. A host may serve its router on several
 * event loops, hence the lock.
 */
public final class IngestQuota {

  private static final long SECOND = 1_000_000_000;

  private final LongSupplier nanos;
  private final Map<String, Bucket> buckets = new HashMap<>();

  public IngestQuota() {
    this(System::nanoTime);
  }

  /** With another clock, in nanoseconds. */
  IngestQuota(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Takes so many entries out of the quota of a holder.
   *
   * @return how many of them it may post now
   */
  public synchronized int take(Principal principal, int entries) {
    return principal.quota() == null
        ? entries
        : buckets
            .computeIfAbsent(principal.name(), name -> new Bucket(nanos.getAsLong()))
            .take(principal.quota(), entries);
  }

  /** What an entry over the quota is answered with. */
  public static Problem exceeded(Principal principal) {
    String most = "the quota of the token %s is %d entries a second; send this one again later";
    return new Problem(429, most.formatted(principal.name(), principal.quota()))
        .header(HttpHeaders.RETRY_AFTER, "1");
  }

  private final class Bucket {

    /** The quota is spent up to this moment. */
    private long spentUpTo;

    Bucket(long now) {
      spentUpTo = now - SECOND;
    }

    int take(int perSecond, int entries) {
      long now = nanos.getAsLong();
      spentUpTo = Math.max(spentUpTo, now - SECOND);
      int taken = (int) Math.min(entries, (now - spentUpTo) * perSecond / SECOND);
      // Rounded up, so that fractions of nanoseconds add up to no entry more.
      spentUpTo += (taken * SECOND + perSecond - 1) / perSecond;
      return taken;
    }
  }
}
