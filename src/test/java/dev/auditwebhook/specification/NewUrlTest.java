package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.silence;
import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.batches;
import static dev.auditwebhook.testing.Webhooks.circuit;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A new URL takes over at once, and attempts at the former one change nothing for it. */
@EveryStore
class NewUrlTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  @Nested
  class InFlight {

    @Test
    void noMoreThanMaxInFlightAreUnderWayOverAllUrls() {
      receiver.usually(silence());
      webhook.deploy(webhook.options().setMaxInFlight(3).setAttemptTimeout(60_000));
      webhook.publish(20);
      receiver.takeRequests(3);

      ScriptedReceiver other = webhook.anotherReceiver();
      other.usually(silence());
      result(webhook.client().setUrl(other.url()));
      webhook.client().test();

      assertThat(other.takeRequest().json().getString("action")).isEqualTo("webhook.test");
      assertThat(webhook.state().inFlight()).isEqualTo(3);
    }

    @Test
    void attemptsAtAFormerUrlEndAtTheirOwnDeadlinesAndMakeRoom() {
      receiver.usually(silence());
      webhook.deploy(webhook.options().setMaxInFlight(2).setAttemptTimeout(300));
      webhook.publish(20);
      receiver.takeRequests(2);

      ScriptedReceiver other = webhook.anotherReceiver();
      result(webhook.client().setUrl(other.url()));

      assertThat(webhook.awaitSettled(20).delivered()).isEqualTo(20);
    }

    @Test
    void aLateVerdictFromAFormerUrlSettlesItsOwnEventOnly() {
      Promise<Void> moved = Promise.promise();
      receiver
          .then(status(410).heldBackUntil(moved.future()))
          .usually(status(503).heldBackUntil(moved.future()));
      ScriptedReceiver other = webhook.anotherReceiver();
      webhook.deploy(circuit(webhook.options(), 1, 1_000));
      webhook.publish(2);
      receiver.takeRequests(2);

      result(webhook.client().setUrl(other.url()));
      moved.complete();

      WebhookClient.State state = webhook.awaitSettled(2);
      assertThat(state.failed()).isZero();
      assertThat(state.delivered()).isEqualTo(2);
      assertThat(state.enabled()).isTrue();
      assertThat(state.circuit()).isEqualTo("closed");
    }
  }

  /** At another URL an event has all its attempts, whatever happens in between. */
  @Nested
  class FreshAttempts {

    private final ScriptedReceiver other = webhook.anotherReceiver();

    private WebhookOptions options() {
      return webhook.options().setInitialBackoff(60_000).setMaxBackoff(60_000).setDrainTimeout(50);
    }

    /** One event with a single attempt left, in a backoff that does not end. */
    private void useUpAllButOneAttempt() {
      receiver.usually(status(503));
      webhook.deploy(options().setMaxAttempts(2));
      webhook.publish(1);
      webhook.awaitState(state -> state.retried() == 1);
    }

    @Test
    void aNewUrlTakesOverEventsInBackoffAtOnceWithFreshAttempts() {
      receiver.usually(status(503));
      other.then(status(503), status(503));
      webhook.deploy(webhook.options().setInitialBackoff(60_000));
      webhook.publish(1);
      webhook.awaitState(state -> state.retried() == 1);

      result(webhook.client().setInitialBackoff(10));
      result(webhook.client().setUrl(other.url()));

      assertThat(webhook.awaitSettled(1).delivered()).isEqualTo(1);
      assertThat(other.requests()).hasSize(3);
    }

    @Test
    void theyAreKeptOverARedeployAfterANewUrl() {
      useUpAllButOneAttempt();
      other.usually(silence());
      result(webhook.client().setUrl(other.url()));
      other.takeRequest();
      webhook.undeploy();

      other.then(status(503)).usually(status(204));
      webhook.deploy(options().setMaxAttempts(2).setInitialBackoff(10));

      assertThat(webhook.awaitSettled(1).delivered()).isEqualTo(1);
      assertThat(other.requests()).hasSize(3);
    }

    @Test
    void theyAreKeptOverARedeployAfterADisableAndTheSameUrl() {
      useUpAllButOneAttempt();
      result(webhook.client().disable());
      webhook.awaitState(state -> state.inFlight() == 0);
      webhook.request(
          "webhook.set", new JsonObject().put("url", receiver.url()).put("paused", true));
      webhook.undeploy();

      receiver.then(status(503)).usually(status(204));
      webhook.deploy(options().setMaxAttempts(2).setInitialBackoff(10));
      result(webhook.client().resume());

      assertThat(webhook.awaitSettled(1).delivered()).isEqualTo(1);
    }

    @Test
    void aDisableInBetweenDoesNotHideTheChange() {
      useUpAllButOneAttempt();
      result(webhook.client().disable());
      webhook.undeploy();

      other.then(status(503));
      webhook.deploy(options().setUrl(other.url()).setMaxAttempts(2).setInitialBackoff(10));

      assertThat(webhook.awaitSettled(1).delivered()).isEqualTo(1);
      assertThat(other.requests()).hasSize(2);
    }

    @Test
    void attemptsAtTheSameUrlCountOverARedeploy() {
      useUpAllButOneAttempt();
      webhook.undeploy();

      webhook.deploy(options().setMaxAttempts(2).setInitialBackoff(10));

      assertThat(webhook.awaitSettled(1).failed()).isEqualTo(1);
      assertThat(receiver.requests()).hasSize(2);
    }

    @Test
    void halvesOfABatchThatAFormerUrlRefusedHaveThemToo() {
      Promise<Void> moved = Promise.promise();
      receiver.then(status(503), status(413).heldBackUntil(moved.future()));
      webhook.deploy(batches(options(), 4, 10_000).setMaxAttempts(2).setInitialBackoff(10));
      webhook.publish(4);
      receiver.takeRequests(2);

      other.then(status(503), status(503));
      result(webhook.client().setUrl(other.url()));
      moved.complete();

      WebhookClient.State state = webhook.awaitSettled(4);
      assertThat(state.failed()).isZero();
      assertThat(state.delivered()).isEqualTo(4);
      assertThat(other.requests()).hasSize(4);
    }
  }
}
