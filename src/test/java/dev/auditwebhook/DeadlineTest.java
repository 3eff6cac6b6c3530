package dev.auditwebhook;

import static dev.auditwebhook.testing.ScriptedReceiver.Answer.silence;
import static dev.auditwebhook.testing.ScriptedReceiver.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookTest;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Each attempt ends at its own deadline, whatever else ends or begins just then. */
class DeadlineTest extends WebhookTest {

  private static final int TIMEOUT = 1_000;

  @Test
  void anAttemptThatBeginsAsAnotherEndsDoesNotPutOffTheDeadlinesOfOthers() {
    List<JsonObject> attempts = new CopyOnWriteArrayList<>();
    AtomicInteger endedInTime = new AtomicInteger();
    vertx
        .eventBus()
        .<JsonObject>consumer(
            "webhook.attempts",
            message -> {
              attempts.add(message.body());
              if (attempts.size() == 1) {
                vertx.setTimer(TIMEOUT / 2, id -> endedInTime.set(attempts.size()));
              }
            });
    receiver.usually(silence());
    ScriptedReceiver other = ScriptedReceiver.start(elsewhere);
    other.usually(silence());
    deploy(options().setMaxInFlight(16).setAttemptTimeout(TIMEOUT));
    publish(5);
    await().until(() -> receiver.requests().size() == 5);

    result(client.setUrl(other.url()));
    await().until(() -> endedInTime.get() > 0);

    assertThat(endedInTime.get())
        .as("all began together; each that ended began the next one")
        .isEqualTo(5);
    other.usually(status(204));
    awaitSettled(5);
  }
}
