package dev.auditwebhook.journal.postgres;

import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Found;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.journal.Engine;
import dev.auditwebhook.journal.MessageIdPrefix;
import dev.auditwebhook.journal.NotKeptException;
import dev.auditwebhook.journal.postgres.database.ConnectionUri;
import dev.auditwebhook.journal.postgres.database.Database;
import dev.auditwebhook.journal.postgres.database.Notifications;
import dev.auditwebhook.journal.postgres.database.Schema;
import dev.auditwebhook.journal.postgres.nodes.Delta;
import dev.auditwebhook.journal.postgres.nodes.SharedNodes;
import dev.auditwebhook.metrics.Metrics;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Keeps all in the tables of one schema, which all nodes of a webhook share. */
public final class PostgresEngine implements Engine {

  private static final String JOURNAL = "journal ";

  private final Clock clock;
  private final StoreOptions options;
  private final Database database;
  private final Database renewals;
  private final Tally tally = new Tally();
  private final Tail tail;
  private final SharedNodes nodes;
  private final Partitions partitions;
  private final Appender appender;
  private final StepWriter steps;
  private final EventReader reader;
  private final Removal removal;
  private Notifications notifications;
  private Inbox inbox;

  /** What was appended of the counts of this node. */
  private Counts counted;

  public PostgresEngine(Vertx vertx, Clock clock, StoreOptions options) {
    this.clock = clock;
    this.options = options;
    ConnectionUri uri = ConnectionUri.of(options.getUri());
    database = new Database(vertx, clock, uri, options.getSchema());
    renewals = new Database(vertx, clock, uri, options.getSchema());
    tail = new Tail(database, clock, this::isIdle, this::setBack);
    nodes = new SharedNodes(database, renewals, clock, options, tail);
    partitions = new Partitions(database, clock, tally);
    appender = new Appender(database, clock, nodes, tail, partitions, tally);
    steps = new StepWriter(database, clock, nodes, tally);
    reader = new EventReader(database, nodes, tail);
    removal = new Removal(database, clock, nodes);
  }

  private boolean isIdle() {
    return nodes.leases().isEmpty();
  }

  private void setBack() {
    nodes.leases().doubtAll();
    nodes.heard(SharedNodes.ENDPOINTS);
  }

  @Override
  public Future<Opened> open() {
    return database
        .open(options.getWaitForDatabase(), this::begin)
        .compose(opened -> database.open(options.getWaitForDatabase(), nodes::open).map(opened))
        .onSuccess(v -> listen())
        .recover(failure -> close().transform(v -> Future.failedFuture(failure)));
  }

  private Future<Opened> begin() {
    return new Schema(database, MessageIdPrefix.random())
        .install()
        .compose(v -> partitions.make(0))
        .compose(v -> database.run("head", Tuple.tuple()))
        .map(rows -> opened(rows.iterator().next()));
  }

  private Opened opened(Row head) {
    long lastId = head.getLong("last_id");
    counted = new Counts(head.getLong("arrived"), head.getLong("rejected"));
    tail.begin(lastId, counted);
    return new Opened(head.getString("prefix"), lastId, counted, Map.of());
  }

  private void listen() {
    partitions.keepUp();
    notifications = new Notifications(database, this::heard, this::lookUp);
  }

  private void heard(String payload) {
    if (payload.startsWith(JOURNAL)) {
      tail.heard(Long.parseLong(payload.substring(JOURNAL.length())));
    } else {
      nodes.heard(payload);
    }
  }

  /** What was notified before may not have been heard. */
  private void lookUp() {
    tail.upToDate();
    nodes.heard(SharedNodes.ENDPOINTS);
  }

  /** Entries and steps go side by side, on two connections. */
  @Override
  public Future<Appended> append(Addition addition) {
    // What arrives from now on is counted along with its own entries.
    List<Delta> deltas = nodes.directory().leave();
    Future<Set<String>> unkept = steps.keep(addition.steps());
    Future<Long> firstId =
        steps.isStuck()
            ? unkept
                .onFailure(v -> nodes.directory().giveBack(deltas))
                .compose(v -> appendEntries(addition, deltas))
            : appendEntries(addition, deltas);
    return Future.join(firstId, unkept)
        .transform(
            v -> {
              if (firstId.failed()) {
                return notKept(firstId.cause());
              } else if (unkept.succeeded()) {
                return appended(firstId.result(), unkept.result());
              }
              return firstId.result() == 0
                  ? notKept(unkept.cause())
                  : appended(firstId.result(), endpoints(addition));
            });
  }

  private Future<Long> appendEntries(Addition addition, List<Delta> deltas) {
    Counts counts = addition.counts();
    Addendum addendum =
        new Addendum(
            addition.entries(),
            counts.arrived() - counted.arrived(),
            counts.rejected() - counted.rejected(),
            addition.emitted());
    return appender.append(addendum, deltas).onSuccess(v -> counted = counts);
  }

  private static Set<String> endpoints(Addition addition) {
    return addition.steps().stream().map(Step::endpoint).collect(Collectors.toSet());
  }

  private static Future<Appended> appended(long firstId, Set<String> unkept) {
    return Future.succeededFuture(new Appended(firstId, List.of(), Map.of(), unkept));
  }

  private static Future<Appended> notKept(Throwable cause) {
    return Future.failedFuture(
        cause instanceof NotKeptException || cause instanceof GoneException
            ? cause
            : new NotKeptException(cause.getMessage(), 0, cause));
  }

  /** Numbers are given by the database alone. */
  @Override
  public long refuse(int entries) {
    return 0;
  }

  @Override
  public Future<Void> forget(String endpoint, JsonObject settings) {
    return removal.of(endpoint, settings).onSuccess(v -> steps.forget(endpoint));
  }

  @Override
  public Future<Found<Event>> read(int number, long after, int limit) {
    return reader.read(number, after, limit);
  }

  @Override
  public Future<Found<Straggler>> stragglers(String endpoint, Collection<Long> ids) {
    return reader.stragglers(endpoint, ids);
  }

  @Override
  public Future<List<DeadLetter>> deadLetters(
      String endpoint, List<Long> ids, Map<Long, DeadLetter> unkept, long maxBytes) {
    return reader.deadLetters(endpoint, ids, unkept, maxBytes);
  }

  @Override
  public long interval() {
    return options.getSyncInterval();
  }

  @Override
  public String key() {
    return ConnectionUri.KEY;
  }

  @Override
  public SharedNodes nodes() {
    return nodes;
  }

  Tail tail() {
    return tail;
  }

  @Override
  public boolean owns(String endpoint) {
    return nodes.leases().owns(endpoint);
  }

  @Override
  public void empty(Acceptor acceptor) {
    inbox = new Inbox(database, clock, nodes::isFirst, acceptor);
  }

  @Override
  public String damage() {
    return null;
  }

  @Override
  public void register(Metrics metrics) {
    tally.register(metrics);
    nodes.register(metrics);
  }

  @Override
  public void hasten() {
    appender.hasten();
  }

  /** Others have the endpoints of this node from now on. */
  @Override
  public Future<Void> close() {
    partitions.close();
    if (inbox != null) {
      inbox.close();
    }
    return nodes
        .close()
        .eventually(
            () -> {
              tail.close();
              return notifications == null ? Future.succeededFuture() : notifications.close();
            })
        .eventually(() -> Future.join(database.close(), renewals.close()))
        .mapEmpty();
  }
}
