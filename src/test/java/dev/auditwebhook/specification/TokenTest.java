package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.TokenEndpoint.accepting;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.Effect;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.TokenEndpoint;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An endpoint that shows its receiver a token of OAuth2 client credentials. */
@EveryStore
class TokenTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private final TokenEndpoint idp = TokenEndpoint.start(webhook.elsewhere());

  private WebhookOptions options() {
    return webhook.options().setAuth(idp.auth());
  }

  private List<String> shown() {
    return receiver.requests().stream().map(one -> one.headers().get("authorization")).toList();
  }

  @Test
  void itIsAskedForAsRfc6749HasIt() {
    webhook.deploy(options());
    webhook.publish(1);
    webhook.awaitSettled(1);

    Received asked = idp.server().takeRequest();
    assertThat(asked.method()).isEqualTo("POST");
    assertThat(asked.path()).isEqualTo("/token");
    assertThat(asked.headers().get("content-type")).isEqualTo("application/x-www-form-urlencoded");
    assertThat(asked.headers().get("authorization"))
        .as("audit:s3cret/of:the client, each of them form-encoded")
        .isEqualTo("Basic YXVkaXQ6czNjcmV0JTJGb2YlM0F0aGUrY2xpZW50");
    assertThat(asked.body().toString().split("&"))
        .containsExactlyInAnyOrder("grant_type=client_credentials", "scope=write+read");
    assertThat(asked.headers().names()).noneMatch(name -> name.toLowerCase().startsWith("webhook"));
    assertThat(shown()).containsExactly("Bearer token-1");
  }

  @Test
  void withoutAScopeNoneIsAskedFor() {
    webhook.deploy(webhook.options().setAuth(idp.auth().setScope(null)));
    webhook.publish(1);
    webhook.awaitSettled(1);

    assertThat(idp.server().takeRequest().body()).hasToString("grant_type=client_credentials");
  }

  @Test
  void allAttemptsShareIt() {
    Promise<Void> granted = Promise.promise();
    idp.server()
        .then(
            TokenEndpoint.json(200, "{\"access_token\":\"shared\",\"expires_in\":\"3600\"}")
                .heldBackUntil(granted.future()));
    webhook.deploy(options());
    webhook.publish(100);
    webhook.awaitState(state -> state.inFlight() == 64);
    assertThat(receiver.requests()).isEmpty();
    granted.complete();

    assertThat(webhook.awaitSettled(100).delivered()).isEqualTo(100);
    result(webhook.client().test());

    assertThat(shown()).hasSize(101).containsOnly("Bearer shared");
    assertThat(idp.requests()).hasSize(1);
  }

  @Test
  void eachEndpointHasItsOwn() {
    webhook.deploy(options());
    webhook.publish(1);
    webhook.awaitSettled(1);
    result(
        webhook
            .client()
            .put("siem", new EndpointOptions().setUrl(receiver.url()).setAuth(idp.auth())));
    webhook.publish(1);
    receiver.takeRequests(3);

    assertThat(shown())
        .containsExactlyInAnyOrder("Bearer token-1", "Bearer token-1", "Bearer token-2");
  }

  @Test
  void optionsThatArePutTakeEffectAtOnce() {
    webhook.deploy(options());
    webhook.publish(1);
    webhook.awaitSettled(1);
    EndpointOptions other =
        new EndpointOptions().setUrl(receiver.url()).setAuth(idp.auth().setClientId("other"));
    result(webhook.client().put(EndpointOptions.DEFAULT_ID, other));
    webhook.publish(1);

    assertThat(webhook.awaitSettled(2).delivered()).isEqualTo(2);
    assertThat(shown()).containsExactly("Bearer token-1", "Bearer token-2");
  }

  @Test
  void oneThatHasExpiredIsNeverShown() {
    idp.expiresIn(1L);
    receiver.usually(
        request -> {
          boolean first = request.headers().get("authorization").equals("Bearer token-1");
          return status(first && request.at() - idp.requests().get(0).at() > 1_000 ? 401 : 204);
        });
    webhook.deploy(options());

    await()
        .until(
            () -> {
              webhook.publish(1);
              return shown().contains("Bearer token-2");
            });

    WebhookClient.State state = webhook.awaitState(each -> each.pending() == 0);
    assertThat(state.delivered()).isEqualTo(state.received());
    assertThat(state.retried()).isZero();
  }

  @Test
  void oneThatNobodySaysTheEndOfIsGood() {
    idp.expiresIn(null);
    webhook.deploy(options());
    webhook.publish(5);

    assertThat(webhook.awaitSettled(5).delivered()).isEqualTo(5);
    assertThat(idp.requests()).hasSize(1);
  }

  @Test
  void aFormIsReadTooAsSomeAnswerSo() {
    idp.server()
        .then(
            status(
                200,
                Map.of("content-type", "application/x-www-form-urlencoded"),
                "access_token=of-a-form&token_type=bearer"));
    webhook.deploy(options());
    webhook.publish(1);
    webhook.awaitSettled(1);

    assertThat(shown()).containsExactly("Bearer of-a-form");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRefusedOneIsRenewedOnceAndTheAttemptGoesAgainAtOnce(boolean http2) {
    receiver.usually(accepting("token-2"));
    webhook.deploy(http2 ? options().setClient(overHttp2()) : options());
    List<JsonObject> attempts = webhook.attempts();
    webhook.publish(1);

    WebhookClient.State state = webhook.awaitSettled(1);

    assertThat(state.delivered()).isEqualTo(1);
    assertThat(state.retried()).isEqualTo(1);
    assertThat(shown()).containsExactly("Bearer token-1", "Bearer token-2");
    assertThat(receiver.requests())
        .extracting(Received::version)
        .containsOnly(http2 ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1);
    assertThat(receiver.requests())
        .extracting(Received::messageId)
        .containsOnly(receiver.requests().get(0).messageId());
    assertThat(attempts).hasSize(1);
  }

  private static JsonObject overHttp2() {
    return new JsonObject().put("protocolVersion", "HTTP_2").put("http2ClearTextUpgrade", false);
  }

  @Test
  void aSecondRefusalHasItsUsualMeaning() {
    receiver.usually(status(401));
    webhook.deploy(options());
    webhook.publish(1);

    WebhookClient.State state = webhook.awaitSettled(1);

    assertThat(state.failed()).isEqualTo(1);
    assertThat(webhook.deadLetters().get(0).attempts()).isEqualTo(1);
    assertThat(webhook.deadLetters().get(0).status()).isEqualTo(401);
    assertThat(shown()).containsExactly("Bearer token-1", "Bearer token-2");
  }

  @Test
  void tenThatAreRefusedTogetherCauseOneRenewal() {
    Promise<Void> together = Promise.promise();
    receiver.usually(
        request ->
            request.headers().get("authorization").equals("Bearer token-1")
                ? status(401).heldBackUntil(together.future())
                : status(204));
    webhook.deploy(options());
    webhook.publish(10);
    receiver.takeRequests(10);
    together.complete();

    WebhookClient.State state = webhook.awaitSettled(10);

    assertThat(state.delivered()).isEqualTo(10);
    assertThat(state.retried()).isEqualTo(10);
    assertThat(idp.requests()).hasSize(2);
  }

  @Test
  void oneThatIsRefusedLateGoesAgainWithTheTokenThatIsThere() {
    Promise<Void> late = Promise.promise();
    receiver.usually(
        request -> {
          Effect answer = accepting("token-2").apply(request);
          return request.eventId() == 1 ? answer.heldBackUntil(late.future()) : answer;
        });
    webhook.deploy(options());
    webhook.publish(1);
    receiver.takeRequest();
    webhook.publish(1);
    webhook.awaitState(state -> state.delivered() == 1);
    late.complete();

    assertThat(webhook.awaitSettled(2).delivered()).isEqualTo(2);
    assertThat(idp.requests()).hasSize(2);
  }

  @Test
  void aRefusalWithABodyWithoutEndIsARefusal() {
    receiver.then(Effect.flood(401));
    webhook.deploy(options());
    webhook.publish(1);

    assertThat(webhook.awaitSettled(1).delivered()).isEqualTo(1);
    assertThat(shown()).containsExactly("Bearer token-1", "Bearer token-2");
  }

  @Test
  void theRenewalAndTheSecondRequestAreWithinTheDeadline() {
    receiver.then(status(401)).usually(Effect.silence());
    webhook.deploy(options().setAttemptTimeout(300).setMaxAttempts(1));
    webhook.publish(1);

    assertThat(webhook.awaitSettled(1).failed()).isEqualTo(1);
    assertThat(webhook.deadLetters().get(0).error())
        .isEqualTo("timeout after 300 ms from http://127.0.0.1:" + receiver.port());
    assertThat(receiver.requests()).hasSize(2);
  }

  @Test
  void aTestRenewsItToo() {
    receiver.usually(accepting("token-2"));
    webhook.deploy(options());

    assertThat(webhook.request("webhook.test", new JsonObject()).getInteger("status"))
        .isEqualTo(204);
    assertThat(shown()).containsExactly("Bearer token-1", "Bearer token-2");
  }

  @Test
  void a401WithoutAuthIsNoReasonToGoAgain() {
    receiver.usually(status(401));
    webhook.deploy(webhook.options());
    webhook.publish(1);

    assertThat(webhook.awaitSettled(1).failed()).isEqualTo(1);
    assertThat(receiver.requests()).hasSize(1);
  }

  @Test
  void itGoesToTheOriginThatItWasConfiguredWithAlone() {
    ScriptedReceiver other = webhook.anotherReceiver();
    webhook.deploy(options());
    result(webhook.client().setUrl(other.url()));
    webhook.publish(1);
    result(webhook.client().test());
    webhook.awaitSettled(1);

    assertThat(other.requests())
        .hasSize(2)
        .allSatisfy(request -> assertThat(request.headers().contains("authorization")).isFalse());
    assertThat(idp.requests()).isEmpty();
    assertThat(webhook.state().warning())
        .startsWith("the configured headers, token and client certificate are not sent to ");

    result(webhook.client().setUrl(receiver.url("/again")));
    webhook.publish(1);
    webhook.awaitSettled(2);
    assertThat(shown()).containsExactly("Bearer token-1");
    assertThat(webhook.state().warning()).isNull();
  }
}
