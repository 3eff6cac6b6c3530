package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.close;
import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.batches;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import dev.auditwebhook.WebhookClient.DeadLetter;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPInputStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Bodies that are sent compressed; the signature is that of what they are before. */
@EveryStore
class CompressionTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private WebhookOptions options() {
    return webhook
        .options()
        .setCompression(WebhookOptions.GZIP)
        .setSecrets(List.of(SECRET))
        .setSignatureHeader("X-Signature");
  }

  /** The body as a receiver's framework hands it on, once both signatures are verified. */
  private static String verified(Received received) throws Exception {
    assertThat(received.headers().getAll("content-encoding")).containsExactly("gzip");
    String body = decompressed(received);
    Map<String, List<String>> headers = new HashMap<>();
    received
        .headers()
        .names()
        .forEach(name -> headers.put(name.toLowerCase(), received.headers().getAll(name)));
    new Webhook(SECRET).verify(body, headers);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    assertThat(received.headers().get("X-Signature"))
        .isEqualTo(HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8))));
    return body;
  }

  private static String decompressed(Received received) throws IOException {
    byte[] body = received.body().getBytes();
    try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return new String(gzip.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void anEventIsWhatItWasOnceItIsDecompressed() throws Exception {
    webhook.deploy(options());
    webhook.publish("user.login", new JsonObject().put("name", "Zoë \uD83D\uDD11 \u0000"));
    webhook.awaitSettled(1);

    Received received = receiver.takeRequest();
    JsonObject event = new JsonObject(verified(received));
    assertThat(event.getLong("event_id")).isEqualTo(1);
    assertThat(event.getJsonObject("details").getString("name"))
        .isEqualTo("Zoë \uD83D\uDD11 \u0000");
    assertThat(received.headers().get("content-type")).isEqualTo("application/json");
  }

  @Test
  void soIsATestEvent() throws Exception {
    webhook.deploy(options());
    result(webhook.client().test());

    assertThat(new JsonObject(verified(receiver.takeRequest())).getString("action"))
        .isEqualTo("webhook.test");
  }

  @Test
  void aLargeBatchIsCompressedAndSmaller() throws Exception {
    webhook.deploy(batches(options(), 5_000, 500).setQueueCapacity(5_000));
    webhook.publish(5_000);
    webhook.awaitSettled(5_000);

    int events = 0;
    for (Received received : receiver.requests()) {
      String body = verified(received);
      events += new JsonArray(body).size();
      assertThat(received.body().length()).isLessThan(Math.max(300, body.length() / 3));
    }
    assertThat(events).isEqualTo(5_000);
  }

  @Test
  void whatDoesNotGetSmallerIsSentAllTheSame() throws Exception {
    byte[] noise = new byte[1 << 20];
    new Random(7).nextBytes(noise);
    webhook.deploy(options().setMaxEntryBytes(4 << 20));
    webhook.publish("noise", noise(noise));
    webhook.awaitSettled(1);

    assertThat(new JsonObject(verified(receiver.takeRequest())).getString("details"))
        .isEqualTo(noise(noise));
  }

  private static String noise(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Test
  void overHttp2Too() throws Exception {
    webhook.deploy(
        options()
            .setClient(
                new JsonObject()
                    .put("protocolVersion", "HTTP_2")
                    .put("http2ClearTextUpgrade", false)));
    webhook.publish(1);
    webhook.awaitSettled(1);

    Received received = receiver.takeRequest();
    assertThat(received.version()).isEqualTo(HttpVersion.HTTP_2);
    assertThat(new JsonObject(verified(received)).getLong("event_id")).isEqualTo(1);
  }

  @Test
  void everyAttemptSendsTheSameBytes() {
    receiver.then(status(503), status(503));
    webhook.deploy(options());
    webhook.publish(1);
    webhook.awaitSettled(1);

    List<Received> all = receiver.takeRequests(3);
    assertThat(all).extracting(Received::body).containsOnly(all.get(0).body());
  }

  @Test
  void soDoesTheRequestThatIsSentOnceMoreOnANewConnection() {
    webhook.deploy(options().setMaxInFlight(1));
    webhook.publish(1);
    webhook.awaitSettled(1);
    receiver.takeRequest();
    receiver.then(close());
    webhook.publish(1);

    assertThat(webhook.awaitSettled(2).retried()).isEqualTo(1);
    List<Received> both = receiver.takeRequests(2);
    assertThat(both).extracting(Received::messageId).containsOnly(both.get(0).messageId());
    assertThat(both).extracting(Received::body).containsOnly(both.get(0).body());
    assertThat(both.get(1).headers().get("content-encoding")).isEqualTo("gzip");
  }

  @Test
  void theDeadlineOfAnAttemptHoldsWhileALargeBodyWaitsForAWorker() {
    webhook.deploy(options().setAttemptTimeout(1_000).setMaxAttempts(1));
    webhook.publish("small", null);
    assertThat(webhook.awaitSettled(1).delivered()).isEqualTo(1);
    CountDownLatch released = new CountDownLatch(1);
    try {
      for (int i = 0; i < 20; i++) {
        webhook
            .vertx()
            .executeBlocking(
                () -> {
                  released.await();
                  return null;
                },
                false);
      }
      webhook.publish("small", null);
      webhook.publish("large", "x".repeat(60_000));

      assertThat(webhook.awaitSettled(3).delivered()).isEqualTo(2);
      assertThat(webhook.state().lastError()).startsWith("timeout after 1000 ms from ");
    } finally {
      released.countDown();
    }
    webhook.publish("large", "x".repeat(60_000));
    assertThat(webhook.awaitSettled(4).delivered()).isEqualTo(3);
    assertThat(receiver.requests()).hasSize(3);
    assertThat(webhook.deadLetters()).extracting(DeadLetter::action).containsExactly("large");
  }

  @Test
  void withoutCompressionNoHeaderSaysSo() {
    webhook.deploy(webhook.options());
    webhook.publish(1);
    webhook.awaitSettled(1);

    assertThat(receiver.takeRequest().headers().contains("content-encoding")).isFalse();
  }

  @Test
  void aConfiguredContentEncodingIsIgnoredWithAWarning() throws Exception {
    try (LogLines log = new LogLines()) {
      webhook.deploy(options().setHeaders(Map.of("Content-Encoding", "br")));
      webhook.publish(1);
      webhook.awaitSettled(1);

      assertThat(log.all())
          .contains(
              "WARN webhook.headers: Content-Encoding is ignored, the webhook sets it itself");
    }
    assertThat(verified(receiver.takeRequest())).startsWith("{\"event_id\":1,");
  }
}
