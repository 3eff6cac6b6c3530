package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.refusal;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.AuditEvent;
import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookAddresses;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookClient.State;
import dev.auditwebhook.metrics.Scrape;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.ManyNodes;
import dev.auditwebhook.testing.OneStore;
import dev.auditwebhook.testing.Samples;
import dev.auditwebhook.testing.ScriptedReceiver;
import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two nodes of one webhook: each answers every request for the endpoints of the other, too. */
@OneStore("it is about nodes that share a database")
@Timeout(120)
class EveryNodeAnswersTest {

  @RegisterExtension final ManyNodes nodes = new ManyNodes(2);
  private final ScriptedReceiver siem = nodes.anotherReceiver();

  /** The node that runs {@code siem}, and the other one. */
  private int owner;

  private int other;

  @BeforeEach
  void deploy() {
    nodes.deploy(nodes.options().putEndpoint("siem", nodes.endpoint(siem)));
    nodes.awaitShares("default", "siem");
    owner = nodes.ownerOf("siem");
    other = nodes.otherThan(owner);
  }

  private WebhookClient elsewhere() {
    return nodes.client(other).endpoint("siem");
  }

  private void publish(int node, int entries) {
    for (int i = 0; i < entries; i++) {
      result(nodes.client(node).request(AuditEvent.of("user.login", i)));
    }
  }

