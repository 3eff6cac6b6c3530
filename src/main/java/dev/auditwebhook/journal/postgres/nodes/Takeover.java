package dev.auditwebhook.journal.postgres.nodes;

import dev.auditwebhook.journal.Nodes.Host;
import dev.auditwebhook.journal.Nodes.Tenancy;
import dev.auditwebhook.journal.postgres.nodes.Leases.Lease;
import dev.auditwebhook.journal.postgres.nodes.TenancyReader.Found;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the host run endpoints that are those of this node by the tables. */
final class Takeover {

  private static final Logger log = LoggerFactory.getLogger(Takeover.class);

  private final TenancyReader states;
  private final JournalTail tail;
  private final Leases leases;
  private final Host host;
  private final String node;

  /** The versions of endpoints that this node cannot run, by their numbers. */
  private final Map<Integer, Long> refused = new HashMap<>();

  private boolean stopped;

  /**
   * @param node the id of this one
   */
  Takeover(TenancyReader states, JournalTail tail, Leases leases, Host host, String node) {
    this.states = states;
    this.tail = tail;
    this.leases = leases;
    this.host = host;
    this.node = node;
  }

  /** Whether this node could run an endpoint, as far as it knows. */
  boolean canRun(Share share) {
    Long version = refused.get(share.number());
    return version == null || version != share.version();
  }

  /**
   * Runs endpoints: those that are not far behind all from one moment on; the others later, as what
   * waits for them is counted first, and nobody is to wait for that.
   *
   * @param later told when the others are run, and which of them this node cannot run
   * @return those of the former that it cannot run
   */
  Future<List<Lease>> of(Collection<Share> owned, Consumer<List<Lease>> later) {
    if (owned.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    Map<Integer, Share> shares = new HashMap<>();
    owned.forEach(share -> shares.put(share.number(), share));
    return states
        .farBehind(shares.keySet())
        .compose(
            numbers -> {
              Map<Integer, Share> far = new HashMap<>(shares);
              far.keySet().retainAll(numbers);
              shares.keySet().removeAll(numbers);
              if (!far.isEmpty()) {
                aside(far, later);
              }
              return shares.isEmpty() ? Future.succeededFuture(List.of()) : run(shares);
            });
  }

  private void aside(Map<Integer, Share> far, Consumer<List<Lease>> later) {
    far.values().forEach(share -> leases.begin(share.id()));
    run(far)
        .onComplete(v -> far.values().forEach(share -> leases.end(share.id())))
        .onComplete(
            later::accept,
            failure ->
                log.warn(
                    "What waits for {} endpoints is not counted yet: {}",
                    far.size(),
                    failure.getMessage()));
  }

  private Future<List<Lease>> run(Map<Integer, Share> shares) {
    return states
        .count(shares.keySet())
        .compose(
            counted ->
                tail.still(
                    () -> states.read(shares.keySet(), counted).map(found -> run(found, shares))));
  }

  /** Nothing is run any more. */
  void stop() {
    stopped = true;
  }

  private List<Lease> run(List<Found> found, Map<Integer, Share> shares) {
    List<Lease> refused = new ArrayList<>();
    if (stopped) {
      return refused;
    }
    for (Found each : found) {
      Lease lease = lease(each);
      if (node.equals(each.owner()) && !run(lease, each.tenancy(), shares)) {
        refused.add(lease);
      }
    }
    return refused;
  }

  private static Lease lease(Found found) {
    Tenancy tenancy = found.tenancy();
    return new Lease(
        tenancy.id(),
        tenancy.state().number(),
        found.epoch(),
        tenancy.lastId(),
        tenancy.configured());
  }

  /** False when the host cannot. */
  private boolean run(Lease lease, Tenancy tenancy, Map<Integer, Share> shares) {
    int number = tenancy.state().number();
    leases.add(lease);
    try {
      host.takeOver(tenancy);
      refused.remove(number);
      return true;
    } catch (RuntimeException e) {
      // Whatever it is: an endpoint that nobody runs is not to be kept from the others.
      leases.remove(lease);
      refused.put(number, shares.get(number).version());
      log.warn("This node cannot run the endpoint {}: {}", tenancy.id(), e.getMessage());
      return false;
    }
  }
}
