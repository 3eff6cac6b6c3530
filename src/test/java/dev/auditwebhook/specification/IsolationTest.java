package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.close;
import static dev.auditwebhook.testing.Effect.closeHalfway;
import static dev.auditwebhook.testing.Effect.drip;
import static dev.auditwebhook.testing.Effect.flood;
import static dev.auditwebhook.testing.Effect.silence;
import static dev.auditwebhook.testing.Effect.stall;
import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.ids;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.AuditEvent;
import dev.auditwebhook.CircuitOptions;
import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookClient.Accepted;
import dev.auditwebhook.WebhookClient.State;
import dev.auditwebhook.testing.Effect;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.OneStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.Promise;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes wrong at one endpoint neither slows, fills nor drops for another. */
@EveryStore
class IsolationTest {

  private static final int EVENTS = 300;
  private static final int CAPACITY = 50;
  private static final List<String> WELL = List.of("default", "archive", "siem");

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver bad = webhook.anotherReceiver();
  private final Map<String, ScriptedReceiver> well =
      new TreeMap<>(
          Map.of(
              "default", webhook.receiver(),
              "archive", webhook.anotherReceiver(),
              "siem", webhook.anotherReceiver()));

  private record Trouble(String what, Effect answer) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Trouble> troubles() {
    return Stream.of(
        new Trouble("is not there", null),
        new Trouble("takes requests and says nothing", silence()),
        new Trouble("takes a while", status(204).after(100)),
        new Trouble("closes the connection", close()),
        new Trouble("closes it in the middle of an answer", closeHalfway(200)),
        new Trouble("stalls in the middle of an answer", stall(200)),
        new Trouble("drips", drip(200, 5)),
        new Trouble("floods", flood(500)),
        new Trouble("answers 500", status(500)),
        new Trouble(
            "answers 429 and names an hour", status(429, Map.of("retry-after", "3600"), "")),
        new Trouble("answers 401", status(401)),
        new Trouble("answers 410", status(410)),
        new Trouble("refuses each event", status(400)));
  }

  /** The one in trouble has short times too, so that it keeps trying. */
  private EndpointOptions troubled() {
    return webhook
        .endpoint(bad)
        .setQueueCapacity(CAPACITY)
        .setMaxInFlight(8)
        .setAttemptTimeout(150)
        .setInitialBackoff(1)
        .setMaxBackoff(20)
        .setDlqCapacity(CAPACITY)
        .setCircuitBreaker(new CircuitOptions().setMaxFailures(3).setResetTimeout(10));
  }

  private void deploy(EndpointOptions ofBad) {
    webhook.deploy(
        webhook
            .options()
            .putEndpoint("archive", webhook.endpoint(well.get("archive")).setMaxInFlight(1))
            .putEndpoint("bad", ofBad)
            .putEndpoint("siem", webhook.endpoint(well.get("siem")).setFormat("ndjson")));
  }

  private static String action(long number) {
    return "n" + number;
  }

  private List<Accepted> accept(int events) {
    return Stream.iterate(1L, n -> n + 1)
        .limit(events)
        .map(n -> webhook.client().request(AuditEvent.of(action(n), null)))
        .toList()
        .stream()
        .map(reply -> result(reply))
        .toList();
  }

