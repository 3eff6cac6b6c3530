package dev.auditwebhook;

import static dev.auditwebhook.testing.ScriptedReceiver.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.testing.WebhookTest;
import io.vertx.core.Promise;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a receiver says of the endpoint costs events next to nothing, however many are under way.
 */
class RevokedTokenTest extends WebhookTest {

  private static final int EVENTS = 2_000;
  private static final int MAX_FAILURES = 10;

  @Override
  protected WebhookOptions options() {
    return super.options()
        .setQueueCapacity(10_000)
        .setCircuitBreaker(new CircuitOptions().setMaxFailures(MAX_FAILURES).setResetTimeout(50));
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
    deploy(
        options()
            .setMaxInFlight(inFlight)
            .setBatch(new BatchOptions().setMaxEvents(batch).setMaxDelay(1)));

    publish(EVENTS);
    awaitState(
        state ->
            state.received() == EVENTS
                && !state.circuit().equals("closed")
                && state.json().getLong("retried") > batch);

    WebhookClient.State refused = state();
    assertThat(refused.failed()).isLessThanOrEqualTo(MAX_FAILURES);
    assertThat(refused.json().getLong("dlq_evicted")).isZero();
    assertThat(refused.pending()).isEqualTo(EVENTS - refused.failed());

    receiver.usually(status(204));
    WebhookClient.State end = awaitSettled(EVENTS);
    assertThat(end.failed()).isLessThanOrEqualTo(MAX_FAILURES);
    assertThat(end.delivered()).isEqualTo(EVENTS - end.failed());
  }

  @Test
  void lateRefusalsCostNothingThoughTheCircuitHasClosedSince() {
    receiver.usually(
        request -> request.eventId() > 900 ? status(401).after(600) : status(401).after(5));
    deploy(options().setMaxInFlight(1_024));
    publish(1_000);
    awaitState(state -> state.circuit().equals("open"));
    receiver.usually(status(204));

    WebhookClient.State end = awaitSettled(1_000);

    assertThat(end.failed()).isLessThanOrEqualTo(MAX_FAILURES);
    assertThat(end.delivered()).isEqualTo(1_000 - end.failed());
  }

  @Test
  void successesThatBeganBeforeItDoNotHideIt() {
    Promise<Void> revoked = Promise.promise();
    receiver.usually(
        request -> request.eventId() > 20 ? status(401) : status(204).once(revoked.future()));
    deploy(
        options()
            .setMaxInFlight(64)
            .setCircuitBreaker(
                new CircuitOptions().setMaxFailures(MAX_FAILURES).setResetTimeout(60_000)));
    publish(20);
    await().until(() -> receiver.requests().size() == 20);
    publish(MAX_FAILURES - 1);
    awaitState(state -> state.failed() == MAX_FAILURES - 1);

    revoked.complete();
    awaitState(state -> state.delivered() == 20);
    publish(60);
    awaitState(state -> state.circuit().equals("open"));

    assertThat(state().failed()).isEqualTo(MAX_FAILURES);
    receiver.usually(status(204));
    result(client.setUrl(receiver.url("/mended")));
    assertThat(awaitSettled(80 + MAX_FAILURES - 1).failed()).isEqualTo(MAX_FAILURES);
  }

  @ParameterizedTest
  @CsvSource({"1024, 1", "64, 100"})
  void anOutageBurnsNoAttemptOfWhatWasUnderWay(int inFlight, int batch) {
    receiver.usually(status(503).after(20));
    deploy(
        options()
            .setMaxAttempts(1)
            .setMaxInFlight(inFlight)
            .setBatch(new BatchOptions().setMaxEvents(batch).setMaxDelay(1)));

    publish(EVENTS);
    awaitState(state -> state.received() == EVENTS && state.json().getLong("retried") > 50);
    receiver.usually(status(204));

    WebhookClient.State end = awaitSettled(EVENTS);
    assertThat(end.failed()).isLessThanOrEqualTo(MAX_FAILURES);
    assertThat(end.delivered()).isEqualTo(EVENTS - end.failed());
  }
}
