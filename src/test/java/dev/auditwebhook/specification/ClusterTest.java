package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Webhooks.ids;
import static dev.auditwebhook.testing.Webhooks.onStore;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.AuditEvent;
import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.WebhookVerticle;
import dev.auditwebhook.testing.Cluster;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Webhooks on three nodes of a real cluster. */
@EveryStore
class ClusterTest {

  private static final int NODES = 3;

  @TempDir Path directory;

  private static int tests;
  private static Cluster cluster;
  private static Vertx elsewhere;

  /** Totals outlive a redeploy, so that each test has addresses of its own. */
  private final String address = "webhook" + ++tests;

  private final String entryAddress = "entries" + tests;
  private final List<Runnable> cleanUp = new ArrayList<>();
  private ScriptedReceiver receiver;

  @BeforeAll
  static void startCluster() {
    cluster = Cluster.of(NODES);
    elsewhere = Vertx.vertx();
  }

  @AfterAll
  static void closeCluster() {
    cluster.close();
    result(elsewhere.close());
  }

  @BeforeEach
  void startReceiver() {
    receiver = ScriptedReceiver.start(elsewhere);
  }

  @AfterEach
  void undeploy() {
    cleanUp.forEach(Runnable::run);
    receiver.stop();
  }

  private WebhookOptions options() {
    return new WebhookOptions()
        .setAddress(address)
        .setEntryAddress(entryAddress)
        .setUrl(receiver.url())
        .setDrainTimeout(300);
  }

  private WebhookOptions wholeCluster() {
    return options().setScope("cluster");
  }

  private Future<String> deploying(Vertx node, WebhookOptions options) {
    Path ofNode = directory.resolve("node" + node.hashCode());
    return node.deployVerticle(new WebhookVerticle(onStore(options, ofNode)));
  }

  private String deploy(Vertx node, WebhookOptions options) {
    String id = result(deploying(node, options));
    cleanUp.add(() -> result(node.undeploy(id).otherwiseEmpty()));
    return id;
  }

  private void deployEverywhere() {
    for (int i = 0; i < NODES; i++) {
      deploy(cluster.node(i), options());
    }
  }

  private WebhookClient client(int node) {
    return client(cluster.node(node));
  }

  private WebhookClient client(Vertx node) {
    return WebhookClient.create(node, entryAddress, address);
  }

  private static Throwable refusal(Future<String> deployment) {
    await().atMost(Duration.ofSeconds(20)).until(deployment::isComplete);
    return deployment.cause();
  }

  private Stream<String> messageIds() {
    return receiver.requests().stream().map(request -> request.messageId());
  }

  @Test
  void whatIsPublishedOnANodeIsSentOnceByThatNode() {
    deployEverywhere();

    for (int i = 0; i < 100; i++) {
      client(i % NODES).publish(AuditEvent.of("node.registered", i));
    }

    receiver.takeRequests(100);
    for (int node = 0; node < NODES; node++) {
      int own = node == 0 ? 34 : 33;
      await()
          .until(() -> result(client(0).get()).pending() == 0 && receiver.requests().size() == 100);
      assertThat(result(client(node).get()).received()).isEqualTo(own);
      assertThat(result(client(node).get()).delivered()).isEqualTo(own);
    }
    assertThat(receiver.requests().stream().map(r -> r.json().getInteger("details")))
        .doesNotHaveDuplicates()
        .hasSize(100);
    assertThat(messageIds()).doesNotHaveDuplicates().hasSize(100);
  }

  @Test
  void whatIsSentOrAskedOnANodeIsAnsweredByThatNode() {
    deployEverywhere();

    for (int i = 1; i <= 5; i++) {
      cluster.node(1).eventBus().send(entryAddress, new JsonObject().put("action", "sent"));
      assertThat(result(client(2).request(AuditEvent.of("asked", i))).eventId()).isEqualTo(i);
    }

    receiver.takeRequests(10);
    assertThat(result(client(0).get()).received()).isZero();
    assertThat(result(client(1).get()).received()).isEqualTo(5);
    assertThat(result(client(2).get()).received()).isEqualTo(5);
  }

  @Test
  void eachNodeIsSetAndToldOfByItself() {
    deployEverywhere();

    result(client(1).setUrl(receiver.url("/other")));
    result(client(2).disable());

    for (int again = 0; again < 5; again++) {
      assertThat(result(client(0).get()).url()).isEqualTo(receiver.url());
      assertThat(result(client(1).get()).url()).isEqualTo(receiver.url("/other"));
      assertThat(result(client(2).get()).url()).isEmpty();
    }
  }

