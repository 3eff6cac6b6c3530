package dev.auditwebhook.process;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.WebhookVerticle;
import dev.auditwebhook.testing.Cluster;
import dev.auditwebhook.testing.PostgresServer;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import dev.auditwebhook.testing.Webhooks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Nodes of a Hazelcast cluster that share a database, under load by the bus: each takes what is
 * published on it, while one after the other stops and starts, and one crashes out of the cluster.
 */
class ClusteredNodesTest {

  private static final int NODES = 3;
  private static final int ROUNDS = Integer.getInteger("cluster.rounds", 6);

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final PostgresServer database = PostgresServer.shared();
  private final String schema = database.freshSchema();
  private final Cluster cluster = Cluster.of(NODES);
  private final Bookkeeping books = new Bookkeeping();
  private final Producers producers = new Producers(webhook.elsewhere(), books);
  private final List<String> deployments = new ArrayList<>();

  @AfterEach
  void close() {
    producers.stop();
    cluster.close();
  }

  private JsonObject endpoint(String id, String... actions) {
    ScriptedReceiver receiver = webhook.anotherReceiver();
    receiver.recording(false);
    receiver.usually(
        request -> {
          books.received(request);
          return status(204);
        });
    return new JsonObject()
        .put("url", receiver.url("/" + id))
        .put("actions", new JsonArray(List.of(actions)))
        .put("initialBackoff", 20);
  }

  private JsonObject options() {
    books.expect("default", action -> true);
    books.expect("pods", action -> action.startsWith("pods."));
    books.expect("secrets", action -> action.startsWith("secrets."));
    JsonObject store =
        new JsonObject()
            .put("type", "postgres")
            .put("uri", database.uri())
            .put("schema", schema)
            .put("lease", 2_000);
    return endpoint("default", "*")
        .put("store", store)
        .put("drainTimeout", 1_000)
        .put(
            "endpoints",
            new JsonObject()
                .put("pods", endpoint("pods", "pods.*"))
                .put("secrets", endpoint("secrets", "secrets.*")));
  }

  @Test
  void whatIsPublishedOnAnyNodeArrives() {
    JsonObject options = options();
    for (int i = 0; i < NODES; i++) {
      deployments.add(deploy(i, options));
      Vertx node = cluster.node(i);
      producers.start(4, entry -> publish(node, entry));
    }

    for (int round = 0; round < ROUNDS; round++) {
      int node = round % NODES;
      result(cluster.node(node).undeploy(deployments.get(node)));
      awaitDeliveries();
      deployments.set(node, deploy(node, options));
      awaitDeliveries();
    }
    cluster.crash(0);
    awaitDeliveries();
    producers.stop();

    await().atMost(Duration.ofSeconds(30)).untilAsserted(this::allIsSettledOnEachNode);
    books.check(ROUNDS + " nodes of a cluster stopped and started");
    assertThat(books.ids("default")).containsExactlyElementsOf(Webhooks.ids(1, lastId()));
  }

  private String deploy(int node, JsonObject options) {
    return result(
        cluster
            .node(node)
            .deployVerticle(
                new WebhookVerticle(),
                new io.vertx.core.DeploymentOptions().setConfig(options.copy())));
  }

  private static Future<Long> publish(Vertx node, JsonObject entry) {
    return node.eventBus()
        .<JsonObject>request(
            "audit.entry", entry, new DeliveryOptions().setLocalOnly(true).setSendTimeout(20_000))
        .map(reply -> reply.body().getLong("event_id"))
        .recover(failure -> Future.failedFuture(told((ReplyException) failure)));
  }

  /** Nobody takes an entry on a node that is stopped; without an answer nothing is known of it. */
  private static Throwable told(ReplyException failure) {
    return switch (failure.failureType()) {
      case NO_HANDLERS ->
          new ReplyException(ReplyFailure.RECIPIENT_FAILURE, 503, failure.getMessage());
      case TIMEOUT -> new TimeoutException(failure.getMessage());
      default -> failure;
    };
  }

  private void awaitDeliveries() {
    long last = books.last();
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(books.stalledAt(last)).as("stalled").isEmpty());
  }

  private void allIsSettledOnEachNode() {
    List<JsonArray> all = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      JsonObject reply =
          result(
                  cluster
                      .node(i)
                      .eventBus()
                      .<JsonObject>request(
                          "webhook.endpoints",
                          new JsonObject(),
                          new DeliveryOptions().setLocalOnly(true)))
              .body();
      JsonArray totals = new JsonArray();
      for (Object each : reply.getJsonArray("endpoints")) {
        JsonObject state = (JsonObject) each;
        assertThat(StoreService.isBalanced(state)).as("%s", state).isTrue();
        assertThat(state.getLong("pending")).as("%s", state).isZero();
        totals.add(state.getString("endpoint")).add(state.getLong("delivered"));
      }
      assertThat(totals.size()).isEqualTo(6);
      all.add(totals);
    }
    assertThat(all).containsOnly(all.get(0));
  }

  private long lastId() {
    return Long.parseLong(database.select("SELECT last_id FROM " + schema + ".head").get(0));
  }
}
