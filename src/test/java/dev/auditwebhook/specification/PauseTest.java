package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.silence;
import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.circuit;
import static dev.auditwebhook.testing.Webhooks.ids;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A paused webhook accepts and keeps, and sends nothing. */
@EveryStore
class PauseTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  @Nested
  class Gone {

    @Test
    void goneKeepsItsEventAndAllThatFollow() {
      receiver.usually(status(410));
      webhook.deploy(webhook.options().setMaxInFlight(1));
      webhook.publish(1);
      webhook.awaitState(WebhookClient.State::paused);
      String messageId = receiver.takeRequest().messageId();

      webhook.publish(5);

      WebhookClient.State state = webhook.awaitState(s -> s.received() == 6);
      assertThat(state.pending()).isEqualTo(6);
      assertThat(state.failed() + state.discarded()).isZero();
      assertThat(state.enabled()).isFalse();
      assertThat(state.url()).isEqualTo(receiver.url());
      assertThat(receiver.requests()).hasSize(1);

      receiver.usually(status(204));
      assertThat(webhook.set("paused", false).getString("status")).isEqualTo("enabled");

      assertThat(webhook.awaitSettled(6).delivered()).isEqualTo(6);
      assertThat(receiver.eventIds().subList(1, 7)).isEqualTo(ids(1, 6));
      assertThat(receiver.takeRequest().messageId()).isEqualTo(messageId);
      assertThat(webhook.state().reason()).isNull();
    }

    @Test
    void goneIsToldWithTheOrigin() {
      receiver.usually(status(410));
      webhook.deploy();

      webhook.publish(1);

      WebhookClient.State state = webhook.awaitState(s -> !s.enabled());
      assertThat(state.failed()).isZero();
      assertThat(state.reason()).isEqualTo("410 Gone from " + receiver.url().replace("/in", ""));
    }

    @Test
    void manyThatMeetGoneAtOnceAreAllKept() {
      receiver.usually(status(410));
      webhook.deploy(circuit(webhook.options(), 1, 1_000).setMaxAttempts(1));

      webhook.publish(100);

      WebhookClient.State state = webhook.awaitState(s -> s.received() == 100 && s.inFlight() == 0);
      assertThat(state.pending()).isEqualTo(100);
      assertThat(state.circuit()).isEqualTo("closed");
    }

    @Test
    void aNewUrlGoesOn() {
      receiver.usually(status(410));
      webhook.deploy();
      webhook.publish(3);
      webhook.awaitState(WebhookClient.State::paused);
      ScriptedReceiver other = webhook.anotherReceiver();

      assertThat(webhook.set("url", other.url()).getString("status")).isEqualTo("enabled");

      assertThat(webhook.awaitSettled(3).delivered()).isEqualTo(3);
      assertThat(webhook.state().paused()).isFalse();
    }

    @Test
    void aProbeThatMeetsGoneLeavesTheCircuitToTheNextProbe() {
      receiver.usually(status(503));
      webhook.deploy(circuit(webhook.options(), 2, 50).setInitialBackoff(1));
      webhook.publish(5);
      webhook.awaitCircuit("open");
      receiver.usually(status(410));
      webhook.awaitState(WebhookClient.State::paused);
      receiver.usually(status(204));

      webhook.set("paused", false);

      assertThat(webhook.awaitSettled(5).delivered()).isEqualTo(5);
      assertThat(webhook.state().circuit()).isEqualTo("closed");
    }

    @Test
    void aGoneAfterAnOperatorsPauseKeepsTheReasonOfThatPause() {
      Promise<Void> paused = Promise.promise();
      receiver.usually(status(410).heldBackUntil(paused.future()));
      webhook.deploy();
      webhook.publish(3);
      receiver.takeRequests(3);

      webhook.set("paused", true);
      paused.complete();
      webhook.awaitState(state -> state.inFlight() == 0);

      assertThat(webhook.state().reason()).isEqualTo("paused by request");
      assertThat(webhook.state().pending()).isEqualTo(3);
    }
  }

  @Nested
  class ByRequest {

    @Test
    void anOperatorPausesAndResumes() {
      webhook.deploy();

      JsonObject paused = webhook.set("paused", true);

      assertThat(paused.encode())
          .isEqualTo(
              "{\"type\":\"set_webhook_ok\",\"status\":\"paused\",\"url\":\""
                  + receiver.url()
                  + "\"}");
      assertThat(webhook.state().reason()).isEqualTo("paused by request");
      assertThat(webhook.request("webhook.health", new JsonObject()).encode())
          .isEqualTo("{\"healthy\":false,\"reasons\":[\"paused\"]}");
      assertThat(webhook.request("webhook.ready", new JsonObject()).getBoolean("ready")).isTrue();
      webhook.publish(3);
      webhook.awaitState(state -> state.pending() == 3);
      assertThat(result(webhook.client().test()).status()).as("a test goes past it").isEqualTo(204);
      assertThat(receiver.requests()).hasSize(1);

      webhook.set("paused", false);
      assertThat(webhook.awaitSettled(3).delivered()).isEqualTo(3);
    }

    @Test
    void aPauseOutlivesARedeploy() {
      webhook.deploy(webhook.options().setDrainTimeout(60_000));
      webhook.set("paused", true);
      webhook.publish(2);
      webhook.awaitState(state -> state.pending() == 2);
      webhook.undeploy(); // Nothing drains: it would take longer than a test waits.

      webhook.deploy();

      assertThat(webhook.state().paused()).isTrue();
      assertThat(webhook.state().pending()).isEqualTo(2);
      webhook.set("paused", false);
      assertThat(webhook.awaitSettled(2).delivered()).isEqualTo(2);
    }

    @Test
    void whatIsInBackoffWaitsForTheEndOfThePauseToo() {
      receiver.then(status(503));
      webhook.deploy(webhook.options().setInitialBackoff(50));
      webhook.publish(1);
      webhook.awaitState(state -> state.retried() == 1);

      webhook.set("paused", true);
      result(webhook.client().test());
      result(webhook.client().test());
      int before = receiver.requests().size();
      webhook.set("paused", false);

      assertThat(webhook.awaitSettled(1).delivered()).isEqualTo(1);
      assertThat(before).isLessThanOrEqualTo(4);
    }

    @Test
    void thereIsNothingToPauseWithoutAUrl() {
      webhook.deploy(webhook.options().setUrl(""));

      assertThat(webhook.refusal("webhook.set", new JsonObject().put("paused", true)))
          .hasMessage("paused: there is nothing to pause without a URL; set one first")
          .extracting("failureCode")
          .isEqualTo(409);
      assertThat(
              webhook
                  .refusal(
                      "webhook.set", new JsonObject().put("url", receiver.url()).putNull("paused"))
                  .failureCode())
          .isEqualTo(400);
      assertThat(webhook.state().url()).isEmpty();
      assertThat(webhook.set("paused", false).getString("status")).isEqualTo("disabled");
    }

    @Test
    void disablingEndsAPause() {
      webhook.deploy();
      webhook.set("paused", true);

      assertThat(webhook.set("url", "").getString("status")).isEqualTo("disabled");
      await().until(() -> webhook.state().reason() == null);
      assertThat(webhook.set("url", receiver.url()).getString("status")).isEqualTo("enabled");
      webhook.publish(1);
      assertThat(webhook.awaitSettled(1).delivered()).isEqualTo(1);
    }

    @Test
    void whatIsSetWhileADisableDrainsSendsNothingThatWasPaused() {
      receiver.usually(silence());
      webhook.deploy(
          webhook.options().setMaxInFlight(1).setDrainTimeout(60_000).setAttemptTimeout(60_000));
      webhook.publish(3);
      receiver.takeRequest();
      webhook.set("paused", true);

      webhook.set("url", "");
      webhook.set("paused", false);
      result(webhook.client().setInitialBackoff(5));

      assertThat(webhook.state().pending()).isEqualTo(3);
      assertThat(receiver.requests()).hasSize(1);
      result(webhook.client().setUrl(receiver.url("/other")));
      await().until(() -> webhook.state().enabled());
      receiver.stop();
    }
  }
}
