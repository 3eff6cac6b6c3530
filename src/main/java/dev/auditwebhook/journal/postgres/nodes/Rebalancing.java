package dev.auditwebhook.journal.postgres.nodes;

import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.journal.Nodes.Host;
import dev.auditwebhook.journal.postgres.database.Round;
import dev.auditwebhook.journal.postgres.nodes.Leases.Lease;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node does, again and again, for each endpoint to have one node that runs it, and each
 * node a fair share: one round at a time.
 */
final class Rebalancing {

  private static final Logger log = LoggerFactory.getLogger(Rebalancing.class);

  private final Clock clock;
  private final Membership membership;
  private final Directory directory;
  private final Leases leases;
  private final Takeover takeover;
  private final Host host;
  private final Round round = new Round(this::once);

  /** Since when nobody runs an endpoint, by its number. */
  private final Map<Integer, Long> abandoned = new HashMap<>();

  /** Endpoints that no other node would run. */
  private final Set<String> bound = new HashSet<>();

  private List<String> nodes = List.of();
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

  /** A round, which begins now or after the one that is under way. */
  Future<Void> go() {
    return round.go();
  }

  /** No round begins any more; completed when none is under way. */
  Future<Void> stop() {
    stopped = true;
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
    if (!leases.has(lease) || lease.isLeaving()) {
      return;
    }
    if (!lease.is(share, membership.id())) {
      leases.remove(lease);
      host.lose(lease.id());
      log.warn("Another node runs the endpoint {} by now, or it is gone", lease.id());
    } else if (!lease.isConfiguredAs(share)) {
      log.info("The endpoint {} is configured otherwise: it starts anew", lease.id());
      handOver(lease);
    }
  }

  /** Runs those that are this node's by the tables, and that it does not run yet. */
  private Future<Void> run() {
    return takeover.of(
        directory.members().stream()
            .filter(share -> membership.id().equals(share.owner()))
            .filter(share -> !leases.concerns(share.id()))
            .toList());
  }

  /** Hands over what is too much, and claims what is too little. */
  private Future<Void> share() {
    if (!nodes.equals(directory.claiming())) {
      nodes = directory.claiming();
      bound.clear();
    }
    List<Share> free = free();
    List<Share> left = left(free);
    Placement placement = Placement.of(membership.id(), nodes, owners(free), bound);
    for (Lease lease : leases.all()) {
      if (placement.handOver().contains(lease.id()) && !lease.isLeaving()) {
        handOver(lease);
      }
    }
    int claims = Math.max(placement.claim(), left.size());
    boolean takesPart = membership.claims() && nodes.contains(membership.id());
    if (claims == 0 || !takesPart) {
      return Future.succeededFuture();
    }
    left.forEach(share -> bound.add(share.id()));
    List<Share> wanted = new ArrayList<>(left);
    free.stream().filter(share -> !left.contains(share)).forEach(wanted::add);
    return leases.claim(wanted, claims).compose(v -> directory.refresh());
  }

  /** What nobody runs, and this node could. */
  private List<Share> free() {
    return directory.members().stream()
        .filter(share -> directory.ownerOf(share.id()) == null)
        .filter(share -> !leases.concerns(share.id()))
        .filter(takeover::canRun)
        .toList();
  }

  /** What all other nodes left alone for long enough: they may not be able to run it. */
  private List<Share> left(List<Share> free) {
    abandoned.keySet().retainAll(free.stream().map(Share::number).toList());
    long now = clock.elapsed();
    return free.stream()
        .filter(
            share ->
                now - abandoned.computeIfAbsent(share.number(), number -> now)
                    >= 2 * membership.lease())
        .toList();
  }

  /** Who runs what, of all that the nodes share between them. */
  private Map<String, String> owners(List<Share> free) {
    Map<String, String> owners = new HashMap<>();
    free.forEach(share -> owners.put(share.id(), null));
    directory.members().stream()
        .filter(share -> nodes.contains(share.owner()))
        .forEach(share -> owners.put(share.id(), share.owner()));
    return owners;
  }

  /** Has an endpoint go, which is this node's until it is gone; not for longer than a lease. */
  private void handOver(Lease lease) {
    String id = lease.id();
    lease.leave();
    leases.begin(id);
    clock
        .within(membership.lease(), host.handOver(id))
        .onFailure(slow -> host.lose(id))
        .eventually(() -> leases.release(lease))
        .onFailure(
            failure -> log.warn("Endpoint {} is not given back: {}", id, failure.getMessage()))
        .onComplete(
            v -> {
              leases.remove(lease);
              leases.end(id);
              go();
            });
  }
}
