package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.batches;
import static dev.auditwebhook.testing.Webhooks.circuit;
import static dev.auditwebhook.testing.Webhooks.ids;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A batch that is refused is cut down to the events that are. */
@EveryStore
class BatchRefusalsTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private WebhookOptions batchesOf(int maxEvents, long maxDelay) {
    return batches(webhook.options(), maxEvents, maxDelay).setMaxInFlight(4);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 413, 422})
  void oneBadEventTakesNoNeighboursAlong(int refusal) {
    receiver.usually(request -> status(request.eventIds().contains(37L) ? refusal : 204));
    webhook.deploy(batchesOf(64, 10_000).setMaxInFlight(1));

    webhook.publish(64);

    WebhookClient.State state = webhook.awaitSettled(64);
    assertThat(state.delivered()).isEqualTo(63);
    assertThat(webhook.deadLetters())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.eventId()).isEqualTo(37);
              assertThat(letter.attempts()).isEqualTo(1);
              assertThat(letter.status()).isEqualTo(refusal);
            });
    assertThat(receiver.requests()).hasSize(1 + 2 * 6);
    assertThat(receiver.requests())
        .extracting(Received::messageId)
        .as("each part has an id of its own")
        .doesNotHaveDuplicates();
    assertThat(state.circuit()).isEqualTo("closed");
  }

  @ParameterizedTest(name = "{0} in flight, circuit of {1}")
  @CsvSource({"1, 100", "1, 10", "4, 100", "4, 10"})
  void oneThatTheReceiverAlwaysFailsAtTakesNoneAlongEither(int inFlight, int maxFailures) {
    receiver.usually(request -> status(request.eventIds().contains(15L) ? 500 : 204));
    webhook.deploy(
        circuit(batchesOf(10, 10_000), maxFailures, 20)
            .setMaxInFlight(inFlight)
            .setInitialBackoff(1));

    webhook.publish(100);

    assertThat(webhook.awaitSettled(100).delivered()).isEqualTo(99);
    assertThat(webhook.deadLetters())
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
    receiver.usually(request -> status(request.eventIds().contains(15L) ? 403 : 204));
    webhook.deploy(
        circuit(batchesOf(20, 10_000), 10, 20).setMaxInFlight(inFlight).setInitialBackoff(1));

    webhook.publish(200);

    WebhookClient.State state = webhook.awaitSettled(200);
    assertThat(state.failed()).isBetween(1L, 10L);
    assertThat(webhook.deadLetters())
        .anySatisfy(letter -> assertThat(letter.eventId()).isEqualTo(15));
  }

  @Test
  void aPayloadThatIsTooLargeIsHalvedUntilItFits() {
    receiver.usually(request -> status(request.eventIds().size() > 10 ? 413 : 204));
    webhook.deploy(batchesOf(100, 10_000));

    webhook.publish(100);

    WebhookClient.State state = webhook.awaitSettled(100);
    assertThat(state.delivered()).isEqualTo(100);
    assertThat(state.failed()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 404, 409, 301})
  void otherRefusalsMeanTheWholeBatch(int refusal) {
    receiver.usually(status(refusal));
    webhook.deploy(batchesOf(10, 10_000).setMaxInFlight(1));

    webhook.publish(10);

    assertThat(webhook.awaitSettled(10).failed()).isEqualTo(10);
    assertThat(receiver.requests()).hasSize(1);
    assertThat(webhook.deadLetters())
        .hasSize(10)
        .allSatisfy(letter -> assertThat(letter.status()).isEqualTo(refusal));
  }

  @Test
  void aBatchThatIsGivenUpIsADeadLetterAnEventAndRedrivenAsANewBatch() {
    receiver.usually(status(503));
    webhook.deploy(batchesOf(3, 10_000));
    webhook.publish(3);
    webhook.awaitSettled(3);
    assertThat(webhook.deadLetters())
        .allSatisfy(letter -> assertThat(letter.attempts()).isEqualTo(3));
    String former = receiver.takeRequest().messageId();

    receiver.usually(status(204));
    assertThat(result(webhook.client().redrive())).isEqualTo(3);
    webhook.awaitState(state -> state.delivered() == 3);

    Received last = receiver.lastRequest();
    assertThat(last.eventIds()).isEqualTo(ids(1, 3));
    assertThat(last.messageId()).isNotEqualTo(former);
  }
}
