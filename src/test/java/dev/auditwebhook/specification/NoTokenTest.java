package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.TokenEndpoint.json;
import static dev.auditwebhook.testing.Webhooks.circuit;
import static dev.auditwebhook.testing.Webhooks.refusal;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookClient.DeadLetter;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.Effect;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.TokenEndpoint;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of events while the token endpoint gives no token. */
@EveryStore
class NoTokenTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private final TokenEndpoint idp = TokenEndpoint.start(webhook.elsewhere());

  private WebhookOptions options() {
    return webhook.options().setAuth(idp.auth()).setAttemptTimeout(500);
  }

  /** What the only event ends in, of which the receiver heard nothing. */
  private DeadLetter deadLetter() {
    webhook.deploy(options());
    webhook.publish(1);
    assertThat(webhook.awaitSettled(1).failed()).isEqualTo(1);
    assertThat(receiver.requests()).isEmpty();
    DeadLetter letter = webhook.deadLetters().get(0);
    assertThat(letter.status()).isNull();
    assertThat(letter.response()).isNull();
    return letter;
  }

  private String because(String why) {
    return "no token from %s: %s, so no answer from http://127.0.0.1:%d"
        .formatted(idp.origin(), why, receiver.port());
  }

  private void isRetriedBecause(String why) {
    DeadLetter letter = deadLetter();
    assertThat(letter.error()).isEqualTo(because(why));
    assertThat(letter.attempts()).isEqualTo(3);
  }

  @Test
  void aTokenEndpointThatIsDownIsARetry() {
    idp.server().stop();
    isRetriedBecause("connection refused");
  }

  @Test
  void oneThatClosesTheConnectionIsARetry() {
    idp.server().usually(Effect.close());
    isRetriedBecause("connection closed");
  }

  @Test
  void oneThatSaysNothingIsARetryAtTheDeadlineOfTheAttempt() {
    idp.server().usually(Effect.silence());
    isRetriedBecause("timeout after 500 ms");
  }

  @Test
  void oneThatStallsIsARetryAtTheDeadlineOfTheAttempt() {
    idp.server().usually(Effect.stall(200));
    isRetriedBecause("timeout after 500 ms");
  }

  @Test
  void oneThatDripsIsARetryAtTheDeadlineOfTheAttempt() {
    idp.server().usually(Effect.drip(200, 5));
    isRetriedBecause("timeout after 500 ms");
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 400, 503})
  void anAnswerWithoutEndIsNotReadToItsEnd(int status) {
    idp.server().usually(Effect.flood(status));
    isRetriedBecause("the answer is larger than 64 KiB");
  }

  @Test
  void anAnswerThatBreaksOffIsARetry() {
    idp.server().usually(Effect.closeHalfway(200));
    isRetriedBecause("connection closed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "null",
        "{}",
        "{\"error\":\"invalid_client\"}",
        "{\"access_token\":null}",
        "{\"access_token\":7}",
        "{\"access_token\":\"\"}",
        "{\"access_token\":\"two words\"}",
        "{\"access_token\":\"split\\r\\nX-Header: y\"}",
        "{\"access_token\":\"t\",\"token_type\":\"mac\"}",
        "{\"access_token\":\"t\",\"token_type\":\"Bearer\",\"expires_in\":0}",
        "{\"access_token\":\"t\",\"token_type\":\"Bearer\",\"expires_in\":-5}",
        "{\"access_token\":\"t\",\"token_type\":\"Bearer\",\"expires_in\":\"soon\"}",
        "{\"access_token\":\"t\",\"token_type\":\"Bearer\",\"expires_in\":{}}"
      })
  void anAnswerWithoutATokenIsARetry(String answer) {
    idp.server().usually(json(200, answer));
    isRetriedBecause("the answer has no bearer token");
  }

  @Test
  void aPageForPeopleIsNoToken() {
    idp.server().usually(status(200, Map.of("content-type", "text/html"), "access_token=t"));
    isRetriedBecause("the answer has no bearer token");
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 503})
  void itsOwnTroubleIsARetry(int status) {
    idp.server().usually(status(status));
    isRetriedBecause(Integer.toString(status));
  }

  @Test
  void itMaySayWhenToComeBack() {
    idp.server().then(status(429, Map.of("retry-after", "1"), ""));
    webhook.deploy(options());
    webhook.publish(1);

    assertThat(webhook.awaitSettled(1).delivered()).isEqualTo(1);
    long pause = idp.requests().get(1).at() - idp.requests().get(0).at();
    assertThat(pause).isGreaterThanOrEqualTo(900);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 410, 422})
  void whatItRefusesIsWrongWithTheEndpoint(int status) {
    idp.server().usually(json(status, "{\"error\":\"invalid_client\"}"));

    DeadLetter letter = deadLetter();

    assertThat(letter.error()).isEqualTo(because(Integer.toString(status)));
    assertThat(letter.attempts()).isEqualTo(1);
    assertThat(webhook.state().paused()).isFalse();
  }

  @Test
  void aRedirectIsNotFollowed() {
    ScriptedReceiver elsewhere = webhook.anotherReceiver();
    idp.server().usually(status(307, Map.of("location", elsewhere.url("/token")), ""));

    DeadLetter letter = deadLetter();

    assertThat(letter.error()).isEqualTo(because("307"));
    assertThat(letter.attempts()).isEqualTo(1);
    assertThat(elsewhere.requests()).isEmpty();
  }

  @ParameterizedTest(name = "{0} in flight")
  @CsvSource({"1", "64", "1024"})
  void aRevokedClientCostsAtMostMaxFailuresDeadLetters(int inFlight) {
    idp.server().usually(json(401, "{\"error\":\"invalid_client\"}").after(20));
    webhook.deploy(circuit(options(), 10, 50).setMaxInFlight(inFlight).setAttemptTimeout(15_000));
    webhook.publish(500);
    webhook.awaitState(
        state ->
            state.received() == 500 && !state.circuit().equals("closed") && state.retried() >= 3);

    WebhookClient.State refused = webhook.state();
    assertThat(refused.failed()).isLessThanOrEqualTo(10);
    assertThat(refused.pending()).isEqualTo(500 - refused.failed());
    assertThat(receiver.requests()).isEmpty();

    idp.server().usually(json(200, "{\"access_token\":\"t\"}"));
    WebhookClient.State end = webhook.awaitSettled(500);
    assertThat(end.failed()).isLessThanOrEqualTo(10);
    assertThat(end.delivered()).isEqualTo(500 - end.failed());
  }

  @Test
  void anOutageOfTheTokenEndpointOpensTheCircuitAndBurnsNothingMore() {
    idp.server().usually(status(503).after(20));
    webhook.deploy(circuit(options(), 10, 50).setAttemptTimeout(15_000));
    webhook.publish(200);
    webhook.awaitState(state -> state.circuit().equals("open") && state.retried() >= 64);
    assertThat(webhook.state().failed()).isZero();

    idp.server().usually(json(200, "{\"access_token\":\"t\"}"));

    assertThat(webhook.awaitSettled(200).delivered()).isEqualTo(200);
  }

  @Test
  void aRenewalThatFailsIsARetryOfTheAttemptThatWasRefused() {
    receiver.then(status(401));
    idp.server().then(json(200, "{\"access_token\":\"t\"}"), status(503));
    webhook.deploy(options());
    List<JsonObject> attempts = webhook.attempts();
    webhook.publish(1);

    WebhookClient.State state = webhook.awaitSettled(1);
    assertThat(state.delivered()).isEqualTo(1);
    assertThat(state.retried()).as("there was no second request").isEqualTo(1);
    await().until(() -> attempts.size() == 2);
    assertThat(attempts.get(0).getString("outcome")).isEqualTo("retry");
    assertThat(attempts.get(0).getInteger("status")).isNull();
    assertThat(attempts.get(0).getString("error"))
        .isEqualTo("no token from " + idp.origin() + ": 503, so no answer");
    assertThat(receiver.requests()).hasSize(2);
  }

  @Test
  void aTestSaysWhy() {
    idp.server().usually(status(503));
    webhook.deploy(options());

    assertThat(refusal(webhook.client().test()))
        .hasMessage("no token from " + idp.origin() + ": 503, so no answer")
        .extracting("failureCode")
        .isEqualTo(502);
  }

  /** One that says again what it was told, in all places that an answer has. */
  @Test
  void nothingOfItsAnswerAndNothingThatItWasToldIsShown() {
    idp.server()
        .usually(
            request ->
                (vertx, asked) -> {
                  String told = TokenEndpoint.SECRET + " " + asked.getHeader("authorization");
                  asked.response().setStatusMessage("Sorry, " + told.replace('\n', ' '));
                  json(
                          request.path().equals("/error") ? 200 : 400,
                          new JsonObject()
                              .put("error", TokenEndpoint.CLIENT + " is unknown")
                              .put("error_description", told)
                              .encode())
                      .play(vertx, asked);
                });
    List<String> seen = new ArrayList<>();
    try (LogLines log = new LogLines();
        LogLines libraries = new LogLines("io.vertx", Level.TRACE)) {
      List<JsonObject> attempts = webhook.attempts();
      for (String path : List.of("/token?key=Qu3ryS3cret", "/error")) {
        webhook.deploy(options().setAuth(idp.auth(idp.server().url(path))));
        webhook.publish(1);
        webhook.awaitState(state -> state.pending() == 0 && state.failed() > 0);
        seen.add(webhook.state().json().encode());
        seen.add(webhook.request("webhook.dlq", new JsonObject()).encode());
        seen.add(refusal(webhook.client().test()).getMessage());
        webhook.undeploy();
      }
      await().until(() -> attempts.size() >= 2);
      attempts.forEach(attempt -> seen.add(attempt.encode()));
      seen.addAll(log.all());
      seen.addAll(libraries.all());
    }
    assertThat(seen)
        .hasSizeGreaterThan(8)
        .allSatisfy(
            text ->
                assertThat(text)
                    .doesNotContain(
                        TokenEndpoint.SECRET,
                        "s3cret",
                        "Basic ",
                        "is unknown",
                        "Sorry",
                        "Qu3ryS3cret",
                        "/token"));
  }

  @Test
  void anUndeployDoesNotWaitForAToken() {
    idp.server().usually(Effect.silence());
    webhook.deploy(options().setAttemptTimeout(60_000));
    webhook.publish(1);
    idp.server().takeRequest();

    webhook.undeploy();

    idp.server().usually(json(200, "{\"access_token\":\"t\"}"));
    webhook.deploy(options());
    assertThat(webhook.awaitState(state -> state.pending() == 0).delivered()).isEqualTo(1);
    assertThat(receiver.requests()).hasSize(1);
  }

  @Test
  void neitherDoesTheEndOfVertx() {
    idp.server().usually(Effect.silence());
    webhook.deploy(options().setAttemptTimeout(60_000));
    webhook.publish(1);
    idp.server().takeRequest();

    webhook.end();

    assertThat(receiver.requests()).isEmpty();
  }

  @Test
  void aTokenThatComesAfterTheDeadlineIsForTheNextAttempt() {
    Promise<Void> late = Promise.promise();
    idp.server().then(json(200, "{\"access_token\":\"t\"}").heldBackUntil(late.future()));
    webhook.deploy(options().setMaxAttempts(1));
    webhook.publish(1);
    webhook.awaitState(state -> state.failed() == 1);
    late.complete();

    webhook.publish(1);

    assertThat(webhook.awaitSettled(2).delivered()).isEqualTo(1);
    assertThat(receiver.eventIds()).containsExactly(2L);
  }

  @Test
  void anotherUrlDoesNotWaitForIt() {
    ScriptedReceiver other = webhook.anotherReceiver();
    idp.server().usually(Effect.silence());
    webhook.deploy(options().setMaxInFlight(2).setAttemptTimeout(15_000));
    webhook.publish(1);
    idp.server().takeRequest();

    result(webhook.client().setUrl(other.url()));
    webhook.publish(1);

    assertThat(other.takeRequest().eventId()).isEqualTo(2);
  }
}
