package dev.auditwebhook.process;

import static dev.auditwebhook.testing.Effect.silence;
import static dev.auditwebhook.testing.Effect.status;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is lost with the memory store is said once. */
class EndOfProcessTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private final LogLines log = new LogLines("dev.auditwebhook.journal", Level.WARN);

  @AfterEach
  void stopListening() {
    log.close();
  }

  @Test
  void whatEndsWithTheMemoryStoreIsSaidOnce() {
    receiver.then(status(400)).usually(silence());
    webhook.deploy(webhook.options().setMaxInFlight(1));
    webhook.publish(3);
    webhook.awaitState(state -> state.failed() == 1 && state.inFlight() == 1);

    webhook.end();

    assertThat(log.all())
        .containsExactly(
            "WARN The memory store ends with the process, and with it 2 pending events and 1 dead letters");
  }

  @Test
  void alsoWhenTheWebhookWasUndeployedBefore() {
    receiver.then(status(400));
    webhook.deploy();
    webhook.publish(1);
    webhook.awaitSettled(1);
    webhook.undeploy();
    assertThat(log.all()).isEmpty();

    webhook.end();

    assertThat(log.all()).hasSize(1);
  }

  @Test
  void andNothingIsSaidWhenNothingIsLeft() {
    webhook.deploy();
    webhook.publish(1);
    webhook.awaitSettled(1);

    webhook.end();

    assertThat(log.all()).isEmpty();
  }
}
