package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.silence;
import static dev.auditwebhook.testing.Effect.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookClient.DeadLetter;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** From an entry on the bus to its end at the receiver. */
@EveryStore
class DeliveryTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  @Nested
  class Entries {

    @Test
    void anEntryArrivesOnceWithItsDetailsAndTheKeysInOrder() {
      webhook.deploy();
      JsonObject details =
          new JsonObject()
              .put("nothing", null)
              .put("unicode", "ключ \u0000 \uD83D\uDD11")
              .put("big", new BigInteger("123456789012345678901234567890"))
              .put(
                  "nested",
                  new JsonArray().add(new JsonObject().put("deep", new JsonArray().add(1.5))));

      JsonObject reply =
          webhook.request(
              "audit.entry",
              new JsonObject()
                  .put("details", details)
                  .put("timestamp", "2026-01-01T00:00:00.123456+02:00")
                  .put("action", "node.registered")
                  .put("unknown", true));

      assertThat(reply)
          .isEqualTo(
              new JsonObject("{\"type\":\"audit_entry_ok\",\"event_id\":1,\"status\":\"queued\"}"));
      webhook.awaitSettled(1);
      Received received = receiver.takeRequest();
      assertThat(received.method()).isEqualTo("POST");
      assertThat(received.headers().get("content-type")).isEqualTo("application/json");
      assertThat(received.messageId()).matches("msg_[0-9a-f]{32}_1");
      assertThat(received.body().toString())
          .startsWith(
              "{\"event_id\":1,\"action\":\"node.registered\",\"timestamp\":\"2026-01-01T00:00:00.123456+02:00\",\"details\":{\"nothing\":null,");
      assertThat(received.json().getJsonObject("details").encode()).isEqualTo(details.encode());
      assertThat(receiver.requests()).hasSize(1);
    }

    @Test
    void aPlainStringIsKeptAsDetailsAndEmptyDetailsAreLeftOut() {
      webhook.deploy();

      webhook.publish("a", "plain text");
      webhook.publish("b", new JsonObject());
      webhook.publish("c", null);
      webhook.publish("d", new JsonArray());
      webhook.awaitSettled(4);

      assertThat(bodyOf(1).getValue("details")).isEqualTo("plain text");
      assertThat(bodyOf(2).fieldNames()).containsExactly("event_id", "action", "timestamp");
      assertThat(bodyOf(3).fieldNames()).containsExactly("event_id", "action", "timestamp");
      assertThat(bodyOf(4).getValue("details")).isEqualTo(new JsonArray());
    }

    private JsonObject bodyOf(long eventId) {
      return receiver.requests().stream()
          .map(Received::json)
          .filter(json -> json.getLong("event_id") == eventId)
          .findFirst()
          .orElseThrow();
    }

    @Test
    void onlyTheWantedActionsAreDelivered() {
      webhook.deploy(webhook.options().setActions(List.of("user.*", "node.registered")));

      webhook.publish("user.login", null);
      webhook.publish("user", null);
      webhook.publish("node.registered", null);
      webhook.publish("node.registered.again", null);

      WebhookClient.State state = webhook.awaitSettled(4);
      assertThat(state.discarded()).isEqualTo(2);
      assertThat(receiver.eventIds()).containsExactlyInAnyOrder(1L, 2L);
    }
  }

  @Nested
  class Queue {

    @Test
    void aSlowAnswerHoldsUpNoOtherEvent() {
      Promise<Void> others = Promise.promise();
      receiver.usually(
          request ->
              request.eventId() == 1 ? status(204).heldBackUntil(others.future()) : status(204));
      webhook.deploy();

      webhook.publish(101);

      webhook.awaitState(state -> state.delivered() == 100);
      others.complete();
      webhook.awaitSettled(101);
    }

    @Test
    void aFullQueueRefusesTheNewestAndSaysSo() {
      receiver.usually(silence());
      webhook.deploy(webhook.options().setQueueCapacity(5).setMaxInFlight(2));

      webhook.publish(5);
      JsonObject reply =
          webhook.request("audit.entry", new JsonObject().put("action", "one.too.many"));

      assertThat(reply.getString("status")).isEqualTo("dropped");
      assertThat(reply.getLong("event_id")).isEqualTo(6);
      WebhookClient.State state = webhook.state();
      assertThat(state.dropped()).isEqualTo(1);
      assertThat(state.pending()).isEqualTo(5);
      assertThat(state.inFlight()).isEqualTo(2);
    }

    @Test
    void strictOrderIsKeptByOneInFlightThroughRetries() {
      receiver.then(status(503), status(204), status(503), status(503));
      webhook.deploy(webhook.options().setMaxInFlight(1));

      webhook.publish(5);
      webhook.awaitSettled(5);

      assertThat(receiver.eventIds()).containsExactly(1L, 1L, 2L, 2L, 2L, 3L, 4L, 5L);
    }
  }

  @Nested
  class Attempts {

    @Test
    void twoFailuresAndASuccessAreDeliveredAtTheThirdAttempt() {
      receiver.then(status(503), status(503));
      webhook.deploy();

      webhook.publish(1);

      WebhookClient.State state = webhook.awaitSettled(1);
      assertThat(state.delivered()).isEqualTo(1);
      assertThat(state.retried()).isEqualTo(2);
      Received first = receiver.takeRequest();
      Received second = receiver.takeRequest();
      Received third = receiver.takeRequest();
      assertThat(List.of(second, third))
          .extracting(Received::messageId)
          .containsOnly(first.messageId());
    }

    @Test
    void threeFailuresAreADeadLetter() {
      receiver.usually(status(503, Map.of(), "down for the night"));
      webhook.deploy();

      webhook.publish("user.login", new JsonObject().put("password", "hunter2").put("user", "ann"));
      webhook.awaitSettled(1);

      DeadLetter letter = webhook.deadLetters().get(0);
      assertThat(letter.attempts()).isEqualTo(3);
      assertThat(letter.status()).isEqualTo(503);
      assertThat(letter.error()).startsWith("503 from http://127.0.0.1:");
      assertThat(letter.response()).isEqualTo("down for the night");
      assertThat(letter.details())
          .isEqualTo(new JsonObject().put("password", "<redacted>").put("user", "ann"));
      assertThat(receiver.requests()).hasSize(3);
      assertThat(receiver.takeRequest().json().getJsonObject("details").getString("password"))
          .isEqualTo("hunter2");
    }

    @Test
    void retryAfterIsHonoured() {
      receiver.then(status(429, Map.of("retry-after", "3600"), ""));
      webhook.deploy(webhook.options().setInitialBackoff(1));

      for (int event = 1; event <= 100; event++) {
        webhook.publish(1);
        assertThat(receiver.takeRequest().eventId()).isEqualTo(event);
      }

      WebhookClient.State state = webhook.awaitState(each -> each.delivered() == 99);
      assertThat(state.pending()).as("the first one still waits").isEqualTo(1);
    }

    @Test
    void aRedirectIsNoDeliveryAndIsNotFollowed() {
      receiver.then(status(303, Map.of("location", receiver.url("/other")), ""));
      webhook.deploy();

      webhook.publish(1);

      assertThat(webhook.awaitSettled(1).failed()).isEqualTo(1);
      assertThat(receiver.requests()).hasSize(1);
    }

    @Test
    void aLongAnswerIsReadNoFurtherThanItsLimitAndTheStatusDecides() {
      receiver.then(status(200, Map.of(), "x".repeat(4 << 20)));
      webhook.deploy();

      webhook.publish(2);

      assertThat(webhook.awaitSettled(2).delivered()).isEqualTo(2);
      assertThat(receiver.requests()).hasSize(2);
    }

    @Test
    void attemptsArePublished() {
      receiver.then(status(503), status(204));
      List<JsonObject> attempts = webhook.attempts();
      webhook.deploy();

      webhook.publish(1);
      webhook.awaitSettled(1);

      await().until(() -> attempts.size() == 2);
      assertThat(attempts.get(0).fieldNames())
          .containsExactly(
              "endpoint",
              "event_id",
              "action",
              "attempt",
              "outcome",
              "status",
              "latency_ms",
              "error");
      assertThat(attempts.get(0).getString("endpoint")).isEqualTo("default");
      assertThat(attempts.stream().map(a -> a.getString("outcome")))
          .containsExactly("retry", "delivered");
      assertThat(attempts.get(1).getInteger("attempt")).isEqualTo(2);
    }
  }
}
