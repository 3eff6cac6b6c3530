package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.batches;
import static dev.auditwebhook.testing.Webhooks.circuit;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.Promise;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a receiver says of the endpoint costs events next to nothing, however many are under way.
 */
@EveryStore
class RevokedTokenTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private static final int EVENTS = 2_000;

  private static final int MAX_FAILURES = 10;

  private WebhookOptions options() {
    return circuit(webhook.options(), MAX_FAILURES, 50).setQueueCapacity(10_000);
  }

  @Test
  void aRevokedTokenCostsAFewDeadLettersAndParksTheStream() {
    receiver.usually(status(401));
    webhook.deploy(circuit(options(), 5, 100).setMaxInFlight(1));

    webhook.publish(100);

    webhook.awaitCircuit("open");
    receiver.takeArrived();
    receiver.takeRequests(3);
    WebhookClient.State state = webhook.state();
    assertThat(state.failed()).isEqualTo(5);
    assertThat(state.pending()).isEqualTo(95);

    receiver.usually(status(204));
    assertThat(webhook.awaitSettled(100).delivered()).isEqualTo(95);
  }

  @ParameterizedTest(name = "{0} in flight, {1} a batch, {2}")
  @CsvSource({
    "1, 1, 401",
    "64, 1, 403",
    "1024, 1, 401",
    "1, 100, 401",
    "64, 100, 401",
    "64, 7, 404",
    "64, 3, 302"
  })
  void itCostsAtMostMaxFailuresDeadLetters(int inFlight, int batch, int refusal) {
    receiver.usually(status(refusal).after(20));
    webhook.deploy(batches(options(), batch, 1).setMaxInFlight(inFlight));

    webhook.publish(EVENTS);
    webhook.awaitState(
        state ->
            state.received() == EVENTS
                && !state.circuit().equals("closed")
                && state.retried() > batch);

    WebhookClient.State refused = webhook.state();
    assertThat(refused.failed()).isLessThanOrEqualTo(MAX_FAILURES);
    assertThat(refused.dlqEvicted()).isZero();
    assertThat(refused.pending()).isEqualTo(EVENTS - refused.failed());

    receiver.usually(status(204));
    WebhookClient.State end = webhook.awaitSettled(EVENTS);
    assertThat(end.failed()).isLessThanOrEqualTo(MAX_FAILURES);
    assertThat(end.delivered()).isEqualTo(EVENTS - end.failed());
  }

  @Test
  void lateRefusalsCostNothingThoughTheCircuitHasClosedSince() {
    Promise<Void> closed = Promise.promise();
    Promise<Void> sent = Promise.promise();
    receiver.usually(
        request ->
            status(401).heldBackUntil(request.eventId() > 900 ? closed.future() : sent.future()));
    webhook.deploy(options().setMaxInFlight(1_024));
    webhook.publish(1_000);
    receiver.takeRequests(1_000);
    sent.complete();
    webhook.awaitCircuit("open");
    receiver.usually(status(204));
    webhook.awaitCircuit("closed");
    closed.complete();

    WebhookClient.State end = webhook.awaitSettled(1_000);

    assertThat(end.failed()).isLessThanOrEqualTo(MAX_FAILURES);
    assertThat(end.delivered()).isEqualTo(1_000 - end.failed());
  }

  @Test
  void successesThatBeganBeforeItDoNotHideIt() {
    Promise<Void> revoked = Promise.promise();
    receiver.usually(
        request ->
            request.eventId() > 20 ? status(401) : status(204).heldBackUntil(revoked.future()));
    webhook.deploy(circuit(options(), MAX_FAILURES, 60_000).setMaxInFlight(64));
    webhook.publish(20);
    receiver.takeRequests(20);
    webhook.publish(MAX_FAILURES - 1);
    webhook.awaitState(state -> state.failed() == MAX_FAILURES - 1);

    revoked.complete();
    webhook.awaitState(state -> state.delivered() == 20);
    webhook.publish(60);
    webhook.awaitCircuit("open");

    assertThat(webhook.state().failed()).isEqualTo(MAX_FAILURES);
    receiver.usually(status(204));
    result(webhook.client().setUrl(receiver.url("/mended")));
    assertThat(webhook.awaitSettled(80 + MAX_FAILURES - 1).failed()).isEqualTo(MAX_FAILURES);
  }

  @ParameterizedTest
  @CsvSource({"1024, 1", "64, 100"})
  void anOutageBurnsNoAttemptOfWhatWasUnderWay(int inFlight, int batch) {
    receiver.usually(status(503).after(20));
    webhook.deploy(batches(options(), batch, 1).setMaxAttempts(1).setMaxInFlight(inFlight));

    webhook.publish(EVENTS);
    webhook.awaitState(state -> state.received() == EVENTS && state.retried() > 50);
    receiver.usually(status(204));

    WebhookClient.State end = webhook.awaitSettled(EVENTS);
    assertThat(end.failed()).isLessThanOrEqualTo(MAX_FAILURES);
    assertThat(end.delivered()).isEqualTo(EVENTS - end.failed());
  }
}
