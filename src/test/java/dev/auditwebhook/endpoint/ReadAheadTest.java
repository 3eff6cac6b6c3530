package dev.auditwebhook.endpoint;

import static dev.auditwebhook.testing.Events.ids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Ledger;
import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.testing.ScriptedEngine;
import dev.auditwebhook.testing.SettableClock;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is held in memory of what is pending, and what is read when. */
class ReadAheadTest {

  private static final int DLQ_CAPACITY = 50;
  private static final long NOW = 77;

  private final SettableClock clock = new SettableClock();
  private final ScriptedEngine engine = new ScriptedEngine();
  private final TreeMap<Long, Pending> held = new TreeMap<>();
  private ScriptedStore store;
  private Ledger ledger;
  private ReadAhead readAhead;
  private int capacity;

  /** How often something was taken, or it was time to ask again. */
  private int given;

  @BeforeEach
  void open() {
    open(10);
  }

  /** A start, or another one after all was kept. */
  private void open(int queueCapacity) {
    if (store != null) {
      store.kept();
    }
    capacity = queueCapacity;
    store = new ScriptedStore(engine, DLQ_CAPACITY);
    ledger = store.ledger();
    readAhead = new ReadAhead(store, ledger, clock, store.state(), () -> capacity);
    held.clear();
    given = 0;
  }

  /** So many events arrive; gives those that are held. */
  private List<Long> arrive(int events) {
    List<Long> ids = new ArrayList<>();
    for (Event event : store.arrive(events, 1)) {
      Pending pending = readAhead.arrived(event);
      if (pending != null) {
        hold(pending);
        ids.add(pending.id());
      }
    }
    return ids;
  }

  private void hold(Pending event) {
    assertThat(held.put(event.id(), event)).as("%d is held once", event.id()).isNull();
    assertThat(held.size()).isLessThanOrEqualTo(capacity);
  }

  private List<Long> take() {
    List<Long> taken = new ArrayList<>();
    readAhead.take(
        events -> {
          given++;
          events.forEach(this::hold);
          events.forEach(event -> taken.add(event.id()));
        });
    return taken;
  }

  private void deliver(long id) {
    ledger.delivered(held.remove(id));
    readAhead.ended(1);
  }

  private void bury(long id) {
    Pending event = held.remove(id);
    ledger.bury(event, new DeadLetter(event.event(), 3, 503, "503", null, "2026-01-01"));
    readAhead.ended(1);
  }

  private void tryAgain(long id, int attempts) {
    ledger.tried(held.get(id), attempts, NOW);
  }

  private void redrive(long id) {
    ledger.redrive(id, NOW);
    readAhead.redriven(id);
  }

  /** Takes and delivers until nothing waits; gives the order. */
  private List<Long> drain() {
    List<Long> order = new ArrayList<>();
    while (readAhead.waiting() > 0 || !held.isEmpty()) {
      order.addAll(take());
      assertThat(held).as("what waits comes").isNotEmpty();
      deliver(held.firstKey());
    }
    return order;
  }

  private long imbalance() {
    return ledger.received()
        - ledger.total(Total.DELIVERED)
        - ledger.total(Total.FAILED)
        - ledger.pending();
  }

  @Test
  void eventsAreHeldAsTheyArriveWhileThereIsRoom() {
    assertThat(arrive(10)).containsExactlyElementsOf(ids(1, 10));
    assertThat(readAhead.waiting()).isZero();
    assertThat(take()).isEmpty();
    assertThat(given).as("there is nothing to read").isZero();
  }

  @Test
  void pastQueueCapacityEventsWaitWhereTheyAreKeptAndAreTakenInOrder() {
    assertThat(arrive(35)).containsExactlyElementsOf(ids(1, 10));
    assertThat(readAhead.waiting()).isEqualTo(25);
    assertThat(take()).as("there is no room").isEmpty();
    assertThat(ledger.pending()).isEqualTo(35);

    List<Long> order = new ArrayList<>(ids(1, 10));
    for (int next = 0; next < 35; next++) {
      deliver(order.get(next));
      order.addAll(take());
    }

    assertThat(order).containsExactlyElementsOf(ids(1, 35));
    assertThat(readAhead.waiting()).isZero();
    assertThat(ledger.pending()).isZero();
    assertThat(arrive(1)).as("memory has room again").containsExactly(36L);
  }

  @Test
  void readingWaitsForRoomForMoreThanAFew() {
    arrive(20);
    ids(1, 3).forEach(this::deliver);
    assertThat(take()).isEmpty();
    deliver(4);
    assertThat(take()).containsExactly(11L, 12L, 13L, 14L);
  }

