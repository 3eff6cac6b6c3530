package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import dev.auditwebhook.MainVerticle;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookClient.DeadLetter;
import dev.auditwebhook.WebhookClient.State;
import dev.auditwebhook.json.ExactJson;
import dev.auditwebhook.testing.OneStore;
import dev.auditwebhook.testing.Readme;
import dev.auditwebhook.testing.ScriptedProduct;
import dev.auditwebhook.testing.ScriptedProduct.Document;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The recipes of the README: each configuration as it stands there, but for the host, the directory
 * and its patience, delivers to a receiver that answers as the documentation of the product has it.
 */
@OneStore("each recipe says where it keeps events")
@Timeout(60)
class RecipesTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private static final String HOST = "https://[a-z.-]+\\.example(:\\d+)?";

  private JsonObject config;
  private WebhookClient client;

  private static List<String> blocks(String recipe) {
    return Readme.blocks(Readme.section("Recipes", recipe), "json");
  }

  private static JsonObject parsed(String block) {
    return (JsonObject) ExactJson.parse(Buffer.buffer(block));
  }

  /** Serves the one endpoint of a recipe. */
  private void serve(String recipe, ScriptedProduct product) {
    receiver.usually(product);
    String block =
        blocks(recipe)
            .get(0)
            .replaceAll(HOST, "http://127.0.0.1:" + receiver.port())
            .replace("/var/lib/audit-webhook", webhook.directory().resolve("data").toString());
    JsonObject file = parsed(block);
    JsonObject endpoints = file.getJsonObject("webhook").getJsonObject("endpoints");
    assertThat(endpoints).hasSize(1);
    String id = endpoints.fieldNames().iterator().next();
    config = endpoints.getJsonObject(id);
    assertThat(config.getString("url")).startsWith("http://127.0.0.1:");
    config.put("initialBackoff", 20).getJsonObject("batch").put("maxDelay", 50);
    file.put("http", new JsonObject().put("enabled", false));
    webhook.deploy(new MainVerticle(), new DeploymentOptions().setConfig(file));
    client = webhook.client().endpoint(id);
  }

  private State settledAs(Predicate<State> wanted) {
    return Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .until(
            () -> {
              State state = result(client.get());
              assertThat(state.isBalanced()).as("ledger %s", state.json()).isTrue();
              return state;
            },
            wanted);
  }

  private State settled(long received) {
    return settledAs(state -> state.received() == received && state.pending() == 0);
  }

  /** Good events, and as the third one such as the product refuses. */
  private void publishWithOneBad(int events) {
    for (int i = 1; i <= events; i++) {
      webhook.publish(
          i == 3 ? ScriptedProduct.BAD : "user.login", new JsonObject().put("user", "mara " + i));
    }
  }

  /** All but the third are with the receiver, and that one is a dead letter. */
  private DeadLetter assertAllButTheThird(ScriptedProduct product, int events) {
    State state = settled(events);
    assertThat(state.delivered()).as("%s", state.json()).isEqualTo(events - 1);
    assertThat(state.warning()).isNull();
    assertThat(product.ids()).containsAll(allBut(3, events)).doesNotContain(3L);
    boolean isCompressed = "gzip".equals(config.getString("compression"));
    assertThat(receiver.requests())
        .allMatch(request -> request.headers().contains("content-encoding") == isCompressed);
    List<DeadLetter> letters = result(client.deadLetters(10, 0));
    assertThat(letters).extracting(DeadLetter::eventId).containsExactly(3L);
    return letters.get(0);
  }

  private static List<Long> allBut(long one, int events) {
    return LongStream.rangeClosed(1, events).filter(id -> id != one).boxed().toList();
  }

  @Test
  void thereIsOneForEachOfThese() {
    assertThat(Readme.sections("Recipes"))
        .containsExactly(
            "Splunk HEC",
            "Elasticsearch data stream",
            "Datadog",
            "Loki",
            "An OTLP collector",
            "CloudEvents",
            "ndjson for an archive");
  }

  @Test
  void eachSaysWhatAReaderAsks() {
    for (String recipe : Readme.sections("Recipes")) {
      assertThat(Readme.section("Recipes", recipe))
          .contains("**Set up:**", "**Answers:**", "**Repeats:**", "**Limits:**", "**Watch:**");
    }
  }

  @Test
  void splunk() {
    ScriptedProduct splunk =
        ScriptedProduct.splunk("12345678-90ab-cdef-1234-567890abcdef", "audit");
    serve("Splunk HEC", splunk.busyAtFirst());
    publishWithOneBad(6);

    DeadLetter letter = assertAllButTheThird(splunk, 6);

    assertThat(letter.status()).isEqualTo(400);
    assertThat(letter.error()).startsWith("code 6 in a 400").endsWith(": Invalid data format");
    assertThat(splunk.ids()).doesNotHaveDuplicates();
    JsonObject first = splunk.taken().get(0).wrapping();
    assertThat(first.getString("source")).isEqualTo("audit");
    assertThat(first.getString("sourcetype")).isEqualTo("_json");
  }

  @Test
  void whatOnlyLooksLikeSplunkGetsDeadLetters() {
    serve("Splunk HEC", ScriptedProduct.saying(200, new JsonObject().put("text", "Success")));
    publishWithOneBad(1);
    assertThat(settled(1).failed()).isEqualTo(1);
    assertThat(result(client.deadLetters(10, 0)).get(0).attempts()).isEqualTo(3);
  }

  @Test
  void aWrongIndexFillsTheDeadLetterQueueAndOpensNoCircuit() {
    serve("Splunk HEC", ScriptedProduct.splunk("12345678-90ab-cdef-1234-567890abcdef", "other"));
    publishWithOneBad(20);
    State state = settled(20);
    assertThat(state.failed()).isEqualTo(20);
    assertThat(state.circuit()).isEqualTo("closed");
  }

  @Test
  void elasticsearch() {
    JsonObject template = parsed(blocks("Elasticsearch data stream").get(1));
    ScriptedProduct elastic =
        ScriptedProduct.elasticsearch("aWRlbnRpZmllcjprZXktb2YtdGhlLWFwaQ==", template);
    serve("Elasticsearch data stream", elastic.busyAtFirst().losingAnAnswer());
    publishWithOneBad(6);

    DeadLetter letter = assertAllButTheThird(elastic, 6);

    assertThat(letter.status()).isEqualTo(200);
    assertThat(letter.error())
        .startsWith("400 in a 200")
        .contains("document_parsing_exception: failed to parse field [audit]");
    assertThat(elastic.ids()).as("what came twice is there once").doesNotHaveDuplicates();
    assertThat(elastic.repeats()).isPositive();
  }

  @Test
  void theTemplateKnowsAllThatADocumentHas() {
    JsonObject template = parsed(blocks("Elasticsearch data stream").get(1));
    ScriptedProduct elastic =
        ScriptedProduct.elasticsearch("aWRlbnRpZmllcjprZXktb2YtdGhlLWFwaQ==", template);
    serve("Elasticsearch data stream", elastic);
    webhook.publish("user.login", new JsonObject().put("user", "mara"));
    settled(1);
    JsonObject known = template.getJsonObject("template").getJsonObject("mappings");
    JsonObject document = elastic.taken().get(0).wrapping();

    assertThat(known.getJsonObject("properties").fieldNames())
        .containsExactlyInAnyOrderElementsOf(document.fieldNames());
    assertThat(
            known
                .getJsonObject("properties")
                .getJsonObject("event")
                .getJsonObject("properties")
                .fieldNames())
        .containsExactlyInAnyOrderElementsOf(document.getJsonObject("event").fieldNames());
  }

  @Test
  void datadog() {
    ScriptedProduct datadog = ScriptedProduct.datadog("0123456789abcdef0123456789abcdef");
    serve("Datadog", datadog.busyAtFirst());
    publishWithOneBad(6);

    assertAllButTheThird(datadog, 6);

    JsonObject log = datadog.taken().get(0).wrapping();
    assertThat(log.getString("ddtags")).isEqualTo("env:prod,team:platform");
    assertThat(log.getString("service")).isEqualTo("billing");
    assertThat(log.getString("ddsource")).isEqualTo("audit");
  }

  @Test
  void loki() {
    ScriptedProduct loki = ScriptedProduct.loki("audit");
    serve("Loki", loki.busyAtFirst());
    publishWithOneBad(6);

    DeadLetter letter = assertAllButTheThird(loki, 6);

    assertThat(letter.response()).contains("max entry size");
    assertThat(loki.ids()).as("what came twice is there once").doesNotHaveDuplicates();
    assertThat(loki.repeats()).isPositive();
    assertThat(loki.taken().get(0).wrapping())
        .isEqualTo(new JsonObject().put("job", "audit").put("service", "billing"));
  }

  @Test
  void anOtlpCollector() {
    ScriptedProduct collector = ScriptedProduct.otlp("token-of-the-collector");
    serve("An OTLP collector", collector.busyAtFirst());
    publishWithOneBad(6);

    DeadLetter letter = assertAllButTheThird(collector, 6);

    assertThat(letter.status()).isEqualTo(200);
    assertThat(letter.error()).startsWith("log records rejected in a 200");
    assertThat(collector.repeats()).as("which were rejected it does not say").isPositive();
    assertThat(collector.taken().get(0).wrapping().encode())
        .contains("\"service.name\"", "\"billing\"", "\"deployment.environment.name\"", "\"prod\"");
  }

  @Test
  void cloudEvents() throws Exception {
    ScriptedProduct events = ScriptedProduct.cloudEvents();
    serve("CloudEvents", events.busyAtFirst());
    publishWithOneBad(6);

    assertAllButTheThird(events, 6);

    Received last = receiver.lastRequest();
    verify(last);
    assertThat(last.headers().get("content-type")).isEqualTo("application/cloudevents-batch+json");
    for (Document event : events.taken()) {
      assertThat(event.wrapping().getString("source")).isEqualTo("urn:example:billing");
      assertThat(event.wrapping().getString("type")).isEqualTo("user.login");
    }
    assertThat(new JsonArray(last.body())).isNotEmpty();
  }

  @Test
  void anArchive() throws Exception {
    ScriptedProduct archive = ScriptedProduct.archive();
    serve("ndjson for an archive", archive.busyAtFirst());
    publishWithOneBad(2);
    settled(2);
    publishWithOneBad(2);

    assertThat(settled(4).delivered()).isEqualTo(4);

    verify(receiver.lastRequest());
    assertThat(archive.ids()).containsExactly(1L, 2L, 3L, 4L);
  }

  /** By the library of Standard Webhooks. */
  private void verify(Received request) throws Exception {
    Map<String, List<String>> headers = new HashMap<>();
    request
        .headers()
        .names()
        .forEach(name -> headers.put(name.toLowerCase(), request.headers().getAll(name)));
    new Webhook(config.getJsonArray("secrets").getString(0))
        .verify(request.body().toString(), headers);
  }
}
