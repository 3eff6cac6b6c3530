package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.silence;
import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookClient.DeadLetter;
import dev.auditwebhook.WebhookVerticle;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.OneStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A webhook starts, drains, and goes on where it was. */
@EveryStore
class DeploymentTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  @Nested
  class Start {

    private void deploy(int instances, JsonObject config) {
      DeploymentOptions options = new DeploymentOptions().setInstances(instances).setConfig(config);
      result(webhook.vertx().deployVerticle(WebhookVerticle.class, options));
    }

    @Test
    void aBadOptionFailsTheDeploymentInOneLineThatNamesTheKey() {
      assertThatThrownBy(() -> deploy(1, new JsonObject().put("maxAttempts", 0)))
          .hasMessage("webhook.maxAttempts: must be a whole number from 1 to 1000, was 0");
    }

    @Test
    void aSecondWebhookOnTheSameAddressIsRefusedAndTheFirstGoesOn() {
      webhook.deploy();

      assertThatThrownBy(() -> webhook.deployAnother(webhook.options()))
          .hasMessageContaining(
              "webhook.address: another WebhookVerticle answers on webhook already");
      assertThatThrownBy(
              () -> deploy(2, new JsonObject().put("address", "b").put("entryAddress", "b.entry")))
          .hasMessageContaining("another WebhookVerticle answers on b already");

      webhook.publish(1);
      assertThat(webhook.awaitSettled(1).delivered()).isEqualTo(1);
      assertThat(receiver.requests()).hasSize(1);
    }

    @Test
    void twoWebhooksOnAddressesOfTheirOwnAreApart() {
      webhook.deploy();
      webhook.deployAnother(webhook.options().setAddress("second").setUrl(receiver.url("/second")));

      webhook.publish(1);
      webhook.awaitSettled(1);

      assertThat(receiver.takeRequests(2))
          .extracting(Received::messageId)
          .as("message ids never meet")
          .doesNotHaveDuplicates();
    }
  }

  @Nested
  class Undeploy {

    @Test
    void undeployWaitsForAnAnswerThatComesInTime() {
      receiver.usually(status(204).after(150));
      webhook.deploy(webhook.options().setDrainTimeout(5000));
      webhook.publish(3);
      receiver.takeRequests(3);
      webhook.undeploy();

      webhook.deploy();
      assertThat(webhook.state().delivered()).isEqualTo(3);
    }

    @Test
    void undeployWaitsForAttemptsInFlightNoLongerThanTheDrainTimeout() {
      receiver.usually(silence());
      webhook.deploy(webhook.options().setDrainTimeout(200).setAttemptTimeout(60_000));
      webhook.publish(3);
      receiver.takeRequests(3);

      webhook.undeploy();

      receiver.usually(status(204));
      webhook.deploy();
      assertThat(webhook.awaitSettled(3).delivered()).isEqualTo(3);
    }

    @Test
    void undeployDoesNotWaitForWhatStrictOrderHoldsBack() {
      receiver.usually(status(503));
      webhook.deploy(
          webhook
              .options()
              .setMaxInFlight(1)
              .setInitialBackoff(300_000)
              .setMaxBackoff(300_000)
              .setDrainTimeout(60_000));
      webhook.publish(2);
      webhook.awaitState(state -> state.retried() == 1);

      webhook.undeploy();

      receiver.usually(status(204));
      webhook.deploy(webhook.options().setUrl(receiver.url("/next")));
      assertThat(webhook.awaitSettled(2).delivered()).isEqualTo(2);
    }

    @Test
    @OneStore("it is on disk in any run")
    void anUndeployWaitsForWhatIsOnItsWayToTheDisk() {
      webhook.deploy(
          webhook
              .optionsOnDisk()
              .setDrainTimeout(5_000)
              .setStore(new StoreOptions(webhook.optionsOnDisk().getStore()).setSyncInterval(400)));
      webhook.publish(1);
      webhook.awaitSettled(1);
      webhook.publish(5);
      webhook.awaitState(state -> state.received() == 6);

      webhook.undeploy();

      assertThat(receiver.eventIds()).hasSize(6);
    }

    @Test
    void stoppingWithNothingConfiguredAndAnEntryAfterTheStopAreHarmless() {
      webhook.deploy(webhook.options().setUrl(""));
      webhook.undeploy();

      webhook.publish(1);

      webhook.deploy();
      assertThat(webhook.state().received()).isZero();
    }
  }

  @Nested
  class Redeploy {

    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    @Test
    void aRedeployGoesOnWhereItWas() {
      receiver.then(status(400)).usually(status(503));
      webhook.deploy(webhook.options().setInitialBackoff(60_000));
      webhook.publish(1);
      webhook.awaitState(state -> state.failed() == 1);
      webhook.publish(10);
      webhook.awaitState(state -> state.retried() == 10);
      String messageId = receiver.requests().get(1).messageId();
      webhook.undeploy();

      receiver.usually(status(204));
      webhook.deploy();
      webhook.publish(1);

      WebhookClient.State state = webhook.awaitSettled(12);
      assertThat(state.delivered()).isEqualTo(11);
      assertThat(state.failed()).isEqualTo(1);
      assertThat(webhook.deadLetters().stream().map(DeadLetter::eventId)).containsExactly(1L);
      assertThat(receiver.eventIds()).contains(12L).doesNotContain(13L);
      assertThat(receiver.requests())
          .filteredOn(request -> request.messageId().equals(messageId))
          .hasSize(2);
    }

    @Test
    void whatWasSetAtRunTimeHoldsWhileTheConfigurationIsUnchanged() {
      ScriptedReceiver other = webhook.anotherReceiver();
      webhook.deploy();
      result(webhook.client().setUrl(other.url()));
      result(webhook.client().setSecret(SECRET));
      webhook.undeploy();

      webhook.deploy();
      assertThat(webhook.state().url()).isEqualTo(other.url());
      assertThat(webhook.state().signed()).isTrue();
      webhook.undeploy();

      webhook.deploy(webhook.options().setUrl(receiver.url("/edited")));
      assertThat(webhook.state().url()).isEqualTo(receiver.url("/edited"));
      assertThat(webhook.state().signed()).isTrue();
      webhook.undeploy();

      webhook.deploy();
      assertThat(webhook.state().url())
          .as("a value that lost does not come back")
          .isEqualTo(receiver.url());
    }
  }
}
