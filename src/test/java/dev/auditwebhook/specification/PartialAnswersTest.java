package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.BatchOptions;
import dev.auditwebhook.CircuitOptions;
import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookClient.DeadLetter;
import dev.auditwebhook.WebhookClient.State;
import dev.auditwebhook.testing.Effect;
import dev.auditwebhook.testing.ElasticsearchIndex;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.SplunkCollector;
import dev.auditwebhook.testing.WebhookExtension;
import dev.auditwebhook.testing.Webhooks;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A receiver takes a part of a batch, and says so in its own words: each event is settled by it.
 */
@EveryStore
class PartialAnswersTest {

  private static final String PASSWORD = "P4ss\"w\\rd";
  private static final String TOKEN = "0f0c2f1e-8a54-4d0e";

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver siem = webhook.anotherReceiver();

  private EndpointOptions batches(String format) {
    return webhook
        .endpoint(siem)
        .setFormat(format)
        .setMaxInFlight(1)
        .setBatch(new BatchOptions().setMaxEvents(10).setMaxDelay(10_000));
  }

  private void deploy(EndpointOptions ofSiem) {
    webhook.deploy(webhook.options().putEndpoint("siem", ofSiem));
  }

  /** Twenty events in two batches; those with these numbers are bad. */
  private void publish(int... bad) {
    Set<Integer> numbers = new TreeSet<>(IntStream.of(bad).boxed().toList());
    for (int n = 1; n <= 20; n++) {
      webhook.publish(
          numbers.contains(n) ? "bad" : "good",
          new JsonObject().put("n", n).put("password", PASSWORD));
    }
  }

  private State settled() {
    webhook.awaitSettled(20);
    return webhook.awaitSettled("siem", 20);
  }

  private List<DeadLetter> letters() {
    return Webhooks.result(webhook.client().endpoint("siem").deadLetters(100, 0));
  }

  private void assertNothingSecret(DeadLetter letter) {
    assertThat(letter.error() + letter.response())
        .doesNotContain(PASSWORD, "P4ss", "w\\\\rd", TOKEN)
        .contains("<redacted>");
  }

  @Nested
  class Splunk {

    private final SplunkCollector splunk =
        new SplunkCollector(TOKEN, event -> "bad".equals(event.getString("action")));

    private EndpointOptions hec() {
      return batches("splunk-hec")
          .setHeaders(Map.of("Authorization", "Splunk " + TOKEN))
          .setFormatOptions(new JsonObject().put("index", "audit"));
    }

    @Test
    void theInvalidEventIsADeadLetterAndTheRestGoAgain() {
      siem.usually(splunk);
      deploy(hec());

      publish(4, 7, 20);

      State state = settled();
      assertThat(state.delivered()).isEqualTo(17);
      assertThat(state.circuit()).isEqualTo("closed");
      assertThat(splunk.taken())
          .as("each good one once")
          .extracting(event -> event.getJsonObject("event").getInteger("event_id"))
          .containsExactlyInAnyOrderElementsOf(
              IntStream.rangeClosed(1, 20)
                  .filter(n -> n != 4 && n != 7 && n != 20)
                  .boxed()
                  .toList());
      assertThat(splunk.taken()).allMatch(event -> event.getString("index").equals("audit"));
      assertThat(letters())
          .hasSize(3)
          .allSatisfy(
              letter -> {
                assertThat(letter.attempts()).isEqualTo(1);
                assertThat(letter.status()).isEqualTo(400);
                assertThat(letter.error())
                    .startsWith(
                        "code 6 in a 400 from "
                            + siem.url().replace("/in", "")
                            + ": Invalid data format: {");
                assertNothingSecret(letter);
              });
      assertThat(siem.requests()).as("one more for each that is refused").hasSize(2 + 3);
      assertThat(siem.requests()).extracting(Received::messageId).doesNotHaveDuplicates();
    }

    @Test
    void aBusyOneIsTriedAgain() {
      siem.then(SplunkCollector.busy()).usually(splunk);
      deploy(hec());

      publish();

      State state = settled();
      assertThat(state.delivered()).isEqualTo(20);
      assertThat(state.retried()).isEqualTo(10);
    }

    @Test
    void anAcknowledgementOfQueuesThatAreNearlyFullIsOne() {
      siem.then(
              status(200, Map.of(), "{\"text\":\"Queue is approaching capacity\",\"code\":24}"),
              status(200, Map.of(), "{\"text\":\"Ack channel near capacity\",\"code\":25}"))
          .usually(splunk);
      deploy(hec());

      publish();

      assertThat(settled().delivered()).isEqualTo(20);
      assertThat(siem.requests()).hasSize(2);
    }

    @Test
    void aTokenThatIsNotTakenSaysThatTheEndpointIsWrong() {
      siem.usually(new SplunkCollector("another", event -> false));
      deploy(
          hec()
              .setCircuitBreaker(
                  new CircuitOptions().setMaxFailures(5).setResetTimeout(3_600_000)));

      publish();

      State state = webhook.awaitState("siem", its -> its.circuit().equals("open"));
      assertThat(state.failed()).isZero();
      assertThat(state.pending()).isEqualTo(20);
      assertThat(state.lastError()).startsWith("403 from ");
    }
  }

  @Nested
  class Elasticsearch {

    private final ElasticsearchIndex index =
        new ElasticsearchIndex(
            document -> "bad".equals(action(document)),
            document -> document.getJsonObject("audit").getInteger("n") % 5 == 0);

    private String action(JsonObject document) {
      return document.getJsonObject("event").getString("action");
    }

