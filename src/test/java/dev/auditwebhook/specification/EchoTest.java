package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.batches;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.testing.Effect;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.TokenEndpoint;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A receiver that answers with what it was sent: nobody is shown a secret of it again. */
@EveryStore
class EchoTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

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
              Effect.status(status, Map.of(), answer.apply(echo)).play(vertx, request);
            });
    webhook.deploy(
        batches(webhook.options(), batch, 50)
            .setUrl(receiver.url("/v1/" + SEGMENT + "/in?u=me&key=" + KEY))
            .setHeaders(Map.of("Authorization", "Bearer " + BEARER))
            .setRedact(List.of("ssn")));
  }

  private record Echo(HttpServerRequest request, String body) {
    String all() {
      return "POST " + request.uri() + " " + request.getHeader("authorization") + " " + body;
    }
  }

  private int batch = 1;

  private static JsonObject secrets() {
    return new JsonObject()
        .put("password", PASSWORD)
        .put("people", new JsonArray().add(new JsonObject().put("SSN", ADDED)))
        .put("user", "mara");
  }

  private String response() {
    return webhook.deadLetters().get(0).response();
  }

  @Test
  void noReplyNoReportAndNoLogLineShowsIt() {
    List<String> seen = new ArrayList<>();
    try (LogLines log = new LogLines()) {
      List<JsonObject> attempts = webhook.attempts();
      deployAgainst(400, Echo::all);
      webhook.publish("user.login", secrets());
      JsonObject state = webhook.awaitSettled(1).json();
      state.remove("url"); // An operator's own setting, shown whole.
      seen.add(state.encode());
      seen.add(webhook.request("webhook.dlq", new JsonObject()).encode());
      seen.add(webhook.request("webhook.health", new JsonObject()).encode());
      seen.addAll(log.all());
      await().until(() -> attempts.size() == 1);
      attempts.forEach(attempt -> seen.add(attempt.encode()));
      assertThat(response()).startsWith("POST <redacted> <redacted> {\"event_id\":1,");
      assertThat(response()).contains("\"password\":\"<redacted>\"", "\"user\":\"mara\"");
    }
    assertThat(seen)
        .hasSizeGreaterThan(4)
        .allSatisfy(text -> assertThat(text).doesNotContain(SECRETS));
  }

  @Test
  void anotherMembersDetailsAreNotShownWithABatch() {
    batch = 10;
    deployAgainst(404, Echo::all);
    webhook.publish("user.login", new JsonObject().put("n", 1));
    webhook.publish("user.login", secrets());
    webhook.awaitSettled(2);

    assertThat(receiver.requests()).hasSize(1);
    List<String> responses = new ArrayList<>();
    webhook.deadLetters().forEach(letter -> responses.add(letter.response()));
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
    webhook.publish("user.login", secrets());
    webhook.awaitSettled(1);

    assertThat(response()).isEqualTo(".".repeat(before) + "<redacted>");
  }

  @Test
  void aSecretThatTheReceiversJsonEscapes() {
    deployAgainst(400, echo -> "{\"echo\":\"Tr0ub\\u0026dor\"}");
    webhook.publish("user.login", new JsonObject().put("password", "Tr0ub&dor"));
    webhook.awaitSettled(1);

    assertThat(response()).isEqualTo("{\"echo\":\"<redacted>\"}");
  }

  @Test
  void whereTheDetailsCannotBeReadNothingIsShown() {
    deployAgainst(400, Echo::body);
    JsonObject details = secrets();
    for (int i = 0; i < 950; i++) {
      details = new JsonObject().put("a", details);
    }
    webhook.publish("user.login", details);
    webhook.awaitSettled(1);

    assertThat(response()).isEqualTo("<redacted>");
  }

  @Test
  void aReceiverThatEchoesOurHeadersShowsNoCredentials() {
    receiver.usually(
        request -> status(400, Map.of(), "you sent " + request.headers().get("authorization")));
    webhook.deploy(webhook.options().setHeaders(Map.of("Authorization", "Bearer s3cret-t0ken")));
    webhook.publish(1);
    webhook.awaitSettled(1);

    assertThat(webhook.deadLetters().get(0).response()).isEqualTo("you sent <redacted>");
  }

  @Test
  void aReceiverThatEchoesATokenOrWhatGetsOneShowsNeither() {
    TokenEndpoint idp = TokenEndpoint.start(webhook.elsewhere());
    receiver.usually(
        request ->
            status(
                request.headers().get("authorization").endsWith("-1") ? 401 : 400,
                Map.of(),
                request.headers().get("authorization")
                    + " after Bearer token-1 by "
                    + TokenEndpoint.SECRET));
    webhook.deploy(webhook.options().setAuth(idp.auth()));
    webhook.publish(1);
    webhook.awaitSettled(1);

    assertThat(webhook.deadLetters().get(0).response())
        .isEqualTo("<redacted> after <redacted> by <redacted>");
  }

  @Test
  void neitherIsShownInWhatIsSaidOfSingleEvents() {
    TokenEndpoint idp = TokenEndpoint.start(webhook.elsewhere());
    receiver.usually(
        request ->
            TokenEndpoint.json(
                200,
                new JsonObject()
                    .put("partialSuccess", said(request.headers().get("authorization")))
                    .encode()));
    webhook.deploy(webhook.options().setFormat("otlp").setAuth(idp.auth()));
    webhook.publish(1);
    webhook.awaitSettled(1);

    assertThat(webhook.deadLetters().get(0).error())
        .contains("<redacted>")
        .doesNotContain("token-1", TokenEndpoint.SECRET);
  }

  private static JsonObject said(String authorization) {
    return new JsonObject()
        .put("rejectedLogRecords", 1)
        .put("errorMessage", authorization + " of " + TokenEndpoint.SECRET);
  }

  @Test
  void norIsAHeaderThatWasReplacedWhileTheAnswerWasUnderWay() {
    Promise<Void> replaced = Promise.promise();
    receiver.usually(
        request ->
            status(400, Map.of(), "you sent " + request.headers().get("authorization"))
                .heldBackUntil(replaced.future()));
    webhook.deploy(webhook.options().setHeaders(Map.of("Authorization", "Bearer s3cret-t0ken")));
    webhook.publish(1);
    receiver.takeRequest();
    EndpointOptions others = new EndpointOptions().setUrl(receiver.url());
    result(webhook.client().put(EndpointOptions.DEFAULT_ID, others));
    replaced.complete();
    webhook.awaitSettled(1);

    assertThat(webhook.deadLetters().get(0).response()).isEqualTo("you sent <redacted>");
  }
}