  @Test
  void arrivalsWaitBehindWhatWaits() {
    arrive(11);
    ids(1, 5).forEach(this::deliver);
    assertThat(arrive(2)).as("11 is before them").isEmpty();
    assertThat(take()).containsExactly(11L, 12L, 13L);
    assertThat(arrive(1)).containsExactly(14L);
  }

  @Test
  void noMoreIsReadAtOnceThanDeliveryCanWaitFor() {
    open(5_000);
    arrive(3_000);
    open(5_000);
    assertThat(take()).containsExactlyElementsOf(ids(1, 1_024));
    assertThat(take()).containsExactlyElementsOf(ids(1_025, 2_048));
    assertThat(take()).containsExactlyElementsOf(ids(2_049, 3_000));
    assertThat(readAhead.waiting()).isZero();
  }

  @Test
  void thereIsOneReadingAtATime() {
    arrive(5);
    open(10);
    engine.hold();
    take();
    take();
    assertThat(engine.underway()).isEqualTo(1);
    engine.release();
    assertThat(held.keySet()).containsExactlyElementsOf(ids(1, 5));
    assertThat(given).isEqualTo(1);
  }

  @Test
  void whatIsLeftGoesOnAfterARestartWithoutWhatIsOver() {
    arrive(9);
    deliver(1);
    deliver(4);
    bury(6);
    deliver(7);

    open(10);

    assertThat(readAhead.waiting()).isEqualTo(5);
    assertThat(take()).containsExactly(2L, 3L, 5L, 8L, 9L);
    assertThat(readAhead.waiting()).isZero();
    assertThat(ledger.pending()).isEqualTo(5);
  }

  @Test
  void stragglersComeFirstAsTheyWereKept() {
    arrive(9);
    tryAgain(4, 2);
    tryAgain(2, 1);
    deliver(1);
    deliver(3);

    open(10);

    assertThat(readAhead.waiting()).isEqualTo(7);
    assertThat(take()).as("together with the others").containsExactly(2L, 4L, 5L, 6L, 7L, 8L, 9L);
    assertThat(held.get(4L).attempts()).isEqualTo(2);
    assertThat(held.get(4L).since()).isEqualTo(NOW);
    assertThat(readAhead.waiting()).isZero();
    assertThat(drain()).isEmpty();
    assertThat(ledger.pending()).isZero();
  }

  @Test
  void moreStragglersThanMemoryHoldsAreTakenInOrder() {
    arrive(10);
    ids(1, 10).forEach(id -> tryAgain(id, 1));
    open(3);
    assertThat(drain()).containsExactlyElementsOf(ids(1, 10));
  }

  @Test
  void aLowerQueueCapacityHoldsTheRestBack() {
    arrive(12);
    deliver(1);
    open(3);
    assertThat(ledger.pending()).as("all are kept").isEqualTo(11);
    assertThat(drain()).containsExactlyElementsOf(ids(2, 12));
    assertThat(ledger.pending()).isZero();
  }

  @Test
  void aRedrivenEventIsTakenOnceWithFreshAttempts() {
    arrive(4);
    tryAgain(2, 2);
    bury(2);
    redrive(2);

    assertThat(take()).containsExactly(2L);
    assertThat(held.get(2L).attempts()).isZero();
    assertThat(take()).isEmpty();
    assertThat(ledger.total(Total.FAILED)).isZero();
    assertThat(imbalance()).isZero();

    open(10);
    assertThat(take()).containsExactlyInAnyOrder(1L, 2L, 3L, 4L);
    assertThat(ledger.letters()).isEmpty();
  }

  @Test
  void aLetterOfAFormerLifeIsRedrivenToo() {
    arrive(3);
    ids(1, 3).forEach(this::bury);
    open(10);
    redrive(2);
    assertThat(take()).containsExactly(2L);
    deliver(2);
    assertThat(ledger.letters()).containsExactly(1L, 3L);
    assertThat(imbalance()).isZero();
  }

  @Test
  void moreRedrivenEventsThanMemoryHolds() {
    open(50);
    arrive(50);
    ids(1, 50).forEach(this::bury);
    open(4);
    ids(1, 50).forEach(this::redrive);
    assertThat(arrive(1)).as("51 waits behind them").isEmpty();
    assertThat(drain()).containsExactlyElementsOf(ids(1, 51));
  }

  @Test
  void eventsRedrivenAheadOfTheReadingAreTakenOnce() {
    open(40);
    arrive(40);
    for (long id = 2; id <= 40; id += 2) {
      bury(id);
    }
    open(4);
    List<Long> seen = new ArrayList<>();
    Random random = new Random(3);
    List<Long> letters = new ArrayList<>(ledger.letters());
    Collections.shuffle(letters, random);
    while (!letters.isEmpty() || readAhead.waiting() > 0) {
      if (!letters.isEmpty() && random.nextBoolean()) {
        redrive(letters.remove(0));
      }
      seen.addAll(take());
      List.copyOf(held.keySet()).forEach(this::deliver);
    }
    assertThat(seen).containsExactlyInAnyOrderElementsOf(ids(1, 40));
    assertThat(ledger.pending()).isZero();
    assertThat(imbalance()).isZero();
  }

