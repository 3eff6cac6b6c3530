package dev.auditwebhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.WebhookClient.DeadLetter;
import dev.auditwebhook.WebhookClient.DeadLetterPage;
import dev.auditwebhook.WebhookClient.Health;
import dev.auditwebhook.WebhookClient.State;
import dev.auditwebhook.WebhookClient.Status;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the client asks on the bus, and what it makes of the replies. */
class WebhookClientTest {

  private static final int A_REPLY_HOLDS = 3;

  private final List<JsonObject> asked = new ArrayList<>();
  private Vertx vertx;
  private WebhookClient client;

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
    client = WebhookClient.create(vertx, "entries", "w");
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private void webhook(String name, UnaryOperator<JsonObject> answer) {
    vertx
        .eventBus()
        .<JsonObject>consumer(
            "w." + name,
            message -> {
              asked.add(message.body());
              message.reply(answer.apply(message.body()));
            });
  }

  @Test
  void theStateHasEveryFieldOfTheReply() throws Exception {
    JsonObject reply =
        new JsonObject(
            """
            {"type":"get_webhook_ok","endpoint":"siem","enabled":false,"paused":true,
             "url":"https://siem.example/in","format":"otlp","signed":true,"delivered":9,"failed":1,"dropped":0,"dlq_size":1,"dlq_evicted":4,
             "received":12,"discarded":0,"rejected":5,"pending":2,"in_flight":1,"retried":3,
             "oldest_pending":"2026-01-01T00:00:00.250Z","circuit":"open","circuit_since":"2026-01-01T00:00:00Z",
             "next_probe":"2026-01-01T00:00:01.500Z","last_delivery":"2026-01-01T00:00:09Z",
             "last_error":"503 from https://siem.example","reason":"paused by request",
             "warning":"the store was set aside"}""");
    webhook("get", request -> reply);

    State state = client.get().await();

    assertThat(state.json()).isEqualTo(reply);
    assertThat(state.isBalanced()).isTrue();
    for (String key : reply.fieldNames()) {
      if (!key.equals("type")) {
        Method accessor = State.class.getMethod(camelCase(key));
        assertThat(accessor.invoke(state)).as(key).hasToString(reply.getValue(key).toString());
      }
    }
  }

  private static String camelCase(String key) {
    return Pattern.compile("_(.)").matcher(key).replaceAll(WebhookClientTest::capital);
  }

  private static String capital(MatchResult letter) {
    return letter.group(1).toUpperCase(Locale.ROOT);
  }

  @Test
  void whatMayBeNullIsNull() {
    JsonObject reply = new JsonObject();
    List.of(
            "oldest_pending",
            "circuit_since",
            "next_probe",
            "last_delivery",
            "last_error",
            "reason",
            "warning")
        .forEach(reply::putNull);
    State state = new State(reply);
    assertThat(state.oldestPending()).isNull();
    assertThat(state.circuitSince()).isNull();
    assertThat(state.nextProbe()).isNull();
    assertThat(state.lastDelivery()).isNull();
    assertThat(state.lastError()).isNull();
    assertThat(state.reason()).isNull();
    assertThat(state.warning()).isNull();
  }

  @Test
  void aPauseAndItsEndAreChangesOfTheirOwn() {
    webhook(
        "set",
        request ->
            new JsonObject()
                .put("type", "set_webhook_ok")
                .put("status", request.getBoolean("paused") ? "paused" : "enabled")
                .put("url", "https://siem.example/in"));
    assertThat(client.pause().await()).isEqualTo(Status.PAUSED);
    assertThat(client.resume().await()).isEqualTo(Status.ENABLED);
    assertThat(asked)
        .containsExactly(new JsonObject("{\"paused\":true}"), new JsonObject("{\"paused\":false}"));
  }

  @Test
  void aChangeTellsTheStatusThatFollows() {
    List<String> statuses = new ArrayList<>(List.of("enabled", "disabled", "paused"));
    webhook("set", request -> new JsonObject().put("status", statuses.remove(0)));
    assertThat(client.setUrl("https://siem.example/in").await()).isEqualTo(Status.ENABLED);
    assertThat(client.disable().await()).isEqualTo(Status.DISABLED);
    assertThat(client.setInitialBackoff(5).await()).isEqualTo(Status.PAUSED);
  }

