package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.close;
import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.circuit;
import static dev.auditwebhook.testing.Webhooks.refusal;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookExtension;
import dev.auditwebhook.testing.Webhooks;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the addresses of the webhook answer. */
@EveryStore
class RequestsTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  @Test
  void entriesThatAreNotValidAreRejectedInOneLineAndTheNextGoodOnePasses() {
    webhook.deploy(webhook.options().setMaxEntryBytes(200));
    List<Object> bad =
        new ArrayList<>(
            Arrays.asList(
                null,
                "text",
                42,
                true,
                Buffer.buffer("{}"),
                new JsonArray(),
                new JsonObject(),
                new JsonObject().put("action", null),
                new JsonObject().put("action", ""),
                new JsonObject().put("action", 7),
                new JsonObject().put("action", new JsonObject()),
                new JsonObject().put("action", "a").put("timestamp", "yesterday"),
                new JsonObject().put("action", "a").put("timestamp", "2026-02-30T00:00:00Z"),
                new JsonObject().put("action", "a").put("timestamp", 1),
                new JsonObject().put("action", "a").put("details", "ü".repeat(100))));

    for (Object entry : bad) {
      ReplyException refusal = webhook.refusal("audit.entry", entry);
      assertThat(refusal.failureType()).isEqualTo(ReplyFailure.RECIPIENT_FAILURE);
      assertThat(refusal.failureCode()).as("%s", entry).isEqualTo(400);
      assertThat(refusal.getMessage()).isNotBlank().doesNotContain("\n");
    }
    webhook.publish(1);

    WebhookClient.State state = webhook.awaitSettled(1);
    assertThat(state.delivered()).isEqualTo(1);
    assertThat(state.rejected()).isEqualTo(bad.size());
    assertThat(receiver.eventIds()).containsExactly(1L);
  }

  @Test
  void theLimitOfAnEntryIsExact() {
    webhook.deploy(webhook.options().setMaxEntryBytes(100));
    JsonObject entry = new JsonObject().put("action", "é").put("other", 1).put("details", "");
    int room = 100 - entry.toBuffer().length();

    assertThat(
            webhook
                .request("audit.entry", entry.copy().put("details", "x".repeat(room)))
                .getString("status"))
        .isEqualTo("queued");
    assertThat(
            webhook
                .refusal("audit.entry", entry.copy().put("details", "x".repeat(room + 1)))
                .getMessage())
        .isEqualTo("an entry may have 100 bytes as JSON (maxEntryBytes), this one has 101");
    webhook.awaitSettled(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"webhook.get", "webhook.set", "webhook.dlq", "webhook.ready", "webhook.health"})
  void everyAddressAnswersWhateverItIsSent(String address) {
    webhook.deploy();
    JsonObject before = webhook.state().json();

    for (Object body :
        Arrays.asList(
            null,
            "",
            "text",
            1,
            Buffer.buffer("x"),
            new JsonArray(),
            new JsonObject().put("no", 1))) {
      assertThat(webhook.refusal(address, body).failureCode()).isEqualTo(400);
    }

    assertThat(webhook.state().json()).isEqualTo(before);
  }

  @Test
  void theStateHasAllKeysInTheirOrder() {
    webhook.deploy();

    List<String> keys =
        new ArrayList<>(webhook.request("webhook.get", new JsonObject()).fieldNames());
    if (Webhooks.isShared()) {
      assertThat(keys.remove(keys.size() - 1)).isEqualTo("node");
    }
    assertThat(keys)
        .containsExactly(
            "type",
            "endpoint",
            "enabled",
            "paused",
            "url",
            "format",
            "signed",
            "delivered",
            "failed",
            "dropped",
            "dlq_size",
            "dlq_evicted",
            "received",
            "discarded",
            "rejected",
            "pending",
            "in_flight",
            "retried",
            "oldest_pending",
            "circuit",
            "circuit_since",
            "next_probe",
            "last_delivery",
            "last_error",
            "reason",
            "warning");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"url\":null}",
        "{\"url\":1}",
        "{\"url\":\"ftp://127.0.0.1/\"}",
        "{\"url\":\"not a url\"}",
        "{\"url\":\"http://user:pw@127.0.0.1/\"}",
        "{\"url\":\"http://169.254.169.254/\"}",
        "{\"url\":\"http://metadata.google.internal/\"}",
        "{\"secret\":\"\"}",
        "{\"secret\":null}",
        "{\"secret\":\"whsec_\"}",
        "{\"secret\":\"whsec_!!!\"}",
        "{\"url\":\"http://127.0.0.1:1/new\",\"secret\":\"short\"}",
        "{\"revoke\":true}",
        "{\"url\":\"http://127.0.0.1:1/new\",\"revoke\":true}",
        "{\"secret\":\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\",\"revoke\":\"yes\"}",
        "{\"initial_backoff\":0}",
        "{\"initial_backoff\":\"1\"}",
        "{\"initial_backoff\":1.5}",
        "{\"url\":\"http://127.0.0.1:1/new\",\"unknown\":1}"
      })
  void aRefusedSettingChangesNothing(String request) {
    webhook.deploy();
    JsonObject before = webhook.state().json();

    ReplyException refusal = webhook.refusal("webhook.set", new JsonObject(request));

    assertThat(refusal.failureCode()).isEqualTo(400);
    assertThat(refusal.getMessage()).isNotBlank().doesNotContain("pw", "whsec_!", "\n");
    assertThat(webhook.state().json()).isEqualTo(before);
  }

  @Test
  void aSettingIsConfirmed() {
    webhook.deploy();
    String url = receiver.url("/other?token=1");

    assertThat(webhook.set("url", url).encode())
        .isEqualTo("{\"type\":\"set_webhook_ok\",\"status\":\"enabled\",\"url\":\"" + url + "\"}");
    assertThat(webhook.set("url", "").encode())
        .isEqualTo("{\"type\":\"set_webhook_ok\",\"status\":\"disabled\",\"url\":\"\"}");
    assertThat(webhook.set("initial_backoff", 5).getString("status")).isEqualTo("disabled");
  }

  @Nested
  class TestEvents {

    @Test
    void aTestSendsOneEventPastQueueAndCircuitAndCountsNowhere() {
      receiver.usually(status(503));
      webhook.deploy(circuit(webhook.options(), 1, 60_000));
      webhook.publish(5);
      JsonObject before =
          webhook
              .awaitState(state -> state.circuit().equals("open") && state.inFlight() == 0)
              .json();

      WebhookClient.TestResult result = result(webhook.client().test());

      assertThat(result.status()).isEqualTo(503);
      assertThat(webhook.state().json()).isEqualTo(before);
      Received test = receiver.lastRequest();
      assertThat(test.eventId()).isZero();
      assertThat(test.json().getString("action")).isEqualTo("webhook.test");
      assertThat(test.messageId()).startsWith("msg_").doesNotContain(".");
    }

    @Test
    void aTestThatGetsNoAnswerSaysWhy() {
      receiver.usually(close());
      webhook.deploy();

      assertThat(refusal(webhook.client().test()))
          .hasMessage("connection closed")
          .extracting("failureCode")
          .isEqualTo(502);
      result(webhook.client().disable());
      assertThat(refusal(webhook.client().test()).failureCode()).isEqualTo(409);
    }

    @Test
    void oneTestAtATime() {
      Promise<Void> answered = Promise.promise();
      receiver.then(status(204).heldBackUntil(answered.future()));
      webhook.deploy();

      Future<WebhookClient.TestResult> first = webhook.client().test();
      receiver.takeRequest();

      assertThat(refusal(webhook.client().test()).failureCode()).isEqualTo(409);
      answered.complete();
      assertThat(result(first).status()).isEqualTo(204);
      assertThat(result(webhook.client().test()).status()).isEqualTo(204);
    }
  }
}