  @Test
  void whatIsRedrivenMeanwhileIsReadOnceItIsKept() {
    arrive(2);
    tryAgain(1, 2);
    bury(2);
    store.kept();
    engine.hold();
    redrive(2);
    take(); // waits for the redrive of 2 to be kept
    bury(1);
    redrive(1);

    engine.release();

    assertThat(held.keySet()).as("1 is not kept yet as it is").containsExactly(2L);
    assertThat(take()).containsExactly(1L);
    assertThat(held.get(1L).attempts()).as("not those that it had before").isZero();
  }

  @Test
  void aStoreThatCannotGiveWhatWaitsIsAskedAgainEachSecond() {
    arrive(5);
    open(10);
    engine.failReads(new IllegalStateException("the disk is gone"));
    take();
    assertThat(take()).as("not at once").isEmpty();
    assertThat(given).isZero();
    clock.turn(999);
    assertThat(given).isZero();
    clock.turn(1);
    assertThat(given).as("time to ask again").isEqualTo(1);
    assertThat(clock.timers()).isZero();
    take();
    clock.turn(1_000);
    assertThat(given).isEqualTo(2);

    engine.failReads(null);
    assertThat(take()).containsExactlyElementsOf(ids(1, 5));
    assertThat(clock.timers()).isZero();
  }

  @Test
  void stragglersAreAskedForAgainTooWhileNothingCanBeKept() {
    arrive(2);
    bury(1);
    engine.failAppends("No space left on device");
    redrive(1);
    assertThat(take()).isEmpty();
    clock.turn(1_000);
    assertThat(given).isEqualTo(1);

    engine.failAppends(null);
    assertThat(take()).containsExactly(1L);
  }

  @Test
  void aWaitingEventThatIsDamagedIsADeadLetterAndTheOthersAreTaken() {
    arrive(20);
    engine.damage(15);
    ids(1, 10).forEach(this::deliver);

    assertThat(take()).containsExactly(11L, 12L, 13L, 14L, 16L, 17L, 18L, 19L, 20L);

    assertThat(readAhead.waiting()).isZero();
    assertThat(ledger.total(Total.FAILED)).isEqualTo(1);
    assertThat(ledger.letters()).containsExactly(15L);
    assertThat(ledger.isDamaged(15)).isTrue();
    assertThat(imbalance()).isZero();

    open(10);
    assertThat(take()).hasSize(9).doesNotContain(15L);
    assertThat(ledger.total(Total.FAILED)).isEqualTo(1);
    assertThat(ledger.letters()).containsExactly(15L);
    assertThat(imbalance()).isZero();
  }

  @Test
  void anEventThatAStartFindsDamagedIsADeadLetterAndTheOthersAreTaken() {
    arrive(4);
    engine.damage(2);
    for (int start = 1; start <= 2; start++) {
      open(10);
      assertThat(ledger.pending()).isEqualTo(3);
      assertThat(take()).containsExactly(1L, 3L, 4L);
      assertThat(readAhead.waiting()).isZero();
      assertThat(imbalance()).isZero();
      assertThat(ledger.total(Total.FAILED)).isEqualTo(1);
      assertThat(ledger.letters()).containsExactly(2L);
    }
  }

  @Test
  void whereNothingElseWaitsNothingIsLeft() {
    arrive(11);
    engine.damage(11);
    ids(1, 10).forEach(this::deliver);

    assertThat(take()).isEmpty();

    assertThat(given).as("at once").isEqualTo(1);
    assertThat(readAhead.waiting()).isZero();
    assertThat(ledger.pending()).isZero();
    assertThat(imbalance()).isZero();
    assertThat(arrive(1)).containsExactly(12L);
  }

  @Test
  void aRedrivenEventThatIsDamagedThenIsADeadLetterAgain() {
    arrive(3);
    bury(2);
    redrive(2);
    store.kept();
    engine.damage(2);

    assertThat(take()).isEmpty();

    assertThat(readAhead.waiting()).isZero();
    assertThat(ledger.letters()).containsExactly(2L);
    assertThat(imbalance()).isZero();
  }

  @Test
  void aLetterThatTurnsOutToBeDamagedWaitsNoMore() {
    arrive(2);
    bury(1);
    bury(2);
    store.kept();
    engine.damage(2);
    redrive(1);
    redrive(2);
    store.kept();
    readAhead.notRedriven(List.of(2L));

    assertThat(readAhead.waiting()).isEqualTo(1);
    assertThat(take()).containsExactly(1L);
    assertThat(ledger.letters()).containsExactly(2L);
    assertThat(imbalance()).isZero();
  }

