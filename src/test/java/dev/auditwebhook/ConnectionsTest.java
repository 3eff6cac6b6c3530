package dev.auditwebhook;

import static dev.auditwebhook.testing.ScriptedReceiver.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.testing.RawReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookTest;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void aConnectionThatWasIdleForLongIsClosed() {
    RawReceiver raw = RawReceiver.start(elsewhere, request -> RawReceiver.NO_CONTENT);
    deploy(options().setUrl(raw.url()).setClient(new JsonObject().put("keepAliveTimeout", 1)));
    publish(1);
    awaitSettled(1);

    await().until(() -> raw.openConnections() == 0);
    publish(1);

    awaitSettled(2);
    assertThat(raw.connections()).isEqualTo(2);
    assertThat(state().json().getLong("retried")).isZero();
  }

  @Test
  void manyConnectionsThatWereClosedCostNobodyAnAttempt() {
    Set<Integer> dead = ConcurrentHashMap.newKeySet();
    RawReceiver raw =
        RawReceiver.start(
            elsewhere,
            request -> {
              if (request.nth() > 1 && dead.add(request.connection())) {
                request.socket().close();
                return null;
              }
              elsewhere.setTimer(20, id -> request.socket().write(RawReceiver.NO_CONTENT));
              return null;
            });
    deploy(options().setUrl(raw.url()).setMaxAttempts(1));
    publish(10);
    awaitSettled(10);

    publish(10);

    assertThat(awaitSettled(20).delivered()).isEqualTo(20);
    assertThat(dead).as("closed as they got their second request").hasSize(10);
    assertThat(state().json().getLong("retried")).isEqualTo(10);
  }

  /** It may have taken the event: that is an attempt, and the next one comes after its backoff. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 103 Early Hints\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 O",
        "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n"
      })
  void aConnectionThatWasClosedAfterBytesOfAnAnswerCostsAnAttempt(String bytes) {
    RawReceiver raw =
        RawReceiver.start(
            elsewhere,
            request -> {
              if (request.nth() == 1) {
                return RawReceiver.NO_CONTENT;
              }
              request.socket().write(bytes).onComplete(sent -> request.socket().close());
              return null;
            });
    deploy(options().setUrl(raw.url()).setMaxInFlight(1).setMaxAttempts(1));
    publish(1);
    awaitSettled(1);

    publish(1);

    assertThat(awaitSettled(2).failed()).isEqualTo(1);
    assertThat(raw.requests()).hasSize(2);
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
