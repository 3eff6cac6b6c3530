package dev.auditwebhook.process;

import static dev.auditwebhook.testing.Effect.status;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.testing.Effect;
import dev.auditwebhook.testing.PostgresServer;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookExtension;
import dev.auditwebhook.testing.Webhooks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Services in JVMs of their own that share a database of this test's, with a receiver for each
 * endpoint, and a load on all nodes at once. Every reply of every node must have balanced ledgers.
 */
final class PostgresCluster implements AutoCloseable {

  /** How long an endpoint is held without a sign of life, in milliseconds. */
  static final long LEASE = 2_000;

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long LOOK_EVERY = 100;

  private final WebhookExtension webhook;
  private final Vertx vertx;
  private final PostgresServer database = PostgresServer.own();
  private final Bookkeeping books = new Bookkeeping();
  private final Producers producers;
  private final JsonObject configuration = new JsonObject();
  private final AtomicReferenceArray<StoreService> nodes;
  private final Random random = new Random();
  private volatile boolean watching = true;

  PostgresCluster(WebhookExtension webhook, int size) {
    this.webhook = webhook;
    vertx = webhook.elsewhere();
    producers = new Producers(vertx, books);
    nodes = new AtomicReferenceArray<>(size);
    configuration
        .put(
            "store",
            new JsonObject().put("type", "postgres").put("uri", database.uri()).put("lease", LEASE))
        .put("endpoints", new JsonObject());
  }

  Bookkeeping books() {
    return books;
  }

  PostgresServer database() {
    return database;
  }

  int size() {
    return nodes.length();
  }

  StoreService node(int index) {
    return nodes.get(index);
  }

  /** An endpoint that wants all events, with a receiver of its own. */
  ScriptedReceiver endpoint(String id, JsonObject options) {
    ScriptedReceiver receiver = webhook.anotherReceiver();
    receiver.recording(false);
    receiver.usually(this::taken);
    JsonObject all =
        new JsonObject()
            .put("url", receiver.url("/" + id))
            .put("initialBackoff", 20)
            .put("maxAttempts", 100)
            .put("queueCapacity", 200)
            .put("circuitBreaker", new JsonObject().put("maxFailures", 100_000))
            .mergeIn(options);
    if (id.equals("default")) {
      configuration.mergeIn(all);
    } else {
      configuration.getJsonObject("endpoints").put(id, all);
    }
    books.expect(id, action -> true);
    return receiver;
  }

  /** An endpoint that wants events whose action begins so. */
  ScriptedReceiver filtered(String id, String prefix) {
    ScriptedReceiver receiver =
        endpoint(id, new JsonObject().put("actions", new JsonArray().add(prefix + "*")));
    books.expect(id, action -> action.startsWith(prefix));
    return receiver;
  }

  /** Has a receiver refuse one request of so many. */
  void unreliable(ScriptedReceiver receiver, int oneOf) {
    receiver.usually(request -> random.nextInt(oneOf) == 0 ? status(503) : taken(request));
  }

  /** Has a receiver's requests looked at. */
  void onRequest(ScriptedReceiver receiver, Consumer<Received> observer) {
    receiver.usually(
        request -> {
          observer.accept(request);
          return taken(request);
        });
  }

  private Effect taken(Received request) {
    books.received(request);
    return status(204);
  }