  /** The oldest pending event, 0 for none. */
  private long oldest() {
    Event oldest = readAhead.oldest().result();
    return oldest == null ? 0 : oldest.id();
  }

  @Test
  void theOldestPendingEventIsHeldOrWaits() {
    assertThat(oldest()).isZero();
    arrive(14);
    assertThat(oldest()).isEqualTo(1);
    deliver(1);
    deliver(3);
    assertThat(oldest()).isEqualTo(2);
    tryAgain(2, 1);
    assertThat(oldest()).as("tried, it is as old as before").isEqualTo(2);
    List.copyOf(held.keySet()).forEach(this::deliver);
    assertThat(oldest()).as("the first that waits in the journal").isEqualTo(11);
    take();
    assertThat(oldest()).isEqualTo(11);
    List.copyOf(held.keySet()).forEach(this::deliver);
    assertThat(oldest()).isZero();
  }

  @Test
  void theOldestPendingEventMayBeOneThatWasRedriven() {
    open(4);
    arrive(8);
    bury(2);
    deliver(1);
    redrive(2);
    store.kept();
    assertThat(oldest()).isEqualTo(2);
    deliver(3);
    deliver(4);
    assertThat(oldest()).isEqualTo(2);
  }

  @Test
  void aRedrivenEventAheadOfTheReadingIsNotOlderThanWhatWaits() {
    arrive(8);
    bury(6);
    open(4);
    redrive(6);
    store.kept();
    assertThat(oldest()).isEqualTo(1);
    take();
    assertThat(oldest()).isEqualTo(1);
  }

  @Test
  void aRedrivenEventThatIsAllThatIsPendingIsTheOldest() {
    arrive(3);
    bury(2);
    deliver(1);
    deliver(3);
    redrive(2);
    store.kept();
    assertThat(oldest()).isEqualTo(2);
  }

  @Test
  void afterARestartTheOldestIsKnownBeforeItIsRead() {
    arrive(6);
    deliver(1);
    tryAgain(2, 1);
    deliver(4);
    open(10);
    assertThat(oldest()).as("a straggler").isEqualTo(2);
    take();
    deliver(2);
    open(10);
    assertThat(oldest()).isEqualTo(3);
  }

  @Test
  void ofWhatCannotBeReadNoneIsTheOldest() {
    open(4);
    arrive(8);
    bury(1);
    redrive(1);
    store.kept();
    engine.failReads(new IllegalStateException("the disk is gone"));
    assertThat(oldest()).as("the oldest that is held").isEqualTo(2);
    ids(2, 4).forEach(this::deliver);
    assertThat(oldest()).isZero();
    engine.failReads(null);
    engine.damage(1);
    assertThat(oldest()).isZero();
  }

  @Test
  void ofAStoreThatDoesNotAnswerTheOldestThatIsHeldIsToldInASecond() {
    open(4);
    arrive(8);
    bury(1);
    redrive(1);
    store.kept();
    engine.hold();
    Future<Event> first = readAhead.oldest();
    Future<Event> second = readAhead.oldest();
    clock.turn(999);
    assertThat(first.isComplete()).isFalse();
    clock.turn(1);
    assertThat(first.result().id()).isEqualTo(2);
    assertThat(second.result().id()).isEqualTo(2);
    assertThat(engine.underway()).as("one read for both").isEqualTo(1);
    Future<Event> third = readAhead.oldest();
    engine.release();
    assertThat(third.result().id()).isEqualTo(1);
    assertThat(clock.timers()).isZero();
  }

  @Test
  void whatItMayReadYetIsNeededOfTheJournal() {
    open(4);
    assertThat(readAhead.needed()).isEqualTo(Long.MAX_VALUE);
    arrive(4);
    assertThat(readAhead.needed()).as("all is held").isEqualTo(Long.MAX_VALUE);
    arrive(1);
    assertThat(readAhead.needed()).isEqualTo(5);
    ids(1, 4).forEach(this::deliver);
    take();
    assertThat(readAhead.needed()).isEqualTo(Long.MAX_VALUE);
    tryAgain(5, 1);
    open(4);
    assertThat(readAhead.needed()).as("a straggler is kept by itself").isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aLowerBoundHoldsFromNowOn() {
    arrive(10);
    capacity = 3;
    assertThat(arrive(2)).isEmpty();
    assertThat(take()).isEmpty();
    ids(1, 9).forEach(this::deliver);
    assertThat(take()).containsExactly(11L, 12L);
  }
}
