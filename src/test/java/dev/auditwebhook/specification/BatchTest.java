package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.close;
import static dev.auditwebhook.testing.Effect.silence;
import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.batches;
import static dev.auditwebhook.testing.Webhooks.circuit;
import static dev.auditwebhook.testing.Webhooks.ids;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.standardwebhooks.Webhook;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpHeaders;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several events in one request. */
@EveryStore
class BatchTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  /** Up to four requests with so many events at most. */
  private WebhookOptions batchesOf(int maxEvents, long maxDelay) {
    return batches(webhook.options(), maxEvents, maxDelay).setMaxInFlight(4);
  }

  @Nested
  class Filling {

    @Test
    void whatWaitsGoesOutTogetherInTheOrderOfTheIds() {
      webhook.deploy(batchesOf(10, 10_000).setMaxInFlight(1));

      webhook.publish(30);

      assertThat(webhook.awaitSettled(30).delivered()).isEqualTo(30);
      assertThat(receiver.requests()).hasSize(3);
      assertThat(receiver.eventIds()).isEqualTo(ids(1, 30));
      Buffer body = receiver.takeRequest().body();
      assertThat(new JsonArray(body).getJsonObject(0).fieldNames())
          .containsExactly("event_id", "action", "timestamp", "details");
      assertThat(body.toString()).startsWith("[{\"event_id\":1,");
    }

    @Test
    void aBatchThatIsNotFullGoesOutAfterItsDelay() {
      webhook.deploy(batchesOf(1_000, 200));

      webhook.publish(3);
      webhook.awaitSettled(3);

      assertThat(receiver.requests()).hasSize(1);
      assertThat(receiver.takeRequest().eventIds()).isEqualTo(ids(1, 3));
    }

    @Test
    void oneEventIsAnArrayToo() {
      webhook.deploy(batchesOf(2, 1));

      webhook.publish(1);
      webhook.awaitSettled(1);
      result(webhook.client().test());

      assertThat(receiver.requests())
          .extracting(Received::eventIds)
          .containsExactly(List.of(1L), List.of(0L));
    }

    @Test
    void noBatchGrowsBeyondAMebibyte() {
      webhook.deploy(batchesOf(10_000, 50).setMaxEntryBytes(400_000));

      for (int i = 0; i < 6; i++) {
        webhook.publish("big", "x".repeat(300_000));
      }

      assertThat(webhook.awaitSettled(6).delivered()).isEqualTo(6);
      assertThat(receiver.requests())
          .allSatisfy(request -> assertThat(request.body().length()).isLessThan(1 << 20));
    }

    @Test
    void commasAndBracketsCountAsWell() {
      webhook.deploy(batchesOf(10_000, 300).setQueueCapacity(20_000));
      result(webhook.client().pause());
      for (int i = 0; i < 10_000; i++) {
        webhook.publish("a", new JsonObject().put("text", "x".repeat(60)));
      }
      webhook.awaitState(state -> state.pending() == 10_000);

      result(webhook.client().resume());

      assertThat(webhook.awaitSettled(10_000).delivered()).isEqualTo(10_000);
      assertThat(receiver.requests())
          .hasSize(2)
          .allSatisfy(request -> assertThat(request.body().length()).isLessThanOrEqualTo(1 << 20));
    }

    @Test
    void aBatchIsSignedAsAWhole() throws Exception {
      webhook.deploy(batchesOf(5, 10_000).setSecrets(List.of(SECRET)));

      webhook.publish(5);
      webhook.awaitSettled(5);

      Received request = receiver.takeRequest();
      HttpHeaders headers =
          HttpHeaders.of(
              Map.of(
                  "webhook-id", List.of(request.messageId()),
                  "webhook-timestamp", List.of(request.headers().get("webhook-timestamp")),
                  "webhook-signature", List.of(request.headers().get("webhook-signature"))),
              (name, value) -> true);
      new Webhook(SECRET).verify(request.body().toString(), headers);
      assertThat(request.messageId()).matches("msg_[0-9a-f]{32}_batch_[0-9a-f]{24}");
    }

    @Test
    void attemptsAreToldEventByEvent() {
      receiver.then(status(400));
      List<JsonObject> attempts = webhook.attempts();
      webhook.deploy(batchesOf(2, 10_000));

      webhook.publish(2);
      webhook.awaitSettled(2);

      await().until(() -> attempts.size() == 4);
      assertThat(attempts)
          .extracting(attempt -> attempt.getLong("event_id") + attempt.getString("outcome"))
          .containsExactlyInAnyOrder("1retry", "2retry", "1delivered", "2delivered");
    }
  }

  @Nested
  class Retries {

    @Test
    void membersAndMessageIdStayTheSameOverAllAttempts() {
      receiver.then(status(503), close(), status(204));
      webhook.deploy(batchesOf(4, 500).setMaxInFlight(1).setMaxAttempts(5));

      webhook.publish(4);
      Received first = receiver.takeRequest();
      webhook.publish(3);

      assertThat(webhook.awaitSettled(7).delivered()).isEqualTo(7);
      assertThat(first.eventIds()).isEqualTo(ids(1, 4));
      assertThat(receiver.takeRequests(2))
          .allSatisfy(again -> assertThat(again.messageId()).isEqualTo(first.messageId()))
          .allSatisfy(again -> assertThat(again.body()).isEqualTo(first.body()));
      assertThat(webhook.state().retried()).isEqualTo(8);
    }

    @Test
    void eventsThatWereNeverTriedDoNotShareTheAttemptsOfOneThatWas() {
      receiver.usually(status(503));
      WebhookOptions options = batchesOf(5, 1).setInitialBackoff(60_000).setMaxAttempts(2);
      webhook.deploy(options);
      webhook.publish(1);
      webhook.awaitState(state -> state.retried() == 1);
      result(webhook.client().pause());
      webhook.undeploy();
      webhook.deploy(options);
      webhook.publish(4);
      webhook.awaitState(state -> state.pending() == 5);

      result(webhook.client().resume());

      webhook.awaitState(state -> state.failed() == 1 && state.inFlight() == 0);
      assertThat(webhook.deadLetters())
          .singleElement()
          .satisfies(letter -> assertThat(letter.eventId()).isEqualTo(1));
      receiver.usually(status(204));
      result(webhook.client().setUrl(receiver.url("/new")));
      assertThat(webhook.awaitSettled(5).delivered()).isEqualTo(4);
    }

    @Test
    void theStrictOrderHoldsThroughRetriesAndHalves() {
      receiver.then(status(204), status(503), status(400), status(503), status(204), status(400));
      webhook.deploy(batchesOf(8, 20).setMaxInFlight(1).setMaxAttempts(10));

      webhook.publish(60);
      webhook.awaitSettled(60);

      assertThat(receiver.requests()).extracting(request -> request.eventIds().get(0)).isSorted();
      assertThat(webhook.state().delivered()).isEqualTo(60);
    }

    @Test
    void anOpenCircuitParksBatchesAndProbesWithOne() {
      receiver.usually(status(503));
      webhook.deploy(circuit(batchesOf(5, 5), 3, 30));
      webhook.publish(200);
      webhook.awaitCircuit("open");
      receiver.takeArrived();
      receiver.takeRequests(5);
      assertThat(webhook.state().failed()).isZero();

      receiver.usually(status(204));

      assertThat(webhook.awaitSettled(200).delivered()).isEqualTo(200);
      assertThat(new HashSet<>(receiver.eventIds())).hasSize(200);
    }

    @Test
    void aNewUrlTakesABatchInBackoffOver() {
      receiver.usually(status(503));
      webhook.deploy(batchesOf(4, 10_000).setInitialBackoff(60_000));
      webhook.publish(4);
      receiver.takeRequest();
      webhook.awaitState(state -> state.retried() == 4);

      result(webhook.client().setUrl(receiver.url("/new")));

      assertThat(receiver.takeRequest().path()).isEqualTo("/new");
      receiver.usually(status(204));
      result(webhook.client().setUrl(receiver.url("/newer")));
      assertThat(webhook.awaitSettled(4).delivered()).isEqualTo(4);
    }

    @Test
    void anUndeployDoesNotWaitForABatchToFill() {
      webhook.deploy(batchesOf(100, 60_000).setDrainTimeout(60_000));
      webhook.publish(7);
      webhook.awaitState(state -> state.pending() == 7);

      webhook.undeploy();

      assertThat(receiver.eventIds()).isEqualTo(ids(1, 7));
    }

    @Test
    void whatIsNotDeliveredIsBatchedAnewAfterARedeploy() {
      receiver.usually(silence());
      webhook.deploy(batchesOf(10, 10_000).setDrainTimeout(50));
      webhook.publish(10);
      receiver.takeRequest();
      webhook.undeploy();

      receiver.usually(status(204));
      webhook.deploy(batchesOf(10, 500));

      assertThat(webhook.awaitSettled(10).delivered()).isEqualTo(10);
      Received last = receiver.lastRequest();
      assertThat(last.eventIds()).isEqualTo(ids(1, 10));
      assertThat(last.messageId()).isNotEqualTo(receiver.requests().get(0).messageId());
    }
  }
}
