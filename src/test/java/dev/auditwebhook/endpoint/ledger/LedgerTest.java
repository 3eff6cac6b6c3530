package dev.auditwebhook.endpoint.ledger;

import static dev.auditwebhook.testing.Events.event;
import static dev.auditwebhook.testing.Events.ids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LedgerTest {

  private static final int DLQ_CAPACITY = 3;
  private static final long NOW = 1_000;

  private final Map<Long, Pending> held = new TreeMap<>();
  private final NoStore store = new NoStore();

  private Ledger ledger(State state) {
    return new Ledger("default", state, DLQ_CAPACITY, store);
  }

  /** One that holds so many events. */
  private Ledger holding(int events) {
    Ledger ledger = ledger(State.ofNew(0, 0, 0));
    for (long id = 1; id <= events; id++) {
      take(ledger);
      reach(ledger, id);
    }
    return ledger;
  }

  /** An entry arrived that it wants. */
  private void take(Ledger ledger) {
    store.arrived++;
    ledger.take();
  }

  private boolean reach(Ledger ledger, long id) {
    held.put(id, Pending.untried(event(id)));
    return ledger.reach(held.get(id));
  }

  static DeadLetter letter(Event event) {
    return new DeadLetter(event, 3, 503, "503 from http://x", null, "2026-01-01T00:00:00Z");
  }

  private void bury(Ledger ledger, long id) {
    ledger.bury(held.get(id), letter(held.get(id).event()));
  }

  private static Step kept(Ledger ledger) {
    Step step = ledger.step();
    ledger.kept();
    return step;
  }

  /** How the next life begins, where the journal has so many events above the cursor. */
  private static State after(Step step, long waiting, List<Long> stragglers, List<Long> letters) {
    return new State(
        0,
        step.cursor(),
        step.ahead(),
        waiting,
        List.of(),
        stragglers,
        letters,
        List.of(),
        step.totals(),
        step.settings());
  }

  static long imbalance(Ledger ledger) {
    return ledger.total(Total.WANTED)
        - ledger.total(Total.DELIVERED)
        - ledger.total(Total.FAILED)
        - ledger.total(Total.DROPPED)
        - ledger.pending();
  }

  @Test
  void anEventIsPendingFromItsArrivalToItsEnd() {
    Ledger ledger = ledger(State.ofNew(0, 0, 0));
    take(ledger);
    take(ledger);
    take(ledger);
    assertThat(ledger.pending()).isEqualTo(3);
    assertThat(reach(ledger, 1)).isTrue();
    assertThat(reach(ledger, 2)).isTrue();

    ledger.delivered(held.get(1L));
    bury(ledger, 2);
    ledger.notKept(1);

    assertThat(ledger.pending()).isZero();
    assertThat(ledger.received()).isEqualTo(3);
    assertThat(ledger.total(Total.DELIVERED)).isEqualTo(1);
    assertThat(ledger.total(Total.FAILED)).isEqualTo(1);
    assertThat(ledger.total(Total.DROPPED)).isEqualTo(1);
    assertThat(imbalance(ledger)).isZero();
  }

  @Test
  void aDeliveryMovesTheCursorAndIsNoChangeOfItsOwn() {
    Ledger ledger = holding(3);
    ids(1, 3).forEach(id -> ledger.delivered(held.get(id)));

    Step step = kept(ledger);

    assertThat(step.cursor()).isEqualTo(3);
    assertThat(step.ahead()).isEmpty();
    assertThat(step.changes()).isEmpty();
  }

  @Test
  void whatWasTriedIsKeptByItselfAsItIsNow() {
    Ledger ledger = holding(2);
    ledger.tried(held.get(1L), 2, NOW);

    Step step = kept(ledger);

    assertThat(step.cursor()).isEqualTo(1);
    assertThat(step.changes())
        .containsExactly(Map.entry(1L, new Change.Keep(new Straggler(event(1), 2, NOW))));
    assertThat(ledger.pending()).isEqualTo(2);

    ledger.delivered(held.get(1L));
    assertThat(kept(ledger).changes()).containsExactly(Map.entry(1L, new Change.Remove()));
    assertThat(ledger.pending()).isEqualTo(1);
  }

  @Test
  void aSlowEventDoesNotHoldUpTheCursorForLong() {
    int events = 3 * Cursor.MAX_AHEAD;
    Ledger ledger = holding(events);

    for (long id = 2; id <= events; id++) {
      ledger.delivered(held.get(id));
      Step step = kept(ledger);
      assertThat(step.ahead()).hasSizeLessThanOrEqualTo(Cursor.MAX_AHEAD);
      if (id <= Cursor.MAX_AHEAD + 1) {
        assertThat(step.cursor()).isZero();
        assertThat(step.changes()).isEmpty();
      } else if (id == Cursor.MAX_AHEAD + 2) {
        assertThat(step.cursor()).isEqualTo(id);
        assertThat(step.changes())
            .as("it is kept by itself, untried")
            .containsExactly(Map.entry(1L, new Change.Keep(new Straggler(event(1), 0, 1))));
      } else {
        assertThat(step.cursor()).isEqualTo(id);
        assertThat(step.changes()).isEmpty();
      }
    }

    assertThat(ledger.pending()).isEqualTo(1);
    ledger.delivered(held.get(1L));
    assertThat(kept(ledger).changes()).containsExactly(Map.entry(1L, new Change.Remove()));
  }

  @Test
  void theDeadLetterWithTheLowestNumberIsEvictedFirstAndCounted() {
    Ledger ledger = holding(6);
    for (long id : new long[] {5, 1, 6, 3, 4, 2}) {
      bury(ledger, id);
      assertThat(ledger.letterCount()).isEqualTo(ledger.letters().size());
      assertThat(imbalance(ledger)).isZero();
    }

    assertThat(ledger.letters()).containsExactly(4L, 5L, 6L);
    assertThat(ledger.total(Total.FAILED)).isEqualTo(6);
    assertThat(ledger.total(Total.DLQ_EVICTED)).isEqualTo(3);
    Step step = kept(ledger);
    assertThat(step.cursor()).isEqualTo(6);
    for (long evicted : ids(1, 3)) {
      assertThat(step.changes()).containsEntry(evicted, new Change.Remove());
    }
    for (long there : ids(4, 6)) {
      assertThat(step.changes()).containsEntry(there, new Change.Bury(letter(event(there))));
    }
  }

  @Test
  void aLowerDlqCapacityEvictsTheOldestAtTheNextStart() {
    State before =
        new State(
            0,
            7,
            List.of(),
            0,
            List.of(),
            List.of(),
            ids(2, 7),
            List.of(),
            List.of(7L, 0L, 7L),
            new JsonObject());

    Ledger ledger = ledger(before);

    assertThat(ledger.letters()).containsExactly(5L, 6L, 7L);
    assertThat(ledger.letterCount()).isEqualTo(3);
    assertThat(ledger.total(Total.DLQ_EVICTED)).isEqualTo(3);
    assertThat(ledger.total(Total.FAILED)).isEqualTo(7);
    assertThat(kept(ledger).changes()).containsOnlyKeys(2L, 3L, 4L);
    assertThat(imbalance(ledger)).isZero();
  }

  @Test
  void aRedrivenLetterIsPendingAgainWithFreshAttempts() {
    Ledger ledger = holding(1);
    bury(ledger, 1);
    kept(ledger);

    ledger.redrive(1, NOW);

    assertThat(ledger.pending()).isEqualTo(1);
    assertThat(ledger.letters()).isEmpty();
    assertThat(ledger.total(Total.FAILED)).isZero();
    assertThat(ledger.total(Total.REDRIVEN)).isEqualTo(1);
    assertThat(imbalance(ledger)).isZero();
    assertThat(kept(ledger).changes()).containsExactly(Map.entry(1L, new Change.Redrive(NOW)));
    Pending again = Pending.of(letter(event(1)).redriven(NOW));
    assertThat(again.attempts()).isZero();
    ledger.delivered(again);
    assertThat(kept(ledger).changes()).containsExactly(Map.entry(1L, new Change.Remove()));
    assertThat(ledger.total(Total.DELIVERED)).isEqualTo(1);
    assertThat(imbalance(ledger)).isZero();
  }

  @Test
  void aLetterThatIsNotKeptYetIsRedrivenFromMemory() {
    Ledger ledger = holding(1);
    bury(ledger, 1);
    ledger.redrive(1, NOW);
    assertThat(kept(ledger).changes())
        .containsExactly(Map.entry(1L, new Change.Keep(new Straggler(event(1), 0, NOW))));
  }

  @Test
  void aLetterThatIsOnItsWayIsRedrivenWhereItIsKeptOrFromMemoryIfItWasNot() {
    Ledger ledger = holding(1);
    bury(ledger, 1);
    ledger.step();
    ledger.redrive(1, NOW);
    ledger.notKept();
    assertThat(kept(ledger).changes())
        .containsExactly(Map.entry(1L, new Change.Keep(new Straggler(event(1), 0, NOW))));
  }

  @Test
  void aPurgedLetterStaysCountedAsFailed() {
    Ledger ledger = holding(1);
    bury(ledger, 1);
    ledger.purge(1);
    assertThat(ledger.letters()).isEmpty();
    assertThat(ledger.letterCount()).isZero();
    assertThat(ledger.total(Total.FAILED)).isEqualTo(1);
    assertThat(imbalance(ledger)).isZero();
    assertThat(kept(ledger).changes()).containsExactly(Map.entry(1L, new Change.Remove()));
  }

  @Test
  void theContentOfAStepThatIsNotKeptIsPartOfTheNextOne() {
    Ledger ledger = holding(4);
    ledger.tried(held.get(1L), 1, NOW);
    ledger.tried(held.get(2L), 1, NOW);
    bury(ledger, 3);
    Step first = ledger.step();
    ledger.delivered(held.get(1L));
    ledger.tried(held.get(4L), 1, NOW);
    ledger.notKept();

    Step second = kept(ledger);

    assertThat(first.changes()).containsOnlyKeys(1L, 2L, 3L);
    assertThat(second.changes())
        .containsOnlyKeys(1L, 2L, 3L, 4L)
        .containsEntry(1L, new Change.Remove())
        .containsEntry(2L, first.changes().get(2L))
        .containsEntry(3L, first.changes().get(3L));
    assertThat(second.cursor()).isEqualTo(4);
    assertThat(kept(ledger).changes()).as("it is kept once").isEmpty();
  }

  @Test
  void lettersThatAreNotKeptYetAreKnown() {
    Ledger ledger = holding(3);
    bury(ledger, 1);
    assertThat(ledger.unkept(ids(1, 3))).containsOnlyKeys(1L);
    ledger.step();
    bury(ledger, 2);
    ledger.failUnread(List.of(4L));
    assertThat(ledger.unkept(ids(1, 4))).containsOnlyKeys(1L, 2L, 4L);
    assertThat(ledger.unkept(ids(2, 4)).get(4L).isDamaged()).isTrue();
    ledger.kept();
    assertThat(ledger.unkept(ids(1, 4))).containsOnlyKeys(2L, 4L);
    ledger.purge(2);
    assertThat(ledger.unkept(ids(1, 4))).containsOnlyKeys(4L);
  }

  @Test
  void eachEntryInTheBooksIsSomethingForAStep() {
    Ledger ledger = holding(3);
    Map<String, Runnable> entries =
        Map.of(
            "take",
            ledger::take,
            "drop",
            ledger::drop,
            "notKept",
            () -> ledger.notKept(1),
            "count",
            () -> ledger.count(Total.RETRIED),
            "settings",
            ledger::settingsChanged);
    entries.forEach((name, entry) -> assertChanges(name, entry));
    assertChanges("tried", () -> ledger.tried(held.get(1L), 1, NOW));
    assertChanges("delivered", () -> ledger.delivered(held.get(1L)));
    assertChanges("bury", () -> bury(ledger, 2));
    assertChanges("redrive", () -> ledger.redrive(2, NOW));
    assertChanges("notRedriven", () -> ledger.notRedriven(List.of(2L)));
    assertChanges("purge", () -> ledger.purge(2));
    assertChanges("failUnread", () -> ledger.failUnread(List.of(4L)));
  }

  private void assertChanges(String name, Runnable entry) {
    int before = store.changes;
    entry.run();
    assertThat(store.changes).as(name).isGreaterThan(before);
  }

  @Test
  void settingsAreKeptAsTheyWereWhenTheyWereEntered() {
    Ledger ledger = ledger(State.ofNew(0, 0, 0));
    ledger.settings().put("url", "http://a");
    assertThat(kept(ledger).settings()).isEqualTo(new JsonObject());
    ledger.settingsChanged();
    Step step = kept(ledger);
    ledger.settings().put("url", "http://b");
    assertThat(step.settings()).isEqualTo(new JsonObject().put("url", "http://a"));
    assertThat(kept(ledger).settings()).isEqualTo(new JsonObject().put("url", "http://a"));
  }

  @Test
  void whatIsKeptDoesNotChangeBeforeAStepDoes() {
    State found = State.ofNew(0, 0, 0);
    Ledger ledger = ledger(found);
    ledger.settings().put("url", "http://a");
    assertThat(found.settings()).isEqualTo(new JsonObject());
  }

  @Test
  void theNextLifeGoesOnWhereTheLastStepEnds() {
    Ledger ledger = holding(9);
    ledger.delivered(held.get(1L));
    bury(ledger, 2);
    bury(ledger, 3);
    ledger.tried(held.get(4L), 2, NOW);
    ledger.purge(3);
    ledger.delivered(held.get(7L));
    ledger.drop();
    store.arrived += 2;
    Step last = kept(ledger);

    Ledger next = ledger(after(last, 4, List.of(4L), List.of(2L)));

    assertThat(last.cursor()).isEqualTo(4);
    assertThat(last.ahead()).containsExactly(7L);
    assertThat(next.pending()).isEqualTo(5);
    assertThat(next.received()).isEqualTo(11);
    assertThat(next.discarded()).isEqualTo(1);
    assertThat(next.letters()).containsExactly(2L);
    assertThat(next.letterCount()).isEqualTo(1);
    for (Total total : Total.values()) {
      assertThat(next.total(total)).as("%s", total).isEqualTo(ledger.total(total));
    }
    assertThat(imbalance(next)).isZero();
    for (long id : ids(5, 9)) {
      assertThat(reach(next, id)).as("%d is to be delivered", id).isEqualTo(id != 7);
    }
    Pending recalled = Pending.of(new Straggler(event(4), 2, NOW));
    assertThat(recalled.attempts()).isEqualTo(2);
    assertThat(recalled.since()).isEqualTo(NOW);
    next.delivered(recalled);
    for (long id : List.of(5L, 6L, 8L, 9L)) {
      next.delivered(held.get(id));
    }
    Step end = kept(next);
    assertThat(end.cursor()).isEqualTo(9);
    assertThat(end.ahead()).isEmpty();
    assertThat(end.changes()).containsExactly(Map.entry(4L, new Change.Remove()));
    assertThat(next.pending()).isZero();
  }

  @Test
  void aTotalThatIsNotKnownYetIsZero() {
    State old =
        new State(
            0,
            1,
            List.of(),
            0,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(1L, 1L),
            new JsonObject());
    Ledger ledger = ledger(old);
    assertThat(ledger.total(Total.DELIVERED)).isEqualTo(1);
    assertThat(ledger.total(Total.DLQ_EVICTED)).isZero();
    assertThat(imbalance(ledger)).isZero();
  }

  @Test
  void pendingEventsThatAStartFindsDamagedAreDeadLetters() {
    State found =
        new State(
            0,
            0,
            List.of(),
            3,
            List.of(2L),
            List.of(),
            List.of(),
            List.of(),
            List.of(4L),
            new JsonObject());
    try (LogLines log = new LogLines()) {
      Ledger ledger = ledger(found);

      assertThat(ledger.pending()).isEqualTo(3);
      assertThat(ledger.total(Total.FAILED)).isEqualTo(1);
      assertThat(ledger.letters()).containsExactly(2L);
      assertThat(ledger.isDamaged(2)).isTrue();
      assertThat(ledger.warning()).endsWith("can only be purged: 2");
      assertThat(imbalance(ledger)).isZero();
      Step step = kept(ledger);
      assertThat(step.changes()).containsExactly(Map.entry(2L, new Change.Fail()));
      assertThat(step.ahead()).containsExactly(2L);
      for (long id : List.of(1L, 3L, 4L)) {
        reach(ledger, id);
        ledger.delivered(held.get(id));
      }
      assertThat(kept(ledger).cursor()).isEqualTo(4);
      assertThat(log.all())
          .containsExactly(
              "ERROR webhook.store.path: pending events are damaged on disk, and now dead"
                  + " letters: 2");
    }
  }

  @Test
  void moreOfThemThanDeadLettersAreKeptAreEvictedAndCounted() {
    State found =
        new State(
            0,
            0,
            List.of(),
            2,
            ids(1, 8),
            List.of(),
            List.of(),
            List.of(),
            List.of(10L),
            new JsonObject());
    Ledger ledger = ledger(found);
    assertThat(ledger.letters()).containsExactly(6L, 7L, 8L);
    assertThat(ledger.total(Total.FAILED)).isEqualTo(8);
    assertThat(ledger.total(Total.DLQ_EVICTED)).isEqualTo(5);
    assertThat(ledger.warning()).endsWith("can only be purged: 6, 7, 8");
    assertThat(imbalance(ledger)).isZero();
    assertThat(kept(ledger).changes())
        .containsOnlyKeys(ids(1, 8))
        .containsEntry(5L, new Change.Remove())
        .containsEntry(6L, new Change.Fail());
  }

  @Test
  void whatCannotBeReadOfTheJournalIsGivenUpUnlessItIsOver() {
    Ledger ledger =
        ledger(
            after(
                new Step("default", 0, 2, List.of(4L), Map.of(), List.of(9L, 3L), new JsonObject()),
                6,
                List.of(),
                List.of()));

    assertThat(ledger.failUnread(List.of(4L, 5L))).containsExactly(5L);

    assertThat(ledger.pending()).isEqualTo(5);
    assertThat(ledger.letters()).containsExactly(5L);
    assertThat(ledger.isDamaged(5)).isTrue();
    assertThat(imbalance(ledger)).isZero();
    assertThat(kept(ledger).ahead()).containsExactly(4L, 5L);
  }

  @Test
  void aStragglerThatIsDamagedIsADeadLetter() {
    Ledger ledger =
        ledger(
            after(
                new Step("default", 0, 5, List.of(), Map.of(), List.of(5L, 4L), new JsonObject()),
                0,
                List.of(3L),
                List.of()));

    ledger.fail(List.of(3L));

    assertThat(ledger.pending()).isZero();
    assertThat(ledger.letters()).containsExactly(3L);
    assertThat(imbalance(ledger)).isZero();
    Step step = kept(ledger);
    assertThat(step.changes()).containsExactly(Map.entry(3L, new Change.Fail()));
    assertThat(step.cursor()).isEqualTo(5);
    assertThat(step.ahead()).isEmpty();
  }

  @Test
  void aLetterThatTurnsOutToBeDamagedIsNotRedriven() {
    Ledger ledger = holding(2);
    bury(ledger, 1);
    bury(ledger, 2);
    kept(ledger);
    ledger.redrive(1, NOW);
    ledger.redrive(2, NOW);

    try (LogLines log = new LogLines()) {
      ledger.notRedriven(List.of(2L));

      assertThat(log.all())
          .containsExactly(
              "ERROR webhook.store.path: dead letters are damaged on disk and can only be purged:"
                  + " 2");
    }
    assertThat(ledger.pending()).isEqualTo(1);
    assertThat(ledger.letters()).containsExactly(2L);
    assertThat(ledger.letterCount()).isEqualTo(1);
    assertThat(ledger.total(Total.FAILED)).isEqualTo(1);
    assertThat(ledger.total(Total.REDRIVEN)).isEqualTo(1);
    assertThat(ledger.isDamaged(2)).isTrue();
    assertThat(imbalance(ledger)).isZero();
  }

  @Test
  void aDamagedLetterIsSpokenOfOnceAndUntilItIsPurged() {
    Ledger ledger = holding(3);
    ids(1, 3).forEach(id -> bury(ledger, id));
    List<DeadLetter> read =
        List.of(letter(event(1)), DeadLetter.damaged(2), letter(event(3)), DeadLetter.damaged(9));
    try (LogLines log = new LogLines()) {
      assertThat(ledger.warning()).isNull();
      ledger.look(read);
      ledger.look(read);
      assertThat(ledger.isDamaged(2)).isTrue();
      assertThat(ledger.isDamaged(9)).as("it is gone meanwhile").isFalse();
      assertThat(ledger.warning())
          .isEqualTo("dead letters are damaged on disk and can only be purged: 2");
      assertThat(log.all()).hasSize(1);
    }
    ledger.purge(2);
    assertThat(ledger.warning()).isNull();
    assertThat(ledger.isDamaged(2)).isFalse();
  }

  @Test
  void lettersThatAStartFindsDamagedAreKnown() {
    State found =
        new State(
            0,
            30,
            List.of(),
            0,
            List.of(),
            List.of(),
            List.of(8L, 9L),
            List.of(9L),
            List.of(2L, 0L, 2L),
            new JsonObject());
    Ledger ledger = ledger(found);
    assertThat(ledger.letters()).containsExactly(8L, 9L);
    assertThat(ledger.isDamaged(8)).isFalse();
    assertThat(ledger.isDamaged(9)).isTrue();
    assertThat(ledger.warning()).endsWith("can only be purged: 9");
  }

  @Test
  void noMoreThanTenDamagedLettersAreNamed() {
    Ledger ledger =
        new Ledger(
            "default",
            new State(
                0,
                0,
                List.of(),
                0,
                ids(1, 12),
                List.of(),
                List.of(),
                List.of(),
                List.of(12L),
                new JsonObject()),
            100,
            store);
    assertThat(ledger.warning()).endsWith("purged: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and more");
  }

  private static long oldest(Ledger ledger) {
    return ledger.oldestHeld() == null ? 0 : ledger.oldestHeld().id();
  }

  @Test
  void theOldestThatIsHeldIsTheFirstThatIsNotOver() {
    Ledger ledger = ledger(State.ofNew(0, 0, 0));
    assertThat(oldest(ledger)).isZero();
    assertThat(ledger.firstHeld()).isEqualTo(Long.MAX_VALUE);
    for (long id = 1; id <= 4; id++) {
      take(ledger);
      reach(ledger, id);
    }
    ledger.delivered(held.get(2L));
    assertThat(oldest(ledger)).isEqualTo(1);
    bury(ledger, 1);
    assertThat(oldest(ledger)).isEqualTo(3);
    assertThat(ledger.firstHeld()).isEqualTo(3);
  }

  @Test
  void oneThatWasTriedIsHeldAndNeedsNothingOfTheJournal() {
    Ledger ledger = holding(3);
    ledger.tried(held.get(1L), 1, NOW);
    ledger.tried(held.get(2L), 1, NOW);
    assertThat(oldest(ledger)).isEqualTo(1);
    assertThat(ledger.firstHeld()).isEqualTo(3);
    ledger.tried(held.get(1L), 2, NOW + 1);
    ledger.delivered(held.get(1L));
    assertThat(oldest(ledger)).isEqualTo(2);
    bury(ledger, 2);
    assertThat(oldest(ledger)).isEqualTo(3);
  }

  @Test
  void oneThatIsReadAgainIsHeldFromThenOn() {
    Ledger ledger = holding(2);
    bury(ledger, 1);
    ledger.redrive(1, NOW);
    assertThat(oldest(ledger)).as("it is not in memory").isEqualTo(2);
    Pending again = ledger.recall(new Straggler(event(1), 0, NOW));
    assertThat(oldest(ledger)).isEqualTo(1);
    ledger.delivered(again);
    assertThat(oldest(ledger)).isEqualTo(2);
    assertThat(imbalance(ledger)).isZero();
  }

  @Test
  void whatItDidNotWantIsDiscardedAndOnlySinceItExists() {
    store.arrived = 7;
    Ledger ledger = ledger(State.ofNew(0, 0, 7));
    assertThat(ledger.received()).isZero();
    store.arrived += 2;
    take(ledger);
    assertThat(ledger.received()).isEqualTo(3);
    assertThat(ledger.discarded()).isEqualTo(2);
    assertThat(ledger.pending()).isEqualTo(1);
    assertThat(kept(ledger).totals().get(Total.BEFORE.ordinal())).isEqualTo(7);
  }

  @Test
  void aLowerDlqCapacityEvictsTheOldestAtOnce() {
    Ledger ledger = holding(3);
    ids(1, 3).forEach(id -> bury(ledger, id));
    assertChanges("dlqCapacity", () -> ledger.dlqCapacity(1));
    assertThat(ledger.letters()).containsExactly(3L);
    assertThat(ledger.letterCount()).isEqualTo(1);
    assertThat(ledger.total(Total.DLQ_EVICTED)).isEqualTo(2);
    ledger.dlqCapacity(0);
    assertThat(ledger.letters()).isEmpty();
    assertThat(ledger.total(Total.FAILED)).isEqualTo(3);
    assertThat(imbalance(ledger)).isZero();
  }
}
