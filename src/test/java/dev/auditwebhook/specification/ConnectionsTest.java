package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.close;
import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.RawEffect.bytesAndClose;
import static dev.auditwebhook.testing.RawEffect.noContent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.RawEffect;
import dev.auditwebhook.testing.RawReceiver;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How connections are kept from one event to the next, and what comes of those that fail. */
@EveryStore
class ConnectionsTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  @Nested
  class Kept {

    @Test
    void eventsOneAfterAnotherShareAConnection() {
      webhook.deploy();
      for (int i = 1; i <= 5; i++) {
        webhook.publish(1);
        webhook.awaitSettled(i);
      }
      assertThat(receiver.requests())
          .extracting(Received::clientPort)
          .containsOnly(receiver.requests().get(0).clientPort());
    }

    @Test
    void anAnswerThatClosesItsConnectionCostsNoRetry() {
      receiver.usually(status(200, Map.of("connection", "close"), "ok"));
      webhook.deploy(webhook.options().setMaxInFlight(2));

      webhook.publish(20);

      WebhookClient.State state = webhook.awaitSettled(20);
      assertThat(state.delivered()).isEqualTo(20);
      assertThat(state.retried()).isZero();
      assertThat(receiver.requests()).hasSize(20);
    }

    @Test
    void aConnectionThatWasIdleForLongIsClosed() {
      RawReceiver raw = webhook.rawReceiver(request -> noContent());
      webhook.deploy(
          webhook
              .options()
              .setUrl(raw.url())
              .setClient(new JsonObject().put("keepAliveTimeout", 1)));
      webhook.publish(1);
      webhook.awaitSettled(1);

      await().until(() -> raw.openConnections() == 0);
      webhook.publish(1);

      webhook.awaitSettled(2);
      assertThat(raw.connections()).isEqualTo(2);
      assertThat(webhook.state().retried()).isZero();
    }
  }

  @Nested
  class Closed {

    @Test
    void aReusedConnectionThatWasClosedCostsAQuickSecondRequestAndNoAttempt() {
      receiver.then(status(204), close());
      webhook.deploy(webhook.options().setMaxAttempts(1).setMaxInFlight(1));

      webhook.publish(2);

      WebhookClient.State state = webhook.awaitSettled(2);
      assertThat(state.delivered()).isEqualTo(2);
      assertThat(state.retried()).isEqualTo(1);
      assertThat(receiver.eventIds()).containsExactly(1L, 2L, 2L);
    }

    @Test
    void manyConnectionsThatWereClosedCostNobodyAnAttempt() {
      Set<Integer> dead = ConcurrentHashMap.newKeySet();
      RawReceiver raw =
          webhook.rawReceiver(
              request ->
                  request.nth() > 1 && dead.add(request.connection())
                      ? RawEffect.close()
                      : noContent().after(20));
      webhook.deploy(webhook.options().setUrl(raw.url()).setMaxAttempts(1));
      webhook.publish(10);
      webhook.awaitSettled(10);

      webhook.publish(10);

      assertThat(webhook.awaitSettled(20).delivered()).isEqualTo(20);
      assertThat(dead).as("closed as they got their second request").hasSize(10);
      assertThat(webhook.state().retried()).isEqualTo(10);
    }

    /**
     * It may have taken the event: that is an attempt, and the next one comes after its backoff.
     */
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
          webhook.rawReceiver(request -> request.nth() == 1 ? noContent() : bytesAndClose(bytes));
      webhook.deploy(webhook.options().setUrl(raw.url()).setMaxInFlight(1).setMaxAttempts(1));
      webhook.publish(1);
      webhook.awaitSettled(1);

      webhook.publish(1);

      assertThat(webhook.awaitSettled(2).failed()).isEqualTo(1);
      assertThat(raw.requests()).hasSize(2);
    }

    @Test
    void aNewConnectionThatIsClosedIsAFailedAttempt() {
      receiver.then(close());
      webhook.deploy(webhook.options().setMaxAttempts(1));

      webhook.publish(1);

      assertThat(webhook.awaitSettled(1).failed()).isEqualTo(1);
      assertThat(webhook.deadLetters().get(0).error())
          .startsWith("connection closed from http://127.0.0.1:");
    }

    @Test
    void anEventIsDeliveredAfterTwoConnectionsThatWereClosed() {
      receiver.then(close(), close());
      webhook.deploy();

      webhook.publish(1);

      assertThat(webhook.awaitSettled(1).delivered()).isEqualTo(1);
      assertThat(receiver.requests()).hasSize(3);
    }
  }

  /** Receivers that speak something else, or HTTP that is not to be believed. */
  @Nested
  class NotHttp {

    private void deployAgainst(String answer) {
      RawReceiver raw = webhook.rawReceiver(request -> bytesAndClose(answer));
      webhook.deploy(webhook.options().setUrl(raw.url()));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"SSH-2.0-OpenSSH_9.2\r\n", "\r\n\r\nhello\r\n", "HTTP/1.1 two hundred\r\n\r\n"})
    void anAnswerThatIsNotHttpIsARetryThatSaysSo(String answer) {
      deployAgainst(answer);

      webhook.publish(1);

      assertThat(webhook.awaitSettled(1).failed()).isEqualTo(1);
      WebhookClient.DeadLetter letter = webhook.deadLetters().get(0);
      assertThat(letter.attempts()).isEqualTo(3);
      assertThat(letter.error()).startsWith("the answer is not HTTP from http://127.0.0.1:");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
          "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
        })
    void anInterimAnswerIsFollowedByTheFinalOne(String answer) {
      deployAgainst(answer);

      webhook.publish(1);

      assertThat(webhook.awaitSettled(1).delivered()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
          "HTTP/1.1 304 Not Modified\r\n\r\n"
        })
    void aFinalAnswerThatIsNoSuccessIsNotTakenForOne(String answer) {
      deployAgainst(answer);

      webhook.publish(1);

      assertThat(webhook.awaitSettled(1).failed()).isEqualTo(1);
    }
  }
}
