package dev.auditwebhook.endpoint;

import static dev.auditwebhook.endpoint.ScriptedSender.status;
import static dev.auditwebhook.testing.Events.ids;
import static dev.auditwebhook.testing.SpokenFormat.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.endpoint.ScriptedSender.Sent;
import dev.auditwebhook.endpoint.attempt.AttemptReport;
import dev.auditwebhook.endpoint.attempt.Batch;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.testing.Formats;
import dev.auditwebhook.testing.SpokenFormat;
import dev.auditwebhook.wire.format.Event;
import dev.auditwebhook.wire.format.Format;
import dev.auditwebhook.wire.format.Verdict;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.LongFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

/** Options are replaced while events are on their way. */
class ReplacedOptionsTest extends DispatcherScenario {

  @Test
  void whatIsInFlightIsJudgedAsItWasSent() {
    sender = sender.with(new SpokenFormat());
    batches(2, 0);
    start();
    dispatcher.queue(store.arrive(2, clock.now()));
    Sent former = sender.last();

    batches(1, 0);
    put(Formats.single());
    former.answer(answer(Verdict.REJECTED, Verdict.DELIVERED));

    assertThat(ledger.letters()).containsExactly(1L);
    assertThat(total(Total.DELIVERED)).isEqualTo(1);
    assertThat(dispatcher.inFlight()).isZero();
    assertBalanced();
  }

  @Test
  void whatFollowsIsJudgedByTheNewOptions() {
    start();
    arrive(1);
    sender.last().answer(503);
    options.setMaxAttempts(2);
    put();
    sender.last().answer(503);
    assertThat(ledger.letters()).as("the attempt before counts").containsExactly(1L);
    assertThat(sender.sent()).hasSize(2);
  }

  @Test
  void whatIsInBackoffGoesAtOnceAndItsAttemptsCountAtTheSameUrl() {
    start();
    sender.usually(503);
    arrive(2);
    put();
    assertThat(sender.times()).containsExactly(0L, 0L, 0L, 0L);
    assertThat(reports).extracting(AttemptReport::attempt).containsExactly(1, 1, 2, 2);
    clock.turn(A_DAY);
    assertThat(sender.sent()).as("three attempts each").hasSize(6);
    assertThat(total(Total.FAILED)).isEqualTo(2);
    assertThat(clock.timers()).isZero();
  }

  @Test
  void atAnotherUrlAttemptsBeginAfresh() {
    start();
    sender.usually(503);
    arrive(1);
    options.setUrl(OTHER_URL);
    put();
    clock.turn(A_DAY);
    assertThat(sender.sent()).hasSize(1 + 3);
    assertThat(sender.last().destination().url()).isEqualTo(OTHER_URL);
  }

  @Test
  void anAttemptThatWasUnderWayCostsNothingAndIsMadeAgainByTheNewOptions() {
    options.setMaxAttempts(1);
    start();
    arrive(3);
    put();
    sender.sent(0).answer(status(503, 30_000));
    sender.sent(1).answer(401);
    sender.sent(2).answer(410);

    assertThat(settings.pausedFor()).isNull();
    assertThat(ledger.letters()).isEmpty();
    assertThat(sender.eventIds()).containsExactly(1L, 2L, 3L, 1L, 2L, 3L);
    assertThat(sender.times()).as("the new receiver asked for no wait").containsOnly(0L);
    assertBalanced();
  }

  @Test
  void itHasAFreshCircuit() {
    maxFailures(1, A_DAY);
    start();
    arrive(1);
    sender.last().answer(503);
    assertThat(dispatcher.circuit().isClosed()).isFalse();
    maxFailures(2, A_DAY);
    put();
    assertThat(sender.sent()).hasSize(2);
    sender.last().answer(503);
    assertThat(dispatcher.circuit().isClosed()).as("with its own maxFailures").isTrue();
  }

