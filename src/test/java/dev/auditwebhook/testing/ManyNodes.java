package dev.auditwebhook.testing;

import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.CircuitOptions;
import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.WebhookVerticle;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Nodes of one webhook that share a schema of a real PostgreSQL, each in a Vert.x of its own, and a
 * scripted receiver. After each test all ledgers must be balanced, on every node that is left.
 */
public final class ManyNodes implements AfterEachCallback {

  /** How long an endpoint is held without a sign of life, in milliseconds. */
  public static final int LEASE = 2_000;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final class Node {
    final Vertx vertx;
    final WebhookClient client;
    String deployment;
    String id;

    Node(Vertx vertx) {
      this.vertx = vertx;
      client = WebhookClient.create(vertx);
    }
  }

  private final PostgresServer server;
  private final String schema;
  private final Vertx elsewhere = Vertx.vertx();
  private final ScriptedReceiver receiver = ScriptedReceiver.start(elsewhere);
  private final List<Node> nodes = new ArrayList<>();

  /** Nodes that are deployed when they are {@link #deploy}ed, each with a Vert.x of its own. */
  public ManyNodes(int size) {
    this(size, i -> Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1)));
  }

  /**
   * @param vertx of each node, which are closed after the test
   */
  public ManyNodes(int size, IntFunction<Vertx> vertx) {
    this(size, vertx, PostgresServer.shared());
  }

  /**
   * @param server which may be one of the test's own
   */
  public ManyNodes(int size, IntFunction<Vertx> vertx, PostgresServer server) {
    this.server = server;
    schema = server.freshSchema();
    IntStream.range(0, size).forEach(i -> nodes.add(new Node(vertx.apply(i))));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    close();
  }

  /** Checks all ledgers and closes all; a second time is harmless. */
  public void close() {
    try {
      for (Node node : nodes) {
        if (node.deployment != null) {
          node.deployment = null;
          result(node.client.endpoints()).forEach(ManyNodes::balanced);
        }
      }
    } finally {
      List<Future<Void>> closed = new ArrayList<>(List.of(elsewhere.close()));
      nodes.forEach(node -> closed.add(node.vertx.close()));
      result(Future.join(closed));
    }
  }

  private static WebhookClient.State balanced(WebhookClient.State state) {
    assertThat(state.isBalanced()).as("ledger %s", state.json()).isTrue();
    return state;
  }

  public PostgresServer server() {
    return server;
  }

  public String schema() {
    return schema;
  }

  public int size() {
    return nodes.size();
  }

  public ScriptedReceiver receiver() {
    return receiver;
  }

  public ScriptedReceiver anotherReceiver() {
    return ScriptedReceiver.start(elsewhere);
  }

  public Vertx vertx(int node) {
    return nodes.get(node).vertx;
  }

  public WebhookClient client(int node) {
    return nodes.get(node).client;
  }

  /** Options with short times, and the receiver's URL. */
  public WebhookOptions options() {
    return options(LEASE);
  }

  /**
   * @param lease in milliseconds
   */
  public WebhookOptions options(long lease) {
    WebhookOptions options =
        Webhooks.inDatabase(
            new WebhookOptions()
                .setUrl(receiver.url())
                .setInitialBackoff(20)
                .setJitter(0)
                .setDrainTimeout(300),
            server.uri(),
            schema);
    options.getStore().setLease(lease);
    return Webhooks.circuit(options, 1_000, 1_000);
  }

  /** Options of an endpoint with short times, and the URL of a receiver. */
  public EndpointOptions endpoint(ScriptedReceiver of) {
    return new EndpointOptions()
        .setUrl(of.url())
        .setInitialBackoff(20)
        .setJitter(0)
        .setCircuitBreaker(new CircuitOptions().setMaxFailures(1_000));
  }

  /** Deploys all nodes, one after the other. */
  public void deploy(WebhookOptions options) {
    IntStream.range(0, nodes.size()).forEach(i -> deploy(i, options));
  }

  public void deploy(int index, WebhookOptions options) {
    Node node = nodes.get(index);
    node.deployment = result(node.vertx.deployVerticle(new WebhookVerticle(options)));
    node.id =
        result(node.client.nodes()).stream()
            .filter(WebhookClient.Node::self)
            .map(WebhookClient.Node::id)
            .findAny()
            .orElseThrow();
  }

  public void undeploy(int index) {
    result(undeploying(index));
  }

  public Future<Void> undeploying(int index) {
    Node node = nodes.get(index);
    String deployment = node.deployment;
    node.deployment = null;
    return node.vertx.undeploy(deployment);
  }

  /** Has all stand still on a node, as if its process were stopped, until what it gives is run. */
  public Runnable freeze(int node) {
    CountDownLatch thawed = new CountDownLatch(1);
    CountDownLatch frozen = new CountDownLatch(1);
    vertx(node)
        .runOnContext(
            v -> {
              frozen.countDown();
              uninterruptibly(thawed);
            });
    uninterruptibly(frozen);
    return thawed::countDown;
  }

  private static void uninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The id of a node that was deployed. */
  public String idOf(int node) {
    return nodes.get(node).id;
  }

  /** The node that runs an endpoint, by what the tables say; -1 when none does. */
  public int ownerOf(String endpoint) {
    List<String> owners =
        server.select(
            ("SELECT p.owner FROM %1$s.progress p JOIN %1$s.endpoint e USING (number)"
                    + " WHERE e.id = '%2$s'")
                .formatted(schema, endpoint));
    String owner = owners.isEmpty() ? null : owners.get(0);
    return IntStream.range(0, nodes.size())
        .filter(i -> owner != null && owner.equals(nodes.get(i).id))
        .findAny()
        .orElse(-1);
  }

  /** A node that does not run an endpoint. */
  public int otherThan(int node) {
    return (node + 1) % nodes.size();
  }

  /** Waits until each node runs some of so many endpoints. */
  public void awaitShares(String... endpoints) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                IntStream.range(0, nodes.size())
                    .allMatch(i -> List.of(endpoints).stream().anyMatch(id -> ownerOf(id) == i)));
  }

  /** The state of an endpoint, as a node tells it; its ledger must be balanced. */
  public WebhookClient.State state(int node, String endpoint) {
    return balanced(result(client(node).endpoint(endpoint).get()));
  }

  /**
   * Waits until the state is as wanted, as a node tells it, and checks the ledger at every look.
   */
  public WebhookClient.State awaitState(
      int node, String endpoint, Predicate<WebhookClient.State> wanted) {
    return await().atMost(PATIENCE).until(() -> state(node, endpoint), wanted);
  }

  /** What a node replies at one of its addresses. */
  public JsonObject request(int node, String address, JsonObject body) {
    return result(vertx(node).eventBus().<JsonObject>request(address, body)).body();
  }

  /** The failure that a request of a node must end in. */
  public ReplyException refusal(int node, String address, JsonObject body) {
    return Webhooks.refusal(vertx(node).eventBus().request(address, body));
  }
}
