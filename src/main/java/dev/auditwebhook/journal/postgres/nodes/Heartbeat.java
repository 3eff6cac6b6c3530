package dev.auditwebhook.journal.postgres.nodes;

import dev.auditwebhook.endpoint.Clock;
import io.vertx.core.Future;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renews the lease of this node in time. */
final class Heartbeat {

  private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);

  private final Clock clock;
  private final Membership membership;
  private final Supplier<Future<Void>> look;
  private final Runnable goOn;
  private final Round renewal = new Round(this::renew);
  private long timer = -1;
  private boolean underway;
  private boolean lapsed;
  private String failure = "this node stood still";

  /**
   * @param look learns what others took while the lease did not run
   * @param goOn told when it runs again
   */
  Heartbeat(Clock clock, Membership membership, Supplier<Future<Void>> look, Runnable goOn) {
    this.clock = clock;
    this.membership = membership;
    this.look = look;
    this.goOn = goOn;
  }

  /** Begins: this node has a lease when that is done. */
  Future<Void> start() {
    return renewal.go().onSuccess(v -> next());
  }

  private void next() {
    timer = clock.timer(membership.lease() / 6, this::beat);
  }

  private void beat() {
    next();
    if (!membership.holds() && !lapsed) {
      lapsed = true;
      log.warn("The lease of this node ran out, no attempts begin until it runs: {}", failure);
    }
    // One that takes its time is enough.
    if (!underway) {
      renewal.go();
    }
  }

  private Future<Void> renew() {
    underway = true;
    return membership
        .renew(look)
        .onComplete(v -> underway = false)
        .onSuccess(v -> renewed())
        .onFailure(problem -> failure = problem.getMessage());
  }

  private void renewed() {
    failure = "this node stood still";
    if (lapsed && membership.holds()) {
      lapsed = false;
      log.warn("The lease of this node runs again");
      goOn.run();
    }
  }

  /** Renews it no more; completed when no renewal is under way. */
  Future<Void> stop() {
    clock.cancel(timer);
    return renewal.ended();
  }
}
