package dev.auditwebhook.journal.postgres.nodes;

import dev.auditwebhook.journal.Nodes.Host;
import dev.auditwebhook.journal.Nodes.Tenancy;
import dev.auditwebhook.journal.postgres.nodes.Leases.Lease;
import dev.auditwebhook.journal.postgres.nodes.States.Found;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the host run endpoints that are those of this node by the tables. */
final class Takeover {

  private static final Logger log = LoggerFactory.getLogger(Takeover.class);

  private final States states;
  private final JournalTail tail;
  private final Leases leases;
  private final Host host;
  private final String node;

  /** The versions of endpoints that this node cannot run, by their numbers. */
  private final Map<Integer, Long> refused = new HashMap<>();

  /**
   * @param node the id of this one
   */
  Takeover(States states, JournalTail tail, Leases leases, Host host, String node) {
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

  /** Runs endpoints, all from one moment on. */
  Future<Void> of(Collection<Share> owned) {
    if (owned.isEmpty()) {
      return Future.succeededFuture();
    }
    Map<Integer, Share> shares = new HashMap<>();
    owned.forEach(share -> shares.put(share.number(), share));
    return tail.still(
        () ->
            states
                .read(shares.keySet())
                .compose(
                    found -> {
                      List<Future<Void>> givenBack = new ArrayList<>();
                      for (Found each : found) {
                        if (node.equals(each.owner()) && !run(each, shares)) {
                          givenBack.add(
                              leases.release(each.tenancy().state().number(), each.epoch()));
                        }
                      }
                      return Future.join(givenBack).mapEmpty();
                    }));
  }

  /** False when the host cannot. */
  private boolean run(Found found, Map<Integer, Share> shares) {
    Tenancy tenancy = found.tenancy();
    int number = tenancy.state().number();
    Lease lease =
        new Lease(tenancy.id(), number, found.epoch(), tenancy.lastId(), tenancy.configured());
    leases.add(lease);
    try {
      host.takeOver(tenancy);
      refused.remove(number);
      return true;
    } catch (IllegalArgumentException e) {
      leases.remove(lease);
      refused.put(number, shares.get(number).version());
      log.warn("This node cannot run the endpoint {}: {}", tenancy.id(), e.getMessage());
      return false;
    }
  }
}
