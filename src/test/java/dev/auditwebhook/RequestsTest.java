package dev.auditwebhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.WebhookTest;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestsTest extends WebhookTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  @Test
  void entriesThatAreNotValidAreRejectedInOneLineAndTheNextGoodOnePasses() {
    deploy(options().setMaxEntryBytes(200));
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
      ReplyException refusal = refusal(vertx.eventBus().request("audit.entry", entry));
      assertThat(refusal.failureType()).isEqualTo(ReplyFailure.RECIPIENT_FAILURE);
      assertThat(refusal.failureCode()).as("%s", entry).isEqualTo(400);
      assertThat(refusal.getMessage()).isNotBlank().doesNotContain("\n");
    }
    publish(1);

    WebhookClient.State state = awaitSettled(1);
    assertThat(state.delivered()).isEqualTo(1);
    assertThat(state.json().getInteger("rejected")).isEqualTo(bad.size());
    assertThat(receiver.eventIds()).containsExactly(1L);
  }

  @Test
  void theLimitOfAnEntryIsExact() {
    deploy(options().setMaxEntryBytes(100));
    JsonObject entry = new JsonObject().put("action", "é").put("other", 1).put("details", "");
    int room = 100 - entry.toBuffer().length();

    assertThat(
            request("audit.entry", entry.copy().put("details", "x".repeat(room)))
                .getString("status"))
        .isEqualTo("queued");
    assertThat(
            refusal(
                    vertx
                        .eventBus()
                        .request("audit.entry", entry.copy().put("details", "x".repeat(room + 1))))
                .getMessage())
        .isEqualTo("an entry may have 100 bytes as JSON (maxEntryBytes), this one has 101");
    awaitSettled(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"webhook.get", "webhook.set", "webhook.dlq", "webhook.ready", "webhook.health"})
  void everyAddressAnswersWhateverItIsSent(String address) {
    deploy(options());
    JsonObject before = state().json();

    for (Object body :
        Arrays.asList(
            null,
            "",
            "text",
            1,
            Buffer.buffer("x"),
            new JsonArray(),
            new JsonObject().put("no", 1))) {
      assertThat(refusal(vertx.eventBus().request(address, body)).failureCode()).isEqualTo(400);
    }

    assertThat(state().json()).isEqualTo(before);
  }

  @Test
  void theStateHasAllKeysInTheirOrder() {
    deploy(options());

    assertThat(request("webhook.get", new JsonObject()).fieldNames())
        .containsExactly(
            "type",
            "enabled",
            "paused",
            "url",
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
        "{\"initial_backoff\":0}",
        "{\"initial_backoff\":\"1\"}",
        "{\"initial_backoff\":1.5}",
        "{\"url\":\"http://127.0.0.1:1/new\",\"unknown\":1}"
      })
  void aRefusedSettingChangesNothing(String request) {
    deploy(options());
    JsonObject before = state().json();

    ReplyException refusal =
        refusal(vertx.eventBus().request("webhook.set", new JsonObject(request)));

    assertThat(refusal.failureCode()).isEqualTo(400);
    assertThat(refusal.getMessage()).isNotBlank().doesNotContain("pw", "whsec_!", "\n");
    assertThat(state().json()).isEqualTo(before);
  }

  @Test
  void aSettingIsConfirmed() {
    deploy(options());
    String url = receiver.url("/other?token=1");

    assertThat(request("webhook.set", new JsonObject().put("url", url)).encode())
        .isEqualTo("{\"type\":\"set_webhook_ok\",\"status\":\"enabled\",\"url\":\"" + url + "\"}");
    assertThat(request("webhook.set", new JsonObject().put("url", "")).encode())
        .isEqualTo("{\"type\":\"set_webhook_ok\",\"status\":\"disabled\",\"url\":\"\"}");
    assertThat(
            request("webhook.set", new JsonObject().put("initial_backoff", 5)).getString("status"))
        .isEqualTo("disabled");
  }

  @Test
  void aNewSecretSignsFirstAndTheFormerOneGoesOnSigning() {
    deploy(options().setSecrets(List.of(SECRET)));
    publish(1);
    awaitSettled(1);

    result(client.setSecret("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"));
    publish(1);
    awaitSettled(2);

    assertThat(receiver.requests().get(0).headers().get("webhook-signature").split(" ")).hasSize(1);
    assertThat(receiver.requests().get(1).headers().get("webhook-signature").split(" ")).hasSize(2);
    assertThat(state().json().encode()).doesNotContain("whsec_");
  }
}
