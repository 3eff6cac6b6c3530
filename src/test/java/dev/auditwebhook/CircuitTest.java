package dev.auditwebhook;

import static dev.auditwebhook.testing.ScriptedReceiver.Answer.silence;
import static dev.auditwebhook.testing.ScriptedReceiver.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookTest;
import io.vertx.core.json.JsonObject;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CircuitTest extends WebhookTest {

  @Override
  protected WebhookOptions options() {
    return super.options()
        .setCircuitBreaker(new CircuitOptions().setMaxFailures(5).setResetTimeout(100));
  }

  /** From here on all requests are probes: those from before the opening have been answered. */
  private void awaitParked() {
    awaitState(
        state -> state.circuit().equals("open") && state.json().getInteger("in_flight") == 0);
  }

  @Test
  void anOutageParksEventsInsteadOfBurningTheirAttempts() {
    receiver.stop();
    deploy(
        options()
            .setInitialBackoff(1000)
            .setCircuitBreaker(new CircuitOptions().setMaxFailures(5).setResetTimeout(300)));

    publish(400);
    awaitState(state -> state.circuit().equals("open"));
    awaitState(state -> state.json().getLong("retried") > 8);
    receiver.start();

    WebhookClient.State state = awaitSettled(400);
    assertThat(state.delivered()).isEqualTo(400);
    assertThat(state.dropped()).isZero();
    assertThat(state.circuit()).isEqualTo("closed");
  }

  @Test
  void whileOpenOnlyProbesGoOutOneAtATimeAndCostNoAttempt() {
    receiver.usually(status(503));
    deploy(options().setMaxInFlight(2).setMaxAttempts(2).setInitialBackoff(60_000));

    publish(20);
    awaitParked();
    int before = receiver.requests().size();
    assertThat(before).isGreaterThanOrEqualTo(5);
    await().until(() -> receiver.requests().size() >= before + 3);

    assertThat(receiver.requests().get(before + 2).at() - receiver.requests().get(before).at())
        .isGreaterThanOrEqualTo(195);
    assertThat(receiver.eventIds().subList(before, before + 3))
        .as("each probe is the event that waited longest")
        .containsExactlyElementsOf(LongStream.rangeClosed(before + 1, before + 3).boxed().toList());
    assertThat(state().failed()).isZero();
  }

  @Test
  void aLongOutageCostsOneProbeAResetTimeoutAndNoDeadLetter() {
    receiver.usually(status(503));
    deploy(options().setCircuitBreaker(new CircuitOptions().setMaxFailures(5).setResetTimeout(20)));
    publish(500);
    awaitParked();
    long start = System.nanoTime();
    int before = receiver.requests().size();
    await().until(() -> receiver.requests().size() >= before + 60);
    int probes = receiver.requests().size() - before;
    long millis = (System.nanoTime() - start) / 1_000_000;

    assertThat(probes).isLessThanOrEqualTo((int) (millis / 20) + 2);
    assertThat(state().failed()).isZero();
    receiver.usually(status(204));
    assertThat(awaitSettled(500).delivered()).isEqualTo(500);
  }

  @Test
  void aRevokedTokenCostsAFewDeadLettersAndParksTheStream() {
    receiver.usually(status(401));
    deploy(options().setMaxInFlight(1));

    publish(100);

    awaitState(state -> state.circuit().equals("open"));
    int before = receiver.requests().size();
    await().until(() -> receiver.requests().size() >= before + 3);
    WebhookClient.State state = state();
    assertThat(state.failed()).isEqualTo(5);
    assertThat(state.pending()).isEqualTo(95);

    receiver.usually(status(204));
    assertThat(awaitSettled(100).delivered()).isEqualTo(95);
  }

  @Test
  void anEventThatIsRefusedForItselfClosesTheCircuit() {
    receiver.then(status(503), status(503), status(503), status(503), status(503), status(400));
    deploy(options().setMaxInFlight(1).setMaxAttempts(9).setInitialBackoff(5));

    publish(3);

    WebhookClient.State state = awaitSettled(3);
    assertThat(state.failed()).isEqualTo(1);
    assertThat(state.delivered()).isEqualTo(2);
    assertThat(state.circuit()).isEqualTo("closed");
  }

  @Test
  void aProbeThatHangsIsCutAndTheNextOneGoesOut() {
    receiver.then(status(503), status(503), status(503), status(503), status(503), silence());
    deploy(
        options().setMaxInFlight(1).setMaxAttempts(9).setInitialBackoff(5).setAttemptTimeout(200));

    publish(3);

    assertThat(awaitSettled(3).delivered()).isEqualTo(3);
  }

  @Test
  void theStateNamesTheCircuitAndTheNextProbe() {
    receiver.usually(status(503));
    deploy(
        options()
            .setCircuitBreaker(new CircuitOptions().setMaxFailures(5).setResetTimeout(60_000)));

    publish(10);

    WebhookClient.State state = awaitState(s -> s.circuit().equals("open"));
    assertThat(state.json().getString("next_probe"))
        .isGreaterThan(state.json().getString("circuit_since"));
    assertThat(state.json().getString("last_error")).startsWith("503 from http://127.0.0.1:");
    assertThat(request("webhook.health", new JsonObject()).encode())
        .isEqualTo("{\"healthy\":false,\"reasons\":[\"circuit_open\"]}");
    assertThat(request("webhook.ready", new JsonObject()).encode())
        .isEqualTo("{\"ready\":true,\"reasons\":[]}");
  }

  @Test
  void aNewUrlHasACircuitOfItsOwn() {
    receiver.usually(status(503));
    ScriptedReceiver other = ScriptedReceiver.start(elsewhere);
    deploy(
        options()
            .setCircuitBreaker(new CircuitOptions().setMaxFailures(5).setResetTimeout(60_000)));
    publish(50);
    awaitState(state -> state.circuit().equals("open"));

    result(client.setUrl(other.url()));

    WebhookClient.State state = awaitSettled(50);
    assertThat(state.delivered()).isEqualTo(50);
    assertThat(state.circuit()).isEqualTo("closed");
    assertThat(other.requests()).hasSize(50);
  }

  @Test
  void undeployWhileOpenIsPromptAndLosesNothing() {
    receiver.usually(status(503));
    deploy(
        options()
            .setCircuitBreaker(new CircuitOptions().setMaxFailures(5).setResetTimeout(60_000))
            .setDrainTimeout(20_000)
            .setInitialBackoff(50));
    publish(50);
    awaitState(state -> state.circuit().equals("open"));

    long start = System.nanoTime();
    undeploy();
    assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(10_000);

    receiver.usually(status(204));
    deploy(options());
    assertThat(awaitSettled(50).delivered()).isEqualTo(50);
  }
}