    @Test
    void eachItemSettlesItsEvent() {
      siem.usually(index);
      deploy(batches("elasticsearch"));

      publish(3, 12);

      State state = settled();
      assertThat(state.delivered()).isEqualTo(18);
      assertThat(state.retried()).as("5, 10, 15 and 20 were turned away once").isEqualTo(4);
      assertThat(index.documents()).hasSize(18);
      assertThat(index.documents().values())
          .extracting(document -> document.getJsonObject("event").getInteger("sequence"))
          .doesNotContain(3, 12)
          .doesNotHaveDuplicates();
      assertThat(letters()).extracting(DeadLetter::eventId).containsExactly(3L, 12L);
      assertThat(letters())
          .allSatisfy(
              letter -> {
                assertThat(letter.status()).isEqualTo(200);
                assertThat(letter.attempts()).isEqualTo(1);
                assertThat(letter.error())
                    .startsWith(
                        "400 in a 200 from "
                            + siem.url().replace("/in", "")
                            + ": document_parsing_exception: failed to parse: {");
                assertNothingSecret(letter);
              });
    }

    @Test
    void whatIsThereAlreadyIsDeliveredAndThereOnce() {
      Set<Boolean> lost = ConcurrentHashMap.newKeySet();
      siem.usually(
          request -> {
            Effect answer = index.apply(request);
            return lost.add(true) ? Effect.close() : answer;
          });
      deploy(batches("elasticsearch"));

      publish();

      assertThat(settled().delivered()).isEqualTo(20);
      assertThat(index.documents()).hasSize(20);
      assertThat(letters()).isEmpty();
    }

    @Test
    void aDocumentHasTheIdOfItsEventWhateverBatchItIsIn() {
      siem.then(status(413)).usually(index);
      deploy(batches("elasticsearch"));

      publish();
      settled();

      String prefix = index.documents().keySet().iterator().next().replaceAll("_\\d+$", "_");
      assertThat(index.documents().keySet())
          .containsExactlyInAnyOrderElementsOf(ids(1, 20).stream().map(id -> prefix + id).toList());
    }

    @Test
    void aRedriveOfWhatItRefusedGoesThroughOnceTheMappingIsMended() {
      siem.usually(index);
      deploy(batches("elasticsearch").setBatch(new BatchOptions()));
      publish(3, 12);
      settled();
      ElasticsearchIndex mended = new ElasticsearchIndex(document -> false, document -> false);
      siem.usually(mended);

      Webhooks.result(webhook.client().endpoint("siem").redrive());

      webhook.awaitState("siem", state -> state.delivered() == 20);
      assertThat(mended.documents()).hasSize(2);
    }
  }

  @Nested
  class Otlp {

    private final Set<Integer> taken = ConcurrentHashMap.newKeySet();

    /** Takes what is good, and says how many it did not, though not which. */
    private Effect collect(Received request) {
      int rejected = 0;
      JsonArray records =
          request
              .json()
              .getJsonArray("resourceLogs")
              .getJsonObject(0)
              .getJsonArray("scopeLogs")
              .getJsonObject(0)
              .getJsonArray("logRecords");
      for (Object each : records) {
        JsonObject record = (JsonObject) each;
        JsonObject event = new JsonObject(record.getJsonObject("body").getString("stringValue"));
        if (event.getString("action").equals("bad")) {
          rejected++;
        } else {
          taken.add(event.getInteger("event_id"));
        }
      }
      JsonObject body = new JsonObject();
      if (rejected > 0) {
        body.put(
            "partialSuccess",
            new JsonObject()
                .put("rejectedLogRecords", String.valueOf(rejected))
                .put("errorMessage", "records without a service: " + records.encode()));
      }
      return status(200, Map.of("content-type", "application/json"), body.encode());
    }

    @Test
    void rejectedRecordsAreFoundByHalves() {
      siem.usually(this::collect);
      deploy(batches("otlp"));

      publish(6, 17);

      State state = settled();
      assertThat(state.delivered()).isEqualTo(18);
      assertThat(taken).hasSize(18).doesNotContain(6, 17);
      assertThat(letters()).extracting(DeadLetter::eventId).containsExactly(6L, 17L);
      assertThat(letters())
          .allSatisfy(
              letter -> {
                assertThat(letter.status()).isEqualTo(200);
                assertThat(letter.error())
                    .startsWith(
                        "log records rejected in a 200 from "
                            + siem.url().replace("/in", "")
                            + ": records without a service: [");
                assertNothingSecret(letter);
              });
      assertThat(state.circuit()).isEqualTo("closed");
    }

    @Test
    void aNumberThatIsZeroIsNoRejection() {
      siem.usually(
          status(
              200,
              Map.of(),
              "{\"partialSuccess\":{\"rejectedLogRecords\":\"0\",\"errorMessage\":\"slow\"}}"));
      deploy(batches("otlp"));

      publish();

      assertThat(settled().delivered()).isEqualTo(20);
      assertThat(siem.requests()).hasSize(2);
    }

    @Test
    void onlySomeOf5xxAreTriedAgain() {
      siem.then(status(429), status(502), status(503), status(504)).usually(this::collect);
      deploy(batches("otlp").setMaxAttempts(10));

      publish();

      assertThat(settled().delivered()).isEqualTo(20);
      siem.usually(status(500));
      publish();
      State state = webhook.awaitState("siem", its -> its.failed() > 0);
      assertThat(letters().get(0).attempts()).isEqualTo(1);
      assertThat(state.lastError()).startsWith("500 from ");
      await().until(() -> webhook.state("siem").failed() == 20);
    }
  }
}
