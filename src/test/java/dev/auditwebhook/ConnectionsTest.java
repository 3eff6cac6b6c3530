package dev.auditwebhook;

import static dev.auditwebhook.testing.ScriptedReceiver.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookTest;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How connections are kept from one event to the next. */
class ConnectionsTest extends WebhookTest {

  @Test
  void anAnswerThatClosesItsConnectionCostsNoRetry() {
    receiver.usually(status(200, Map.of("connection", "close"), "ok"));
    deploy(options().setMaxInFlight(2));

    publish(20);

    WebhookClient.State state = awaitSettled(20);
    assertThat(state.delivered()).isEqualTo(20);
    assertThat(state.json().getLong("retried")).isZero();
    assertThat(receiver.requests()).hasSize(20);
  }

  @Test
  void aConnectionThatWasIdleForLongIsNotUsedAgain() {
    deploy(options().setClient(new JsonObject().put("keepAliveTimeout", 1)));
    publish(1);
    awaitSettled(1);
    long first = System.nanoTime();
    await().until(() -> System.nanoTime() - first > 1_100_000_000L);

    publish(1);
    awaitSettled(2);

    assertThat(receiver.requests().get(1).clientPort())
        .isNotEqualTo(receiver.requests().get(0).clientPort());
    assertThat(state().json().getLong("retried")).isZero();
  }

  @Test
  void eventsOneAfterAnotherShareAConnection() {
    deploy(options());
    for (int i = 1; i <= 5; i++) {
      publish(1);
      awaitSettled(i);
    }
    assertThat(receiver.requests())
        .extracting(Received::clientPort)
        .containsOnly(receiver.requests().get(0).clientPort());
  }
}
