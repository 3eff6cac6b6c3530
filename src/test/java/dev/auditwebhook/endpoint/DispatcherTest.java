package dev.auditwebhook.endpoint;

import static dev.auditwebhook.endpoint.ScriptedSender.status;
import static dev.auditwebhook.testing.Events.ids;
import static dev.auditwebhook.testing.SpokenFormat.answer;
import static dev.auditwebhook.wire.format.Verdict.DELIVERED;
import static dev.auditwebhook.wire.format.Verdict.HELD_UP;
import static dev.auditwebhook.wire.format.Verdict.REJECTED;
import static dev.auditwebhook.wire.format.Verdict.RETRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.endpoint.ScriptedSender.Sent;
import dev.auditwebhook.endpoint.attempt.AttemptReport;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.SpokenFormat;
import dev.auditwebhook.wire.Answer;
import dev.auditwebhook.wire.format.Verdict;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import org.junit.jupiter.api.Test;

class DispatcherTest extends DispatcherScenario {

  @Test
  void anEventIsDeliveredOnce() {
    start();
    sender.usually(204);
    arrive(3);
    clock.turn(A_DAY);
    assertThat(sender.eventIds()).containsExactly(1L, 2L, 3L);
    assertThat(total(Total.DELIVERED)).isEqualTo(3);
    assertThat(ledger.pending()).isZero();
    assertThat(dispatcher.inFlight()).isZero();
    assertThat(clock.timers()).isZero();
  }

  @Test
  void aBackoffDoublesAfterEachAttemptUpToTheLongest() {
    options.setMaxAttempts(6).setMaxBackoff(4_000);
    start();
    sender.usually(503);
    arrive(1);
    clock.turn(A_DAY);
    assertThat(sender.times()).containsExactly(0L, 1_000L, 3_000L, 7_000L, 11_000L, 15_000L);
    assertThat(total(Total.RETRIED)).isEqualTo(5);
    assertThat(total(Total.FAILED)).isEqualTo(1);
    assertThat(ledger.letters()).containsExactly(1L);
    assertBalanced();
  }

  @Test
  void aBackoffThatIsSetHoldsForTheNextOne() {
    start();
    settings.initialBackoff(5);
    sender.usually(503);
    arrive(1);
    clock.turn(A_DAY);
    assertThat(sender.times()).containsExactly(0L, 5L, 15L);
  }

  @Test
  void aReceiverMayAskForMoreTimeUpToTheLongest() {
    options.setMaxAttempts(4).setMaxBackoff(10_000);
    start();
    sender.usually(
        each ->
            switch (sender.sent().size()) {
              case 1 -> status(503, 5_000);
              case 2 -> status(429, 1);
              case 3 -> status(503, 3_600_000);
              default -> status(204);
            });
    arrive(1);
    clock.turn(A_DAY);
    assertThat(sender.times()).containsExactly(0L, 5_000L, 7_000L, 17_000L);
  }

  @Test
  void messageIdAndBodyAreTheSameAtEachAttemptAndItsNumberSaysWhichAddressIsTried() {
    start();
    sender.usually(503);
    arrive(1);
    clock.turn(A_DAY);
    assertThat(sender.sent()).extracting(Sent::messageId).containsOnly("msg_test_1").hasSize(3);
    assertThat(sender.sent()).extracting(Sent::attempt).containsExactly(0, 1, 2);
    assertThat(sender.sent(2).body()).isEqualTo(sender.sent(0).body());
    assertThat(reports).extracting(AttemptReport::attempt).containsExactly(1, 2, 3);
    assertThat(reports)
        .extracting(each -> each.outcome().toString())
        .containsExactly("retry", "retry", "failed");
  }

  @Test
  void aRetryHoldsUpNoOtherEventAndTakesNoSlot() {
    options.setMaxInFlight(2);
    start();
    sender.usually(each -> status(each.eventIds().contains(1L) ? 503 : 204));
    arrive(10);
    assertThat(sender.eventIds()).containsExactlyElementsOf(ids(1, 10));
    assertThat(total(Total.DELIVERED)).isEqualTo(9);
  }

