package dev.auditwebhook;

import static dev.auditwebhook.testing.ScriptedReceiver.Answer.silence;
import static dev.auditwebhook.testing.ScriptedReceiver.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.auditwebhook.testing.WebhookTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class EndOfProcessTest extends WebhookTest {

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("dev.auditwebhook.journal");

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
    deploy(options().setMaxInFlight(1));
    publish(3);
    awaitState(state -> state.failed() == 1 && state.json().getInteger("in_flight") == 1);

    deployment = null;
    result(vertx.close());

    assertThat(lines.list.stream().map(ILoggingEvent::getFormattedMessage))
        .containsExactly(
            "The memory store ends with the process, and with it 2 pending events and 1 dead letters");
  }

  @Test
  void alsoWhenTheWebhookWasUndeployedBefore() {
    receiver.then(status(400));
    deploy(options());
    publish(1);
    awaitSettled(1);
    undeploy();
    assertThat(lines.list).isEmpty();

    result(vertx.close());

    assertThat(lines.list).hasSize(1);
  }

  @Test
  void andNothingIsSaidWhenNothingIsLeft() {
    deploy(options());
    publish(1);
    awaitSettled(1);

    deployment = null;
    result(vertx.close());

    assertThat(lines.list).isEmpty();
  }
}
