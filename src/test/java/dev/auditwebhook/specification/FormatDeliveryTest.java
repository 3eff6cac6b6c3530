package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.ids;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.standardwebhooks.Webhook;
import dev.auditwebhook.BatchOptions;
import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookClient.DeadLetter;
import dev.auditwebhook.WebhookClient.State;
import dev.auditwebhook.testing.Effect;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.SentEvents;
import dev.auditwebhook.testing.WebhookExtension;
import dev.auditwebhook.wire.format.FormatCatalog;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each format from the bus to a receiver and back, with what the whole of an answer says. */
@EveryStore
class FormatDeliveryTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  /** What a receiver of each format says when it takes all. */
  private static final Map<String, Effect> TAKEN =
      Map.of(
          "splunk-hec", status(200, Map.of(), "{\"text\":\"Success\",\"code\":0}"),
          "elasticsearch", status(200, Map.of(), "{\"took\":3,\"errors\":false,\"items\":[]}"),
          "datadog", status(202, Map.of(), "{}"),
          "otlp", status(200, Map.of(), "{}"));

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver siem = webhook.anotherReceiver();

  private static Effect taken(String format) {
    return TAKEN.getOrDefault(format, status(204));
  }

  static List<String> formats() {
    return FormatCatalog.names();
  }

  static Stream<Arguments> ways() {
    return formats().stream()
        .flatMap(
            format ->
                Stream.of(1, 10)
                    .flatMap(
                        batch ->
                            Stream.of("none", "gzip")
                                .map(how -> Arguments.of(format, batch, how))));
  }

  private EndpointOptions options(String format, int batch) {
    return webhook
        .endpoint(siem)
        .setFormat(format)
        .setBatch(new BatchOptions().setMaxEvents(batch).setMaxDelay(20));
  }

  private void deploy(EndpointOptions ofSiem) {
    webhook.deploy(webhook.options().putEndpoint("siem", ofSiem));
  }

  private List<DeadLetter> letters() {
    return result(webhook.client().endpoint("siem").deadLetters(100, 0));
  }

  private List<Long> sent(String format) {
    return siem.requests().stream()
        .flatMap(request -> SentEvents.ids(format, request).stream())
        .toList();
  }

  @ParameterizedTest(name = "{0}, batches of {1}, compression {2}")
  @MethodSource("ways")
  void arrivesSignedAsItWasBeforeItWasCompressed(String format, int batch, String compression)
      throws Exception {
    siem.usually(taken(format));
    deploy(options(format, batch).setCompression(compression).setSecrets(List.of(SECRET)));

    for (int n = 1; n <= 20; n++) {
      webhook.publish("user.login", new JsonObject().put("name", "Zoë \uD83D\uDD11").put("n", n));
    }

    assertThat(webhook.awaitSettled("siem", 20).delivered()).isEqualTo(20);
    webhook.awaitSettled(20);
    assertThat(sent(format)).containsExactlyInAnyOrderElementsOf(ids(1, 20));
    for (Received request : siem.requests()) {
      assertThat(request.headers().get("content-encoding"))
          .isEqualTo(compression.equals("gzip") ? "gzip" : null);
      verify(request);
    }
  }

  private static void verify(Received request) throws Exception {
    Map<String, List<String>> headers = new HashMap<>();
    request
        .headers()
        .names()
        .forEach(name -> headers.put(name.toLowerCase(), request.headers().getAll(name)));
    new Webhook(SECRET).verify(SentEvents.inflated(request).toString(), headers);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void oneThatIsRefusedAmongTenTakesNoneAlong(String format) {
    siem.usually(
        request -> SentEvents.ids(format, request).contains(7L) ? status(413) : taken(format));
    deploy(options(format, 10).setMaxInFlight(1));

    webhook.publish(10);

    State state = webhook.awaitSettled("siem", 10);
    assertThat(state.delivered()).isEqualTo(9);
    assertThat(letters()).extracting(DeadLetter::eventId).containsExactly(7L);
    webhook.awaitSettled(10);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void anOutageEndsWithoutALoss(String format) {
    siem.then(status(503), Effect.close(), status(429)).usually(taken(format));
    deploy(options(format, 10).setMaxInFlight(1).setMaxAttempts(10));

    webhook.publish(10);

    assertThat(webhook.awaitSettled("siem", 10).delivered()).isEqualTo(10);
    webhook.awaitSettled(10);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void aTestIsInTheFormatToo(String format) {
    siem.usually(taken(format));
    deploy(options(format, 10));

    assertThat(result(webhook.client().endpoint("siem").test()).status()).isLessThan(300);

    assertThat(SentEvents.ids(format, siem.takeRequest())).containsExactly(0L);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void whatIsEchoedOfAnEventIsRedacted(String format) {
    siem.usually(request -> status(400, Map.of(), request.body().toString()));
    deploy(options(format, 1));

    webhook.publish("user.login", new JsonObject().put("password", "P4ss\"w\\rd"));

    webhook.awaitSettled("siem", 1);
    assertThat(letters().get(0).response()).contains("<redacted>").doesNotContain("P4ss", "\\rd");
    assertThat(letters().get(0).error()).doesNotContain("P4ss");
    webhook.awaitSettled(1);
  }

  @ParameterizedTest(name = "{0} {1} {2}: {3}")
  @CsvSource(
      delimiter = '|',
      value = {
        "splunk-hec    | 200 | {\"text\":\"Success\",\"code\":0}         | delivered",
        "splunk-hec    | 200 | {\"text\":\"near\",\"code\":24}           | delivered",
        "splunk-hec    | 200 | {\"text\":\"near\",\"code\":25}           | delivered",
        "splunk-hec    | 200 | {\"text\":\"?\",\"code\":9}               | retry",
        "splunk-hec    | 200 | <html>sign in</html>                      | retry",
        "splunk-hec    | 400 | {\"text\":\"No data\",\"code\":5}         | failed",
        "splunk-hec    | 503 | {\"text\":\"Server is busy\",\"code\":9}  | retry",
        "elasticsearch | 200 | {\"took\":1,\"errors\":false,\"items\":[]} | delivered",
        "elasticsearch | 200 | {\"errors\":true,\"items\":[{\"create\":{\"status\":409}}]} |"
            + " delivered",
        "elasticsearch | 200 | {\"errors\":true,\"items\":[{\"create\":{\"status\":429}}]} | retry",
        "elasticsearch | 200 | {\"errors\":true,\"items\":[{\"create\":{\"status\":503}}]} | retry",
        "elasticsearch | 200 | {\"errors\":true,\"items\":[{\"create\":{\"status\":400}}]} | failed",
        "elasticsearch | 200 | <html>sign in</html>                      | retry",
        "elasticsearch | 429 | {}                                        | retry",
        "datadog       | 202 | {}                                        | delivered",
        "datadog       | 429 | {}                                        | retry",
        "datadog       | 413 | {}                                        | failed",
        "loki          | 204 | ''                                        | delivered",
        "loki          | 200 | ''                                        | delivered",
        "loki          | 260 | ingestion blocked for user fake           | retry",
        "loki          | 429 | Ingestion rate limit exceeded             | retry",
        "loki          | 400 | entry too far behind                      | failed",
        "otlp          | 200 | {}                                        | delivered",
        "otlp          | 200 | {\"partialSuccess\":{\"rejectedLogRecords\":1}} | failed",
        "otlp          | 200 | {\"partialSuccess\":{\"rejectedLogRecords\":\"0\"}} | delivered",
        "otlp          | 503 | {}                                        | retry",
        "otlp          | 500 | {}                                        | failed",
        "otlp          | 501 | {}                                        | failed",
        "cloudevents   | 202 | ''                                        | delivered",
        "cloudevents   | 260 | ''                                        | delivered",
        "ndjson        | 201 | ''                                        | delivered",
        "ndjson        | 500 | ''                                        | retry",
        "event         | 260 | ''                                        | delivered"
      })
  void theFirstAnswerMeans(String format, int status, String body, String outcome) {
    List<JsonObject> attempts = webhook.attempts();
    siem.then(status(status, Map.of(), body)).usually(taken(format));
    deploy(options(format, 1));

    webhook.publish(1);

    State state = webhook.awaitSettled("siem", 1);
    webhook.awaitSettled(1);
    await().until(() -> attempts.stream().anyMatch(FormatDeliveryTest::isOfSiem));
    assertThat(attempts.stream().filter(FormatDeliveryTest::isOfSiem).findFirst())
        .hasValueSatisfying(first -> assertThat(first.getString("outcome")).isEqualTo(outcome));
    assertThat(state.failed()).isEqualTo(outcome.equals("failed") ? 1 : 0);
    assertThat(state.retried()).isEqualTo(outcome.equals("retry") ? 1 : 0);
  }

  private static boolean isOfSiem(JsonObject attempt) {
    return attempt.getString("endpoint").equals("siem");
  }

  @Test
  void aBlockedLokiIsTriedAgainUntilItIsOpen() {
    siem.then(status(260), status(260), status(260), status(260)).usually(status(204));
    BatchOptions allAtOnce = new BatchOptions().setMaxEvents(10).setMaxDelay(60_000);
    deploy(options("loki", 10).setBatch(allAtOnce).setMaxInFlight(1).setMaxAttempts(10));

    webhook.publish(10);

    State state = webhook.awaitSettled("siem", 10);
    assertThat(state.delivered()).isEqualTo(10);
    assertThat(state.retried()).isEqualTo(40);
    assertThat(sent("loki")).hasSize(50);
    webhook.awaitSettled(10);
  }

  @Test
  void eightFormatsAtOnceGetTheSame() {
    Map<String, ScriptedReceiver> receivers = new HashMap<>();
    webhook.deploy(webhook.options().setUrl(""));
    for (String format : formats()) {
      ScriptedReceiver each = webhook.anotherReceiver().usually(taken(format));
      receivers.put(format, each);
      webhook.put(format, options(format, 4).setUrl(each.url()));
    }

    webhook.publish(50);

    receivers.forEach(
        (format, each) -> {
          assertThat(webhook.awaitSettled(format, 50).delivered()).as(format).isEqualTo(50);
          assertThat(
                  each.requests().stream()
                      .flatMap(request -> SentEvents.ids(format, request).stream()))
              .as(format)
              .containsExactlyInAnyOrderElementsOf(ids(1, 50));
        });
  }
}
