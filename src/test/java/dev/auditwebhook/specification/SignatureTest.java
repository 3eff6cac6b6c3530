package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.refusal;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Signatures as a receiver checks them, with the verifier that Standard Webhooks publishes. */
@EveryStore
class SignatureTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private static final String OLD = secret("the old secret of this webhook.");
  private static final String NEW = secret("the new secret of this webhook.");
  private static final String STRANGER = secret("the secret of some other webhook.");

  private static String secret(String key) {
    return "whsec_" + Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8));
  }

  private static void verify(String secret, Received received) throws WebhookVerificationException {
    verify(secret, received, received.body().toString());
  }

  private static void verify(String secret, Received received, String body)
      throws WebhookVerificationException {
    Map<String, List<String>> headers = new HashMap<>();
    received
        .headers()
        .names()
        .forEach(name -> headers.put(name.toLowerCase(), received.headers().getAll(name)));
    new Webhook(secret).verify(body, headers);
  }

  private static String hexHmac(String key, byte[] body) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(body));
  }

  private List<Received> delivered(int events) {
    long before = webhook.state().received();
    for (int i = 0; i < events; i++) {
      webhook.publish(
          "user.login", new JsonObject().put("name", "Zoë \uD83D\uDD11 \u0000").put("i", i));
    }
    WebhookClient.State state = webhook.awaitSettled(before + events);
    assertThat(state.delivered()).isEqualTo(state.received());
    return receiver.takeRequests(events);
  }

  @Test
  void everyDeliveryIsVerifiedByThePublishedLibrary() {
    webhook.deploy(webhook.options().setSecrets(List.of(NEW)));

    assertThat(delivered(20))
        .allSatisfy(
            received -> {
              assertThatCode(() -> verify(NEW, received)).doesNotThrowAnyException();
              assertThatThrownBy(() -> verify(STRANGER, received))
                  .isInstanceOf(WebhookVerificationException.class);
              assertThatThrownBy(() -> verify(NEW, received, received.body() + " "))
                  .isInstanceOf(WebhookVerificationException.class);
              assertThat(received.headers().getAll("webhook-id")).hasSize(1);
              assertThat(Long.parseLong(received.headers().get("webhook-timestamp")))
                  .isBetween(Instant.now().getEpochSecond() - 30, Instant.now().getEpochSecond());
            });
    assertThat(webhook.state().signed()).isTrue();
  }

  @Test
  void everyAttemptIsSignedUnderTheSameMessageId() {
    receiver.then(status(503), status(503));
    webhook.deploy(webhook.options().setSecrets(List.of(NEW)));
    webhook.publish(1);
    webhook.awaitSettled(1);

    assertThat(receiver.requests())
        .hasSize(3)
        .allSatisfy(
            received -> assertThatCode(() -> verify(NEW, received)).doesNotThrowAnyException())
        .extracting(received -> received.messageId())
        .containsOnly(receiver.requests().get(0).messageId());
  }

  @Test
  void withoutASecretNothingIsSigned() {
    webhook.deploy(webhook.options().setSignatureHeader("X-Pilot-Signature-256"));

    Received received = delivered(1).get(0);

    assertThat(received.headers().contains("webhook-id")).isTrue();
    assertThat(received.headers().contains("webhook-timestamp")).isTrue();
    assertThat(received.headers().contains("webhook-signature")).isFalse();
    assertThat(received.headers().contains("X-Pilot-Signature-256")).isFalse();
    assertThat(webhook.state().signed()).isFalse();
  }

  @Test
  void twoConfiguredSecretsBothVerify() throws Exception {
    webhook.deploy(webhook.options().setSecrets(List.of(NEW, OLD)));

    Received received = delivered(1).get(0);

    assertThat(received.headers().get("webhook-signature")).matches("v1,\\S{44} v1,\\S{44}");
    verify(NEW, received);
    verify(OLD, received);
  }

  @Test
  void aSecretThatIsSetAtRunTimeIsTheFirstAndTheFormerOneGoesOnSigning() throws Exception {
    webhook.deploy(webhook.options().setSecrets(List.of(OLD)).setSignatureHeader("X-Signature"));
    Received before = delivered(1).get(0);
    verify(OLD, before);
    assertThatThrownBy(() -> verify(NEW, before)).isInstanceOf(WebhookVerificationException.class);

    result(webhook.client().setSecret(NEW));
    Received after = delivered(1).get(0);

    assertThat(after.headers().get("webhook-signature")).matches("v1,\\S{44} v1,\\S{44}");
    verify(NEW, after);
    verify(OLD, after);
    assertThat(after.headers().get("X-Signature")).isEqualTo(hexHmac(NEW, after.body().getBytes()));
  }

  @Test
  void aSecretThatReplacesTheFormerOnesSignsAloneAtOnce() throws Exception {
    webhook.deploy(webhook.options().setSecrets(List.of(OLD, STRANGER)));
    result(webhook.client().replaceSecrets(NEW));
    webhook.publish(1);
    Received received = receiver.takeRequest();
    verify(NEW, received);
    assertThat(received.headers().get("webhook-signature").split(" ")).hasSize(1);
    webhook.awaitSettled(1);
  }

  @Test
  void theFirstSecretThatIsEverSetSignsFromThenOn() throws Exception {
    webhook.deploy();
    result(webhook.client().setSecret(NEW));
    verify(NEW, delivered(1).get(0));
  }

  @Test
  void thePlainFormStandsBesideTheStandardOneAndIsOfTheFirstSecretsText() throws Exception {
    webhook.deploy(
        webhook
            .options()
            .setSecrets(List.of(NEW, OLD))
            .setSignatureHeader("X-Pilot-Signature-256"));

    Received received = delivered(1).get(0);

    verify(NEW, received);
    assertThat(received.headers().getAll("x-pilot-signature-256"))
        .containsExactly(hexHmac(NEW, received.body().getBytes()));
  }

  @Test
  void staticHeadersAreSentButNeverInTheNameOfOurs() throws Exception {
    Map<String, String> headers =
        Map.of(
            "Authorization", "Bearer receiver",
            "X-Team", "audit",
            "Webhook-Id", "msg_forged",
            "WEBHOOK-TIMESTAMP", "1",
            "webhook-signature", "v1,forged",
            "Content-Type", "text/plain",
            "Host", "elsewhere.example",
            "Content-Length", "1",
            "Transfer-Encoding", "chunked",
            "x-plain", "forged");
    try (LogLines log = new LogLines()) {
      webhook.deploy(
          webhook
              .options()
              .setSecrets(List.of(NEW))
              .setSignatureHeader("X-Plain")
              .setHeaders(headers));

      Received received = delivered(1).get(0);

      verify(NEW, received);
      assertThat(received.headers().get("authorization")).isEqualTo("Bearer receiver");
      assertThat(received.headers().get("x-team")).isEqualTo("audit");
      assertThat(received.headers().getAll("content-type")).containsExactly("application/json");
      assertThat(received.headers().getAll("host")).containsExactly("127.0.0.1:" + receiver.port());
      assertThat(received.headers().getAll("x-plain"))
          .containsExactly(hexHmac(NEW, received.body().getBytes()));
      assertThat(received.headers().toString()).doesNotContain("forged", "chunked");
      assertThat(log.all())
          .filteredOn(line -> line.startsWith("WARN webhook.headers: "))
          .hasSize(8)
          .allMatch(line -> line.endsWith(" is ignored, the webhook sets it itself"));
    }
  }

  @Test
  void aSecretIsShownNowhere() {
    List<String> seen = new ArrayList<>();
    try (LogLines log = new LogLines()) {
      List<JsonObject> attempts = webhook.attempts();
      receiver.usually(status(400));
      WebhookOptions options =
          webhook
              .options()
              .setSecrets(List.of(OLD))
              .setHeaders(Map.of("Authorization", "Bearer " + STRANGER));
      webhook.deploy(options);
      webhook.publish("a", new JsonObject().put("secret", STRANGER));
      webhook.awaitSettled(1);
      seen.add(webhook.set("secret", NEW).encode());
      webhook.publish("a", new JsonObject().put("apiKey", STRANGER));
      webhook.awaitSettled(2);
      seen.add(webhook.request("webhook.get", new JsonObject()).encode());
      seen.add(webhook.request("webhook.dlq", new JsonObject()).encode());
      seen.add(webhook.request("webhook.ready", new JsonObject()).encode());
      seen.add(options.toString());
      webhook.undeploy();
      seen.addAll(log.all());
      await().until(() -> attempts.size() == 2);
      attempts.forEach(attempt -> seen.add(attempt.encode()));
    }
    assertThat(seen).hasSizeGreaterThan(6).allSatisfy(SignatureTest::assertNoSecret);
  }

  private static void assertNoSecret(String text) {
    assertThat(text)
        .doesNotContain("whsec_")
        .doesNotContain(OLD.substring(6), NEW.substring(6), STRANGER.substring(6));
  }

  @Test
  void aSecretThatIsRefusedIsNotShownEither() {
    String tooLong = secret("x".repeat(65));
    String notBase64 = NEW + "*!";
    try (LogLines log = new LogLines()) {
      webhook.deploy();
      for (String bad : List.of("", "whsec_", "plain-text-secret", notBase64, tooLong)) {
        assertThat(refusal(webhook.client().setSecret(bad)))
            .satisfies(refused -> assertThat(refused.failureCode()).isEqualTo(400))
            .hasMessageStartingWith("secret: must ")
            .satisfies(refused -> assertRefusalHides(bad, refused.getMessage()));
        assertThatThrownBy(
                () -> new WebhookOptions(webhook.options().setSecrets(List.of(bad)).toJson()))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith("webhook.secrets[0]: must ")
            .hasNoCause()
            .satisfies(refused -> assertRefusalHides(bad, refused.getMessage()));
      }
      assertThat(log.all().toString()).doesNotContain("plain-text-secret", NEW.substring(6));
    }
    assertThat(webhook.state().signed()).isFalse();
  }

  private static void assertRefusalHides(String secret, String message) {
    String key = secret.replace("whsec_", "");
    if (!key.isEmpty()) {
      assertThat(message).doesNotContain(key);
    }
    assertThat(message.lines()).hasSize(1);
  }
}
