package dev.auditwebhook;

import static dev.auditwebhook.testing.ScriptedReceiver.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookTest;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** At another URL an event has all its attempts, whatever happens in between. */
class FreshAttemptsTest extends WebhookTest {

  private ScriptedReceiver other;

  @BeforeEach
  void anotherReceiver() {
    other = ScriptedReceiver.start(elsewhere);
  }

  @Override
  protected WebhookOptions options() {
    return super.options().setInitialBackoff(60_000).setMaxBackoff(60_000).setDrainTimeout(50);
  }

  /** One event with a single attempt left, in a backoff that does not end. */
  private void useUpAllButOneAttempt() {
    receiver.usually(status(503));
    deploy(options().setMaxAttempts(2));
    publish(1);
    awaitState(state -> state.json().getLong("retried") == 1);
  }

  @Test
  void theyAreKeptOverARedeployAfterANewUrl() {
    useUpAllButOneAttempt();
    other.usually(ScriptedReceiver.Answer.silence());
    result(client.setUrl(other.url()));
    await().until(() -> other.requests().size() == 1);
    undeploy();

    other.then(status(503)).usually(status(204));
    deploy(options().setMaxAttempts(2).setInitialBackoff(10));

    assertThat(awaitSettled(1).delivered()).isEqualTo(1);
    assertThat(other.requests()).hasSize(3);
  }

  @Test
  void theyAreKeptOverARedeployAfterADisableAndTheSameUrl() {
    useUpAllButOneAttempt();
    result(client.disable());
    awaitState(state -> state.inFlight() == 0);
    request("webhook.set", new JsonObject().put("url", receiver.url()).put("paused", true));
    undeploy();

    receiver.then(status(503)).usually(status(204));
    deploy(options().setMaxAttempts(2).setInitialBackoff(10));
    result(client.resume());

    assertThat(awaitSettled(1).delivered()).isEqualTo(1);
  }

  @Test
  void aDisableInBetweenDoesNotHideTheChange() {
    useUpAllButOneAttempt();
    result(client.disable());
    undeploy();

    other.then(status(503));
    deploy(options().setUrl(other.url()).setMaxAttempts(2).setInitialBackoff(10));

    assertThat(awaitSettled(1).delivered()).isEqualTo(1);
    assertThat(other.requests()).hasSize(2);
  }

  @Test
  void attemptsAtTheSameUrlCountOverARedeploy() {
    useUpAllButOneAttempt();
    undeploy();

    deploy(options().setMaxAttempts(2).setInitialBackoff(10));

    assertThat(awaitSettled(1).failed()).isEqualTo(1);
    assertThat(receiver.requests()).hasSize(2);
  }

  @Test
  void halvesOfABatchThatAFormerUrlRefusedHaveThemToo() {
    Promise<Void> moved = Promise.promise();
    receiver.then(status(503), status(413).once(moved.future()));
    deploy(
        options()
            .setMaxAttempts(2)
            .setInitialBackoff(10)
            .setBatch(new BatchOptions().setMaxEvents(4).setMaxDelay(10_000)));
    publish(4);
    await().until(() -> receiver.requests().size() == 2);

    other.then(status(503), status(503));
    result(client.setUrl(other.url()));
    moved.complete();

    WebhookClient.State state = awaitSettled(4);
    assertThat(state.failed()).isZero();
    assertThat(state.delivered()).isEqualTo(4);
    assertThat(other.requests()).hasSize(4);
  }
}
