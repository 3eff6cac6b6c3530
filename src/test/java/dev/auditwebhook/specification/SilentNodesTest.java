package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.refusal;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.AuditEvent;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookClient.State;
import dev.auditwebhook.testing.ManyNodes;
import dev.auditwebhook.testing.OneStore;
import dev.auditwebhook.testing.PostgresServer;
import dev.auditwebhook.testing.ScriptedReceiver;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the nodes answer of which another one, or the database, does not. */
@OneStore("it is about nodes that share a database")
@Timeout(120)
class SilentNodesTest {

  private static final JsonObject SIEM = new JsonObject().put("endpoint", "siem");

  private static final String SILENT =
      "the node that runs it does not answer: what is shown was kept last";

  @Nested
  class ANodeThatStandsStill {

    @RegisterExtension final ManyNodes nodes = new ManyNodes(2);
    private final ScriptedReceiver siem = nodes.anotherReceiver();
    private Runnable thaw = () -> {};
    private int owner;
    private int other;

    @AfterEach
    void thaw() {
      thaw.run();
    }

    /**
     * @param lease how long nobody takes over, in milliseconds
     */
    private void deploy(long lease) {
      nodes.deploy(nodes.options(lease).putEndpoint("siem", nodes.endpoint(siem)));
      nodes.awaitShares("default", "siem");
      owner = nodes.ownerOf("siem");
      other = nodes.otherThan(owner);
    }

    /**
     * @param lease how long nobody takes over, in milliseconds
     */
    private void freezeTheOwner(long lease) {
      siem.usually(status(400));
      deploy(lease);
      result(nodes.client(other).request(AuditEvent.of("user.login", null)));
      await()
          .until(
              () ->
                  !nodes
                      .server()
                      .select("SELECT id FROM " + nodes.schema() + ".dead_letter")
                      .isEmpty());
      thaw = nodes.freeze(owner);
    }

    private WebhookClient elsewhere() {
      return nodes.client(other).endpoint("siem");
    }

    @Test
    void isShownAsItWasKeptLast() {
      freezeTheOwner(30_000);

      State state = result(elsewhere().get());
      Set<String> keys = nodes.request(other, "webhook.get", SIEM).fieldNames();
      Future<List<State>> list = nodes.client(other).endpoints();
      Future<WebhookClient.Health> health = nodes.client(other).health();

      assertThat(state.warning()).isEqualTo(SILENT);
      assertThat(state.url()).isEqualTo(siem.url());
      assertThat(state.failed()).isEqualTo(1);
      assertThat(state.isBalanced()).isTrue();
      assertThat(result(list)).extracting(State::endpoint).containsExactly("default", "siem");
      assertThat(result(list)).extracting(State::warning).containsExactly(null, SILENT);
      assertThat(result(health).reasons()).containsExactly("no_node siem");
      thaw.run();
      nodes.awaitState(other, "siem", thawed -> thawed.warning() == null);
      assertThat(keys)
          .containsExactlyElementsOf(nodes.request(other, "webhook.get", SIEM).fieldNames());
    }

    @Test
    void isAskedNoLongerOnceAnotherRunsTheEndpointAndDoesNothingWhenItGoesOn() {
      freezeTheOwner(ManyNodes.LEASE);
      siem.usually(status(204));

      Future<Integer> redriven = elsewhere().redrive();

      await().atMost(Duration.ofSeconds(20)).until(redriven::isComplete);
      assertThat(result(redriven)).isEqualTo(1);
      nodes.awaitState(other, "siem", state -> state.delivered() == 1);
      thaw.run();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> result(nodes.client(owner).nodes()),
              all -> all.stream().allMatch(WebhookClient.Node::alive));
      nodes.awaitShares("default", "siem");
      for (int node : new int[] {owner, other}) {
        State state = nodes.state(node, "siem");
        assertThat(state.delivered()).isEqualTo(1);
        assertThat(state.dlqSize()).isZero();
        assertThat(state.warning()).isNull();
      }
      assertThat(siem.requests()).hasSize(2);
    }

    @Test
    void isNotWaitedForWithWhatItTook() {
      siem.usually(status(204).heldBackUntil(Promise.<Void>promise().future()));
      deploy(ManyNodes.LEASE);
      Future<WebhookClient.TestResult> test = elsewhere().test();
      siem.takeRequest();

      thaw = nodes.freeze(owner);

      await().atMost(Duration.ofSeconds(20)).until(test::isComplete);
      assertThat(refusal(test).failureCode()).isEqualTo(504);
      assertThat(refusal(test))
          .hasMessage("the node that took the request is gone: whether it was done is not known");
      assertThat(siem.requests()).hasSize(1);
    }

    @Test
    void holdsNobodyUpOnANodeThatStops() {
      freezeTheOwner(30_000);
      Future<Integer> redriven = elsewhere().redrive();
      await()
          .until(
              () ->
                  !nodes
                      .server()
                      .select("SELECT id FROM " + nodes.schema() + ".request")
                      .isEmpty());

      nodes.undeploy(other);

      assertThat(refusal(redriven).failureCode()).isEqualTo(503);
      assertThat(refusal(redriven)).hasMessage("this node stops; ask another one");
      thaw.run();
    }
  }

  @Nested
  class ADatabaseThatIsAway {

    private final PostgresServer server = PostgresServer.own();

    @RegisterExtension
    final ManyNodes nodes =
        new ManyNodes(2, i -> Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1)), server);

    private final ScriptedReceiver siem = nodes.anotherReceiver();

    @Test
    void leavesEachNodeWithWhatItRuns() {
      nodes.deploy(nodes.options(10_000).putEndpoint("siem", nodes.endpoint(siem)));
      nodes.awaitShares("default", "siem");
      int owner = nodes.ownerOf("siem");
      int other = nodes.otherThan(owner);
      WebhookClient here = nodes.client(owner).endpoint("siem");
      WebhookClient elsewhere = nodes.client(other).endpoint("siem");
      server.stop(PostgresServer.Stop.FAST);

      assertThat(refusal(elsewhere.get()).failureCode()).isEqualTo(503);
      for (Future<?> refused :
          List.of(
              elsewhere.get(),
              elsewhere.pause(),
              elsewhere.test(),
              nodes.client(other).endpoint("seim").get(),
              nodes.client(other).endpoints(),
              nodes.client(other).nodes(),
              nodes.client(other).put("alert", nodes.endpoint(siem)),
              nodes.client(owner).remove("siem"),
              here.pause())) {
        assertThat(refusal(refused).failureCode()).isEqualTo(503);
        assertThat(refusal(refused).getMessage()).doesNotContain("\n").isNotBlank();
      }
      assertThat(result(here.get()).url()).isEqualTo(siem.url());
      assertThat(result(here.test()).status()).isEqualTo(204);
      await()
          .until(
              () -> result(nodes.client(owner).ready()).reasons().equals(List.of("store_fault")));
      assertThat(result(here.get()).warning()).contains("the database at ");
      assertThat(result(nodes.client(owner).health()).reasons())
          .containsExactly("store_fault", "paused siem");

      server.start();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> elsewhere.get().map(State::paused).otherwise(false).await());
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  result(nodes.client(owner).ready()).good()
                      && result(nodes.client(other).ready()).good());
      assertThat(result(elsewhere.resume())).isEqualTo(WebhookClient.Status.ENABLED);
      nodes.awaitState(other, "siem", State::enabled);
      assertThat(result(nodes.client(other).endpoints())).hasSize(2);
    }

    @AfterEach
    void remove() {
      nodes.close();
      server.close();
    }
  }
}