  @Test
  void noMoreAttemptsAreInFlightThanMaxInFlight() {
    options.setMaxInFlight(3);
    start();
    arrive(10);
    assertThat(dispatcher.inFlight()).isEqualTo(3);
    assertThat(sender.eventIds()).containsExactly(1L, 2L, 3L);
    sender.sent(1).answer(204);
    assertThat(sender.eventIds()).containsExactly(1L, 2L, 3L, 4L);
    assertThat(dispatcher.inFlight()).isEqualTo(3);
  }

  @Test
  void theSlotsAreSharedByAllUrlsThatItEverHad() {
    options.setMaxInFlight(2);
    start();
    arrive(4);
    newUrl();
    assertThat(sender.sent()).as("both are still with the former URL").hasSize(2);
    sender.sent(0).answer(204);
    assertThat(sender.last().destination().url()).isEqualTo(OTHER_URL);
    assertThat(dispatcher.inFlight()).isEqualTo(2);
  }

  @Test
  void whereTheOrderIsStrictAnEventInBackoffHoldsTheOthers() {
    options.setMaxInFlight(1);
    start();
    sender.usually(each -> status(sender.sent().size() < 3 ? 503 : 204));
    arrive(3);
    assertThat(sender.eventIds()).containsExactly(1L);
    clock.turn(A_DAY);
    assertThat(sender.eventIds()).containsExactly(1L, 1L, 1L, 2L, 3L);
  }

  @Test
  void whereTheOrderIsStrictWhatIsParkedStaysFirst() {
    options.setMaxInFlight(1);
    maxFailures(1, 1);
    start();
    arrive(3);
    sender.last().answer(503);
    clock.turn(1_000);
    awaitProbe();
    sender.last().answer(503);
    awaitProbe();
    sender.usually(204);
    sender.last().answer(204);
    clock.turn();
    assertThat(sender.eventIds()).containsExactly(1L, 1L, 1L, 2L, 3L);
  }

  @Test
  void aParkedEventGoesBehindTheOthersAndBurnsNoAttempt() {
    options.setMaxInFlight(3);
    maxFailures(1, 1);
    start();
    arrive(4);
    for (int i = 0; i < 3; i++) {
      clock.turn(10);
      sender.sent(i).answer(503);
    }

    for (long probe : List.of(4L, 2L, 3L, 4L)) {
      clock.turn(1);
      awaitProbe();
      assertThat(sender.last().eventIds()).as("it waited longest").containsExactly(probe);
      assertThat(sender.last().attempt()).as("the next address").isPositive();
      sender.last().answer(503);
    }
    assertThat(total(Total.FAILED)).isZero();
    assertThat(reports.get(reports.size() - 1).attempt()).as("it costs nothing").isEqualTo(1);
    assertBalanced();
  }

  @Test
  void whileTheCircuitIsOpenNothingGoesAndOnlyOneProbeWhileItIsHalfOpen() {
    maxFailures(1, 1);
    options.setMaxInFlight(1_000);
    start();
    arrive(1);
    sender.last().answer(503);
    arrive(100);
    awaitProbe();
    assertThat(sender.sent()).hasSize(2);
    dispatcher.pump();
    assertThat(sender.sent()).hasSize(2);

    sender.usually(204);
    sender.last().answer(204);
    clock.turn(1_000);

    assertThat(ledger.pending()).as("a success closes it, and all goes").isZero();
  }

  @Test
  void aParkedEventDoesNotGoBeforeTheReceiverWantsItAgain() {
    maxFailures(1, 1);
    start();
    arrive(1);
    sender.last().answer(503);
    clock.turn(1_000);
    awaitProbe();
    sender.last().answer(status(503, 5_000));
    await().until(() -> dispatcher.circuit().isHalfOpen());
    clock.turn(4_999);
    dispatcher.pump();
    assertThat(sender.sent()).hasSize(2);
    clock.turn(1);
    assertThat(sender.sent()).hasSize(3);
  }

  @Test
  void aRevokedTokenCostsNoMoreDeadLettersThanTheCircuitTakesFailures() {
    maxFailures(5, A_DAY);
    start();
    arrive(200);
    for (int i = 0; i < sender.sent().size(); i++) {
      sender.sent(i).answer(401);
    }
    assertThat(sender.sent()).as("others went until it opened").hasSize(64 + 4);
    assertThat(total(Total.FAILED)).isEqualTo(5);
    assertThat(ledger.pending()).isEqualTo(195);
    assertThat(dispatcher.inFlight()).isZero();
    assertBalanced();
  }

