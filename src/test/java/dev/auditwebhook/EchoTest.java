package dev.auditwebhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.ScriptedReceiver.Answer;
import dev.auditwebhook.testing.WebhookTest;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A receiver that answers with what it was sent: nobody is shown a secret of it again. */
class EchoTest extends WebhookTest {

  private static final String SEGMENT = "T0pS3cretSegment";
  private static final String KEY = "Qu3ryS3cret";
  private static final String BEARER = "B34rerS3cret";
  private static final String PASSWORD = "P4ssw0rd";
  private static final String ADDED = "078-05-1120";
  private static final List<String> SECRETS = List.of(SEGMENT, KEY, BEARER, PASSWORD, ADDED);

  private void deployAgainst(int status, Function<Echo, String> answer) {
    receiver.usually(
        received ->
            (vertx, request) -> {
              Echo echo = new Echo(request, received.body().toString());
              Answer.status(status, Map.of(), answer.apply(echo)).give(vertx, request);
            });
    deploy(
        options()
            .setUrl(receiver.url("/v1/" + SEGMENT + "/in?u=me&key=" + KEY))
            .setHeaders(Map.of("Authorization", "Bearer " + BEARER))
            .setRedact(List.of("ssn"))
            .setBatch(batch));
  }

  private record Echo(HttpServerRequest request, String body) {
    String all() {
      return "POST " + request.uri() + " " + request.getHeader("authorization") + " " + body;
    }
  }

  private BatchOptions batch = new BatchOptions();

  private static JsonObject secrets() {
    return new JsonObject()
        .put("password", PASSWORD)
        .put("people", new JsonArray().add(new JsonObject().put("SSN", ADDED)))
        .put("user", "mara");
  }

  private String response() {
    return result(client.deadLetters(1, 0)).get(0).response();
  }

  @Test
  void noReplyNoReportAndNoLogLineShowsIt() {
    List<String> seen = new CopyOnWriteArrayList<>();
    try (LogLines log = new LogLines()) {
      vertx.eventBus().<JsonObject>consumer("webhook.attempts", m -> seen.add(m.body().encode()));
      deployAgainst(400, Echo::all);
      publish("user.login", secrets());
      JsonObject state = awaitSettled(1).json();
      state.remove("url"); // An operator's own setting, shown whole.
      seen.add(state.encode());
      seen.add(request("webhook.dlq", new JsonObject()).encode());
      seen.add(request("webhook.health", new JsonObject()).encode());
      seen.addAll(log.all());
      assertThat(response()).startsWith("POST <redacted> <redacted> {\"event_id\":1,");
      assertThat(response()).contains("\"password\":\"<redacted>\"", "\"user\":\"mara\"");
    }
    assertThat(seen)
        .hasSizeGreaterThan(4)
        .allSatisfy(text -> assertThat(text).doesNotContain(SECRETS));
  }

  @Test
  void anotherMembersDetailsAreNotShownWithABatch() {
    batch = new BatchOptions().setMaxEvents(10);
    deployAgainst(404, Echo::all);
    publish("user.login", new JsonObject().put("n", 1));
    publish("user.login", secrets());
    awaitSettled(2);

    assertThat(receiver.requests()).hasSize(1);
    List<String> responses = new ArrayList<>();
    result(client.deadLetters(10, 0)).forEach(letter -> responses.add(letter.response()));
    assertThat(responses).hasSize(2);
    assertThat(responses)
        .allSatisfy(
            shown ->
                assertThat(shown).contains("\"password\":\"<redacted>\"").doesNotContain(SECRETS));
  }

  @ParameterizedTest
  @ValueSource(strings = {SEGMENT, KEY, BEARER, PASSWORD, ADDED})
  void aSecretThatTheEndOfTheExcerptCutsOff(String secret) {
    int before = 1024 - secret.length() + 1;
    deployAgainst(400, echo -> ".".repeat(before) + secret + echo.all());
    publish("user.login", secrets());
    awaitSettled(1);

    assertThat(response()).isEqualTo(".".repeat(before) + "<redacted>");
  }

  @Test
  void aSecretThatTheReceiversJsonEscapes() {
    deployAgainst(400, echo -> "{\"echo\":\"Tr0ub\\u0026dor\"}");
    publish("user.login", new JsonObject().put("password", "Tr0ub&dor"));
    awaitSettled(1);

    assertThat(response()).isEqualTo("{\"echo\":\"<redacted>\"}");
  }

  @Test
  void whereTheDetailsCannotBeReadNothingIsShown() {
    deployAgainst(400, Echo::body);
    JsonObject details = secrets();
    for (int i = 0; i < 950; i++) {
      details = new JsonObject().put("a", details);
    }
    publish("user.login", details);
    awaitSettled(1);

    assertThat(response()).isEqualTo("<redacted>");
  }
}
