package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.silence;
import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.Effect;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What goes first. */
@EveryStore
class OrderTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private WebhookOptions slow(WebhookOptions options) {
    return options.setInitialBackoff(60_000).setMaxBackoff(60_000).setAttemptTimeout(60_000);
  }

  @Test
  void aRedriveWhileAnEventIsInBackoffHoldsUpNothing() {
    receiver.usually(OrderTest::firstFailsSecondIsRefused);
    webhook.deploy(slow(webhook.options()).setQueueCapacity(3));
    webhook.publish(2);
    webhook.awaitState(state -> state.failed() == 1 && state.retried() == 1);
    receiver.usually(status(204));
    result(webhook.client().redrive());
    webhook.publish(1);
    webhook.awaitState(state -> state.delivered() == 2);
  }

  @Test
  void aRedriveWhileMostAreInBackoffHoldsUpNothing() {
    receiver.usually(request -> request.eventId() == 1 ? status(400) : status(503));
    webhook.deploy(slow(webhook.options()));
    webhook.publish(801);
    webhook.awaitState(state -> state.failed() == 1 && state.retried() == 800);
    receiver.usually(status(204));
    result(webhook.client().redrive());
    webhook.publish(1);
    webhook.awaitState(state -> state.delivered() == 2);
  }

  @Test
  void afterARestartWhatWaitedLongestGoesFirst() {
    WebhookOptions options = slow(webhook.optionsOnDisk()).setMaxInFlight(2);
    deployWithTheFirstInFlightAndTwoInBackoff(options);
    receiver.usually(silence());
    webhook.restart(options);
    assertThat(receiver.takeRequests(2).stream().map(Received::eventId)).contains(1L);
  }

  @Test
  void afterARestartWithOneSlotTheLowestIdGoesFirst() {
    WebhookOptions options = slow(webhook.optionsOnDisk()).setMaxInFlight(2);
    deployWithTheFirstInFlightAndTwoInBackoff(options);
    receiver.usually(status(204));
    webhook.restart(options.setMaxInFlight(1));
    assertThat(receiver.takeRequests(3).stream().map(Received::eventId))
        .containsExactly(1L, 2L, 3L);
  }

  private void deployWithTheFirstInFlightAndTwoInBackoff(WebhookOptions options) {
    receiver.usually(request -> request.eventId() == 1 ? silence() : status(503));
    webhook.deploy(options);
    webhook.publish(3);
    webhook.awaitState(state -> state.retried() == 2);
    receiver.takeRequests(3);
  }

  private static Effect firstFailsSecondIsRefused(Received request) {
    return request.eventId() == 1 ? status(503) : status(400);
  }
}
