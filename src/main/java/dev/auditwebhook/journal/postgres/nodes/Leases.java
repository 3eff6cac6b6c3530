package dev.auditwebhook.journal.postgres.nodes;

import dev.auditwebhook.journal.postgres.database.Database;
import dev.auditwebhook.metrics.Metrics;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which endpoints this node runs. */
public final class Leases {

  private static final Logger log = LoggerFactory.getLogger(Leases.class);

  /** An endpoint that this node runs. */
  static final class Lease {

    private final String id;
    private final int number;
    private final long epoch;
    private final long since;
    private JsonObject configured;
    private long step;
    private boolean leaving;
    private boolean doubted;

    /**
     * @param epoch in which this node has it
     * @param since what came up to this id counts as arrived
     * @param configured as it is run, {@code null} when it is not configured
     */
    Lease(String id, int number, long epoch, long since, JsonObject configured) {
      this.id = id;
      this.number = number;
      this.epoch = epoch;
      this.since = since;
      this.configured = configured;
    }

    String id() {
      return id;
    }

    /** No attempt begins any more. */
    void leave() {
      leaving = true;
    }

    boolean isLeaving() {
      return leaving;
    }

    boolean isDoubted() {
      return doubted;
    }

    /** Whether what the tables have is this one. */
    boolean is(Share share, String node) {
      return share != null
          && share.number() == number
          && share.epoch() == epoch
          && node.equals(share.owner());
    }

    /** Whether it is run as the tables have it configured. */
    boolean isConfiguredAs(Share share) {
      if (configured != share.configured()) {
        if (configured == null || !configured.equals(share.configured())) {
          return false;
        }
        configured = share.configured();
      }
      return true;
    }
  }

  private final Database database;
  private final Membership membership;
  private final Map<String, Lease> held = new TreeMap<>();
  private final Map<Integer, Lease> byNumber = new HashMap<>();

  /** Endpoints that are being made or given back by this node, which is all that moves them. */
  private final Set<String> busy = new HashSet<>();

  // Volatile, as metrics are read from any thread.
  private volatile long changes;
  private volatile long takeovers;
  private volatile long running;

  Leases(Database database, Membership membership) {
    this.database = database;
    this.membership = membership;
  }

  void register(Metrics metrics) {
    metrics
        .counter(
            "webhook.lease.changes",
            "Endpoints that this node began or ceased to run",
            () -> changes)
        .counter(
            "webhook.takeovers",
            "Endpoints that this node took over from nodes whose leases ran out",
            () -> takeovers)
        .gauge("webhook.endpoints.running", "Endpoints that this node runs", () -> running);
  }

  /** Whether attempts of an endpoint may begin: this node runs it, and would know if not. */
  public boolean owns(String endpoint) {
    Lease lease = held.get(endpoint);
    return lease != null && !lease.leaving && !lease.doubted && membership.holds();
  }

  /** Steps of an endpoint are kept while it has this epoch; {@code null} when it runs elsewhere. */
  public Long epoch(String endpoint) {
    Lease lease = held.get(endpoint);
    return lease == null ? null : lease.epoch;
  }

  /** The number of the next step of an endpoint that this node runs; each call gives another. */
  public long nextStep(String endpoint) {
    return ++held.get(endpoint).step;
  }

  /**
   * The {@link dev.auditwebhook.journal.Nodes.Tenancy#lastId} of an endpoint that this node runs,
   * by its number; 0 for others. What the journal has up to there counts as arrived, though cuts
   * may come to it later: so it is read up to there, or to the last cut if that is further on.
   */
  public long since(int number) {
    Lease lease = byNumber.get(number);
    return lease == null ? 0 : lease.since;
  }

  /** What this node knows of an endpoint that it runs may not hold: it is to begin anew. */
  public void doubt(String endpoint) {
    Lease lease = held.get(endpoint);
    if (lease != null) {
      lease.doubted = true;
    }
  }

  /** As {@link #doubt}, of all. */
  public void doubtAll() {
    held.keySet().forEach(this::doubt);
  }

  /** Whether this node runs none. */
  public boolean isEmpty() {
    return held.isEmpty();
  }

  List<Lease> all() {
    return List.copyOf(held.values());
  }

  boolean has(Lease lease) {
    return held.get(lease.id) == lease;
  }

  /** Whether an endpoint is run, made or being given back here. */
  boolean concerns(String endpoint) {
    return held.containsKey(endpoint) || busy.contains(endpoint);
  }

  /** This node alone moves an endpoint now. */
  void begin(String endpoint) {
    busy.add(endpoint);
  }

  void end(String endpoint) {
    busy.remove(endpoint);
  }

  void add(Lease lease) {
    held.put(lease.id, lease);
    byNumber.put(lease.number, lease);
    changed();
  }

  void remove(Lease lease) {
    if (held.remove(lease.id, lease)) {
      byNumber.remove(lease.number);
      changed();
    }
  }

  private void changed() {
    running = held.size();
    changes++;
  }

  /** An endpoint is gone. */
  void forgotten(String endpoint) {
    Lease lease = held.get(endpoint);
    if (lease != null) {
      remove(lease);
    }
  }

  /** Has endpoints be those of this node, as far as nobody has them. */
  Future<Void> claim(Collection<Share> wanted) {
    Integer[] numbers = wanted.stream().map(Share::number).toArray(Integer[]::new);
    return database
        .run("endpoint-claim", Tuple.of(membership.id(), database.schema(), numbers))
        .map(
            rows -> {
              Map<Integer, String> ids = new HashMap<>();
              wanted.forEach(share -> ids.put(share.number(), share.id()));
              Map<String, Set<String>> formers = new TreeMap<>();
              for (Row row : rows) {
                if (row.getString("former") != null) {
                  formers
                      .computeIfAbsent(row.getString("former"), name -> new TreeSet<>())
                      .add(ids.get(row.getInteger("number")));
                }
              }
              formers.forEach(this::tookOver);
              return null;
            });
  }

  private void tookOver(String former, Set<String> endpoints) {
    takeovers += endpoints.size();
    log.warn(
        "The lease of the node {} ran out: this node takes over {} of its endpoints: {}",
        former,
        endpoints.size(),
        String.join(", ", endpoints));
  }

  /** Those of this node whose cursors are kept far behind the end of the journal. */
  Future<List<String>> behind() {
    return database
        .run("endpoint-behind", Tuple.of(membership.id()))
        .map(
            rows -> {
              List<String> ids = new ArrayList<>();
              rows.forEach(row -> ids.add(row.getString("id")));
              return ids;
            });
  }

  /** Gives endpoints back, which this node runs no more. */
  Future<Void> release(List<Lease> left) {
    Tuple row =
        Tuple.of(membership.id(), database.schema())
            .addArrayOfInteger(left.stream().map(lease -> lease.number).toArray(Integer[]::new))
            .addArrayOfLong(left.stream().map(lease -> lease.epoch).toArray(Long[]::new));
    return database.run("endpoint-release", row).mapEmpty();
  }
}
