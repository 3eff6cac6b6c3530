package dev.auditwebhook.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.BatchOptions;
import dev.auditwebhook.endpoint.attempt.Batch;
import dev.auditwebhook.endpoint.attempt.MessageIds;
import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.testing.Events;
import dev.auditwebhook.testing.Formats;
import dev.auditwebhook.testing.SettableClock;
import dev.auditwebhook.wire.format.Event;
import dev.auditwebhook.wire.format.Format;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueueTest {

  private static final MessageIds IDS = new MessageIds("msg_test_");
  private static final Format FORMAT = Formats.batches();

  private final SettableClock clock = new SettableClock();
  private int ripe;

  private Queue queue(int maxEvents, long maxDelay, boolean strict) {
    BatchOptions options = new BatchOptions().setMaxEvents(maxEvents).setMaxDelay(maxDelay);
    return new Queue(clock, IDS, FORMAT::sizeOf, options, strict, () -> ripe++);
  }

  private static Pending event(long id, long since) {
    return Pending.untried(Events.event(id, since));
  }

  private static Batch batch(long id, long since) {
    return Batch.single(event(id, since), "msg_" + id);
  }

  private static long firstId(Batch batch) {
    return batch.events().get(0).id();
  }

  private static List<Long> ids(Batch batch) {
    return batch.events().stream().map(Pending::id).toList();
  }

  private static List<Long> drain(Queue queue) {
    return drain(queue, false);
  }

  private static List<Long> drain(Queue queue, boolean hurry) {
    List<Long> ids = new ArrayList<>();
    while (queue.hasReady(hurry)) {
      ids.add(firstId(queue.next()));
    }
    return ids;
  }

  @Test
  void eventsComeInTheOrderOfTheirAcceptance() {
    Queue queue = queue(1, 0, false);
    for (long id = 1; id <= 5; id++) {
      queue.add(event(id, 100));
    }
    assertThat(drain(queue)).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void firstComesWhatWaitedLongestSinceItsLastTry() {
    Queue queue = queue(1, 0, false);
    queue.add(event(3, 300));
    queue.add(event(4, 400));
    queue.add(batch(1, 350));
    queue.add(batch(2, 250));
    queue.add(event(5, 320));
    assertThat(drain(queue)).containsExactly(2L, 3L, 5L, 1L, 4L);
  }

  @Test
  void whereTheOrderIsStrictALowerIdIsFirstThoughItsBatchIsNotFull() {
    Queue queue = queue(10, 60_000, true);
    queue.add(batch(5, 100));
    queue.add(event(3, clock.now()));
    assertThat(drain(queue)).containsExactly(3L, 5L);
  }

  @Test
  void whereTheOrderIsStrictTheLowestIdIsFirst() {
    Queue queue = queue(1, 0, true);
    queue.add(event(3, 100));
    queue.add(event(4, 110));
    queue.add(batch(2, 900));
    queue.add(event(1, 950));
    assertThat(drain(queue)).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void aBatchIsReadyWhenItIsFull() {
    Queue queue = queue(3, 60_000, false);
    long now = clock.now();
    queue.add(event(1, now));
    queue.add(event(2, now));
    assertThat(queue.hasReady(false)).isFalse();
    queue.add(event(3, now));
    queue.add(event(4, now));
    assertThat(queue.next().events()).extracting(Pending::id).containsExactly(1L, 2L, 3L);
    assertThat(queue.hasReady(false)).isFalse();
    assertThat(queue.isEmpty()).isFalse();
  }

  @Test
  void aBatchIsReadyWhenItsFirstEventHasWaitedLongEnough() {
    Queue queue = queue(3, 20, false);
    queue.add(event(1, clock.now()));
    assertThat(queue.hasReady(false)).isFalse();
    clock.turn(19);
    assertThat(queue.hasReady(false)).isFalse();
    assertThat(ripe).isZero();

    clock.turn(1);

    assertThat(ripe).isEqualTo(1);
    assertThat(queue.hasReady(false)).isTrue();
    assertThat(queue.next().size()).isEqualTo(1);
  }

  @Test
  void howeverManyEventsWaitForABatchToFillOneTimerRuns() {
    Queue queue = queue(10_000, 20, false);
    for (long id = 1; id <= 5_000; id++) {
      queue.add(event(id, clock.now()));
      assertThat(queue.hasReady(false)).isFalse();
    }
    assertThat(clock.timers()).isEqualTo(1);
    clock.turn(20);
    assertThat(ripe).isEqualTo(1);
    assertThat(queue.next().size()).isEqualTo(5_000);
  }

  @Test
  void whereTheTimeOfDayWasSetBackNothingWaitsForLong() {
    Queue queue = queue(3, 20, false);
    queue.add(event(1, clock.now() + 86_400_000));
    assertThat(queue.hasReady(false)).isTrue();
  }

  @Test
  void nothingWaitsForABatchToFillInAHurry() {
    Queue queue = queue(3, 60_000, false);
    queue.add(event(1, clock.now()));
    assertThat(drain(queue, true)).containsExactly(1L);
  }

  @Test
  void aBatchThatComesBackDoesNotWaitForOthers() {
    Queue queue = queue(3, 60_000, false);
    long now = clock.now();
    queue.add(event(1, now));
    queue.add(batch(7, now + 1_000));
    assertThat(drain(queue)).containsExactly(7L);
  }

  @Test
  void membersAreInTheOrderOfTheirIdsWhateverOrderTheyCameIn() {
    Queue queue = queue(3, 0, false);
    queue.add(event(8, 100));
    queue.add(event(2, 200));
    queue.add(event(5, 150));
    Batch next = queue.next();
    assertThat(next.events()).extracting(Pending::id).containsExactly(2L, 5L, 8L);
    assertThat(next.contents()).extracting(Event::id).containsExactly(2L, 5L, 8L);
  }

  @Test
  void anEventByItselfHasItsOwnMessageIdAndABatchHasOneThatWasNeverUsed() {
    Queue single = queue(1, 0, false);
    single.add(event(7, 100));
    assertThat(single.next().messageId()).isEqualTo("msg_test_7");
    Queue several = queue(2, 0, false);
    several.add(event(7, 100));
    several.add(event(8, 100));
    several.add(event(9, 100));
    String first = several.next().messageId();
    assertThat(first).startsWith("msg_test_batch_");
    assertThat(several.next().messageId()).startsWith("msg_test_batch_").isNotEqualTo(first);
  }

  @Test
  void onlyEventsWithTheSameNumberOfAttemptsGoTogether() {
    Queue queue = queue(3, 0, false);
    queue.add(event(1, 100));
    queue.add(tried(2, 2, 110));
    queue.add(tried(3, 2, 120));
    queue.add(event(4, 130));
    assertThat(ids(queue.next())).containsExactly(1L);
    Batch tried = queue.next();
    assertThat(ids(tried)).containsExactly(2L, 3L);
    assertThat(tried.attempts()).isEqualTo(2);
    assertThat(ids(queue.next())).containsExactly(4L);
  }

  @Test
  void aBatchHasNoMoreBytesThanAReceiverMayTakeButOneEventAlways() {
    Queue queue = queue(100, 0, false);
    for (long id = 1; id <= 4; id++) {
      byte[] content = new byte[id == 4 ? 2 * Batch.MAX_BYTES : 400_000];
      queue.add(Pending.untried(new Event(id, "x", content, id)));
    }
    assertThat(ids(queue.next())).containsExactly(1L, 2L);
    assertThat(ids(queue.next())).containsExactly(3L);
    Batch large = queue.next();
    assertThat(ids(large)).containsExactly(4L);
    assertThat(large.contents().get(0).size()).isGreaterThan(Batch.MAX_BYTES);
    assertThat(queue.isEmpty()).isTrue();
  }

  /** As it comes back from the store. */
  private static Pending tried(long id, int attempts, long since) {
    return Pending.of(new Straggler(Events.event(id, since), attempts, since));
  }

  @Test
  void aNewUrlForgetsAttempts() {
    Queue queue = queue(1, 0, false);
    queue.add(tried(1, 2, 100));
    queue.add(event(2, 110));
    queue.add(tried(5, 1, 90));
    queue.add(batch(3, 120).tried(1, 130));
    queue.startAfresh();
    for (long id : new long[] {5, 1, 2, 3}) {
      Batch next = queue.next();
      assertThat(firstId(next)).isEqualTo(id);
      assertThat(next.attempts()).isZero();
      assertThat(next.tries()).isZero();
    }
  }
}
