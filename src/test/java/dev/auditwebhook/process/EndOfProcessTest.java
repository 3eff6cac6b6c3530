package dev.auditwebhook.process;

import static dev.auditwebhook.testing.Effect.silence;
import static dev.auditwebhook.testing.Effect.status;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

class EndOfProcessTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("dev.auditwebhook.store");

  @BeforeEach
  void listen() {
    lines.start();
    logger.setLevel(Level.WARN);
    logger.setAdditive(false);
    logger.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
    logger.setAdditive(true);
    logger.setLevel(null);
  }

  @Test
  void whatEndsWithTheMemoryStoreIsSaidOnce() {
    receiver.then(status(400)).usually(silence());
    webhook.deploy(webhook.options().setMaxInFlight(1));
    webhook.publish(3);
    webhook.awaitState(state -> state.failed() == 1 && state.inFlight() == 1);

    webhook.end();

    assertThat(lines.list.stream().map(ILoggingEvent::getFormattedMessage))
        .containsExactly(
            "The memory store ends with the process, and with it 2 pending events and 1 dead letters");
  }

  @Test
  void alsoWhenTheWebhookWasUndeployedBefore() {
    receiver.then(status(400));
    webhook.deploy(webhook.options());
    webhook.publish(1);
    webhook.awaitSettled(1);
    webhook.undeploy();
    assertThat(lines.list).isEmpty();

    webhook.end();

    assertThat(lines.list).hasSize(1);
  }

  @Test
  void andNothingIsSaidWhenNothingIsLeft() {
    webhook.deploy(webhook.options());
    webhook.publish(1);
    webhook.awaitSettled(1);

    webhook.end();

    assertThat(lines.list).isEmpty();
  }
}