  @Test
  void aRefusedBatchCostsNoMoreThanTheCircuitTakesEither() {
    maxFailures(5, A_DAY);
    batches(100, 0);
    start();
    arrive(300);
    List.copyOf(sender.sent()).forEach(each -> each.answer(401));
    assertThat(total(Total.FAILED)).isZero();
    assertThat(ledger.pending()).isEqualTo(300);
    assertThat(dispatcher.circuit().isClosed()).isFalse();
  }

  @Test
  void anEventThatIsRejectedIsADeadLetterAtOnce() {
    start();
    arrive(1);
    sender.last().answer(422);
    assertThat(ledger.letters()).containsExactly(1L);
    assertThat(clock.timers()).isZero();
  }

  @Test
  void aBatchOfWhichOneIsRejectedIsSplitAtOnceUntilThatOneIsFound() {
    batches(4, 0);
    start();
    sender.usually(each -> status(each.eventIds().contains(3L) ? 400 : 204));
    arrive(1);
    arrive(4);
    assertThat(sender.sent().stream().map(Sent::eventIds))
        .containsExactly(
            List.of(1L),
            List.of(2L, 3L, 4L, 5L),
            List.of(2L, 3L),
            List.of(4L, 5L),
            List.of(2L),
            List.of(3L));
    assertThat(sender.sent()).extracting(Sent::messageId).doesNotHaveDuplicates();
    assertThat(sender.times()).containsOnly(0L);
    assertThat(ledger.letters()).containsExactly(3L);
    assertThat(total(Total.DELIVERED)).isEqualTo(4);
    assertThat(total(Total.FAILED)).isEqualTo(1);
    assertBalanced();
  }

  @Test
  void aBatchThatFailsToItsLastAttemptIsSplitAfterABackoff() {
    options.setMaxAttempts(2);
    batches(2, 0);
    start();
    sender.usually(each -> status(each.eventIds().contains(2L) ? 500 : 204));
    dispatcher.queue(store.arrive(2, clock.now()));
    clock.turn(A_DAY);
    assertThat(sender.sent().stream().map(Sent::eventIds))
        .containsExactly(List.of(1L, 2L), List.of(1L, 2L), List.of(1L), List.of(2L));
    assertThat(sender.times()).containsExactly(0L, 1_000L, 3_000L, 3_000L);
    assertThat(ledger.letters()).containsExactly(2L);
    assertThat(total(Total.DELIVERED)).isEqualTo(1);
  }

  @Test
  void aReceiverThatIsGonePausesAllUntilSomebodyResumes() {
    options.setMaxInFlight(1);
    start();
    arrive(3);
    try (LogLines log = new LogLines()) {
      sender.last().answer(410);
      assertThat(log.all())
          .containsExactly("WARN Endpoint siem is paused: 410 Gone from http://a.example");
    }
    clock.turn(A_DAY);
    assertThat(settings.pausedFor()).isEqualTo("410 Gone from http://a.example");
    assertThat(sender.sent()).hasSize(1);
    assertThat(ledger.pending()).isEqualTo(3);

    sender.usually(204);
    settings.resume();
    dispatcher.pump();
    clock.turn();

    assertThat(sender.eventIds()).containsExactly(1L, 1L, 2L, 3L);
    assertThat(reports.get(1).attempt()).as("it cost no attempt").isEqualTo(1);
  }

  @Test
  void aPauseIsSpokenOfOnce() {
    start();
    arrive(3);
    try (LogLines log = new LogLines()) {
      List.copyOf(sender.sent()).forEach(each -> each.answer(410));
      assertThat(log.all()).hasSize(1);
    }
    assertThat(ledger.pending()).isEqualTo(3);
  }

  @Test
  void aNewUrlTakesOverAtOnceWithFreshAttempts() {
    start();
    sender.usually(503);
    arrive(2);
    clock.turn(1_000);
    assertThat(sender.sent()).hasSize(4);

    newUrl();

    assertThat(clock.elapsed()).as("no backoff").isEqualTo(1_000);
    assertThat(sender.sent()).hasSize(6);
    assertThat(sender.last().destination().url()).isEqualTo(OTHER_URL);
    assertThat(sender.last().attempt()).isZero();
    clock.turn(A_DAY);
    assertThat(sender.sent()).as("three attempts each").hasSize(10);
    assertThat(total(Total.FAILED)).isEqualTo(2);
  }

