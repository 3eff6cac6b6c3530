package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.silence;
import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.circuit;
import static dev.auditwebhook.testing.Webhooks.ids;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Without a URL entries are discarded, and what is pending waits for the next one. */
@EveryStore
class DisableTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  @Test
  void withoutAUrlEntriesAreDiscardedAndTakeNoId() {
    webhook.deploy(webhook.options().setUrl(""));

    JsonObject reply = webhook.request("audit.entry", new JsonObject().put("action", "a"));

    assertThat(reply.encode()).isEqualTo("{\"type\":\"audit_entry_ok\",\"status\":\"discarded\"}");
    result(webhook.client().setUrl(receiver.url()));
    webhook.publish(1);
    webhook.awaitSettled(2);
    assertThat(receiver.eventIds()).containsExactly(1L);
  }

  @Test
  void disableAnswersAtOnceAndLetsQueuedEventsGoOut() {
    Promise<Void> disabled = Promise.promise();
    receiver.usually(status(204).heldBackUntil(disabled.future()));
    webhook.deploy(webhook.options().setMaxInFlight(10).setDrainTimeout(5000));
    webhook.publish(50);
    webhook.awaitState(state -> state.received() == 50);

    assertThat(result(webhook.client().disable())).isEqualTo(WebhookClient.Status.DISABLED);

    assertThat(webhook.state().delivered()).as("nothing is answered before").isZero();
    disabled.complete();
    webhook.publish(1);
    WebhookClient.State state = webhook.awaitSettled(51);
    assertThat(state.delivered()).isEqualTo(50);
    assertThat(state.discarded()).isEqualTo(1);
    assertThat(state.enabled()).isFalse();
  }

  @Test
  void whatADisableLeavesBehindGoesToTheNextUrlOnce() {
    receiver.stop();
    ScriptedReceiver other = webhook.anotherReceiver();
    webhook.deploy(circuit(webhook.options(), 10, 100).setInitialBackoff(1000));
    webhook.publish(500);
    webhook.awaitState(state -> state.received() == 500 && state.circuit().equals("open"));

    result(webhook.client().disable());
    result(webhook.client().setUrl(other.url()));

    assertThat(webhook.awaitSettled(500).delivered()).isEqualTo(500);
    assertThat(other.eventIds()).containsExactlyInAnyOrderElementsOf(ids(1, 500));
  }

  @Test
  void aDisableThatHasDrainedKeepsTheRestUntilAUrlIsSet() {
    receiver.usually(silence());
    ScriptedReceiver other = webhook.anotherReceiver();
    webhook.deploy(webhook.options().setMaxInFlight(5).setDrainTimeout(50).setAttemptTimeout(300));
    webhook.publish(20);
    webhook.awaitState(state -> state.received() == 20);

    result(webhook.client().disable());
    webhook.awaitState(state -> state.inFlight() == 0);
    assertThat(webhook.state().pending()).isEqualTo(20);

    result(webhook.client().setUrl(other.url()));
    assertThat(webhook.awaitSettled(20).delivered()).isEqualTo(20);
    assertThat(other.requests()).hasSize(20);
  }

  @Test
  void aDisableHoldsOverARedeploy() {
    webhook.deploy();
    result(webhook.client().disable());
    webhook.undeploy();

    webhook.deploy();

    assertThat(webhook.state().enabled()).isFalse();
  }
}