  @Test
  void readinessAndHealthAreTwoQuestions() {
    webhook("ready", request -> new JsonObject("{\"ready\":true,\"reasons\":[]}"));
    webhook("health", request -> new JsonObject("{\"healthy\":false,\"reasons\":[\"paused\"]}"));
    assertThat(client.ready().await()).isEqualTo(new Health(true, List.of()));
    assertThat(client.health().await()).isEqualTo(new Health(false, List.of("paused")));
  }

  @Test
  void aPageOfDeadLettersTellsWhereToReadOn() {
    webhook("dlq", request -> letters(request, 5));
    DeadLetterPage first = client.deadLetterPage(100, 0).await();
    assertThat(first.letters()).extracting(DeadLetter::eventId).containsExactly(1L, 2L, 3L);
    assertThat(first.nextAfter()).isEqualTo(3);
    DeadLetterPage last = client.deadLetterPage(100, first.nextAfter()).await();
    assertThat(last.letters()).extracting(DeadLetter::eventId).containsExactly(4L, 5L);
    assertThat(last.nextAfter()).isNull();
  }

  @Test
  void allThatAreWantedAreReadOverSeveralReplies() {
    webhook("dlq", request -> letters(request, 10));
    assertThat(client.deadLetters(100, 0).await()).hasSize(10);
    asked.clear();
    assertThat(client.deadLetters(4, 5).await())
        .extracting(DeadLetter::eventId)
        .containsExactly(6L, 7L, 8L, 9L);
    assertThat(asked)
        .containsExactly(
            new JsonObject("{\"limit\":4,\"after\":5}"),
            new JsonObject("{\"limit\":1,\"after\":8}"));
  }

  /** A reply of a webhook with so many dead letters, of which few fit into one. */
  private static JsonObject letters(JsonObject request, long last) {
    long after = request.getLong("after");
    long end = Math.min(last, after + Math.min(A_REPLY_HOLDS, request.getLong("limit")));
    JsonArray events = new JsonArray();
    LongStream.rangeClosed(after + 1, end)
        .forEach(id -> events.add(new JsonObject().put("event_id", id).put("attempts", 1)));
    return new JsonObject()
        .put("count", events.size())
        .put("next_after", end < last ? end : null)
        .put("events", events);
  }

  @Test
  void allArePurgedOnlyByName() {
    webhook("dlq.purge", request -> new JsonObject().put("purged", 2));
    assertThat(client.purge(List.of(7L, 9L)).await()).isEqualTo(2);
    assertThat(client.purge(List.of()).await()).isEqualTo(2);
    assertThat(client.purgeAll().await()).isEqualTo(2);
    assertThat(asked)
        .containsExactly(
            new JsonObject("{\"event_ids\":[7,9]}"),
            new JsonObject("{\"event_ids\":[]}"),
            new JsonObject());
  }

  @Test
  void everyRequestOfAnEndpointNamesIt() {
    JsonObject state = new JsonObject().put("endpoint", "siem");
    webhook("get", request -> state);
    webhook("set", request -> new JsonObject().put("status", "paused"));
    webhook("test", request -> new JsonObject().put("status", 204).put("latency_ms", 12));
    webhook("dlq", request -> letters(request, 5));
    webhook("dlq.redrive", request -> new JsonObject().put("redriven", 2));
    webhook("dlq.purge", request -> new JsonObject().put("purged", 2));
    webhook("ready", request -> new JsonObject("{\"ready\":true,\"reasons\":[]}"));
    webhook("health", request -> new JsonObject("{\"healthy\":true,\"reasons\":[]}"));
    WebhookClient siem = client.endpoint("siem");

    assertThat(siem.get().await().endpoint()).isEqualTo("siem");
    siem.setUrl("https://siem.example/in").await();
    siem.disable().await();
    siem.pause().await();
    siem.resume().await();
    siem.setSecret("whsec_").await();
    siem.replaceSecrets("whsec_").await();
    siem.setInitialBackoff(5).await();
    siem.test().await();
    siem.deadLetters(4, 0).await();
    siem.redrive().await();
    siem.redrive(List.of(7L)).await();
    siem.purgeAll().await();
    siem.purge(List.of(7L)).await();
    siem.ready().await();
    siem.health().await();

    assertThat(asked)
        .extracting(JsonObject::encode)
        .containsExactly(
            "{\"endpoint\":\"siem\"}",
            "{\"endpoint\":\"siem\",\"url\":\"https://siem.example/in\"}",
            "{\"endpoint\":\"siem\",\"url\":\"\"}",
            "{\"endpoint\":\"siem\",\"paused\":true}",
            "{\"endpoint\":\"siem\",\"paused\":false}",
            "{\"endpoint\":\"siem\",\"secret\":\"whsec_\"}",
            "{\"endpoint\":\"siem\",\"secret\":\"whsec_\",\"revoke\":true}",
            "{\"endpoint\":\"siem\",\"initial_backoff\":5}",
            "{\"endpoint\":\"siem\"}",
            "{\"endpoint\":\"siem\",\"limit\":4,\"after\":0}",
            "{\"endpoint\":\"siem\",\"limit\":1,\"after\":3}",
            "{\"endpoint\":\"siem\"}",
            "{\"endpoint\":\"siem\",\"event_ids\":[7]}",
            "{\"endpoint\":\"siem\"}",
            "{\"endpoint\":\"siem\",\"event_ids\":[7]}",
            "{\"endpoint\":\"siem\"}",
            "{\"endpoint\":\"siem\"}");
  }