  @Test
  void theSlotsAreThoseOfTheNewOptionsAndTakenByWhatIsInFlight() {
    options.setMaxInFlight(3);
    start();
    arrive(10);
    options.setMaxInFlight(2);
    put();
    assertThat(dispatcher.inFlight()).isEqualTo(3);
    sender.sent(0).answer(204);
    assertThat(sender.sent()).as("two are still under way").hasSize(3);
    sender.sent(1).answer(204);
    assertThat(sender.sent()).hasSize(4);

    options.setMaxInFlight(5);
    put();
    assertThat(dispatcher.inFlight()).isEqualTo(5);
    assertThat(sender.eventIds()).containsExactlyElementsOf(ids(1, 7));
  }

  @Test
  void whereTheOrderIsStrictItStaysSo() {
    options.setMaxInFlight(1);
    start();
    arrive(4);
    put();
    sender.sent(0).answer(503);
    assertThat(sender.eventIds()).containsExactly(1L, 1L);
    sender.last().answer(503);
    put(); // 1 is in backoff, and ready now.
    assertThat(sender.eventIds()).containsExactly(1L, 1L, 1L);
    sender.usually(204);
    sender.last().answer(204);
    put();
    assertThat(sender.eventIds()).containsExactly(1L, 1L, 1L, 2L, 3L, 4L);
  }

  @Test
  void whereTheOrderBecomesStrictTheLowestIdGoesFirstOnceAllThatIsInFlightIsOver() {
    options.setMaxInFlight(3);
    start();
    arrive(6);
    options.setMaxInFlight(1);
    put();
    sender.sent(1).answer(503);
    sender.sent(0).answer(503);
    assertThat(sender.sent()).hasSize(3);
    sender.usually(204);
    sender.sent(2).answer(204);
    put();
    assertThat(sender.eventIds()).containsExactly(1L, 2L, 3L, 1L, 2L, 4L, 5L, 6L);
  }

  @Test
  void whereTheOrderIsStrictNoMoreABackoffHoldsUpNobody() {
    options.setMaxInFlight(1);
    start();
    arrive(3);
    sender.last().answer(503);
    options.setMaxInFlight(64);
    put();
    assertThat(sender.eventIds()).containsExactly(1L, 1L, 2L, 3L);
  }

  @Test
  void batchesThatWereFormedByOtherRulesPart() {
    batches(4, 0);
    start();
    sender.usually(503);
    dispatcher.queue(store.arrive(4, clock.now()));
    clock.turn();
    assertThat(sender.last().eventIds()).containsExactly(1L, 2L, 3L, 4L);

    sender.usually(each -> null);
    batches(3, 0);
    put(Formats.batches());
    assertThat(sender.sent().stream().skip(1).map(Sent::eventIds))
        .containsExactly(List.of(1L, 2L, 3L), List.of(4L));
    assertThat(sender.sent()).extracting(Sent::messageId).doesNotHaveDuplicates();
    sender.sent(1).answer(503);
    sender.sent(2).answer(503);
    assertThat(reports.subList(4, 8)).extracting(AttemptReport::attempt).containsOnly(2);

    batches(1, 0);
    put(Formats.single());
    assertThat(sender.sent().stream().skip(3).map(Sent::eventIds))
        .containsExactly(List.of(1L), List.of(2L), List.of(3L), List.of(4L));
    assertThat(sender.sent().stream().skip(3).map(Sent::messageId))
        .containsExactly("msg_test_1", "msg_test_2", "msg_test_3", "msg_test_4");
  }

  @Test
  void aBatchThatFitsStaysAsItIs() {
    batches(4, 0);
    start();
    sender.usually(503);
    dispatcher.queue(store.arrive(4, clock.now()));
    clock.turn();
    batches(10, 0);
    put(Formats.batches());
    assertThat(sender.sent(1).eventIds()).containsExactly(1L, 2L, 3L, 4L);
    assertThat(sender.sent(1).messageId()).isEqualTo(sender.sent(0).messageId());
  }

  @Test
  void aBatchThatIsTooLargeInTheNewFormatParts() {
    batches(4, 0);
    start();
    sender.usually(503);
    dispatcher.queue(store.arrive(4, clock.now()));
    clock.turn();
    sender.usually(each -> null);
    put(new Bulky());
    assertThat(sender.sent().stream().skip(1).map(Sent::eventIds))
        .containsExactly(List.of(1L, 2L), List.of(3L, 4L));
  }

