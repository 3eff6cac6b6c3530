package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.ids;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.CircuitOptions;
import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookClient.DeadLetter;
import dev.auditwebhook.WebhookClient.State;
import dev.auditwebhook.metrics.Scrape;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.Samples;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What one endpoint goes through is its own: totals, dead letters, pauses, circuit, secrets. */
@EveryStore
class OwnLivesTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();
  private final ScriptedReceiver siem = webhook.anotherReceiver();
  private WebhookClient ofSiem;

  @BeforeEach
  void deploy() {
    webhook.deploy(
        webhook
            .options()
            .putEndpoint(
                "siem",
                webhook
                    .endpoint(siem)
                    .setMaxAttempts(2)
                    .setCircuitBreaker(
                        new CircuitOptions().setMaxFailures(50).setResetTimeout(20))));
    ofSiem = webhook.client().endpoint("siem");
  }

  @Nested
  class Totals {

    @Test
    void eachCountsWhatBecameOfAnEventForIt() {
      siem.then(status(503), status(204), status(503), status(503), status(400));

      for (long n = 1; n <= 3; n++) {
        webhook.publish(1);
        webhook.awaitSettled("siem", n);
      }

      State state = webhook.state("siem");
      assertThat(state.delivered()).isEqualTo(1);
      assertThat(state.failed()).isEqualTo(2);
      assertThat(state.retried()).isEqualTo(2);
      assertThat(state.lastError()).startsWith("400 from " + siem.url().replace("/in", ""));
      State ofDefault = webhook.awaitSettled(3);
      assertThat(ofDefault.delivered()).isEqualTo(3);
      assertThat(ofDefault.failed() + ofDefault.retried()).isZero();
      assertThat(ofDefault.lastError()).isNull();
    }

    @Test
    void theListSaysTheSameOfEachAsAskingForIt() {
      siem.usually(status(400));
      webhook.publish(3);
      webhook.awaitSettled(3);
      webhook.awaitSettled("siem", 3);

      Map<String, State> states = webhook.states();

      assertThat(states.get("siem").json()).isEqualTo(untyped("siem"));
      assertThat(states.get("default").json()).isEqualTo(untyped("default"));
    }

    private JsonObject untyped(String id) {
      JsonObject json = webhook.state(id).json().copy();
      json.remove("type");
      return json;
    }

    @Test
    void theMetricsOfEachHaveItsIdAndGoWithIt() {
      siem.usually(status(400));
      webhook.publish(3);
      webhook.awaitSettled(3);
      webhook.awaitSettled("siem", 3);

      Samples samples = scrape();
      assertThat(samples.of("webhook_delivered_total")).isEqualTo(3);
      assertThat(samples.of("webhook_dead_letters_total")).isZero();
      assertThat(samples.ofEndpoint("siem", "webhook_delivered_total")).isZero();
      assertThat(samples.ofEndpoint("siem", "webhook_dead_letters_total")).isEqualTo(3);
      assertThat(
              samples.ofEndpoint(
                  "siem", "webhook_attempt_duration_seconds_count", "outcome", "failed"))
          .isEqualTo(3);

      result(webhook.client().remove("siem"));
      assertThat(scrape().knowEndpoint("siem")).isFalse();
      assertThat(scrape().of("webhook_delivered_total")).isEqualTo(3);

      webhook.put("siem", webhook.endpoint(siem));
      assertThat(scrape().ofEndpoint("siem", "webhook_dead_letters_total")).isZero();
    }

    private Samples scrape() {
      return new Samples(result(Scrape.of(webhook.vertx())));
    }

    @Test
    void attemptsNameTheirEndpoint() {
      List<JsonObject> attempts = webhook.attempts();
      siem.usually(status(400));

      webhook.publish(1);

      await().until(() -> attempts.size() == 2);
      assertThat(attempts)
          .extracting(attempt -> attempt.getString("endpoint"), a -> a.getString("outcome"))
          .containsExactlyInAnyOrder(tuple("default", "delivered"), tuple("siem", "failed"));
    }
  }

  @Nested
  class DeadLetters {

    @BeforeEach
    void threeOfSiemAlone() {
      siem.usually(status(400));
      webhook.publish(3);
      webhook.awaitSettled("siem", 3);
      webhook.awaitSettled(3);
    }

    @Test
    void eachHasItsOwn() {
      assertThat(webhook.deadLetters()).isEmpty();
      assertThat(result(ofSiem.deadLetters(10, 1)))
          .extracting(DeadLetter::eventId)
          .containsExactly(2L, 3L);
      assertThat(result(ofSiem.deadLetterPage(1, 0)).nextAfter()).isEqualTo(1);
    }

    @Test
    void aRedriveGoesToItAloneWithTheSameMessageId() {
      siem.usually(status(204));
      String messageId = siem.takeRequest().messageId();

      assertThat(result(webhook.client().redrive())).isZero();
      assertThat(result(ofSiem.redrive(List.of(1L)))).isEqualTo(1);

      assertThat(webhook.awaitState("siem", state -> state.pending() == 0).delivered())
          .isEqualTo(1);
      assertThat(siem.lastRequest().messageId()).isEqualTo(messageId);
      assertThat(receiver.requests()).hasSize(3);
      assertThat(webhook.state("siem").dlqSize()).isEqualTo(2);
    }

    @Test
    void aPurgeIsOfItAlone() {
      receiver.usually(status(400));
      webhook.publish(1);
      webhook.awaitSettled(4);
      webhook.awaitSettled("siem", 4);

      assertThat(result(webhook.client().purge(List.of(4L)))).isEqualTo(1);

      assertThat(webhook.state().dlqSize()).isZero();
      assertThat(webhook.state("siem").dlqSize()).isEqualTo(4);
      assertThat(result(ofSiem.purgeAll())).isEqualTo(4);
      assertThat(webhook.state("siem").failed()).isEqualTo(4);
    }

    @Test
    void anUnknownOneOfItIs404ThoughAnotherHasIt() {
      assertThat(
              webhook
                  .refusal(
                      "webhook.dlq.purge",
                      new JsonObject("{\"endpoint\":\"default\",\"event_ids\":[1]}"))
                  .failureCode())
          .isEqualTo(404);
      assertThat(webhook.state("siem").dlqSize()).isEqualTo(3);
    }
  }

  @Nested
  class Pauses {

    @Test
    void aPauseIsOfOneAlone() {
      result(ofSiem.pause());

      webhook.publish(3);

      assertThat(webhook.awaitSettled(3).delivered()).isEqualTo(3);
      assertThat(webhook.state("siem").pending()).isEqualTo(3);
      assertThat(webhook.state("siem").reason()).isEqualTo("paused by request");
      assertThat(siem.requests()).isEmpty();
      result(ofSiem.resume());
      assertThat(webhook.awaitSettled("siem", 3).delivered()).isEqualTo(3);
    }

    @Test
    void a410IsOfOneAlone() {
      siem.usually(status(410));

      webhook.publish(3);

      webhook.awaitState("siem", State::paused);
      assertThat(webhook.awaitSettled(3).delivered()).isEqualTo(3);
      assertThat(webhook.state().paused()).isFalse();
      assertThat(webhook.state("siem").reason())
          .isEqualTo("410 Gone from " + siem.url().replace("/in", ""));
      siem.usually(status(204));
      webhook.request(
          "webhook.set", new JsonObject().put("endpoint", "siem").put("url", siem.url("/new")));
      assertThat(webhook.awaitSettled("siem", 3).delivered()).isEqualTo(3);
    }

    @Test
    void aDisabledOneDiscardsForItselfAlone() {
      result(ofSiem.disable());

      webhook.publish(3);

      assertThat(webhook.awaitSettled(3).delivered()).isEqualTo(3);
      assertThat(webhook.awaitSettled("siem", 3).discarded()).isEqualTo(3);
    }
  }

  @Nested
  class Circuits {

    @Test
    void anOutageOpensTheCircuitOfOneAlone() {
      siem.usually(status(503));

      webhook.publish(100);

      webhook.awaitState("siem", state -> state.circuit().equals("open"));
      State ofDefault = webhook.awaitSettled(100);
      assertThat(ofDefault.delivered()).isEqualTo(100);
      assertThat(ofDefault.circuit()).isEqualTo("closed");
      siem.usually(status(204));
      assertThat(webhook.awaitSettled("siem", 100).delivered() + webhook.state("siem").failed())
          .isEqualTo(100);
    }

    @Test
    void twoThatShareAReceiverHaveACircuitEach() {
      receiver.usually(request -> status("/other".equals(request.path()) ? 503 : 204));
      webhook.put(
          "other",
          webhook
              .endpoint(receiver)
              .setUrl(receiver.url("/other"))
              .setCircuitBreaker(
                  new CircuitOptions().setMaxFailures(1).setResetTimeout(3_600_000)));

      webhook.publish(20);

      webhook.awaitState("other", state -> state.circuit().equals("open"));
      assertThat(webhook.awaitSettled(20).delivered()).isEqualTo(20);
      assertThat(webhook.state().circuit()).isEqualTo("closed");
    }
  }

  @Nested
  class Settings {

    @Test
    void aUrlOfOneIsNotAnothers() {
      result(ofSiem.setUrl(siem.url("/other")));

      webhook.publish(1);
      webhook.awaitSettled(1);
      webhook.awaitSettled("siem", 1);

      assertThat(siem.takeRequest().path()).isEqualTo("/other");
      assertThat(receiver.takeRequest().path()).isEqualTo("/in");
    }

    @Test
    void aSecretOfOneIsNotAnothers() {
      result(ofSiem.setSecret(SECRET));

      webhook.publish(1);
      webhook.awaitSettled(1);
      webhook.awaitSettled("siem", 1);

      assertThat(siem.takeRequest().headers().contains("webhook-signature")).isTrue();
      assertThat(receiver.takeRequest().headers().contains("webhook-signature")).isFalse();
      assertThat(webhook.state("siem").signed()).isTrue();
      assertThat(webhook.state().signed()).isFalse();
    }

    @Test
    void aBackoffOfOneIsNotAnothers() {
      receiver.then(status(503));
      siem.then(status(503));
      result(ofSiem.setInitialBackoff(3_600_000));

      webhook.publish(1);

      assertThat(webhook.awaitSettled(1).delivered()).isEqualTo(1);
      assertThat(webhook.awaitState("siem", state -> state.retried() == 1).pending()).isEqualTo(1);
    }

    @Test
    void headersGoToTheReceiverOfTheirEndpointAlone() {
      webhook.put("siem", webhook.endpoint(siem).setHeaders(Map.of("Authorization", "Splunk T")));

      webhook.publish(1);
      webhook.awaitSettled(1);
      webhook.awaitSettled("siem", 1);

      assertThat(siem.takeRequest().headers().get("authorization")).isEqualTo("Splunk T");
      assertThat(receiver.takeRequest().headers().contains("authorization")).isFalse();
    }

    @Test
    void aTestGoesToThatOneAlone() {
      siem.usually(status(418));

      assertThat(result(ofSiem.test()).status()).isEqualTo(418);

      assertThat(siem.requests()).extracting(Received::eventId).containsExactly(0L);
      assertThat(receiver.requests()).isEmpty();
      assertThat(webhook.state("siem").received()).isZero();
    }
  }

  @Test
  void theStrictOrderOfOneHoldsUpNobodyElse() {
    webhook.put("siem", webhook.endpoint(siem).setMaxInFlight(1).setInitialBackoff(3_600_000));
    siem.then(status(503));

    webhook.publish(20);

    assertThat(webhook.awaitSettled(20).delivered()).isEqualTo(20);
    assertThat(siem.eventIds()).isEqualTo(ids(1, 1));
    assertThat(webhook.state("siem").pending()).isEqualTo(20);
    result(ofSiem.setUrl(siem.url("/new")));
    webhook.awaitSettled("siem", 20);
    assertThat(siem.eventIds().subList(1, 21)).isEqualTo(ids(1, 20));
  }

  @Test
  void optionsThatArePutAgainAndSayTheSameLeaveAnOpenCircuitAndWhatIsParked() {
    EndpointOptions revoked =
        webhook
            .endpoint(siem)
            .setCircuitBreaker(new CircuitOptions().setMaxFailures(2).setResetTimeout(3_600_000));
    siem.usually(status(401));
    webhook.put("siem", revoked);
    webhook.publish(10);
    await().until(() -> webhook.state("siem").circuit().equals("open"));
    await().until(() -> webhook.state("siem").inFlight() == 0);
    State parked = webhook.state("siem");
    assertThat(parked.failed()).isLessThanOrEqualTo(2);

    for (int i = 0; i < 3; i++) {
      webhook.put("siem", revoked);
    }

    State still = webhook.state("siem");
    assertThat(still.circuit()).isEqualTo("open");
    assertThat(still.pending()).isEqualTo(parked.pending());
    assertThat(still.failed()).isEqualTo(parked.failed());
  }
}