  @Test
  void whatWasReadOfTheStoreHasFreshAttemptsAtANewUrlToo() {
    start();
    sender.usually(503);
    arrive(1);
    clock.turn(1_001);
    options.setUrl(OTHER_URL);

    start();
    clock.turn(A_DAY);

    assertThat(sender.sent()).hasSize(2 + 3);
  }

  @Test
  void whatWasReadOfTheStoreGoesOnCountingAtTheSameUrl() {
    start();
    sender.usually(503);
    arrive(1);
    clock.turn(1_000);

    start();
    clock.turn(A_DAY);

    assertThat(sender.sent()).hasSize(3);
    assertThat(total(Total.FAILED)).isEqualTo(1);
  }

  @Test
  void aLateAnswerOfAFormerUrlSettlesItsEventAndNothingElse() {
    maxFailures(1, A_DAY);
    start();
    arrive(5);
    newUrl();

    sender.sent(0).answer(204);
    sender.sent(1).answer(503);
    sender.sent(2).answer(401);
    sender.sent(3).answer(410);
    sender.sent(4).answer(422);

    assertThat(total(Total.DELIVERED)).isEqualTo(1);
    assertThat(ledger.letters()).containsExactly(5L);
    assertThat(settings.pausedFor()).isNull();
    assertThat(dispatcher.circuit().isClosed()).isTrue();
    assertThat(sender.eventIds().subList(5, 8)).containsExactly(2L, 3L, 4L);
    assertThat(sender.sent().subList(5, 8))
        .allSatisfy(
            each -> {
              assertThat(each.destination().url()).isEqualTo(OTHER_URL);
              assertThat(each.attempt()).as("with fresh attempts").isZero();
            });
    assertBalanced();
  }

  @Test
  void aLateRetryOfAFormerUrlWaitsForNobody() {
    start();
    arrive(1);
    newUrl();
    sender.sent(0).answer(status(503, 30_000));
    assertThat(sender.sent()).hasSize(2);
    assertThat(sender.last().at()).isZero();
  }

  @Test
  void whereThereIsNoUrlAllWaits() {
    start();
    dispatcher.sendTo(null);
    arrive(2);
    clock.turn(A_DAY);
    assertThat(sender.sent()).isEmpty();
    assertThat(ledger.pending()).isEqualTo(2);
    sender.usually(204);
    dispatcher.sendTo(circuit(URL));
    clock.turn();
    assertThat(ledger.pending()).isZero();
  }

  @Test
  void aDrainEndsAsSoonAsAllIsOver() {
    options.setMaxInFlight(1);
    start();
    arrive(2);
    Future<Void> drained = drain(5_000);
    assertThat(dispatcher.isDraining()).isTrue();
    sender.sent(0).answer(204);
    assertThat(drained.isComplete()).isFalse();
    sender.sent(1).answer(204);
    assertThat(drained.succeeded()).isTrue();
    assertThat(clock.timers()).isZero();
  }

  @Test
  void aDrainEndsAtItsTimeoutWhateverIsInFlight() {
    start();
    arrive(1);
    Future<Void> drained = drain(5_000);
    clock.turn(4_999);
    assertThat(drained.isComplete()).isFalse();
    clock.turn(1);
    assertThat(drained.succeeded()).isTrue();
    assertThat(ledger.pending()).isEqualTo(1);
  }

  @Test
  void aDrainOfNothingEndsAtOnceButNotBeforeAllThatWasAcceptedIsThere() {
    start();
    Promise<Void> kept = Promise.promise();
    Future<Void> drained = dispatcher.drain(5_000, kept.future());
    assertThat(drained.isComplete()).isFalse();
    arrive(1);
    sender.last().answer(204);
    assertThat(drained.isComplete()).isFalse();
    kept.complete();
    assertThat(drained.succeeded()).isTrue();
  }

  @Test
  void aDrainEndsThoughWhatWasAcceptedCannotBeKept() {
    start();
    assertThat(dispatcher.drain(5_000, Future.failedFuture("disk full")).succeeded()).isTrue();
  }

