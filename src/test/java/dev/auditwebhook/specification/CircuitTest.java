package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.silence;
import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.circuit;
import static dev.auditwebhook.testing.Webhooks.ids;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** While the circuit is open events wait, and cost nothing. */
@EveryStore
class CircuitTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private WebhookOptions options() {
    return circuit(webhook.options(), 5, 100);
  }

  /** From here on all requests are probes: those from before the opening have been answered. */
  private void awaitParked() {
    webhook.awaitState(state -> state.circuit().equals("open") && state.inFlight() == 0);
  }

  @Test
  void anOutageParksEventsInsteadOfBurningTheirAttempts() {
    receiver.stop();
    webhook.deploy(circuit(options(), 5, 300).setInitialBackoff(1000));

    webhook.publish(400);
    webhook.awaitCircuit("open");
    webhook.awaitState(state -> state.retried() > 8);
    receiver.start();

    WebhookClient.State state = webhook.awaitSettled(400);
    assertThat(state.delivered()).isEqualTo(400);
    assertThat(state.dropped()).isZero();
    assertThat(state.circuit()).isEqualTo("closed");
  }

  @Test
  void aLongOutageCostsOneProbeAResetTimeoutAndNoDeadLetter() {
    receiver.usually(status(503));
    webhook.deploy(circuit(options(), 5, 20));
    webhook.publish(500);
    awaitParked();
    receiver.takeArrived();

    List<Received> probes = receiver.takeRequests(60);

    assertThat(probes.get(59).at() - probes.get(0).at()).isGreaterThanOrEqualTo(58 * 20);
    assertThat(webhook.state().failed()).isZero();
    receiver.usually(status(204));
    assertThat(webhook.awaitSettled(500).delivered()).isEqualTo(500);
  }

  @Test
  void whileOpenOnlyProbesGoOutOneAtATimeAndCostNoAttempt() {
    receiver.usually(status(503));
    webhook.deploy(options().setMaxInFlight(2).setMaxAttempts(2).setInitialBackoff(60_000));

    webhook.publish(20);
    awaitParked();
    int before = receiver.takeArrived().size();
    assertThat(before).isGreaterThanOrEqualTo(5);

    List<Received> probes = receiver.takeRequests(3);

    assertThat(probes.get(2).at() - probes.get(0).at()).isGreaterThanOrEqualTo(195);
    assertThat(probes)
        .extracting(Received::eventId)
        .as("each probe is the event that waited longest")
        .isEqualTo(ids(before + 1, before + 3));
    assertThat(webhook.state().failed()).isZero();
  }

  @Test
  void aProbeThatHangsIsCutAndTheNextOneGoesOut() {
    receiver.then(status(503), status(503), status(503), status(503), status(503), silence());
    webhook.deploy(
        options().setMaxInFlight(1).setMaxAttempts(9).setInitialBackoff(5).setAttemptTimeout(200));

    webhook.publish(3);

    assertThat(webhook.awaitSettled(3).delivered()).isEqualTo(3);
  }

  @Test
  void anEventThatIsRefusedForItselfClosesTheCircuit() {
    receiver.then(status(503), status(503), status(503), status(503), status(503), status(400));
    webhook.deploy(options().setMaxInFlight(1).setMaxAttempts(9).setInitialBackoff(5));

    webhook.publish(3);

    WebhookClient.State state = webhook.awaitSettled(3);
    assertThat(state.failed()).isEqualTo(1);
    assertThat(state.delivered()).isEqualTo(2);
    assertThat(state.circuit()).isEqualTo("closed");
  }

  @Test
  void theStateNamesTheCircuitAndTheNextProbe() {
    receiver.usually(status(503));
    webhook.deploy(circuit(options(), 5, 60_000));

    webhook.publish(10);

    WebhookClient.State state = webhook.awaitCircuit("open");
    assertThat(state.nextProbe()).isAfter(state.circuitSince());
    assertThat(state.lastError()).startsWith("503 from http://127.0.0.1:");
    assertThat(webhook.request("webhook.health", new JsonObject()).encode())
        .isEqualTo("{\"healthy\":false,\"reasons\":[\"circuit_open\"]}");
    assertThat(webhook.request("webhook.ready", new JsonObject()).encode())
        .isEqualTo("{\"ready\":true,\"reasons\":[]}");
  }

  @Test
  void aNewUrlHasACircuitOfItsOwn() {
    receiver.usually(status(503));
    ScriptedReceiver other = webhook.anotherReceiver();
    webhook.deploy(circuit(options(), 5, 60_000));
    webhook.publish(50);
    webhook.awaitCircuit("open");

    result(webhook.client().setUrl(other.url()));

    WebhookClient.State state = webhook.awaitSettled(50);
    assertThat(state.delivered()).isEqualTo(50);
    assertThat(state.circuit()).isEqualTo("closed");
    assertThat(other.requests()).hasSize(50);
  }

  @Test
  void undeployWhileOpenIsPromptAndLosesNothing() {
    receiver.usually(status(503));
    webhook.deploy(circuit(options(), 5, 60_000).setDrainTimeout(60_000).setInitialBackoff(50));
    webhook.publish(50);
    webhook.awaitCircuit("open");

    webhook.undeploy();

    receiver.usually(status(204));
    webhook.deploy(options());
    assertThat(webhook.awaitSettled(50).delivered()).isEqualTo(50);
  }
}