  @Test
  void theStateIsTheSameOnBoth() {
    publish(owner, 2);
    publish(other, 3);
    for (int node : new int[] {owner, other}) {
      State state = nodes.awaitState(node, "siem", each -> each.delivered() == 5);
      assertThat(state.received()).isEqualTo(5);
      assertThat(state.warning()).isNull();
      assertThat(state.node()).isNotBlank();
      nodes.awaitState(node, "default", each -> each.delivered() == 5);
    }
    assertThat(siem.eventIds()).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void whatWasAcceptedIsSeenByTheNextRequestOnAnyNode() {
    result(elsewhere().pause());
    for (int i = 1; i <= 20; i++) {
      publish(i % 2, 1);
      assertThat(nodes.state((i + 1) % 2, "siem").pending()).isEqualTo(i);
    }
  }

  @Test
  void settingsAreChangedFromElsewhereAndKept() {
    assertThat(result(elsewhere().pause())).isEqualTo(WebhookClient.Status.PAUSED);
    assertThat(nodes.state(owner, "siem").paused()).isTrue();
    publish(other, 1);
    assertThat(result(elsewhere().resume())).isEqualTo(WebhookClient.Status.ENABLED);
    nodes.awaitState(other, "siem", state -> state.delivered() == 1);
    assertThat(result(elsewhere().setUrl(siem.url("/other"))))
        .isEqualTo(WebhookClient.Status.ENABLED);
    publish(other, 1);
    nodes.awaitState(owner, "siem", state -> state.delivered() == 2);
    assertThat(siem.requests()).last().extracting(each -> each.path()).isEqualTo("/other");
  }

  @Test
  void whoChangedSomethingFromElsewhereIsKnownWhereItIsChanged() {
    nodes.undeploy(0);
    nodes.undeploy(1);
    nodes.deploy(nodes.options().setAdminEvents(true).putEndpoint("siem", nodes.endpoint(siem)));
    nodes.awaitShares("default", "siem");
    owner = nodes.ownerOf("siem");
    other = nodes.otherThan(owner);
    DeliveryOptions headers =
        new DeliveryOptions()
            .addHeader(WebhookAddresses.PRINCIPAL, "ops")
            .addHeader(WebhookAddresses.PEER, "10.0.0.5");
    JsonObject pause = new JsonObject().put("endpoint", "siem").put("initial_backoff", 30);
    try (LogLines log = new LogLines()) {
      result(nodes.vertx(other).eventBus().request("webhook.set", pause, headers));
      assertThat(log.all())
          .filteredOn(line -> line.contains("Trail: "))
          .containsExactly(
              "INFO Trail: set by ops from 10.0.0.5: endpoint siem, initialBackoff 20 -> 30");
    }
    nodes.awaitState(other, "siem", state -> state.delivered() == 1);
    JsonObject details = siem.takeRequest().json().getJsonObject("details");
    assertThat(details.getString("principal")).isEqualTo("ops");
    assertThat(details.getString("peer")).isEqualTo("10.0.0.5");
    assertThat(counted(owner)).isEqualTo(1);
    assertThat(counted(other)).isZero();
  }

  private double counted(int node) {
    Samples samples = new Samples(result(Scrape.of(nodes.vertx(node))));
    return samples.names().contains("webhook_changes_total")
        ? samples.ofWebhook("webhook_changes_total", "what", "set", "principal", "ops")
        : 0;
  }

  @Test
  void aRequestThatIsNotValidIsRefusedAsAtHome() {
    JsonObject wrong = new JsonObject().put("endpoint", "siem").put("url", "ftp://a");
    for (String address : List.of("webhook.set", "webhook.get", "webhook.test", "webhook.dlq")) {
      var here = nodes.refusal(owner, address, wrong);
      var there = nodes.refusal(other, address, wrong);
      assertThat(there.failureCode()).as(address).isEqualTo(here.failureCode()).isEqualTo(400);
      assertThat(there).hasMessage(here.getMessage());
    }
    JsonObject seim = new JsonObject().put("endpoint", "seim");
    assertThat(nodes.refusal(owner, "webhook.get", seim).failureCode()).isEqualTo(404);
    assertThat(nodes.refusal(other, "webhook.get", seim)).hasMessage("there is no endpoint seim");
  }

  @Test
  void deadLettersAreReadRedrivenAndPurgedFromElsewhere() {
    siem.usually(status(400));
    publish(other, 4);
    nodes.awaitState(other, "siem", state -> state.failed() == 4);

    List<WebhookClient.DeadLetter> letters = result(elsewhere().deadLetters(3, 1));
    assertThat(letters).extracting(WebhookClient.DeadLetter::eventId).containsExactly(2L, 3L, 4L);
    assertThat(letters.get(0).details()).isEqualTo(1);
    assertThat(letters.get(0).error()).startsWith("400 from ");
    assertThat(refusal(elsewhere().redrive(List.of(9L))).failureCode()).isEqualTo(404);
    siem.usually(status(204));
    assertThat(result(elsewhere().redrive(List.of(2L, 3L)))).isEqualTo(2);
    nodes.awaitState(other, "siem", state -> state.delivered() == 2);
    assertThat(result(elsewhere().purge(List.of(1L)))).isEqualTo(1);
    assertThat(result(elsewhere().purgeAll())).isEqualTo(1);
    assertThat(nodes.state(owner, "siem").dlqSize()).isZero();
    assertThat(nodes.state(owner, "siem").failed()).isEqualTo(2);
  }

  @Test
  void aTestIsSentByTheNodeThatRunsTheEndpoint() {
    siem.usually(status(418));
    assertThat(result(elsewhere().test()).status()).isEqualTo(418);
    assertThat(siem.takeRequest().eventId()).isZero();
    result(elsewhere().disable());
    assertThat(refusal(elsewhere().test()).failureCode()).isEqualTo(409);
  }

  @Test
  void endpointsAreMadeReplacedAndRemovedFromAnywhere() {
    EndpointOptions options = nodes.endpoint(nodes.anotherReceiver());
    assertThat(result(nodes.client(other).put("alert", options))).isTrue();
    assertThat(result(nodes.client(owner).put("alert", options.setMaxAttempts(1)))).isFalse();
    assertThat(nodes.state(owner, "alert").url()).isEqualTo(options.getUrl());
    assertThat(nodes.state(other, "alert").url()).isEqualTo(options.getUrl());
    result(nodes.client(owner).endpoint("alert").pause());
    publish(other, 2);
    assertThat(result(nodes.client(owner).remove("alert"))).isEqualTo(2);
    for (int node : new int[] {owner, other}) {
      assertThat(refusal(nodes.client(node).endpoint("alert").get()).failureCode()).isEqualTo(404);
      assertThat(refusal(nodes.client(node).remove("alert")).failureCode()).isEqualTo(404);
    }
    assertThat(result(nodes.client(other).put("alert", options))).isTrue();
    assertThat(nodes.state(owner, "alert").received()).isZero();
  }

  @Test
  void ofTheSameOneMadeOnBothAtOnceOneIsMadeAndOneReplaced() {
    for (int round = 0; round < 10; round++) {
      String id = "alert-" + round;
      EndpointOptions options = nodes.endpoint(siem);
      Future<Boolean> one = nodes.client(owner).put(id, options);
      Future<Boolean> two = nodes.client(other).put(id, options);
      assertThat(List.of(result(one), result(two))).containsExactlyInAnyOrder(true, false);
      assertThat(nodes.state(owner, id).url()).isEqualTo(nodes.state(other, id).url());
    }
  }

  @Test
  void allAreListedEachAsItIsAlone() {
    result(nodes.client(owner).put("0-alert", new EndpointOptions()));
    for (int node : new int[] {owner, other}) {
      JsonObject list = nodes.request(node, "webhook.endpoints", new JsonObject());
      assertThat(list.getInteger("count")).isEqualTo(3);
      assertThat(list.getJsonArray("endpoints"))
          .extracting(each -> ((JsonObject) each).getString("endpoint"))
          .containsExactly("default", "0-alert", "siem");
      for (Object each : list.getJsonArray("endpoints")) {
        JsonObject named =
            new JsonObject().put("endpoint", ((JsonObject) each).getString("endpoint"));
        JsonObject alone = nodes.request(node, "webhook.get", named);
        assertThat(alone.remove("type")).isEqualTo("get_webhook_ok");
        assertThat(each).isEqualTo(alone);
      }
    }
  }

  @Test
  void healthIsThatOfAllNodes() {
    result(elsewhere().pause());
    for (int node : new int[] {owner, other}) {
      assertThat(result(nodes.client(node).health()).reasons()).containsExactly("paused siem");
      assertThat(result(nodes.client(node).endpoint("siem").health()).reasons())
          .containsExactly("paused siem");
      assertThat(result(nodes.client(node).endpoint("default").health()).good()).isTrue();
      assertThat(result(nodes.client(node).ready()).good()).isTrue();
      assertThat(result(nodes.client(node).endpoint("siem").ready()).good()).isTrue();
    }
    result(elsewhere().resume());
    assertThat(result(nodes.client(owner).health()).good()).isTrue();
  }

  @Test
  void aDefaultOneThatNobodyUsesIsNoneThatIsMissedWhoeverRunsIt() {
    result(nodes.client(owner).disable());
    nodes.awaitState(other, "default", state -> !state.enabled());
    for (int node : new int[] {owner, other}) {
      assertThat(result(nodes.client(node).health()).reasons()).isEmpty();
    }
  }

  @Test
  void bothAreListedWithWhatTheyRun() {
    for (int node : new int[] {owner, other}) {
      List<WebhookClient.Node> list = result(nodes.client(node).nodes());
      assertThat(list).hasSize(2).allMatch(WebhookClient.Node::alive);
      assertThat(list).extracting(WebhookClient.Node::endpoints).containsExactly(1, 1);
      assertThat(list).filteredOn(WebhookClient.Node::self).hasSize(1);
      assertThat(list).allMatch(each -> !each.seen().isBefore(each.started()));
    }
  }

  @Test
  void requestsWaitWhileAnEndpointChangesHandsAndNoneIsLost() {
    siem.usually(status(400));
    publish(other, 30);
    nodes.awaitState(other, "siem", state -> state.failed() == 30);
    List<Future<Integer>> purges = new ArrayList<>();
    List<Future<State>> states = new ArrayList<>();

    Future<Void> undeployed = nodes.undeploying(owner);
    for (long id = 1; id <= 30; id++) {
      purges.add(elsewhere().purge(List.of(id)));
      states.add(elsewhere().get());
    }

    result(undeployed);
    purges.forEach(purge -> assertThat(result(purge)).isEqualTo(1));
    states.forEach(state -> assertThat(result(state).isBalanced()).isTrue());
    State after = nodes.state(other, "siem");
    assertThat(after.dlqSize()).isZero();
    assertThat(after.failed()).isEqualTo(30);
    assertThat(nodes.ownerOf("siem")).isEqualTo(other);
  }

  @Test
  void aNodeThatStopsTakesItsRequestsNoFurtherThanItsEndpoints() {
    nodes.undeploy(owner);
    assertThat(nodes.state(other, "siem").url()).isEqualTo(siem.url());
    assertThat(result(elsewhere().pause())).isEqualTo(WebhookClient.Status.PAUSED);
    assertThat(result(nodes.client(other).endpoints())).hasSize(2);
    assertThat(result(nodes.client(other).nodes()))
        .filteredOn(WebhookClient.Node::alive)
        .hasSize(1);
    nodes.deploy(owner, nodes.options().putEndpoint("siem", nodes.endpoint(siem)));
    nodes.awaitShares("default", "siem");
    assertThat(nodes.state(0, "siem").paused()).isTrue();
    assertThat(nodes.state(1, "siem").paused()).isTrue();
  }

  @Test
  void manyRequestsAtOnceAreAllAnswered() {
    List<Future<JsonObject>> replies = new ArrayList<>();
    IntStream.range(0, 200)
        .forEach(
            i ->
                replies.add(
                    nodes
                        .vertx(i % 2)
                        .eventBus()
                        .<JsonObject>request(
                            "webhook.get", new JsonObject().put("endpoint", "siem"))
                        .map(reply -> reply.body())));
    replies.forEach(reply -> assertThat(result(reply).getString("endpoint")).isEqualTo("siem"));
    await()
        .until(
            () -> nodes.server().select("SELECT id FROM " + nodes.schema() + ".request").isEmpty());
  }
}