  @Test
  void aDrainWaitsForABackoffThatEndsInTimeAndForNoOther() {
    start();
    sender.usually(503);
    arrive(1);
    Future<Void> drained = drain(1_500);
    clock.turn(999);
    assertThat(drained.isComplete()).isFalse();
    clock.turn(1);
    assertThat(sender.sent()).hasSize(2);
    assertThat(drained.succeeded()).as("the next backoff is longer than what is left").isTrue();
    assertThat(clock.elapsed()).isEqualTo(1_000);
  }

  @Test
  void aDrainDoesNotWaitForACircuitToClose() {
    maxFailures(1, A_DAY);
    start();
    arrive(1);
    sender.last().answer(503);
    assertThat(dispatcher.circuit().isClosed()).isFalse();
    arrive(3);
    assertThat(drain(5_000).succeeded()).isTrue();
    assertThat(ledger.pending()).isEqualTo(4);
  }

  @Test
  void aDrainWaitsForNothingWhileSendingIsPaused() {
    start();
    settings.pause("paused by request");
    arrive(3);
    assertThat(drain(5_000).succeeded()).isTrue();
  }

  @Test
  void noBatchWaitsToBeFilledWhileItDrains() {
    batches(10, 60_000);
    start();
    arrive(3);
    assertThat(sender.sent()).isEmpty();
    drain(5_000);
    assertThat(sender.last().eventIds()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void aDrainTakesWhatWaitsInTheStoreToo() {
    options.setQueueCapacity(4);
    start();
    settings.pause("paused by request");
    arrive(20);
    settings.resume();
    sender.usually(204);
    Future<Void> drained = drain(5_000);
    clock.turn();
    assertThat(drained.succeeded()).isTrue();
    assertThat(sender.eventIds()).containsExactlyElementsOf(ids(1, 20));
  }

  @Test
  void aSecondDrainIsTheFirstOne() {
    start();
    arrive(1);
    Future<Void> drained = drain(5_000);
    clock.turn(3_000);
    assertThat(drain(5_000)).isSameAs(drained);
    clock.turn(2_000);
    assertThat(drained.succeeded()).isTrue();
  }

  @Test
  void aNewUrlEndsADrain() {
    start();
    arrive(1);
    Future<Void> drained = drain(5_000);
    newUrl();
    assertThat(drained.succeeded()).isTrue();
    assertThat(dispatcher.isDraining()).isFalse();
    assertThat(clock.timers()).isZero();
  }

  @Test
  void aReceiverThatIsGoneWhileADisabledWebhookDrainsGetsNoMore() {
    options.setMaxInFlight(1);
    start();
    arrive(3);
    settings.url("", clock.now());
    Future<Void> drained = drain(5_000);
    sender.last().answer(410);
    assertThat(drained.succeeded()).isTrue();
    assertThat(sender.sent()).hasSize(1);
    assertThat(dispatcher.circuit()).isNull();
    assertThat(ledger.pending()).isEqualTo(3);
  }

  @Test
  void stoppedItStartsAndSettlesNothing() {
    options.setMaxInFlight(2);
    start();
    arrive(3);
    sender.sent(0).answer(503);
    dispatcher.stop();
    sender.sent(1).answer(204);
    clock.turn(A_DAY);
    dispatcher.pump();
    assertThat(ledger.pending()).as("all is pending for the next start").isEqualTo(3);
    assertThat(total(Total.DELIVERED)).isZero();
    assertThat(sender.sent()).hasSize(3);
  }

  @Test
  void oneTimerRunsWhateverTheNumberOfEvents() {
    options.setMaxInFlight(10_000).setQueueCapacity(10_000);
    maxFailures(1_000_000, A_DAY);
    start();
    sender.usually(503);
    for (int i = 0; i < 50; i++) {
      arrive(100);
      assertThat(clock.timers()).isEqualTo(1);
      clock.turn(1);
    }
    sender.usually(204);
    clock.turn(2_000);
    assertThat(ledger.pending()).isZero();
    assertThat(clock.timers()).isZero();
  }

  @Test
  void answersThatAreThereAtOnceDoNotPileUpWithinEachOther() {
    options.setQueueCapacity(50_000).setMaxInFlight(1);
    start();
    sender.usually(204);
    arrive(50_000);
    assertThat(total(Total.DELIVERED)).isEqualTo(50_000);
    assertThat(sender.eventIds()).isSorted();
  }

  @Test
  void whatIsResentAtOnceIsNoAttemptButIsCounted() {
    start();
    arrive(1);
    sender.last().answer(new Answer(204, null, false, 0, "", 1, true));
    assertThat(total(Total.RETRIED)).isEqualTo(1);
    assertThat(total(Total.DELIVERED)).isEqualTo(1);
    assertThat(reports).extracting(AttemptReport::attempt).containsExactly(1);
  }

  @Test
  void whatWaitsIsDeliveredOnceItCanBeRead() {
    start();
    dispatcher.sendTo(null);
    arrive(1);
    engine.failReads(new IllegalStateException("the disk is gone"));
    sender.usually(204);
    start();
    clock.turn(2_500);
    assertThat(sender.sent()).isEmpty();

    engine.failReads(null);
    clock.turn(1_000);

    assertThat(sender.eventIds()).containsExactly(1L);
  }

  private void spoken() {
    sender = sender.with(new SpokenFormat());
    batches(4, 0);
    start();
  }

  private void arriveTogether(int events) {
    dispatcher.queue(store.arrive(events, clock.now()));
  }

  @Test
  void ofABatchEachEventFaresAsItsReceiverSays() {
    spoken();
    arriveTogether(4);
    sender.last().answer(answer(DELIVERED, RETRY, REJECTED, RETRY));

    assertThat(total(Total.DELIVERED)).isEqualTo(1);
    assertThat(ledger.letters()).containsExactly(3L);
    assertThat(ledger.pending()).isEqualTo(2);
    assertThat(sender.sent()).as("the others wait").hasSize(1);

    clock.turn(1_000);
    assertThat(sender.last().eventIds()).containsExactly(2L, 4L);
    assertThat(sender.last().messageId()).isNotEqualTo(sender.sent(0).messageId());
    sender.usually(204);
    sender.last().answer(answer(RETRY, DELIVERED));
    clock.turn(2_000);
    assertThat(sender.last().eventIds())
        .as("by itself, after a longer backoff")
        .containsExactly(2L);
    assertThat(sender.last().attempt()).isEqualTo(2);
    assertThat(total(Total.DELIVERED)).isEqualTo(3);
    assertBalanced();
  }

  @Test
  void whatIsHeldUpByAnotherEventGoesAtOnceAndCostsNoAttempt() {
    options.setMaxAttempts(1);
    spoken();
    arriveTogether(3);
    sender.last().answer(answer(HELD_UP, REJECTED, HELD_UP));
    assertThat(ledger.letters()).containsExactly(2L);
    assertThat(sender.last().eventIds()).containsExactly(1L, 3L);
    assertThat(sender.last().at()).isZero();
    sender.last().answer(answer(REJECTED, HELD_UP));
    sender.last().answer(answer(DELIVERED));
    assertThat(total(Total.DELIVERED)).isEqualTo(1);
    assertThat(reports).extracting(AttemptReport::attempt).containsOnly(1);
    assertBalanced();
  }

  @Test
  void ofABatchThatIsTakenInPartOnlyWhatFailsForTheLastTimeIsLost() {
    spoken();
    arriveTogether(4);
    sender.usually(
        each ->
            answer(
                each.eventIds().stream()
                    .map(id -> id == 2 ? RETRY : DELIVERED)
                    .toArray(Verdict[]::new)));
    sender.last().answer(answer(RETRY, RETRY, DELIVERED, DELIVERED));
    clock.turn(A_DAY);
    assertThat(total(Total.DELIVERED)).isEqualTo(3);
    assertThat(ledger.letters()).containsExactly(2L);
    assertThat(sender.sent()).hasSize(3);
    assertThat(total(Total.FAILED)).isEqualTo(1);
    assertBalanced();
  }

  @Test
  void whereTheOrderIsStrictWhatIsTriedAgainOfABatchHoldsTheOthers() {
    options.setMaxInFlight(1);
    spoken();
    arriveTogether(6);
    sender.last().answer(answer(DELIVERED, RETRY, DELIVERED, DELIVERED));
    assertThat(sender.sent()).hasSize(1);
    clock.turn(1_000);
    assertThat(sender.last().eventIds()).containsExactly(2L);
    sender.last().answer(answer(DELIVERED));
    assertThat(sender.last().eventIds()).containsExactly(5L, 6L);
  }
}
