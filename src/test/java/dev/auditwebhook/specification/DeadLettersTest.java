package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.ids;
import static dev.auditwebhook.testing.Webhooks.refusal;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookClient.DeadLetter;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is kept of the events that are given up, and how they leave the queue. */
@EveryStore
class DeadLettersTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private void deployWithDeadLetters(int events) {
    receiver.usually(status(400));
    webhook.deploy();
    webhook.publish(events);
    webhook.awaitSettled(events);
    receiver.usually(status(204));
  }

  private List<Long> deadLetterIds() {
    return webhook.deadLetters().stream().map(DeadLetter::eventId).toList();
  }

  @Test
  void theDeadLetterQueueKeepsTheNewestInOrderAndCountsTheEvicted() {
    receiver.usually(status(400));
    webhook.deploy();

    webhook.publish(130);
    WebhookClient.State state = webhook.awaitSettled(130);

    assertThat(state.failed()).isEqualTo(130);
    assertThat(state.dlqSize()).isEqualTo(100);
    assertThat(state.dlqEvicted()).isEqualTo(30);
    assertThat(webhook.deadLetters().stream().map(DeadLetter::eventId)).isEqualTo(ids(31, 130));
    assertThat(result(webhook.client().deadLetters(2, 99)).stream().map(DeadLetter::eventId))
        .containsExactly(100L, 101L);
  }

  @Test
  void anUnknownIdIs404AndNothingIsDone() {
    deployWithDeadLetters(2);

    assertThat(refusal(webhook.client().redrive(List.of(1L, 9L))).failureCode()).isEqualTo(404);
    assertThat(refusal(webhook.client().purge(List.of(1L, 9L))).failureCode()).isEqualTo(404);
    assertThat(deadLetterIds()).containsExactly(1L, 2L);
    assertThat(result(webhook.client().redrive(List.of()))).isZero();
    assertThat(result(webhook.client().purge(List.of()))).isZero();
  }

  @Test
  void someAreRedrivenSomePurgedAndTheRestRedrivenWithTheirMessageIds() {
    deployWithDeadLetters(5);
    List<String> before = messageIds();

    assertThat(result(webhook.client().redrive(List.of(4L, 2L, 2L)))).isEqualTo(2);
    webhook.awaitState(state -> state.delivered() == 2);
    assertThat(deadLetterIds()).containsExactly(1L, 3L, 5L);
    assertThat(result(webhook.client().purge(List.of(3L)))).isEqualTo(1);
    assertThat(result(webhook.client().redrive())).isEqualTo(2);

    WebhookClient.State state = webhook.awaitSettled(5);
    assertThat(state.delivered()).isEqualTo(4);
    assertThat(state.failed()).isEqualTo(1);
    assertThat(deadLetterIds()).isEmpty();
    assertThat(messageIds().subList(5, 9)).isSubsetOf(before).doesNotHaveDuplicates();
  }

  private List<String> messageIds() {
    return receiver.requests().stream().map(Received::messageId).toList();
  }

  @Test
  void whatIsRedrivenAndPurgedAtOnceGoesOneWayOnly() {
    deployWithDeadLetters(20);

    Future<Integer> redriven = webhook.client().redrive();
    Future<Integer> purged = webhook.client().purgeAll();

    assertThat(result(redriven) + result(purged)).isEqualTo(20);
    WebhookClient.State state = webhook.awaitSettled(20);
    assertThat(state.delivered()).isEqualTo(result(redriven).longValue());
    assertThat(state.failed()).isEqualTo(result(purged).longValue());
    assertThat(deadLetterIds()).isEmpty();
    assertThat(receiver.requests()).hasSize(20 + result(redriven));
  }

  @Nested
  class Redrive {

    @Test
    void aRedrivenEventHasFreshAttempts() {
      receiver.usually(status(503));
      webhook.deploy();
      webhook.publish(1);
      webhook.awaitSettled(1);

      receiver.then(status(503), status(503), status(204));
      result(webhook.client().redrive());

      assertThat(webhook.awaitSettled(1).delivered()).isEqualTo(1);
    }

    @Test
    void twoRedrivesAtOnceSendNothingTwice() {
      deployWithDeadLetters(20);

      Future<Integer> first = webhook.client().redrive();
      Future<Integer> second = webhook.client().redrive();

      assertThat(result(first) + result(second)).isEqualTo(20);
      assertThat(webhook.awaitSettled(20).delivered()).isEqualTo(20);
      assertThat(receiver.requests()).hasSize(40);
    }

    @Test
    void theSameIdsRedrivenTwiceAtOnceAreKnownOnlyOnce() {
      deployWithDeadLetters(5);

      Future<Integer> first = webhook.client().redrive(List.of(2L, 4L));
      Future<Integer> second = webhook.client().redrive(List.of(2L, 4L));

      assertThat(result(first)).isEqualTo(2);
      assertThat(refusal(second).failureCode()).isEqualTo(404);
      webhook.awaitState(state -> state.delivered() == 2);
      assertThat(deadLetterIds()).containsExactly(1L, 3L, 5L);
      assertThat(receiver.requests()).hasSize(7);
    }

    @Test
    void redriveGoesAsFarAsThereIsRoom() {
      receiver.usually(status(400));
      webhook.deploy(webhook.options().setQueueCapacity(3));
      for (int i = 0; i < 5; i++) {
        webhook.publish(1);
        webhook.awaitSettled(i + 1);
      }
      receiver.usually(status(204));

      assertThat(result(webhook.client().redrive())).isEqualTo(3);
      webhook.awaitState(state -> state.delivered() == 3);
      assertThat(deadLetterIds()).containsExactly(4L, 5L);
    }
  }

  @Nested
  class Purge {

    @Test
    void twoPurgesAtOnceRemoveNothingTwice() {
      deployWithDeadLetters(20);

      Future<Integer> first = webhook.client().purgeAll();
      Future<Integer> second = webhook.client().purgeAll();

      assertThat(result(first) + result(second)).isEqualTo(20);
      assertThat(deadLetterIds()).isEmpty();
      assertThat(webhook.state().failed()).isEqualTo(20);
      assertThat(receiver.requests()).hasSize(20);
    }

    @Test
    void whileDisabledThereIsNoRedriveButAPurge() {
      deployWithDeadLetters(2);
      result(webhook.client().disable());

      assertThat(refusal(webhook.client().redrive()).failureCode()).isEqualTo(409);
      assertThat(result(webhook.client().purgeAll())).isEqualTo(2);
      assertThat(webhook.state().failed()).isEqualTo(2);
    }
  }
}