  private void assertAllIsWellElsewhere(int events) {
    for (String id : WELL) {
      State state = webhook.awaitSettled(id, events);
      assertThat(state.delivered()).as("%s", state.json()).isEqualTo(events);
      assertThat(state.retried() + state.dropped() + state.failed()).isZero();
      assertThat(state.circuit()).isEqualTo("closed");
      assertThat(well.get(id).eventIds())
          .as("each event once at %s", id)
          .containsExactlyInAnyOrderElementsOf(ids(1, events));
    }
    assertThat(well.get("archive").eventIds()).as("strictly in order").isEqualTo(ids(1, events));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("troubles")
  void aReceiverThat(Trouble trouble) {
    if (trouble.answer() == null) {
      bad.stop();
    } else {
      bad.usually(trouble.answer());
    }
    deploy(troubled());

    assertThat(accept(EVENTS)).extracting(Accepted::status).containsOnly("queued");

    assertAllIsWellElsewhere(EVENTS);
    State state = webhook.awaitState("bad", its -> its.received() == EVENTS);
    assertThat(state.discarded()).isZero();
    if (trouble.answer() == null) {
      bad.start();
    }
    bad.usually(status(204));
    result(webhook.client().endpoint("bad").resume());
    result(webhook.client().endpoint("bad").setUrl(bad.url("/well")));
    State end = webhook.awaitSettled("bad", EVENTS);
    assertThat(end.delivered() + end.failed() + end.dropped()).isEqualTo(EVENTS);
    assertAllIsWellElsewhere(EVENTS);
  }

  @Test
  @OneStore("the others keep on disk what this one drops")
  void aFullQueueDropsForItselfAloneTheNewestFirst() {
    bad.usually(silence());
    deploy(troubled().setAttemptTimeout(60_000));

    assertThat(accept(EVENTS)).extracting(Accepted::status).containsOnly("queued");

    assertAllIsWellElsewhere(EVENTS);
    State full = webhook.state("bad");
    assertThat(full.pending()).isEqualTo(CAPACITY);
    assertThat(full.dropped()).isEqualTo(EVENTS - CAPACITY);
    bad.usually(status(204));
    result(webhook.client().endpoint("bad").setUrl(bad.url("/well")));
    assertThat(webhook.awaitState("bad", its -> its.inFlight() == 8).delivered())
        .as("attempts at the former URL keep their slots")
        .isZero();
    bad.stop();
    bad.start();
    assertThat(webhook.awaitSettled("bad", EVENTS).delivered()).isEqualTo(CAPACITY);
    assertThat(new HashSet<>(bad.eventIds())).isEqualTo(new HashSet<>(ids(1, CAPACITY)));
  }

  @Test
  void aBacklogIsHeldForTheOneThatHasItAndGoesOutInItsOrder() {
    int backlog = 600; // Less than any store drops, and more than is held in memory.
    deploy(troubled().setMaxInFlight(1).setQueueCapacity(1_000));
    result(webhook.client().endpoint("bad").pause());

    accept(backlog);
    assertAllIsWellElsewhere(backlog);
    webhook.undeploy();
    deploy(troubled().setMaxInFlight(1).setQueueCapacity(1_000));
    assertThat(webhook.state("bad").pending()).isEqualTo(backlog);
    result(webhook.client().endpoint("bad").resume());

    assertThat(webhook.awaitSettled("bad", backlog).delivered()).isEqualTo(backlog);
    assertThat(bad.eventIds()).isEqualTo(ids(1, backlog));
    assertAllIsWellElsewhere(backlog);
  }

  @Test
  void connectionsAreItsOwnThoughTheReceiverIsOne() {
    Promise<Void> answered = Promise.promise();
    ScriptedReceiver shared = well.get("default");
    shared.usually(
        request ->
            request.path().equals("/bad")
                ? status(204).heldBackUntil(answered.future())
                : status(204));
    deploy(troubled().setUrl(shared.url("/bad")).setAttemptTimeout(60_000));

    accept(40);

    for (String id : WELL) {
      assertThat(webhook.awaitSettled(id, 40).delivered()).isEqualTo(40);
    }
    assertThat(webhook.awaitState("bad", its -> its.inFlight() == 8).delivered()).isZero();
    answered.complete();
    assertThat(webhook.awaitSettled("bad", 40).delivered()).isEqualTo(40);
  }

  @Test
  void itsAttemptsThatHangHoldUpNoUndeployBeyondTheDrainTimeout() {
    bad.usually(silence());
    deploy(troubled().setAttemptTimeout(60_000));
    accept(20);
    webhook.awaitState("bad", its -> its.inFlight() == 8);

    webhook.undeploy();
    bad.usually(status(204));
    deploy(troubled());

    assertThat(webhook.awaitSettled("bad", 20).delivered()).isEqualTo(20);
    assertAllIsWellElsewhere(20);
  }
}