  /** Starts all nodes at once. */
  void start() throws IOException {
    List<JarProcess> processes = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      processes.add(launch(i));
    }
    for (int i = 0; i < size(); i++) {
      nodes.set(i, StoreService.listening(processes.get(i)));
    }
  }

  private JarProcess launch(int index) throws IOException {
    Path directory = Files.createDirectories(webhook.directory().resolve("node-" + index));
    return StoreService.launch(directory, configuration, List.of(), List.of("-Xmx256m"));
  }

  /** Publishes on all nodes from now on, and looks at what they say of all endpoints. */
  void load(int lines) {
    for (int i = 0; i < size(); i++) {
      int node = i;
      producers.start(lines, entry -> post(node, entry));
      watch(node);
    }
  }

  private Future<Long> post(int index, JsonObject entry) {
    StoreService node = nodes.get(index);
    return node == null ? Future.failedFuture("away") : node.post(entry).compose(this::eventId);
  }

  private Future<Long> eventId(HttpResponse<Buffer> answer) {
    return answer.statusCode() == 202
        ? Future.succeededFuture(answer.bodyAsJsonObject().getLong("event_id"))
        : Future.failedFuture(
            new ReplyException(
                ReplyFailure.RECIPIENT_FAILURE, answer.statusCode(), answer.bodyAsString()));
  }

  private void watch(int index) {
    if (!watching) {
      return;
    }
    StoreService node = nodes.get(index);
    (node == null ? Future.<HttpResponse<Buffer>>failedFuture("away") : node.ask("/endpoints"))
        .onSuccess(this::look)
        .onComplete(looked -> vertx.setTimer(LOOK_EVERY, v -> watch(index)));
  }

  private void look(HttpResponse<Buffer> answer) {
    if (answer.statusCode() == 200) {
      answer.bodyAsJsonObject().getJsonArray("endpoints").stream()
          .map(JsonObject.class::cast)
          .filter(state -> !StoreService.isBalanced(state))
          .forEach(state -> books.wrong("ledger " + state));
    } else if (answer.statusCode() != 503 && answer.statusCode() != 504) {
      books.wrong("asked for all endpoints, it said " + answer.bodyAsString());
    }
  }

  /**
   * Kills a node, starts it again, and waits until each endpoint has got what was published since.
   *
   * @return how long that took, in milliseconds
   */
  long kill(int index) throws IOException {
    StoreService node = nodes.getAndSet(index, null);
    long start = System.nanoTime();
    node.process().kill();
    long last = books.last();
    JarProcess next = launch(index);
    awaitDeliveriesAfter(last);
    long took = (System.nanoTime() - start) / 1_000_000;
    node.close();
    nodes.set(index, StoreService.listening(next));
    return took;
  }

  /**
   * Deliveries went on within two leases, as a rule: a machine of two cores on which a JVM starts
   * at the same time, and others run, may need longer now and then, but never twice as long.
   */
  static void assertShort(List<Long> pauses) {
    assertThat(pauses).allMatch(pause -> pause <= 4 * LEASE);
    assertThat(pauses.stream().sorted().toList().get(pauses.size() / 2))
        .as("%s in ms", pauses)
        .isLessThanOrEqualTo(2 * LEASE);
  }

  /** Waits until each endpoint got something that was published after that entry. */
  void awaitDeliveriesAfter(long number) {
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(books.stalledAt(number)).as("stalled").isEmpty());
  }

  /**
   * Publishes nothing more, waits until nothing is pending, and checks that all nodes say the same
   * and that all is as promised.
   *
   * @param title of what is printed
   */
  void finish(String title) {
    producers.stop();
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(
            () -> {
              Map<String, List<Long>> totals = totals(0);
              IntStream.range(1, size())
                  .forEach(i -> assertThat(totals(i)).as("node %d", i).isEqualTo(totals));
              totals.forEach(
                  (id, each) -> assertThat(each.get(0)).as("%s is pending", id).isZero());
            });
    watching = false;
    books.check(title);
  }

  /** What a node says of all endpoints: pending, received, delivered, failed, dropped. */
  Map<String, List<Long>> totals(int index) {
    Map<String, JsonObject> states = node(index).states();
    assertThat(states.keySet()).isEqualTo(books.endpoints());
    return states.entrySet().stream()
        .collect(
            toMap(
                Map.Entry::getKey,
                each ->
                    List.of("pending", "received", "delivered", "failed", "dropped").stream()
                        .map(each.getValue()::getLong)
                        .toList()));
  }

  /** One of the totals that a node says of an endpoint. */
  long total(String endpoint, String name) {
    return node(0).states().get(endpoint).getLong(name);
  }

  /** Waits until all that was emitted is in the journal. */
  void awaitAllEmitted() {
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> assertThat(database.select("SELECT seq FROM audit_webhook.inbox")).isEmpty());
  }

  /** Event ids go from 1 to the last without a gap, and have all come to an endpoint. */
  void assertNoGaps(String endpoint) {
    List<String> last = database.select("SELECT last_id FROM audit_webhook.head");
    assertThat(books.ids(endpoint))
        .containsExactlyElementsOf(Webhooks.ids(1, Long.parseLong(last.get(0))));
  }

  @Override
  public void close() {
    producers.stop();
    watching = false;
    for (int i = 0; i < size(); i++) {
      StoreService node = nodes.getAndSet(i, null);
      if (node != null) {
        node.close();
      }
    }
    database.close();
  }
}