  @Test
  void oneServesTheWholeCluster() {
    deploy(cluster.node(0), wholeCluster());

    for (int i = 0; i < 30; i++) {
      client(i % NODES).publish(AuditEvent.of("published", i));
    }
    List<Long> asked = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      asked.add(result(client(i % NODES).request(AuditEvent.of("asked", i))).eventId());
    }

    receiver.takeRequests(60);
    assertThat(asked).doesNotHaveDuplicates();
    for (int node = 0; node < NODES; node++) {
      int from = node;
      await().until(() -> result(client(from).get()).delivered() == 60);
    }
    assertThat(receiver.eventIds()).containsExactlyInAnyOrderElementsOf(ids(1, 60));
    assertThat(messageIds()).doesNotHaveDuplicates();

    assertThat(result(client(2).disable())).isEqualTo(WebhookClient.Status.DISABLED);
    assertThat(result(client(1).get()).enabled()).isFalse();
  }

  @Test
  void aSecondOneForTheWholeClusterIsRefusedUntilTheFirstIsUndeployed() {
    String first = deploy(cluster.node(0), wholeCluster());

    assertThat(refusal(deploying(cluster.node(1), wholeCluster())))
        .hasMessage(
            "webhook.address: a WebhookVerticle of another node answers on %s for the whole cluster"
                + " already (\"scope\":\"cluster\"); undeploy it first, or give this one another"
                + " address",
            address);
    assertThat(refusal(deploying(cluster.node(0), wholeCluster())))
        .hasMessageStartingWith("webhook.address: another WebhookVerticle answers on " + address);
    deploy(cluster.node(1), wholeCluster().setAddress("second").setEntryAddress("second.entry"));

    result(cluster.node(0).undeploy(first));
    deploy(cluster.node(2), wholeCluster());
    assertThat(result(client(0).request(AuditEvent.of("asked", null))).status())
        .isEqualTo("queued");
  }

  @Test
  void noneIsForOneNodeBesideTheOneForAllNodes() {
    String forAll = deploy(cluster.node(0), wholeCluster());
    assertThat(refusal(deploying(cluster.node(1), options())))
        .hasMessageContaining("for the whole cluster already");

    result(cluster.node(0).undeploy(forAll));
    deploy(cluster.node(1), options());
    assertThat(refusal(deploying(cluster.node(0), wholeCluster())))
        .hasMessage(
            "webhook.address: another node has a WebhookVerticle of its own on %s already"
                + " (\"scope\":\"local\"); undeploy it first, or give this one another address",
            address);
  }

  @Test
  void ofDeploymentsAtTheSameInstantOneWins() {
    for (int round = 0; round < 5; round++) {
      List<Future<String>> all = new ArrayList<>();
      for (int node = 0; node < NODES; node++) {
        all.add(deploying(cluster.node(node), wholeCluster()));
      }
      await().until(() -> all.stream().allMatch(Future::isComplete));

      assertThat(all.stream().filter(Future::succeeded)).hasSize(1);
      for (int node = 0; node < NODES; node++) {
        if (all.get(node).succeeded()) {
          result(cluster.node(node).undeploy(all.get(node).result()));
        }
      }
    }
  }

  @Test
  void aDeploymentThatFailsLeavesTheClusterToTheNext() {
    assertThat(
            refusal(
                deploying(
                    cluster.node(0),
                    wholeCluster()
                        .setStore(new StoreOptions().setType("file").setPath("/dev/null/no")))))
        .hasMessageStartingWith("webhook.store.path: ");

    deploy(cluster.node(1), wholeCluster());
  }

  @Test
  void onceItsNodeIsGoneAnotherNodeMayServeTheCluster() {
    try (Cluster mortal = Cluster.of(NODES)) {
      deploy(mortal.node(0), wholeCluster());
      assertThat(refusal(deploying(mortal.node(1), wholeCluster()))).isNotNull();

      mortal.crash(0);
      takeOver(mortal.node(1));
      assertThat(refusal(deploying(mortal.node(2), wholeCluster()))).isNotNull();
      WebhookClient third = client(mortal.node(2));
      assertThat(result(third.request(AuditEvent.of("asked", null))).eventId()).isEqualTo(1);

      result(mortal.node(1).close());
      takeOver(mortal.node(2));
      assertThat(result(third.request(AuditEvent.of("asked", null))).eventId()).isEqualTo(1);
    }
    cleanUp.clear();
  }

  /** The others need a moment to see that a node is gone. */
  private void takeOver(Vertx node) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> result(deploying(node, wholeCluster()).otherwise((String) null)),
            id -> id != null);
  }
}
