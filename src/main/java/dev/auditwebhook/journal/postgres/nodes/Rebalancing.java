package dev.auditwebhook.journal.postgres.nodes;

import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.journal.Nodes.Host;
import dev.auditwebhook.journal.postgres.database.Round;
import dev.auditwebhook.journal.postgres.nodes.Leases.Lease;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node does, again and again, for each endpoint to have one node that runs it, and each
 * node a fair share: one round at a time.
 */
final class Rebalancing {

  private static final Logger log = LoggerFactory.getLogger(Rebalancing.class);

  /** From one try to give an endpoint back to the next, in milliseconds. */
  private static final long TRY_AGAIN = 1_000;

  private final Clock clock;
  private final Membership membership;
  private final Directory directory;
  private final Leases leases;
  private final Takeover takeover;
  private final Host host;
  private final Round round = new Round(this::once);
  private final Round givingBack = new Round(this::giveBack);

  /** Endpoints that are handed over and not given back yet. */
  private final List<Lease> atRest = new ArrayList<>();

  private boolean stopped;

  Rebalancing(
      Clock clock,
      Membership membership,
      Directory directory,
      Leases leases,
      Takeover takeover,
      Host host) {
    this.clock = clock;
    this.membership = membership;
    this.directory = directory;
    this.leases = leases;
    this.takeover = takeover;
    this.host = host;
  }

  /**
   * A round, which begins now or after the one that is under way. However long that takes, who
   * accepts is to know of a change at once.
   */
  Future<Void> go() {
    if (round.isUnderway()) {
      directory.refresh();
    }
    return round.go();
  }

  /** No round begins any more; completed when none is under way. */
  Future<Void> stop() {
    stopped = true;
    takeover.stop();
    return round.ended();
  }

  private Future<Void> once() {
    return look().compose(v -> unlessStopped(this::share)).compose(v -> unlessStopped(this::run));
  }

  private Future<Void> unlessStopped(Supplier<Future<Void>> what) {
    return stopped ? Future.succeededFuture() : what.get();
  }

  /** Learns what became of the endpoints that this node runs. */
  Future<Void> look() {
    List<Lease> known = leases.all();
    return directory.refresh().onSuccess(v -> known.forEach(this::check));
  }

  private void check(Lease lease) {
    Share share = directory.find(lease.id());
    if (stopped || !leases.has(lease) || lease.isLeaving()) {
      return;
    }
    if (!lease.is(share, membership.id())) {
      leases.remove(lease);
      host.lose(lease.id());
      log.warn("Another node runs the endpoint {} by now, or it is gone", lease.id());
    } else if (lease.isDoubted()) {
      log.warn("What this node did to the endpoint {} is not kept: it starts anew", lease.id());
      host.lose(lease.id());
      giveBack(lease, Future.succeededFuture());
    } else if (!lease.isConfiguredAs(share)) {
      log.info("The endpoint {} is configured otherwise: it starts anew", lease.id());
      handOver(lease);
    }
  }

  /** Runs those that are this node's by the tables, and that it does not run yet. */
  private Future<Void> run() {
    List<Share> owned =
        directory.members().stream()
            .filter(share -> membership.id().equals(share.owner()))
            .filter(share -> !leases.concerns(share.id()))
            .toList();
    return takeover.of(owned, later -> refuse(later).onComplete(v -> go())).compose(this::refuse);
  }

  private Future<Void> refuse(List<Lease> refused) {
    return refused.isEmpty()
        ? Future.succeededFuture()
        : membership.refuses(refused()).compose(v -> leases.release(refused));
  }

  /** Hands over what is too much, and claims what is too little. */
  private Future<Void> share() {
    String node = membership.id();
    Map<String, Set<String>> nodes = directory.claiming();
    if (!membership.claims() || !nodes.containsKey(node)) {
      return Future.succeededFuture();
    }
    Set<String> refused = refused();
    Map<String, Set<String>> refusals = new LinkedHashMap<>(nodes);
    refusals.put(node, refused);
    Placement placement = Placement.of(node, refusals, owners());
    for (Lease lease : leases.all()) {
      if (placement.handOver().contains(lease.id()) && !lease.isLeaving()) {
        handOver(lease);
      }
    }
    List<Share> claims =
        placement.claim().stream()
            .filter(endpoint -> !leases.concerns(endpoint))
            .map(directory::find)
            .toList();
    return membership
        .refuses(refused)
        .compose(
            v ->
                claims.isEmpty()
                    ? Future.succeededFuture()
                    : leases.claim(claims).compose(claimed -> directory.refresh()));
  }

  private Set<String> refused() {
    return directory.members().stream()
        .filter(share -> !takeover.canRun(share))
        .map(Share::id)
        .collect(Collectors.toSet());
  }

  /** Who runs what, of all that the nodes share between them: not what a leaving one still has. */
  private Map<String, String> owners() {
    Map<String, String> owners = new HashMap<>();
    for (Share share : directory.members()) {
      String owner = directory.ownerOf(share.id());
      if (owner == null || directory.claiming().containsKey(owner)) {
        owners.put(share.id(), owner);
      }
    }
    return owners;
  }

  /** Has an endpoint go, which is this node's until it is gone; not for longer than a lease. */
  private void handOver(Lease lease) {
    lease.leave();
    giveBack(
        lease,
        clock
            .within(membership.lease(), host.handOver(lease.id()))
            .onFailure(slow -> host.lose(lease.id())));
  }

  private void giveBack(Lease lease, Future<Void> gone) {
    lease.leave();
    leases.begin(lease.id());
    gone.onComplete(
        v -> {
          atRest.add(lease);
          givingBack.go();
        });
  }

  /** Those that are at rest by now go together. */
  private Future<Void> giveBack() {
    List<Lease> left = List.copyOf(atRest);
    atRest.clear();
    return release(left)
        .onComplete(
            v -> {
              left.forEach(leases::remove);
              left.forEach(lease -> leases.end(lease.id()));
              go();
            });
  }

  /**
   * Until the tables know of it: in one epoch an endpoint is run once, as its steps are numbered by
   * that.
   */
  private Future<Void> release(List<Lease> left) {
    return leases
        .release(left)
        .recover(
            failure -> {
              log.warn(
                  "Of this node, {} endpoints are not given back yet: {}",
                  left.size(),
                  failure.getMessage());
              return stopped
                  ? Future.failedFuture(failure)
                  : clock.after(TRY_AGAIN).compose(v -> release(left));
            });
  }
}
