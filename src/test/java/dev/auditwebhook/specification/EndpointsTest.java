package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.silence;
import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.ids;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.BatchOptions;
import dev.auditwebhook.CircuitOptions;
import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookClient.State;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Endpoints come, change and go, by configuration and at run time. */
@EveryStore
class EndpointsTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();
  private final ScriptedReceiver siem = webhook.anotherReceiver();
  private final ScriptedReceiver archive = webhook.anotherReceiver();

  private JsonObject remove(String id) {
    return webhook.request("webhook.endpoint.remove", new JsonObject().put("endpoint", id));
  }

  @Nested
  class Configured {

    @Test
    void eachGetsWhatArrivesWithOneIdInAll() {
      webhook.deploy(
          webhook
              .options()
              .putEndpoint("siem", webhook.endpoint(siem))
              .putEndpoint("archive", webhook.endpoint(archive)));

      webhook.publish(3);

      for (String id : List.of("default", "siem", "archive")) {
        assertThat(webhook.awaitSettled(id, 3).delivered()).as(id).isEqualTo(3);
      }
      for (ScriptedReceiver each : List.of(receiver, siem, archive)) {
        assertThat(each.eventIds()).containsExactlyInAnyOrderElementsOf(ids(1, 3));
      }
      assertThat(messageIds(siem)).isEqualTo(messageIds(receiver)).isEqualTo(messageIds(archive));
    }

    private List<String> messageIds(ScriptedReceiver of) {
      return of.requests().stream().map(Received::messageId).sorted().toList();
    }

    @Test
    void theDefaultOneNeedsNoUrl() {
      webhook.deploy(webhook.options().setUrl("").putEndpoint("siem", webhook.endpoint(siem)));

      webhook.publish(2);

      assertThat(webhook.awaitSettled("siem", 2).delivered()).isEqualTo(2);
      assertThat(webhook.awaitSettled(2).discarded()).isEqualTo(2);
    }

    @Test
    void anOptionOfOneIsNoDefaultOfAnother() {
      webhook.deploy(
          webhook
              .options()
              .setFormat("ndjson")
              .setSecrets(List.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
              .putEndpoint("siem", webhook.endpoint(siem).setSecrets(List.of())));

      webhook.publish(1);
      webhook.awaitSettled(1);
      webhook.awaitSettled("siem", 1);

      MultiMap ofDefault = receiver.takeRequest().headers();
      MultiMap ofSiem = siem.takeRequest().headers();
      assertThat(ofDefault.get("content-type")).isEqualTo("application/x-ndjson");
      assertThat(ofDefault.contains("webhook-signature")).isTrue();
      assertThat(ofSiem.get("content-type")).isEqualTo("application/json");
      assertThat(ofSiem.contains("webhook-signature")).isFalse();
    }
  }

  @Nested
  class AtRunTime {

    @Test
    void oneIsMadeAndGetsWhatArrivesFromThenOn() {
      webhook.deploy();
      webhook.publish(2);
      webhook.awaitSettled(2);

      JsonObject made =
          webhook.request(
              "webhook.endpoint.put",
              new JsonObject()
                  .put("endpoint", "siem")
                  .put("config", new JsonObject().put("url", siem.url())));
      webhook.publish(2);

      assertThat(made.encode())
          .isEqualTo(
              "{\"type\":\"put_webhook_endpoint_ok\",\"endpoint\":\"siem\",\"created\":true}");
      assertThat(webhook.awaitSettled("siem", 2).delivered()).isEqualTo(2);
      assertThat(siem.eventIds()).containsExactlyInAnyOrder(3L, 4L);
    }

    @Test
    void whatIsOnItsWayIntoTheJournalWhenOneIsMadeIsNotForIt() {
      webhook.deploy(webhook.options().setQueueCapacity(20_000));
      webhook.publish(10_000);
      Future<Boolean> made = webhook.client().put("siem", webhook.endpoint(siem));
      webhook.publish(10);
      assertThat(result(made)).isTrue();

      assertThat(webhook.awaitSettled(10_010).delivered()).isEqualTo(10_010);
      long last = webhook.awaitSettled("siem", webhook.state("siem").received()).delivered();
      assertThat(siem.eventIds())
          .as("what arrived since, without a gap")
          .containsExactlyInAnyOrderElementsOf(ids(10_011 - last, 10_010));
    }

    @Test
    void aRemovedOneGetsNothingMoreAndIsForgotten() {
      siem.usually(status(503));
      webhook.deploy();
      webhook.put("siem", webhook.endpoint(siem).setInitialBackoff(60_000));
      webhook.publish(3);
      webhook.awaitState("siem", state -> state.retried() == 3);

      try (LogLines log = new LogLines()) {
        assertThat(remove("siem").encode())
            .isEqualTo(
                "{\"type\":\"remove_webhook_endpoint_ok\",\"endpoint\":\"siem\",\"abandoned\":3}");
        assertThat(log.all())
            .contains("INFO Endpoint siem is removed, with 3 pending events and 0 dead letters");
      }
      webhook.publish(2);
      webhook.awaitSettled(5);

      assertThat(siem.requests()).hasSize(3);
      assertThat(webhook.states()).containsOnlyKeys("default");
    }

    @Test
    void whatIsInFlightToARemovedOneSettlesNothing() {
      Promise<Void> answered = Promise.promise();
      siem.usually(status(410).heldBackUntil(answered.future()));
      webhook.deploy();
      webhook.put("siem", webhook.endpoint(siem));
      webhook.publish(5);
      siem.takeRequests(5);

      assertThat(remove("siem").getLong("abandoned")).isEqualTo(5);
      webhook.put("siem", webhook.endpoint(archive));
      answered.complete();
      webhook.publish(1);

      assertThat(webhook.awaitSettled("siem", 1).delivered()).isEqualTo(1);
      assertThat(webhook.state("siem").paused()).isFalse();
      assertThat(archive.eventIds()).containsExactly(6L);
    }

    @Test
    void oneThatIsMadeAgainBeginsAnew() {
      siem.usually(status(400));
      webhook.deploy();
      webhook.put("siem", webhook.endpoint(siem));
      webhook.publish(3);
      webhook.awaitSettled("siem", 3);
      result(webhook.client().endpoint("siem").pause());
      webhook.publish(2);
      webhook.awaitState("siem", state -> state.pending() == 2);
      assertThat(remove("siem").getLong("abandoned")).isEqualTo(2);

      assertThat(webhook.put("siem", webhook.endpoint(archive))).isTrue();

      State state = webhook.state("siem");
      assertThat(state.received()).isZero();
      assertThat(state.dlqSize()).isZero();
      assertThat(state.paused()).isFalse();
      webhook.publish(1);
      webhook.awaitSettled("siem", 1);
      assertThat(archive.eventIds()).containsExactly(6L);
    }

    @Test
    void whatWasForOneThatIsGoneIsNotForOneThatComesAfterIt() {
      webhook.deploy();
      webhook.put("first", webhook.endpoint(archive));
      result(webhook.client().endpoint("first").pause());
      result(webhook.client().pause()); // Holds the journal, in which much is for the first.
      webhook.publish(50);
      webhook.awaitState("first", state -> state.pending() == 50);
      result(webhook.client().remove("first"));

      webhook.put("second", webhook.endpoint(siem));
      webhook.undeploy();
      webhook.deploy();
      webhook.publish(5);

      assertThat(webhook.awaitSettled("second", 5).delivered()).isEqualTo(5);
      assertThat(siem.eventIds()).containsExactlyInAnyOrderElementsOf(ids(51, 55));
      assertThat(archive.requests()).isEmpty();
      result(webhook.client().resume());
      assertThat(webhook.awaitSettled(55).delivered()).isEqualTo(55);
    }

    @Test
    void manyAreMadeAndRemovedWhileEventsFlow() {
      webhook.deploy(webhook.options().setQueueCapacity(10_000));
      Future<?> all = Future.succeededFuture();
      for (int i = 0; i < 60; i++) {
        String id = "e" + i % 6;
        EndpointOptions config = webhook.endpoint(i % 2 == 0 ? siem : archive);
        all =
            all.compose(v -> webhook.client().put(id, config))
                .compose(v -> webhook.client().endpoint(id).get())
                .compose(v -> webhook.client().remove(id));
        webhook.publish(20);
      }
      result(all);

      assertThat(webhook.awaitSettled(1_200).delivered()).isEqualTo(1_200);
      assertThat(webhook.states()).containsOnlyKeys("default");
    }

    @Test
    void oneThatIsBeingRemovedIsNotThereTwice() {
      webhook.deploy();
      webhook.put("siem", webhook.endpoint(siem));

      Future<Long> removed = webhook.client().remove("siem");
      Future<Boolean> putMeanwhile = webhook.client().put("siem", webhook.endpoint(archive));

      assertThat(result(removed)).isZero();
      boolean made = result(putMeanwhile.recover(refused -> Future.succeededFuture(false)));
      assertThat(webhook.states().containsKey("siem")).isEqualTo(made);
    }
  }

  @Nested
  class Replaced {

    @Test
    void whatIsPendingGoesByTheNewOptionsAtOnce() {
      siem.usually(status(503));
      webhook.deploy();
      webhook.put("siem", webhook.endpoint(siem).setInitialBackoff(60_000));
      webhook.publish(4);
      webhook.awaitState("siem", state -> state.retried() == 4);

      boolean made =
          webhook.put(
              "siem",
              webhook
                  .endpoint(archive)
                  .setBatch(new BatchOptions().setMaxEvents(4))
                  .setMaxInFlight(1));

      assertThat(made).isFalse();
      assertThat(webhook.awaitSettled("siem", 4).delivered()).isEqualTo(4);
      assertThat(archive.eventIds()).as("strictly in order").isEqualTo(ids(1, 4));
      assertThat(archive.requests())
          .as("arrays, with the members of the first attempt")
          .hasSize(4)
          .allMatch(request -> request.body().toString().startsWith("["));
      assertThat(archive.requests())
          .extracting(Received::messageId)
          .isEqualTo(siem.requests().stream().map(Received::messageId).toList());
    }

    @Test
    void theSameUrlWithAnotherFormatGoesOnAtOnceToo() {
      siem.usually(status(503));
      webhook.deploy();
      webhook.put("siem", webhook.endpoint(siem).setInitialBackoff(60_000));
      webhook.publish(2);
      webhook.awaitState("siem", state -> state.retried() == 2);
      siem.takeRequests(2);
      siem.usually(status(204));

      webhook.put("siem", webhook.endpoint(siem).setFormat("ndjson"));

      assertThat(webhook.awaitSettled("siem", 2).delivered()).isEqualTo(2);
      assertThat(siem.takeRequests(2))
          .extracting(request -> request.headers().get("content-type"))
          .containsOnly("application/x-ndjson");
      assertThat(webhook.state("siem").format()).isEqualTo("ndjson");
    }

    @Test
    void anAttemptInFlightEndsAsItBegan() {
      Promise<Void> answered = Promise.promise();
      siem.usually(status(204).heldBackUntil(answered.future()));
      webhook.deploy();
      webhook.put("siem", webhook.endpoint(siem));
      webhook.publish(3);
      siem.takeRequests(3);

      webhook.put("siem", webhook.endpoint(archive));
      assertThat(webhook.state("siem").inFlight()).isEqualTo(3);
      answered.complete();

      assertThat(webhook.awaitSettled("siem", 3).delivered()).isEqualTo(3);
      assertThat(archive.requests()).as("each event went out once").isEmpty();
    }

    @Test
    void whatAnAttemptInFlightIsToDoAgainGoesToTheNewUrl() {
      Promise<Void> answered = Promise.promise();
      siem.usually(status(503).heldBackUntil(answered.future()));
      webhook.deploy();
      webhook.put("siem", webhook.endpoint(siem).setMaxAttempts(1));
      webhook.publish(3);
      siem.takeRequests(3);

      webhook.put("siem", webhook.endpoint(archive).setMaxAttempts(1));
      answered.complete();

      State state = webhook.awaitSettled("siem", 3);
      assertThat(state.delivered()).isEqualTo(3);
      assertThat(state.circuit()).isEqualTo("closed");
      assertThat(archive.eventIds()).containsExactlyInAnyOrderElementsOf(ids(1, 3));
    }

    @Test
    void anAnswerIsReadByTheFormatOfItsAttempt() {
      Promise<Void> answered = Promise.promise();
      siem.usually(status(260).heldBackUntil(answered.future()));
      webhook.deploy();
      webhook.put("siem", webhook.endpoint(siem).setFormat("loki"));
      webhook.publish(1);
      siem.takeRequest();

      webhook.put("siem", webhook.endpoint(archive));
      answered.complete();

      assertThat(webhook.awaitSettled("siem", 1).delivered()).isEqualTo(1);
      assertThat(archive.eventIds()).as("a 260 of Loki is no delivery").containsExactly(1L);
    }

    @Test
    void withoutAUrlItIsDisabledAndKeepsWhatIsPending() {
      siem.usually(silence());
      webhook.deploy(webhook.options().setDrainTimeout(1));
      webhook.put("siem", webhook.endpoint(siem).setAttemptTimeout(60_000));
      webhook.publish(2);
      siem.takeRequests(2);

      webhook.put("siem", new EndpointOptions());
      webhook.awaitState("siem", state -> !state.enabled());
      webhook.publish(1);
      webhook.awaitSettled(3);
      assertThat(webhook.state("siem").discarded()).isEqualTo(1);
      assertThat(webhook.state("siem").pending()).isEqualTo(2);
      webhook.put("siem", webhook.endpoint(archive));

      siem.stop();
      assertThat(webhook.awaitSettled("siem", 3).delivered()).isEqualTo(2);
    }

    @Test
    void aSmallerDeadLetterQueueEvictsTheOldestAtOnce() {
      siem.usually(status(400));
      webhook.deploy();
      webhook.put("siem", webhook.endpoint(siem));
      webhook.publish(10);
      webhook.awaitSettled("siem", 10);

      webhook.put("siem", webhook.endpoint(siem).setDlqCapacity(3));

      State state = webhook.state("siem");
      assertThat(state.dlqSize()).isEqualTo(3);
      assertThat(state.dlqEvicted()).isEqualTo(7);
      assertThat(state.failed()).isEqualTo(10);
    }

    @Test
    void anotherCircuitCountsAnew() {
      siem.usually(status(503));
      CircuitOptions circuit = new CircuitOptions().setMaxFailures(1).setResetTimeout(3_600_000);
      webhook.deploy();
      webhook.put("siem", webhook.endpoint(siem).setCircuitBreaker(circuit));
      webhook.publish(3);
      webhook.awaitState("siem", state -> state.circuit().equals("open") && state.inFlight() == 0);
      siem.usually(status(204));

      webhook.put("siem", webhook.endpoint(siem));

      assertThat(webhook.awaitSettled("siem", 3).delivered()).isEqualTo(3);
    }

    @Test
    void theDefaultOneIsReplacedToo() {
      webhook.deploy();

      assertThat(webhook.put("default", webhook.endpoint(siem))).isFalse();
      webhook.publish(1);
      webhook.awaitSettled(1);

      assertThat(siem.eventIds()).containsExactly(1L);
      assertThat(receiver.requests()).isEmpty();
    }
  }

  @Test
  void oneByOneTheyStayApartOverARedeploy() {
    webhook.deploy(webhook.options().putEndpoint("siem", webhook.endpoint(siem)));
    webhook.put("archive", webhook.endpoint(archive));
    for (String id : List.of("default", "siem", "archive")) {
      result(webhook.client().endpoint(id).pause());
    }
    webhook.publish(3);
    webhook.awaitState("archive", state -> state.pending() == 3);
    result(webhook.client().endpoint("siem").resume());
    webhook.awaitSettled("siem", 3);

    webhook.undeploy();
    webhook.deploy(webhook.options().putEndpoint("siem", webhook.endpoint(siem)));

    assertThat(Stream.of("default", "archive").map(id -> webhook.state(id).pending()))
        .containsExactly(3L, 3L);
    assertThat(webhook.state("siem").delivered()).isEqualTo(3);
    result(webhook.client().endpoint("archive").resume());
    webhook.awaitSettled("archive", 3);
    assertThat(webhook.state().paused()).isTrue();
    await().until(() -> archive.eventIds().size() == 3);
    assertThat(siem.requests()).hasSize(3);
    assertThat(receiver.requests()).isEmpty();
  }
}
