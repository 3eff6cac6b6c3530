package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.drip;
import static dev.auditwebhook.testing.Effect.silence;
import static dev.auditwebhook.testing.Effect.stall;
import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.WebhookClient.DeadLetter;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each attempt ends at its own deadline, whatever else ends or begins just then. */
@EveryStore
class DeadlinesTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private static final int TIMEOUT = 1_000;

  @Test
  void everyAnswerThatNeverEndsIsCutAtTheDeadline() {
    receiver.then(silence(), stall(200), drip(200, 10));
    webhook.deploy(webhook.options().setAttemptTimeout(150));

    webhook.publish(1);
    webhook.awaitSettled(1);

    DeadLetter letter = webhook.deadLetters().get(0);
    assertThat(letter.error()).startsWith("timeout after 150 ms from http://127.0.0.1:");
    assertThat(letter.attempts()).isEqualTo(3);
  }

  @Test
  void anAttemptThatBeginsAsAnotherEndsDoesNotPutOffTheDeadlinesOfOthers() {
    List<JsonObject> attempts = new CopyOnWriteArrayList<>();
    AtomicInteger endedInTime = new AtomicInteger();
    webhook
        .vertx()
        .eventBus()
        .<JsonObject>consumer(
            "webhook.attempts",
            message -> {
              attempts.add(message.body());
              if (attempts.size() == 1) {
                webhook.vertx().setTimer(TIMEOUT / 2, id -> endedInTime.set(attempts.size()));
              }
            });
    receiver.usually(silence());
    ScriptedReceiver other = webhook.anotherReceiver();
    other.usually(silence());
    webhook.deploy(webhook.options().setMaxInFlight(16).setAttemptTimeout(TIMEOUT));
    webhook.publish(5);
    receiver.takeRequests(5);

    result(webhook.client().setUrl(other.url()));
    await().until(() -> endedInTime.get() > 0);

    assertThat(endedInTime.get())
        .as("all began together; each that ended began the next one")
        .isEqualTo(5);
    other.usually(status(204));
    webhook.awaitSettled(5);
  }
}