  /** Of which two events make a full batch. */
  private static final class Bulky implements Format {

    private final Format bodies = Formats.batches();

    @Override
    public String contentType() {
      return bodies.contentType();
    }

    @Override
    public byte[] body(List<Event> events, LongFunction<String> messageIds) {
      return bodies.body(events, messageIds);
    }

    @Override
    public int sizeOf(Event event) {
      return Batch.MAX_BYTES / 2;
    }
  }

  @Test
  void whatWaitsForABatchToFillWaitsByTheNewRules() {
    batches(10, 60_000);
    start();
    arrive(3);
    assertThat(sender.sent()).isEmpty();
    batches(10, 100);
    put(Formats.batches());
    assertThat(clock.timers()).as("the former one is off").isEqualTo(1);
    clock.turn(100);
    assertThat(sender.last().eventIds()).containsExactly(1L, 2L, 3L);
    assertThat(sender.last().at()).isEqualTo(100);
  }

  @Test
  void whatWaitsInTheStoreIsReadAsFarAsThereIsRoomNow() {
    options.setQueueCapacity(4).setMaxInFlight(1);
    start();
    arrive(20);
    options.setQueueCapacity(100).setMaxInFlight(64);
    put();
    assertThat(sender.eventIds()).containsExactlyElementsOf(ids(1, 20));
  }

  @Test
  void nothingIsSentWhileItIsPausedThoughItsOptionsAreReplaced() {
    start();
    settings.pause("paused by request");
    arrive(2);
    put();
    assertThat(sender.sent()).isEmpty();
    sender.usually(204);
    settings.resume();
    put();
    assertThat(ledger.pending()).isZero();
  }

  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void nothingIsLostOrDoubledHoweverOftenOptionsAreReplaced(@ForAll long seed) {
    Random random = new Random(seed);
    List<Format> formats = List.of(Formats.single(), Formats.batches(), new SpokenFormat());
    ReplacedOptionsTest run = new ReplacedOptionsTest();
    run.options.setMaxAttempts(5);
    run.batches(1 + random.nextInt(4), 0);
    run.sender = run.sender.with(formats.get(1));
    run.start();
    int arrived = 0;
    for (int i = 0; i < 60; i++) {
      switch (random.nextInt(6)) {
        case 0, 1 -> {
          int more = 1 + random.nextInt(5);
          arrived += more;
          run.arrive(more);
        }
        case 2, 3, 4 -> run.answerOne(random);
        default -> {
          run.batches(1 + random.nextInt(4), random.nextInt(3) * 50L);
          run.options
              .setMaxInFlight(1 + random.nextInt(4))
              .setUrl(random.nextInt(4) == 0 ? OTHER_URL : URL);
          run.put(formats.get(1 + random.nextInt(2)));
        }
      }
      run.clock.turn(random.nextInt(400));
      run.assertNoneIsTwiceInFlight();
      run.assertBalanced();
    }
    run.sender.usually(204);
    for (Sent open : run.inFlight()) {
      open.answer(204);
    }
    run.clock.turn(A_DAY);
    assertThat(run.ledger.pending()).isZero();
    assertThat(run.total(Total.DELIVERED) + run.total(Total.FAILED)).isEqualTo(arrived);
    assertThat(run.sender.eventIds()).containsAll(ids(1, arrived));
    run.close();
  }

  private List<Sent> inFlight() {
    return sender.sent().stream().filter(each -> !each.answer().future().isComplete()).toList();
  }

  private void answerOne(Random random) {
    List<Sent> open = inFlight();
    if (!open.isEmpty()) {
      int[] usual = {204, 204, 503, 401, 422};
      open.get(random.nextInt(open.size())).answer(usual[random.nextInt(usual.length)]);
    }
  }

  private void assertNoneIsTwiceInFlight() {
    List<Long> all = new ArrayList<>();
    inFlight().forEach(each -> all.addAll(each.eventIds()));
    Set<Long> once = new HashSet<>(all);
    assertThat(all).hasSameSizeAs(once);
    assertThat(dispatcher.inFlight()).isEqualTo(inFlight().size());
  }
}
