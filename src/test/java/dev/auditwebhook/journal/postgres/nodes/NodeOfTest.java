package dev.auditwebhook.journal.postgres.nodes;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.endpoint.VertxClock;
import dev.auditwebhook.endpoint.settings.Remains;
import dev.auditwebhook.journal.Nodes;
import dev.auditwebhook.journal.postgres.database.ConnectionUri;
import dev.auditwebhook.journal.postgres.database.Database;
import dev.auditwebhook.journal.postgres.database.Notifications;
import dev.auditwebhook.journal.postgres.database.Schema;
import dev.auditwebhook.testing.PostgresServer;
import dev.auditwebhook.testing.Turn;
import dev.auditwebhook.testing.Webhooks;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A node with an event loop and connections of its own, which runs endpoints in name only: it says
 * which it was told to run.
 */
final class NodeOfTest implements Nodes.Host, Nodes.Follower, JournalTail, AutoCloseable {

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Database database;
  private final Database renewals;
  private final Schema tables;
  private final SharedNodes nodes;
  private Notifications notifications;

  /** What it runs, by ids. */
  private final Map<String, Nodes.Tenancy> running = new ConcurrentSkipListMap<>();

  private final List<String> handedOver = new CopyOnWriteArrayList<>();
  private final List<String> lost = new CopyOnWriteArrayList<>();
  private final List<String> touched = new CopyOnWriteArrayList<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final AtomicInteger memberChanges = new AtomicInteger();
  private final AtomicInteger goneOn = new AtomicInteger();
  private final Set<String> refused = new ConcurrentSkipListSet<>();

  /** Hand-overs that take until the test says that they end. */
  private volatile Promise<Void> slow;

  private NodeOfTest(
      PostgresServer server,
      String schema,
      StoreOptions options,
      Function<Vertx, ? extends Clock> clocks) {
    Clock clock = clocks.apply(vertx);
    ConnectionUri uri = ConnectionUri.of(server.uri());
    database = new Database(vertx, clock, uri, schema);
    renewals = new Database(vertx, clock, uri, schema);
    tables = new Schema(database, "msg_test_");
    nodes = new SharedNodes(database, renewals, clock, options, this);
  }

  /** One that is there, and knows the endpoints. */
  static NodeOfTest open(PostgresServer server, String schema, StoreOptions options) {
    return open(server, schema, options, VertxClock::new);
  }

  static NodeOfTest open(
      PostgresServer server,
      String schema,
      StoreOptions options,
      Function<Vertx, ? extends Clock> clocks) {
    NodeOfTest node = new NodeOfTest(server, schema, options, clocks);
    node.follow();
    node.result(node.tables::install);
    node.listen();
    node.result(node.nodes::open);
    return node;
  }

  private void follow() {
    turn(
        () -> {
          nodes.follow(this);
          return null;
        });
  }

  private void listen() {
    turn(() -> notifications = new Notifications(database, nodes::heard, () -> {}));
  }

  SharedNodes nodes() {
    return nodes;
  }

  String id() {
    return nodes.membership().id();
  }

  /** What comes of something that is done on its event loop, waited for. */
  <T> T result(Supplier<Future<T>> work) {
    return Webhooks.result(later(work));
  }

  /** What comes of something that is done on its event loop. */
  <T> Future<T> later(Supplier<Future<T>> work) {
    return Turn.of(context, work::get).compose(future -> future);
  }

  /** What something gives on its event loop. */
  <T> T turn(Callable<T> work) {
    return Webhooks.result(Turn.of(context, work));
  }

  /** Endpoints as a configuration has them, with URLs. */
  static Map<String, JsonObject> configured(String... ids) {
    Map<String, JsonObject> configured = new ConcurrentSkipListMap<>();
    for (String id : ids) {
      configured.put(id, sentTo("http://127.0.0.1:1/" + id));
    }
    return configured;
  }

  static JsonObject sentTo(String url) {
    return new JsonObject(new EndpointOptions().setUrl(url).toJson().encode());
  }

  Future<Void> joining(Map<String, JsonObject> configured) {
    return later(
        () ->
            nodes.join(
                this,
                configured,
                (id, kept) ->
                    configured.containsKey(id)
                        && Remains.isRemoved(kept, new EndpointOptions(configured.get(id)))));
  }

  NodeOfTest join(Map<String, JsonObject> configured) {
    Webhooks.result(joining(configured));
    return this;
  }

  NodeOfTest join(String... ids) {
    return join(configured(ids));
  }

  /** The ids of what it runs. */
  Set<String> running() {
    return running.keySet();
  }

  Nodes.Tenancy tenancy(String id) {
    return running.get(id);
  }

  boolean owns(String id) {
    return turn(() -> nodes.leases().owns(id));
  }

  List<String> handedOver() {
    return handedOver;
  }

  List<String> lost() {
    return lost;
  }

  List<String> touched() {
    return touched;
  }

  List<String> asked() {
    return asked;
  }

  int memberChanges() {
    return memberChanges.get();
  }

  int goneOn() {
    return goneOn.get();
  }

  /** From now on it cannot run an endpoint. */
  NodeOfTest refuse(String... ids) {
    refused.addAll(List.of(ids));
    return this;
  }

  /** From now on hand-overs take until that is completed. */
  Promise<Void> holdHandOvers() {
    slow = Promise.promise();
    return slow;
  }

  /** Its event loop stands still until that is counted down. */
  CountDownLatch freeze() {
    CountDownLatch thaw = new CountDownLatch(1);
    context.runOnContext(
        v -> {
          try {
            thaw.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    return thaw;
  }

  /** It ends as a process that is killed. */
  void kill() {
    Webhooks.result(vertx.close());
  }

  /** It ends in good order. */
  void leave() {
    result(nodes::close);
    close();
  }

  @Override
  public void close() {
    result(notifications::close);
    result(database::close);
    result(renewals::close);
    kill();
  }

  @Override
  public void takeOver(Nodes.Tenancy tenancy) {
    asked.add(tenancy.id());
    if (refused.contains(tenancy.id())) {
      throw new IllegalArgumentException("this is not known here");
    }
    if (running.put(tenancy.id(), tenancy) != null) {
      throw new AssertionError(tenancy.id() + " is run twice");
    }
  }

  @Override
  public Future<Void> handOver(String endpoint) {
    handedOver.add(endpoint);
    Future<Void> end = slow == null ? Future.succeededFuture() : slow.future();
    return end.onSuccess(v -> running.remove(endpoint));
  }

  @Override
  public void lose(String endpoint) {
    lost.add(endpoint);
    running.remove(endpoint);
  }

  @Override
  public void goOn() {
    goneOn.incrementAndGet();
  }

  @Override
  public Future<JsonObject> answer(String what, Object body) {
    return Future.succeededFuture(new JsonObject().put("what", what).put("by", id()));
  }

  @Override
  public void cut(Nodes.Cut cut) {}

  @Override
  public void membersChanged() {
    memberChanges.incrementAndGet();
  }

  @Override
  public void trouble(Throwable failure) {}

  @Override
  public void touch(String endpoint) {
    touched.add(endpoint);
  }

  @Override
  public void follow(Nodes.Follower follower) {}

  @Override
  public long lastId() {
    return 0;
  }

  @Override
  public <T> Future<T> still(Supplier<Future<T>> action) {
    return action.get();
  }

  @Override
  public Future<Void> upToDate() {
    return Future.succeededFuture();
  }

  @Override
  public void heard(long lastId) {}
}
