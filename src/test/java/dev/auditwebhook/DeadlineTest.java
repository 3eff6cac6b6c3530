package dev.auditwebhook;

import static dev.auditwebhook.testing.ScriptedReceiver.Answer.silence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookTest;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Each attempt ends at its own deadline, whatever else ends or begins just then. */
class DeadlineTest extends WebhookTest {

  @Test
  void attemptsThatHangAtAFormerUrlDoNotPutOffTheDeadlinesOfOthers() {
    List<JsonObject> attempts = new CopyOnWriteArrayList<>();
    vertx
        .eventBus()
        .<JsonObject>consumer("webhook.attempts", message -> attempts.add(message.body()));
    receiver.usually(silence());
    ScriptedReceiver other = ScriptedReceiver.start(elsewhere);
    other.usually(silence());
    deploy(options().setMaxInFlight(8).setAttemptTimeout(600).setMaxAttempts(3));
    for (int i = 1; i <= 4; i++) {
      int sent = i;
      publish(1);
      await().until(() -> receiver.requests().size() >= sent);
    }

    result(client.setUrl(other.url()));
    publish(12);
    await().until(() -> attempts.size() >= 24);

    assertThat(attempts)
        .allSatisfy(
            attempt -> {
              assertThat(attempt.getString("error")).isEqualTo("timeout after 600 ms");
              assertThat(attempt.getLong("latency_ms")).isBetween(598L, 1_000L);
            });
    other.usually(ScriptedReceiver.Answer.status(204));
    awaitState(state -> state.pending() == 0);
  }
}