  @Test
  void anEndpointThatIsNotNamedIsNeverTakenForTheDefaultOne() {
    assertThatThrownBy(() -> client.endpoint(null)).hasMessage("id");
    webhook("endpoint.remove", request -> new JsonObject().put("abandoned", 0));
    client.remove(null).await();
    assertThat(asked).containsExactly(new JsonObject("{\"endpoint\":null}"));
  }

  @Test
  void entriesGoToAllEndpoints() {
    vertx
        .eventBus()
        .<JsonObject>consumer(
            "entries",
            message -> {
              asked.add(message.body());
              message.reply(new JsonObject("{\"status\":\"queued\",\"event_id\":7}"));
            });
    AuditEvent event = AuditEvent.of("user.login", new JsonObject());
    client.endpoint("siem").request(event).await();
    assertThat(asked).containsExactly(event.toJson());
  }

  @Test
  void endpointsAreListedMadeReplacedAndRemoved() {
    webhook(
        "endpoints",
        request ->
            new JsonObject(
                "{\"count\":2,\"endpoints\":[{\"endpoint\":\"default\"},{\"endpoint\":\"siem\"}]}"));
    List<Boolean> made = new ArrayList<>(List.of(true, false));
    webhook("endpoint.put", request -> new JsonObject().put("created", made.remove(0)));
    webhook("endpoint.remove", request -> new JsonObject().put("abandoned", 3));
    EndpointOptions config = new EndpointOptions().setUrl("https://siem.example/in");

    assertThat(client.endpoints().await())
        .extracting(State::endpoint)
        .containsExactly("default", "siem");
    assertThat(client.put("siem", config).await()).isTrue();
    assertThat(client.endpoint("other").put("siem", config).await()).isFalse();
    assertThat(client.remove("siem").await()).isEqualTo(3);

    JsonObject put = new JsonObject().put("endpoint", "siem").put("config", config.toJson());
    assertThat(asked)
        .containsExactly(new JsonObject(), put, put, new JsonObject().put("endpoint", "siem"));
  }

  @Test
  void nodesAreListed() {
    webhook(
        "nodes",
        request ->
            new JsonObject(
                """
                {"count":1,"nodes":[{"id":"a","name":"app-1/7","self":true,"alive":false,
                 "started":"2026-01-01T00:00:00Z","seen":"2026-01-01T00:00:01Z","endpoints":3}]}"""));

    WebhookClient.Node node = client.nodes().await().get(0);

    assertThat(asked).containsExactly(new JsonObject());
    assertThat(node.id()).isEqualTo("a");
    assertThat(node.name()).isEqualTo("app-1/7");
    assertThat(node.self()).isTrue();
    assertThat(node.alive()).isFalse();
    assertThat(node.started()).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(node.seen()).isEqualTo("2026-01-01T00:00:01Z");
    assertThat(node.endpoints()).isEqualTo(3);
  }
}
