package dev.auditwebhook.journal.postgres.nodes;

import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.journal.postgres.database.Database;
import dev.auditwebhook.journal.postgres.database.Round;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** All endpoints, whoever runs them, and the living nodes, as the tables have them. */
public final class Directory {

  private final Database database;
  private final Clock clock;
  private final long maxEvents;
  private final Runnable changed;
  private final Map<String, Share> shares = new TreeMap<>();
  private final Map<Integer, Share> byNumber = new HashMap<>();
  private final Round refreshing = new Round(this::read);

  /** Those whose settings came from this node while they were being read. */
  private final Set<Share> newer = new HashSet<>();

  // Volatile, as a metric is read from any thread.
  private volatile List<String> living = List.of();

  private Map<String, Set<String>> claiming = Map.of();

  /**
   * @param maxEvents how many may be pending of each endpoint
   * @param changed told when there are others, or they want something else
   */
  Directory(Database database, Clock clock, long maxEvents, Runnable changed) {
    this.database = database;
    this.clock = clock;
    this.maxEvents = maxEvents;
    this.changed = changed;
  }

  public Collection<Share> members() {
    return Collections.unmodifiableCollection(shares.values());
  }

  Set<String> ids() {
    return Set.copyOf(shares.keySet());
  }

  /** {@code null} when there is none. */
  Share find(String endpoint) {
    return shares.get(endpoint);
  }

  /** The id of the living node that runs an endpoint, {@code null} when none does. */
  public String ownerOf(String endpoint) {
    Share share = shares.get(endpoint);
    return share != null && living.contains(share.owner()) ? share.owner() : null;
  }

  /** {@code null} when there is no such endpoint. */
  public Integer numberOf(String endpoint) {
    Share share = shares.get(endpoint);
    return share == null ? null : share.number();
  }

  /** Nodes whose leases run. */
  List<String> living() {
    return living;
  }

  /**
   * The endpoints that a node cannot run, by those of them that take endpoints over, which are in
   * the same order everywhere.
   */
  Map<String, Set<String>> claiming() {
    return claiming;
  }

  /** That of them which is there longest, {@code null} when there is none. */
  String first() {
    return claiming.keySet().stream().findFirst().orElse(null);
  }

  /** Reads what the tables have, which begins now or later. */
  Future<Void> refresh() {
    return refreshing.go();
  }

  private Future<Void> read() {
    Set<Share> known = new HashSet<>(shares.values());
    newer.clear();
    Integer[] numbers = known.stream().map(Share::number).toArray(Integer[]::new);
    Long[] versions = known.stream().map(Share::version).toArray(Long[]::new);
    return database
        .run("endpoint-directory", Tuple.of(numbers, (Object) versions))
        .onSuccess(rows -> found(rows, known))
        .compose(v -> database.run("node-living", Tuple.tuple()))
        .onSuccess(this::living)
        .mapEmpty();
  }

  private void living(RowSet<Row> rows) {
    List<String> alive = new ArrayList<>();
    Map<String, Set<String>> taking = new LinkedHashMap<>();
    for (Row row : rows) {
      alive.add(row.getString("id"));
      if (row.getBoolean("claims")) {
        taking.put(row.getString("id"), Set.of(row.getArrayOfStrings("refuses")));
      }
    }
    living = alive;
    claiming = taking;
  }

  /**
   * @param known those that were known when it was asked for them; others may be newer than that
   */
  private void found(RowSet<Row> rows, Set<Share> known) {
    Set<Share> gone = new HashSet<>(known);
    boolean another = false;
    for (Row row : rows) {
      Share share = byNumber.get(row.getInteger("number"));
      if (share == null) {
        share = add(row.getString("id"), row.getInteger("number"));
      } else if (!known.contains(share)) {
        continue;
      }
      gone.remove(share);
      share.owner(row.getString("owner"), row.getLong("epoch"));
      share.kept(row.getLong("pending"));
      if (row.getBoolean("changed") && !newer.contains(share)) {
        JsonObject configured = (JsonObject) row.getValue("configured");
        share.is(row.getLong("version"), configured, (JsonObject) row.getValue("settings"));
        another = true;
      }
    }
    gone.forEach(this::remove);
    if (another || !gone.isEmpty()) {
      changed.run();
    }
  }

  private Share add(String id, int number) {
    Share share = new Share(id, number, maxEvents, clock);
    Share former = shares.put(id, share);
    if (former != null) {
      remove(former);
    }
    byNumber.put(number, share);
    return share;
  }

  private void remove(Share share) {
    shares.remove(share.id(), share);
    byNumber.remove(share.number(), share);
    share.close();
  }

  /** One was made just now, for a node. */
  void made(String endpoint, int number, String owner, JsonObject configured) {
    Share share = add(endpoint, number);
    share.owner(owner, 1);
    share.is(0, configured, new JsonObject());
    changed.run();
  }

  /** One is gone just now. */
  void forgotten(String endpoint) {
    Share share = shares.get(endpoint);
    if (share != null) {
      remove(share);
      changed.run();
    }
  }

  /**
   * What arrived at this node since the last call. It is on its way into the tables until {@link
   * #pending} tells what they have, or it is {@linkplain #giveBack given back}.
   */
  public List<Delta> leave() {
    List<Delta> leaving = new ArrayList<>();
    for (Share share : shares.values()) {
      Delta delta = share.leave();
      if (delta != null) {
        leaving.add(delta);
      }
    }
    return leaving;
  }

  /** What was on its way into the tables was not kept. */
  public void giveBack(List<Delta> deltas) {
    for (Delta delta : deltas) {
      Share share = byNumber.get(delta.number());
      if (share != null) {
        share.giveBack(delta);
      }
    }
  }

  /** How many events of an endpoint are pending by the tables, all that was on its way included. */
  public void pending(int number, long pending) {
    Share share = byNumber.get(number);
    if (share != null) {
      share.arrivedThere();
      share.kept(pending);
    }
  }

  /** The settings of an endpoint that this node runs are kept, and in the tables by now. */
  public void settingsKept(String endpoint, JsonObject settings) {
    Share share = shares.get(endpoint);
    if (share != null) {
      newer.add(share);
      share.is(settings);
      changed.run();
    }
  }

  /** Speaks of the last drops. */
  void close() {
    shares.values().forEach(Share::close);
  }
}
