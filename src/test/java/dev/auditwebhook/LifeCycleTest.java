package dev.auditwebhook;

import static dev.auditwebhook.testing.ScriptedReceiver.Answer.silence;
import static dev.auditwebhook.testing.ScriptedReceiver.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.WebhookClient.DeadLetter;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookTest;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LifeCycleTest extends WebhookTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  @Test
  void withoutAUrlEntriesAreDiscardedAndTakeNoId() {
    deploy(options().setUrl(""));

    JsonObject reply = request("audit.entry", new JsonObject().put("action", "a"));

    assertThat(reply.encode()).isEqualTo("{\"type\":\"audit_entry_ok\",\"status\":\"discarded\"}");
    result(client.setUrl(receiver.url()));
    publish(1);
    awaitSettled(2);
    assertThat(receiver.eventIds()).containsExactly(1L);
  }

  @Test
  void disableAnswersAtOnceAndLetsQueuedEventsGoOut() {
    Promise<Void> disabled = Promise.promise();
    receiver.usually(status(204).once(disabled.future()));
    deploy(options().setMaxInFlight(10).setDrainTimeout(5000));
    publish(50);
    awaitState(state -> state.received() == 50);

    assertThat(result(client.disable())).isEqualTo(WebhookClient.Status.DISABLED);

    assertThat(state().delivered()).as("nothing is answered before").isZero();
    disabled.complete();
    publish(1);
    WebhookClient.State state = awaitSettled(51);
    assertThat(state.delivered()).isEqualTo(50);
    assertThat(state.discarded()).isEqualTo(1);
    assertThat(state.enabled()).isFalse();
  }

  @Test
  void anUndeployWaitsForWhatIsOnItsWayToTheDisk() {
    deploy(
        options()
            .setDrainTimeout(5_000)
            .setStore(
                new StoreOptions()
                    .setType(StoreOptions.FILE)
                    .setPath(directory.resolve("slow").toString())
                    .setSyncInterval(400)));
    publish(1);
    awaitSettled(1);
    publish(5);
    awaitState(state -> state.received() == 6);

    undeploy();

    assertThat(receiver.eventIds()).hasSize(6);
  }

  @Test
  void whatADisableLeavesBehindGoesToTheNextUrlOnce() {
    receiver.stop();
    ScriptedReceiver other = ScriptedReceiver.start(elsewhere);
    deploy(
        options()
            .setCircuitBreaker(new CircuitOptions().setMaxFailures(10).setResetTimeout(100))
            .setInitialBackoff(1000));
    publish(500);
    awaitState(state -> state.received() == 500 && state.circuit().equals("open"));

    result(client.disable());
    result(client.setUrl(other.url()));

    assertThat(awaitSettled(500).delivered()).isEqualTo(500);
    assertThat(other.eventIds())
        .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, 500).boxed().toList());
  }

  @Test
  void aDisableThatHasDrainedKeepsTheRestUntilAUrlIsSet() {
    receiver.usually(silence());
    ScriptedReceiver other = ScriptedReceiver.start(elsewhere);
    deploy(options().setMaxInFlight(5).setDrainTimeout(50).setAttemptTimeout(300));
    publish(20);
    awaitState(state -> state.received() == 20);

    result(client.disable());
    awaitState(state -> state.json().getInteger("in_flight") == 0);
    assertThat(state().pending()).isEqualTo(20);

    result(client.setUrl(other.url()));
    assertThat(awaitSettled(20).delivered()).isEqualTo(20);
    assertThat(other.requests()).hasSize(20);
  }

  @Test
  void aNewUrlTakesOverEventsInBackoffAtOnceWithFreshAttempts() {
    receiver.usually(status(503));
    ScriptedReceiver other = ScriptedReceiver.start(elsewhere);
    other.then(status(503), status(503));
    deploy(options().setInitialBackoff(60_000));
    publish(1);
    awaitState(state -> state.json().getLong("retried") == 1);

    result(client.setInitialBackoff(10));
    result(client.setUrl(other.url()));

    assertThat(awaitSettled(1).delivered()).isEqualTo(1);
    assertThat(other.requests()).hasSize(3);
  }

  @Test
  void noMoreThanMaxInFlightAreUnderWayOverAllUrls() {
    receiver.usually(silence());
    deploy(options().setMaxInFlight(3).setAttemptTimeout(60_000));
    publish(20);
    await().until(() -> receiver.requests().size() == 3);

    ScriptedReceiver other = ScriptedReceiver.start(elsewhere);
    other.usually(silence());
    result(client.setUrl(other.url()));
    client.test();
    await().until(() -> other.requests().size() == 1);

    assertThat(other.requests().get(0).json().getString("action")).isEqualTo("webhook.test");
    assertThat(state().json().getInteger("in_flight")).isEqualTo(3);
  }

  @Test
  void attemptsAtAFormerUrlEndAtTheirOwnDeadlinesAndMakeRoom() {
    receiver.usually(silence());
    deploy(options().setMaxInFlight(2).setAttemptTimeout(300));
    publish(20);
    await().until(() -> receiver.requests().size() == 2);

    ScriptedReceiver other = ScriptedReceiver.start(elsewhere);
    result(client.setUrl(other.url()));

    assertThat(awaitSettled(20).delivered()).isEqualTo(20);
  }

  @Test
  void aLateVerdictFromAFormerUrlSettlesItsOwnEventOnly() {
    Promise<Void> moved = Promise.promise();
    receiver.then(status(410).once(moved.future())).usually(status(503).once(moved.future()));
    ScriptedReceiver other = ScriptedReceiver.start(elsewhere);
    deploy(options().setCircuitBreaker(new CircuitOptions().setMaxFailures(1)));
    publish(2);
    await().until(() -> receiver.requests().size() == 2);

    result(client.setUrl(other.url()));
    moved.complete();

    WebhookClient.State state = awaitSettled(2);
    assertThat(state.failed()).isZero();
    assertThat(state.delivered()).isEqualTo(2);
    assertThat(state.enabled()).isTrue();
    assertThat(state.circuit()).isEqualTo("closed");
  }

  @Test
  void aRedeployGoesOnWhereItWas() {
    receiver.then(status(400)).usually(status(503));
    deploy(options().setInitialBackoff(60_000));
    publish(1);
    awaitState(state -> state.failed() == 1);
    publish(10);
    awaitState(state -> state.json().getLong("retried") == 10);
    String messageId = receiver.requests().get(1).headers().get("webhook-id");
    undeploy();

    receiver.usually(status(204));
    deploy(options());
    publish(1);

    WebhookClient.State state = awaitSettled(12);
    assertThat(state.delivered()).isEqualTo(11);
    assertThat(state.failed()).isEqualTo(1);
    assertThat(result(client.deadLetters(10, 0)).stream().map(DeadLetter::eventId))
        .containsExactly(1L);
    assertThat(receiver.eventIds()).contains(12L).doesNotContain(13L);
    assertThat(
            receiver.requests().stream()
                .filter(r -> messageId.equals(r.headers().get("webhook-id"))))
        .hasSize(2);
  }

  @Test
  void undeployWaitsForAttemptsInFlightNoLongerThanTheDrainTimeout() {
    receiver.usually(silence());
    deploy(options().setDrainTimeout(200));
    publish(3);
    await().until(() -> receiver.requests().size() == 3);

    long start = System.nanoTime();
    undeploy();
    assertThat((System.nanoTime() - start) / 1_000_000).isBetween(195L, 10_000L);

    receiver.usually(status(204));
    deploy(options());
    assertThat(awaitSettled(3).delivered()).isEqualTo(3);
  }

  @Test
  void undeployDoesNotWaitForWhatStrictOrderHoldsBack() {
    receiver.usually(status(503));
    deploy(
        options()
            .setMaxInFlight(1)
            .setInitialBackoff(60_000)
            .setMaxBackoff(60_000)
            .setDrainTimeout(20_000));
    publish(2);
    awaitState(state -> state.json().getLong("retried") == 1);

    long start = System.nanoTime();
    undeploy();

    assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(10_000);
    receiver.usually(status(204));
    deploy(options().setUrl(receiver.url("/next")));
    assertThat(awaitSettled(2).delivered()).isEqualTo(2);
  }

  @Test
  void undeployWaitsForAnAnswerThatComesInTime() {
    receiver.usually(status(204).after(150));
    deploy(options().setDrainTimeout(5000));
    publish(3);
    await().until(() -> receiver.requests().size() == 3);
    undeploy();

    deploy(options());
    assertThat(state().delivered()).isEqualTo(3);
  }

  @Test
  void whatWasSetAtRunTimeHoldsWhileTheConfigurationIsUnchanged() {
    ScriptedReceiver other = ScriptedReceiver.start(elsewhere);
    deploy(options());
    result(client.setUrl(other.url()));
    result(client.setSecret(SECRET));
    undeploy();

    deploy(options());
    assertThat(state().url()).isEqualTo(other.url());
    assertThat(state().json().getBoolean("signed")).isTrue();
    undeploy();

    deploy(options().setUrl(receiver.url("/edited")));
    assertThat(state().url()).isEqualTo(receiver.url("/edited"));
    assertThat(state().json().getBoolean("signed")).isTrue();
    undeploy();

    deploy(options());
    assertThat(state().url()).as("a value that lost does not come back").isEqualTo(receiver.url());
  }

  @Test
  void aDisableHoldsOverARedeploy() {
    deploy(options());
    result(client.disable());
    undeploy();

    deploy(options());

    assertThat(state().enabled()).isFalse();
  }

  @Test
  void aSecondWebhookOnTheSameAddressIsRefusedAndTheFirstGoesOn() {
    deploy(options());

    assertThatThrownBy(() -> result(vertx.deployVerticle(new WebhookVerticle(options()))))
        .hasMessageContaining(
            "webhook.address: another WebhookVerticle answers on webhook already");
    assertThatThrownBy(
            () ->
                result(
                    vertx.deployVerticle(
                        WebhookVerticle.class,
                        new DeploymentOptions()
                            .setInstances(2)
                            .setConfig(
                                new JsonObject()
                                    .put("address", "b")
                                    .put("entryAddress", "b.entry")))))
        .hasMessageContaining("another WebhookVerticle answers on b already");

    publish(1);
    assertThat(awaitSettled(1).delivered()).isEqualTo(1);
    assertThat(receiver.requests()).hasSize(1);
  }

  @Test
  void twoWebhooksOnAddressesOfTheirOwnAreApart() {
    deploy(options());
    result(
        vertx.deployVerticle(
            new WebhookVerticle(options().setAddress("second").setUrl(receiver.url("/second")))));

    publish(1);
    awaitSettled(1);

    await().until(() -> receiver.requests().size() == 2);
    assertThat(receiver.requests().stream().map(r -> r.headers().get("webhook-id")).distinct())
        .as("message ids never meet")
        .hasSize(2);
  }

  @Test
  void stoppingWithNothingConfiguredAndAnEntryAfterTheStopAreHarmless() {
    deploy(options().setUrl(""));
    undeploy();

    publish(1);

    deploy(options());
    assertThat(state().received()).isZero();
  }

  @Test
  void aBadOptionFailsTheDeploymentInOneLineThatNamesTheKey() {
    assertThatThrownBy(
            () ->
                result(
                    vertx.deployVerticle(
                        WebhookVerticle.class,
                        new DeploymentOptions().setConfig(new JsonObject().put("maxAttempts", 0)))))
        .hasMessage("webhook.maxAttempts: must be a whole number from 1 to 1000, was 0");
  }
}
