package dev.auditwebhook;

import static dev.auditwebhook.testing.ScriptedReceiver.Answer.close;
import static dev.auditwebhook.testing.ScriptedReceiver.Answer.silence;
import static dev.auditwebhook.testing.ScriptedReceiver.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.standardwebhooks.Webhook;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookTest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several events in one request. */
class BatchTest extends WebhookTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private WebhookOptions batches(int maxEvents, long maxDelay) {
    return options()
        .setBatch(new BatchOptions().setMaxEvents(maxEvents).setMaxDelay(maxDelay))
        .setMaxInFlight(4);
  }

  private static List<Long> ids(Received request) {
    return new JsonArray(request.body())
        .stream().map(event -> ((JsonObject) event).getLong("event_id")).toList();
  }

  private List<Long> allIds() {
    List<Long> ids = new ArrayList<>();
    receiver.requests().forEach(request -> ids.addAll(ids(request)));
    return ids;
  }

  private static List<Long> upTo(long last) {
    return LongStream.rangeClosed(1, last).boxed().toList();
  }

  private static boolean has(Received request, long id) {
    return ids(request).contains(id);
  }

  @Test
  void whatWaitsGoesOutTogetherInTheOrderOfTheIds() {
    deploy(batches(10, 10_000).setMaxInFlight(1));

    publish(30);

    assertThat(awaitSettled(30).delivered()).isEqualTo(30);
    assertThat(receiver.requests()).hasSize(3);
    assertThat(allIds()).isEqualTo(upTo(30));
    assertThat(new JsonArray(receiver.requests().get(0).body()).getJsonObject(0).fieldNames())
        .containsExactly("event_id", "action", "timestamp", "details");
    assertThat(receiver.requests().get(0).body().toString()).startsWith("[{\"event_id\":1,");
  }

  @Test
  void aBatchThatIsNotFullGoesOutAfterItsDelay() {
    deploy(batches(1_000, 200));

    long start = System.nanoTime();
    publish(3);
    awaitSettled(3);

    assertThat((System.nanoTime() - start) / 1_000_000).isGreaterThanOrEqualTo(190);
    assertThat(receiver.requests()).hasSize(1);
    assertThat(ids(receiver.requests().get(0))).isEqualTo(upTo(3));
  }

  @Test
  void oneEventIsAnArrayToo() {
    deploy(batches(2, 1));

    publish(1);
    awaitSettled(1);
    result(client.test());

    assertThat(receiver.requests())
        .extracting(request -> ids(request))
        .containsExactly(List.of(1L), List.of(0L));
  }

  @Test
  void noBatchGrowsBeyondAMebibyte() {
    deploy(batches(10_000, 50).setMaxEntryBytes(400_000));

    for (int i = 0; i < 6; i++) {
      publish("big", "x".repeat(300_000));
    }

    assertThat(awaitSettled(6).delivered()).isEqualTo(6);
    assertThat(receiver.requests())
        .allSatisfy(request -> assertThat(request.body().length()).isLessThan(1 << 20));
  }

  @Test
  void commasAndBracketsCountAsWell() {
    deploy(batches(10_000, 300).setQueueCapacity(20_000));
    result(client.pause());
    for (int i = 0; i < 10_000; i++) {
      publish("a", new JsonObject().put("text", "x".repeat(60)));
    }
    awaitState(state -> state.pending() == 10_000);

    result(client.resume());

    assertThat(awaitSettled(10_000).delivered()).isEqualTo(10_000);
    assertThat(receiver.requests())
        .hasSize(2)
        .allSatisfy(request -> assertThat(request.body().length()).isLessThanOrEqualTo(1 << 20));
  }

  @Test
  void aBatchIsSignedAsAWhole() throws Exception {
    deploy(batches(5, 10_000).setSecrets(List.of(SECRET)));

    publish(5);
    awaitSettled(5);

    Received request = receiver.requests().get(0);
    HttpHeaders headers =
        HttpHeaders.of(
            Map.of(
                "webhook-id", List.of(request.headers().get("webhook-id")),
                "webhook-timestamp", List.of(request.headers().get("webhook-timestamp")),
                "webhook-signature", List.of(request.headers().get("webhook-signature"))),
            (name, value) -> true);
    new Webhook(SECRET).verify(request.body().toString(), headers);
    assertThat(request.headers().get("webhook-id")).matches("msg_[0-9a-f]{32}_batch_[0-9a-f]{24}");
  }

  @Test
  void membersAndMessageIdStayTheSameOverAllAttempts() {
    receiver.then(status(503), close(), status(204));
    deploy(batches(4, 500).setMaxInFlight(1).setMaxAttempts(5));

    publish(4);
    await().until(() -> !receiver.requests().isEmpty());
    publish(3);

    assertThat(awaitSettled(7).delivered()).isEqualTo(7);
    List<Received> first = receiver.requests().subList(0, 3);
    assertThat(first).extracting(request -> ids(request)).containsOnly(upTo(4));
    assertThat(first)
        .extracting(r -> r.headers().get("webhook-id"))
        .containsOnly(first.get(0).headers().get("webhook-id"));
    assertThat(first)
        .extracting(r -> r.body().toString())
        .containsOnly(first.get(0).body().toString());
    assertThat(state().json().getLong("retried")).isEqualTo(8);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 413, 422})
  void oneBadEventTakesNoNeighboursAlong(int refusal) {
    receiver.usually(request -> status(has(request, 37) ? refusal : 204));
    deploy(batches(64, 10_000).setMaxInFlight(1));

    publish(64);

    WebhookClient.State state = awaitSettled(64);
    assertThat(state.delivered()).isEqualTo(63);
    assertThat(result(client.deadLetters(10, 0)))
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.eventId()).isEqualTo(37);
              assertThat(letter.attempts()).isEqualTo(1);
              assertThat(letter.status()).isEqualTo(refusal);
            });
    assertThat(receiver.requests()).hasSize(1 + 2 * 6);
    Set<String> ids = new HashSet<>();
    receiver.requests().forEach(request -> ids.add(request.headers().get("webhook-id")));
    assertThat(ids).as("each part has an id of its own").hasSize(13);
    assertThat(state.circuit()).isEqualTo("closed");
  }

  @ParameterizedTest(name = "{0} in flight, circuit of {1}")
  @CsvSource({"1, 100", "1, 10", "4, 100", "4, 10"})
  void oneThatTheReceiverAlwaysFailsAtTakesNoneAlongEither(int inFlight, int maxFailures) {
    receiver.usually(request -> status(has(request, 15) ? 500 : 204));
    deploy(
        batches(10, 10_000)
            .setMaxInFlight(inFlight)
            .setCircuitBreaker(new CircuitOptions().setMaxFailures(maxFailures).setResetTimeout(20))
            .setInitialBackoff(1));

    publish(100);

    assertThat(awaitSettled(100).delivered()).isEqualTo(99);
    assertThat(result(client.deadLetters(10, 0)))
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.eventId()).isEqualTo(15);
              assertThat(letter.attempts()).isEqualTo(3);
              assertThat(letter.status()).isEqualTo(500);
            });
  }

  @ParameterizedTest(name = "{0} in flight")
  @ValueSource(ints = {1, 4})
  void oneThatIsRefusedDoesNotHoldUpALargeBatchForGood(int inFlight) {
    receiver.usually(request -> status(has(request, 15) ? 403 : 204));
    deploy(
        batches(20, 10_000)
            .setMaxInFlight(inFlight)
            .setCircuitBreaker(new CircuitOptions().setMaxFailures(10).setResetTimeout(20))
            .setInitialBackoff(1));

    publish(200);

    WebhookClient.State state = awaitSettled(200);
    assertThat(state.failed()).isBetween(1L, 10L);
    assertThat(result(client.deadLetters(10, 0)))
        .anySatisfy(letter -> assertThat(letter.eventId()).isEqualTo(15));
  }

  @Test
  void eventsThatWereNeverTriedDoNotShareTheAttemptsOfOneThatWas() {
    receiver.usually(status(503));
    WebhookOptions options = batches(5, 1).setInitialBackoff(60_000).setMaxAttempts(2);
    deploy(options);
    publish(1);
    awaitState(state -> state.json().getLong("retried") == 1);
    result(client.pause());
    undeploy();
    deploy(options);
    publish(4);
    awaitState(state -> state.pending() == 5);

    result(client.resume());

    awaitState(state -> state.failed() == 1 && state.inFlight() == 0);
    assertThat(result(client.deadLetters(10, 0)))
        .singleElement()
        .satisfies(letter -> assertThat(letter.eventId()).isEqualTo(1));
    receiver.usually(status(204));
    result(client.setUrl(receiver.url("/new")));
    assertThat(awaitSettled(5).delivered()).isEqualTo(4);
  }

  @Test
  void aPayloadThatIsTooLargeIsHalvedUntilItFits() {
    receiver.usually(request -> status(ids(request).size() > 10 ? 413 : 204));
    deploy(batches(100, 10_000));

    publish(100);

    WebhookClient.State state = awaitSettled(100);
    assertThat(state.delivered()).isEqualTo(100);
    assertThat(state.failed()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 404, 409, 301})
  void otherRefusalsMeanTheWholeBatch(int refusal) {
    receiver.usually(status(refusal));
    deploy(batches(10, 10_000).setMaxInFlight(1));

    publish(10);

    assertThat(awaitSettled(10).failed()).isEqualTo(10);
    assertThat(receiver.requests()).hasSize(1);
    assertThat(result(client.deadLetters(100, 0)))
        .hasSize(10)
        .allSatisfy(letter -> assertThat(letter.status()).isEqualTo(refusal));
  }

  @Test
  void aBatchThatIsGivenUpIsADeadLetterAnEventAndRedrivenAsANewBatch() {
    receiver.usually(status(503));
    deploy(batches(3, 10_000));
    publish(3);
    awaitSettled(3);
    assertThat(result(client.deadLetters(10, 0)))
        .allSatisfy(letter -> assertThat(letter.attempts()).isEqualTo(3));
    String former = receiver.requests().get(0).headers().get("webhook-id");

    receiver.usually(status(204));
    assertThat(result(client.redrive())).isEqualTo(3);
    awaitState(state -> state.delivered() == 3);

    Received last = receiver.requests().get(receiver.requests().size() - 1);
    assertThat(ids(last)).isEqualTo(upTo(3));
    assertThat(last.headers().get("webhook-id")).isNotEqualTo(former);
  }

  @Test
  void theStrictOrderHoldsThroughRetriesAndHalves() {
    receiver.then(status(204), status(503), status(400), status(503), status(204), status(400));
    deploy(batches(8, 20).setMaxInFlight(1).setMaxAttempts(10));

    publish(60);
    awaitSettled(60);

    List<Long> firsts = new ArrayList<>();
    receiver.requests().forEach(request -> firsts.add(ids(request).get(0)));
    assertThat(firsts).isSorted();
    assertThat(state().delivered()).isEqualTo(60);
  }

  @Test
  void anOpenCircuitParksBatchesAndProbesWithOne() {
    receiver.usually(status(503));
    deploy(
        batches(5, 5)
            .setCircuitBreaker(new CircuitOptions().setMaxFailures(3).setResetTimeout(30)));
    publish(200);
    awaitState(state -> state.circuit().equals("open"));
    int before = receiver.requests().size();
    await().until(() -> receiver.requests().size() >= before + 5);
    assertThat(state().failed()).isZero();

    receiver.usually(status(204));

    assertThat(awaitSettled(200).delivered()).isEqualTo(200);
    assertThat(new HashSet<>(allIds())).hasSize(200);
  }

  @Test
  void aNewUrlTakesABatchInBackoffOver() {
    receiver.usually(status(503));
    deploy(batches(4, 10_000).setInitialBackoff(60_000));
    publish(4);
    await().until(() -> state().json().getLong("retried") == 4);

    result(client.setUrl(receiver.url("/new")));
    await().until(() -> receiver.requests().size() == 2);

    assertThat(receiver.requests().get(1).path()).isEqualTo("/new");
    receiver.usually(status(204));
    result(client.setUrl(receiver.url("/newer")));
    assertThat(awaitSettled(4).delivered()).isEqualTo(4);
  }

  @Test
  void anUndeployDoesNotWaitForABatchToFill() {
    deploy(batches(100, 60_000).setDrainTimeout(5_000));
    publish(7);
    awaitState(state -> state.pending() == 7);

    long start = System.nanoTime();
    undeploy();

    assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(4_000);
    assertThat(allIds()).isEqualTo(upTo(7));
  }

  @Test
  void whatIsNotDeliveredIsBatchedAnewAfterARedeploy() {
    receiver.usually(silence());
    deploy(batches(10, 10_000).setDrainTimeout(50));
    publish(10);
    await().until(() -> receiver.requests().size() == 1);
    undeploy();

    receiver.usually(status(204));
    deploy(batches(10, 500));

    assertThat(awaitSettled(10).delivered()).isEqualTo(10);
    Received last = receiver.requests().get(receiver.requests().size() - 1);
    assertThat(ids(last)).isEqualTo(upTo(10));
    assertThat(last.headers().get("webhook-id"))
        .isNotEqualTo(receiver.requests().get(0).headers().get("webhook-id"));
  }

  @Test
  void attemptsAreToldEventByEvent() {
    receiver.then(status(400));
    List<JsonObject> attempts = new ArrayList<>();
    vertx
        .eventBus()
        .<JsonObject>localConsumer("webhook.attempts")
        .handler(message -> attempts.add(message.body()));
    deploy(batches(2, 10_000));

    publish(2);
    awaitSettled(2);

    await().until(() -> attempts.size() == 4);
    assertThat(attempts)
        .extracting(attempt -> attempt.getLong("event_id") + attempt.getString("outcome"))
        .containsExactlyInAnyOrder("1retry", "2retry", "1delivered", "2delivered");
  }
}
