package dev.auditwebhook;

import static dev.auditwebhook.testing.ScriptedReceiver.Answer.close;
import static dev.auditwebhook.testing.ScriptedReceiver.Answer.drip;
import static dev.auditwebhook.testing.ScriptedReceiver.Answer.silence;
import static dev.auditwebhook.testing.ScriptedReceiver.Answer.stall;
import static dev.auditwebhook.testing.ScriptedReceiver.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.WebhookClient.DeadLetter;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookTest;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DeliveryTest extends WebhookTest {

  @Test
  void anEntryArrivesOnceWithItsDetailsAndTheKeysInOrder() {
    deploy(options());
    JsonObject details =
        new JsonObject()
            .put("nothing", null)
            .put("unicode", "ключ \u0000 \uD83D\uDD11")
            .put("big", new BigInteger("123456789012345678901234567890"))
            .put(
                "nested",
                new JsonArray().add(new JsonObject().put("deep", new JsonArray().add(1.5))));

    JsonObject reply =
        request(
            "audit.entry",
            new JsonObject()
                .put("details", details)
                .put("timestamp", "2026-01-01T00:00:00.123456+02:00")
                .put("action", "node.registered")
                .put("unknown", true));

    assertThat(reply)
        .isEqualTo(
            new JsonObject("{\"type\":\"audit_entry_ok\",\"event_id\":1,\"status\":\"queued\"}"));
    awaitSettled(1);
    Received received = receiver.requests().get(0);
    assertThat(received.method()).isEqualTo("POST");
    assertThat(received.headers().get("content-type")).isEqualTo("application/json");
    assertThat(received.headers().get("webhook-id")).matches("msg_[0-9a-f]{32}_1");
    assertThat(received.body().toString())
        .startsWith(
            "{\"event_id\":1,\"action\":\"node.registered\",\"timestamp\":\"2026-01-01T00:00:00.123456+02:00\",\"details\":{\"nothing\":null,");
    assertThat(received.json().getJsonObject("details").encode()).isEqualTo(details.encode());
    assertThat(receiver.requests()).hasSize(1);
  }

  @Test
  void aPlainStringIsKeptAsDetailsAndEmptyDetailsAreLeftOut() {
    deploy(options());

    publish("a", "plain text");
    publish("b", new JsonObject());
    publish("c", null);
    publish("d", new JsonArray());
    awaitSettled(4);

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
  void twoFailuresAndASuccessAreDeliveredAtTheThirdAttemptAfterDoublingWaits() {
    receiver.then(status(503), status(503));
    deploy(options().setInitialBackoff(200));

    publish(1);

    WebhookClient.State state = awaitSettled(1);
    assertThat(state.delivered()).isEqualTo(1);
    assertThat(state.json().getInteger("retried")).isEqualTo(2);
    List<Received> requests = receiver.requests();
    assertThat(requests.get(1).at() - requests.get(0).at()).isBetween(195L, 2_000L);
    assertThat(requests.get(2).at() - requests.get(1).at()).isBetween(395L, 2_000L);
    assertThat(requests.stream().map(request -> request.headers().get("webhook-id")).distinct())
        .hasSize(1);
  }

  @Test
  void threeFailuresAreADeadLetter() {
    receiver.usually(status(503, Map.of(), "down for the night"));
    deploy(options());

    publish("user.login", new JsonObject().put("password", "hunter2").put("user", "ann"));
    awaitSettled(1);

    DeadLetter letter = result(client.deadLetters(10, 0)).get(0);
    assertThat(letter.attempts()).isEqualTo(3);
    assertThat(letter.status()).isEqualTo(503);
    assertThat(letter.error()).startsWith("503 from http://127.0.0.1:");
    assertThat(letter.response()).isEqualTo("down for the night");
    assertThat(letter.details())
        .isEqualTo(new JsonObject().put("password", "<redacted>").put("user", "ann"));
    assertThat(receiver.requests()).hasSize(3);
    assertThat(receiver.requests().get(0).json().getJsonObject("details").getString("password"))
        .isEqualTo("hunter2");
  }

  @Test
  void theDeadLetterQueueKeepsTheNewestInOrderAndCountsTheEvicted() {
    receiver.usually(status(400));
    deploy(options());

    publish(130);
    WebhookClient.State state = awaitSettled(130);

    assertThat(state.failed()).isEqualTo(130);
    assertThat(state.json().getInteger("dlq_size")).isEqualTo(100);
    assertThat(state.json().getInteger("dlq_evicted")).isEqualTo(30);
    assertThat(result(client.deadLetters(1000, 0)).stream().map(DeadLetter::eventId))
        .containsExactlyElementsOf(LongStream.rangeClosed(31, 130).boxed().toList());
    assertThat(result(client.deadLetters(2, 99)).stream().map(DeadLetter::eventId))
        .containsExactly(100L, 101L);
  }

  @Test
  void aSlowAnswerHoldsUpNoOtherEvent() {
    Promise<Void> others = Promise.promise();
    receiver.usually(
        request -> request.eventId() == 1 ? status(204).once(others.future()) : status(204));
    deploy(options());

    publish(101);

    awaitState(state -> state.delivered() == 100);
    others.complete();
    awaitSettled(101);
  }

  @Test
  void aFullQueueRefusesTheNewestAndSaysSo() {
    receiver.usually(silence());
    deploy(options().setQueueCapacity(5).setMaxInFlight(2));

    publish(5);
    JsonObject reply = request("audit.entry", new JsonObject().put("action", "one.too.many"));

    assertThat(reply.getString("status")).isEqualTo("dropped");
    assertThat(reply.getLong("event_id")).isEqualTo(6);
    WebhookClient.State state = state();
    assertThat(state.dropped()).isEqualTo(1);
    assertThat(state.pending()).isEqualTo(5);
    assertThat(state.json().getInteger("in_flight")).isEqualTo(2);
  }

  @Test
  void strictOrderIsKeptByOneInFlightThroughRetries() {
    receiver.then(status(503), status(204), status(503), status(503));
    deploy(options().setMaxInFlight(1));

    publish(5);
    awaitSettled(5);

    assertThat(receiver.eventIds()).containsExactly(1L, 1L, 2L, 2L, 2L, 3L, 4L, 5L);
  }

  @Test
  void everyAnswerThatNeverEndsIsCutAtTheDeadline() {
    receiver.then(silence(), stall(200), drip(200, 10));
    deploy(options().setAttemptTimeout(150));
    long start = System.nanoTime();

    publish(1);
    awaitSettled(1);

    assertThat((System.nanoTime() - start) / 1_000_000).isBetween(450L, 10_000L);
    DeadLetter letter = result(client.deadLetters(1, 0)).get(0);
    assertThat(letter.error()).startsWith("timeout after 150 ms from http://127.0.0.1:");
    assertThat(letter.attempts()).isEqualTo(3);
  }

  @Test
  void aLongAnswerIsReadNoFurtherThanItsLimitAndTheStatusDecides() {
    receiver.then(status(200, Map.of(), "x".repeat(4 << 20)));
    deploy(options());

    publish(2);

    assertThat(awaitSettled(2).delivered()).isEqualTo(2);
    assertThat(receiver.requests()).hasSize(2);
  }

  @Test
  void aRedirectIsNoDeliveryAndIsNotFollowed() {
    receiver.then(status(303, Map.of("location", receiver.url("/other")), ""));
    deploy(options());

    publish(1);

    assertThat(awaitSettled(1).failed()).isEqualTo(1);
    assertThat(receiver.requests()).hasSize(1);
  }

  @Test
  void retryAfterIsHonoured() {
    receiver.then(status(429, Map.of("retry-after", "1"), ""));
    deploy(options());

    publish(1);
    awaitSettled(1);

    assertThat(receiver.requests().get(1).at() - receiver.requests().get(0).at())
        .isBetween(995L, 10_000L);
  }

  @Test
  void goneIsToldWithTheOrigin() {
    receiver.usually(status(410));
    deploy(options());

    publish(1);

    WebhookClient.State state = awaitState(s -> !s.enabled());
    assertThat(state.failed()).isZero();
    assertThat(state.json().getString("reason"))
        .isEqualTo("410 Gone from " + receiver.url().replace("/in", ""));
  }

  @Test
  void onlyTheWantedActionsAreDelivered() {
    deploy(options().setActions(List.of("user.*", "node.registered")));

    publish("user.login", null);
    publish("user", null);
    publish("node.registered", null);
    publish("node.registered.again", null);

    WebhookClient.State state = awaitSettled(4);
    assertThat(state.discarded()).isEqualTo(2);
    assertThat(receiver.eventIds()).containsExactlyInAnyOrder(1L, 2L);
  }

  @Test
  void aReusedConnectionThatWasClosedCostsAQuickSecondRequestAndNoAttempt() {
    receiver.then(status(204), close());
    deploy(options().setMaxAttempts(1).setMaxInFlight(1));

    publish(2);

    WebhookClient.State state = awaitSettled(2);
    assertThat(state.delivered()).isEqualTo(2);
    assertThat(state.json().getInteger("retried")).isEqualTo(1);
    assertThat(receiver.eventIds()).containsExactly(1L, 2L, 2L);
  }

  @Test
  void anEventIsDeliveredAfterTwoConnectionsThatWereClosed() {
    receiver.then(close(), close());
    deploy(options());

    publish(1);

    assertThat(awaitSettled(1).delivered()).isEqualTo(1);
    assertThat(receiver.requests()).hasSize(3);
  }

  @Test
  void aNewConnectionThatIsClosedIsAFailedAttempt() {
    receiver.then(close());
    deploy(options().setMaxAttempts(1));

    publish(1);

    assertThat(awaitSettled(1).failed()).isEqualTo(1);
    assertThat(result(client.deadLetters(1, 0)).get(0).error())
        .startsWith("connection closed from http://127.0.0.1:");
  }

  @Test
  void attemptsArePublished() {
    receiver.then(status(503), status(204));
    List<JsonObject> attempts = new java.util.concurrent.CopyOnWriteArrayList<>();
    vertx.eventBus().<JsonObject>consumer("webhook.attempts", m -> attempts.add(m.body()));
    deploy(options());

    publish(1);
    awaitSettled(1);

    org.awaitility.Awaitility.await().until(() -> attempts.size() == 2);
    assertThat(attempts.get(0).fieldNames())
        .containsExactly(
            "event_id", "action", "attempt", "outcome", "status", "latency_ms", "error");
    assertThat(attempts.stream().map(a -> a.getString("outcome")))
        .containsExactly("retry", "delivered");
    assertThat(attempts.get(1).getInteger("attempt")).isEqualTo(2);
  }
}
