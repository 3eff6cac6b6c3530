package dev.auditwebhook.journal;

import static dev.auditwebhook.testing.Events.ids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.endpoint.ledger.EndpointStore;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.journal.Distribution.Audience;
import dev.auditwebhook.journal.pace.Warnings;
import dev.auditwebhook.testing.Endpoints;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.ScriptedEngine;
import dev.auditwebhook.testing.ScriptedEngine.Append;
import dev.auditwebhook.testing.SettableClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JournalTest {

  private static final String ACTION = "node.registered";
  private static final String FULL = "No space left on device";
  private static final String REFUSING = FULL + "; new events are dropped until it can";

  private final Vertx vertx = Vertx.vertx();
  private final SettableClock clock = new SettableClock();
  private final ScriptedEngine engine = new ScriptedEngine();
  private final List<Accepted> replies = new ArrayList<>();
  private Journal journal;
  private Endpoint endpoint;
  private EndpointStore store;

  @BeforeEach
  void open() {
    open(0);
  }

  private void open(long interval) {
    engine.interval(interval);
    journal = Journal.open(engine, clock).result();
    endpoint = endpoint("default");
    engine.appends().clear();
  }

  private Endpoint endpoint(String id) {
    WebhookOptions options = new WebhookOptions().setUrl(Endpoints.URL).setQueueCapacity(10_000);
    return Endpoints.paused(vertx, clock, options, journal, id, where -> store = where);
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  /** So many entries arrive, for which there is room. */
  private void arrive(int entries) {
    for (int i = 0; i < entries; i++) {
      append(new byte[0], replies::add);
    }
  }

  private void append(byte[] content, Consumer<Accepted> answered) {
    Audience all = journal.audience(ACTION);
    Recipients recipients = journal.recipients(all);
    journal.append(new EncodedEntry(ACTION, content, clock.now(), recipients), all, answered);
  }

  /** An entry arrives for which there is no room. */
  private void arriveWithoutRoom() {
    drop(replies::add);
  }

  private void drop(Consumer<Accepted> answered) {
    journal.drop(journal.audience(ACTION), answered);
  }

  private Append append(int index) {
    return engine.appends().get(index);
  }

  private List<Integer> groups() {
    return engine.appends().stream().map(each -> each.entries().size()).toList();
  }

  private long total(Append append, Total total) {
    return append.steps().get(0).totals().get(total.ordinal());
  }

  private static List<Accepted> queued(long first, long last) {
    return ids(first, last).stream().map(Accepted::queued).toList();
  }

  private static List<Accepted> dropped(long first, long last) {
    return ids(first, last).stream().map(Accepted::dropped).toList();
  }

  @Test
  void entriesOfOneTurnAreOneGroup() {
    arrive(3);
    assertThat(engine.appends()).isEmpty();
    assertThat(endpoint.pending()).as("they are pending on their way").isEqualTo(3);

    clock.turn();

    assertThat(groups()).containsExactly(3);
    assertThat(endpoint.pending()).isEqualTo(3);
    assertThat(engine.journal()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void whatArrivesWhileAGroupIsBeingKeptIsTheNextOneAndThereIsOneAtATime() {
    engine.hold();
    arrive(2);
    clock.turn();
    arrive(1);
    clock.turn(20);
    arrive(2);
    clock.turn(5_000);
    assertThat(groups()).containsExactly(2);
    assertThat(engine.underway()).isEqualTo(1);

    engine.release();
    clock.turn();

    assertThat(groups()).containsExactly(2, 3);
    assertThat(replies).containsExactlyElementsOf(queued(1, 5));
  }

  @Test
  void repliesComeOnceAllIsKept() {
    engine.hold();
    arrive(2);
    clock.turn();
    assertThat(replies).isEmpty();
    engine.release();
    assertThat(replies).containsExactlyElementsOf(queued(1, 2));
  }

  @Test
  void nobodyNeedsToAsk() {
    append(new byte[0], null);
    drop(null);
    clock.turn();
    assertThat(replies).isEmpty();
    assertThat(engine.journal()).containsExactly(1L);
  }

  @Test
  void anEntryWithoutRoomTakesANumberAndIsNoEvent() {
    try (LogLines log = new LogLines()) {
      arrive(1);
      arriveWithoutRoom();
      arrive(1);
      clock.turn();
      assertThat(log.all())
          .containsExactly("WARN No room with 1 pending events: 1 entry dropped, from event 2 on");
    }
    assertThat(replies)
        .containsExactly(Accepted.queued(1), Accepted.dropped(2), Accepted.queued(3));
    assertThat(engine.journal()).containsExactly(1L, 3L);
    assertThat(endpoint.pending()).isEqualTo(2);
  }

  @Test
  void manyEntriesWithoutRoomAreFewLines() {
    try (LogLines log = new LogLines()) {
      for (int i = 0; i < 5; i++) {
        arriveWithoutRoom();
        clock.turn(10);
      }
      clock.turn(Warnings.INTERVAL);
      assertThat(log.all())
          .containsExactly(
              "WARN No room with 0 pending events: 1 entry dropped, from event 1 on",
              "WARN No room with 0 pending events: 4 entries dropped, from event 2 on");
    }
  }

  @Test
  void aStepRidesAlongWithTheNextGroup() {
    endpoint.dropped();
    clock.turn(40);
    arrive(1);
    clock.turn();

    assertThat(groups()).containsExactly(1);
    assertThat(total(append(0), Total.DROPPED)).isEqualTo(1);
    assertThat(total(append(0), Total.WANTED)).isEqualTo(2);

    clock.turn(10_000);
    assertThat(engine.appends()).as("nothing is kept twice").hasSize(1);
  }

  @Test
  void aStepWithoutAGroupIsKeptSoon() {
    endpoint.dropped();
    clock.turn(60);
    endpoint.dropped();
    clock.turn(Writer.STEP_DELAY - 61);
    assertThat(engine.appends()).isEmpty();

    clock.turn(1);

    assertThat(groups()).containsExactly(0);
    assertThat(total(append(0), Total.DROPPED)).isEqualTo(2);
    clock.turn(10_000);
    assertThat(engine.appends()).hasSize(1);
  }

  @Test
  void whatHappensWhileAStepIsBeingKeptIsInTheNextOne() {
    endpoint.dropped();
    engine.hold();
    clock.turn(Writer.STEP_DELAY);
    endpoint.dropped();
    engine.release();
    clock.turn(Writer.STEP_DELAY);

    assertThat(engine.appends()).hasSize(2);
    assertThat(total(append(0), Total.DROPPED)).isEqualTo(1);
    assertThat(total(append(1), Total.DROPPED)).isEqualTo(2);
  }

  @Test
  void appendsBeginAnIntervalApart() {
    open(50);
    arrive(1);
    clock.turn();
    arrive(1);
    clock.turn(49);
    assertThat(groups()).containsExactly(1);
    arrive(1);
    clock.turn(1);
    assertThat(groups()).containsExactly(1, 2);
  }

  @Test
  void manyEventsNeedOneTimer() {
    open(50);
    int before = clock.timers();
    arrive(1);
    clock.turn();
    arrive(5_000);
    assertThat(clock.timers()).isLessThanOrEqualTo(before + 1);
    clock.turn(50);
    assertThat(groups()).containsExactly(1, 5_000);
  }

  @Test
  void whatIsToBeKeptNowDoesNotWait() {
    open(50);
    arrive(1);
    clock.turn();
    endpoint.dropped();

    Future<Void> kept = store.kept();
    assertThat(kept.isComplete()).isFalse();
    clock.turn();

    assertThat(kept.succeeded()).isTrue();
    assertThat(groups()).containsExactly(1, 0);
    assertThat(store.kept().succeeded()).as("there is nothing else").isTrue();
    clock.turn(1_000);
    assertThat(engine.appends()).hasSize(2);
  }

  @Test
  void whatIsBeingKeptAlreadyIsWaitedFor() {
    engine.hold();
    arrive(1);
    clock.turn();
    Future<Void> kept = store.kept();
    assertThat(kept.isComplete()).isFalse();
    engine.release();
    assertThat(kept.succeeded()).isTrue();
    assertThat(engine.appends()).hasSize(1);
  }

  @Test
  void aFailedAppendDropsItsEventsAndThoseBehindIt() {
    engine.hold();
    arrive(2);
    clock.turn();
    arrive(3);
    engine.failAppends(FULL);
    try (LogLines log = new LogLines()) {
      engine.release();

      assertThat(replies).containsExactlyElementsOf(dropped(1, 5));
      assertThat(endpoint.pending()).isZero();
      assertThat(endpoint.report(0).result().getLong("received")).isEqualTo(5);
      assertThat(endpoint.report(0).result().getLong("dropped")).isEqualTo(5);
      assertThat(journal.hasRoom()).isFalse();
      assertThat(journal.isFaulty()).isTrue();
      assertThat(journal.warning()).isEqualTo(REFUSING);
      assertThat(log.all()).contains("ERROR webhook.store: " + REFUSING);
    }
  }

  @Test
  void whileNothingCanBeKeptEntriesAreRefusedAtOnceAndNumbersGoOn() {
    engine.failAppends(FULL);
    arrive(1);
    clock.turn();
    arriveWithoutRoom();
    arriveWithoutRoom();
    assertThat(replies).containsExactlyElementsOf(dropped(1, 3));

    engine.failAppends(null);
    clock.turn(Writer.TRY_AGAIN);
    arrive(1);
    clock.turn(Writer.TRY_AGAIN);

    assertThat(replies.subList(3, 4)).containsExactlyElementsOf(queued(4, 4));
    assertThat(engine.journal()).containsExactly(4L);
  }

  @Test
  void whereNumbersAreNotKnownNobodyIsToldAndNoEndpointBeginsAboveThem() {
    engine.failAppends(FULL);
    engine.loseNumbers();
    arrive(5);
    clock.turn();
    arriveWithoutRoom();
    assertThat(replies).hasSize(6).allMatch(reply -> reply.eventId() == null);
    assertThat(journal.ofNew().cursor()).isZero();
  }

  @Test
  void itTriesAgainEachSecondAndSaysSoOnce() {
    try (LogLines log = new LogLines()) {
      engine.failAppends(FULL);
      arrive(1);
      clock.turn();
      for (int tries = 1; tries <= 5; tries++) {
        assertThat(engine.appends()).hasSize(tries);
        clock.turn(Writer.TRY_AGAIN - 1);
        assertThat(engine.appends()).hasSize(tries);
        clock.turn(1);
      }
      assertThat(journal.hasRoom()).isFalse();

      engine.failAppends(null);
      clock.turn(Writer.TRY_AGAIN);

      assertThat(journal.hasRoom()).isTrue();
      assertThat(journal.isFaulty()).isFalse();
      assertThat(journal.warning()).isNull();
      assertThat(log.all())
          .containsOnlyOnce("ERROR webhook.store: " + REFUSING)
          .containsOnlyOnce("WARN webhook.store: events are kept again");
      assertThat(log.all().stream().filter(line -> line.startsWith("ERROR"))).hasSize(1);
    }
    clock.turn(10_000);
    Append last = append(engine.appends().size() - 1);
    assertThat(engine.appends()).as("six that failed and one that did not").hasSize(7);
    assertThat(total(last, Total.DROPPED)).isEqualTo(1);
    assertThat(total(last, Total.WANTED)).isEqualTo(1);
    assertThat(last.entries()).as("what was dropped is not kept").isEmpty();
  }

  @Test
  void afterwardsAppendsComeAtTheirOwnIntervalAgain() {
    open(20);
    engine.failAppends(FULL);
    arrive(1);
    clock.turn();
    engine.failAppends(null);
    clock.turn(Writer.TRY_AGAIN);
    engine.appends().clear();

    arrive(1);
    clock.turn(20);
    arrive(1);
    clock.turn(20);

    assertThat(groups()).containsExactly(1, 1);
  }

  @Test
  void whileNothingCanBeKeptNobodyWaitsForIt() {
    engine.failAppends(FULL);
    arrive(1);
    clock.turn();
    assertThat(store.kept().cause()).hasMessage(REFUSING);
  }

  @Test
  void whoWaitsForAnAppendHearsThatItFailed() {
    engine.failAppends(FULL);
    endpoint.dropped();
    Future<Void> kept = store.kept();
    clock.turn();
    assertThat(kept.cause()).hasMessage(FULL);
  }

  @Test
  void whatIsOnItsWayIsBounded() {
    engine.hold();
    byte[] large = new byte[1 << 20];
    int events = 0;
    while (journal.hasRoom()) {
      append(large, null);
      events++;
      clock.turn();
    }
    assertThat(events).isEqualTo(32);
    engine.release();
    clock.turn();
    assertThat(journal.hasRoom()).isTrue();

    engine.hold();
    for (int i = 0; i < 32; i++) {
      append(large, null);
    }
    clock.turn();
    assertThat(journal.hasRoom()).isFalse();
    engine.failAppends(FULL);
    engine.release();
    engine.failAppends(null);
    clock.turn(Writer.TRY_AGAIN);
    assertThat(journal.hasRoom()).as("what was dropped is not on its way").isTrue();
  }

  @Test
  void entriesThatWereNotValidAreCountedAndKept() {
    journal.reject();
    journal.reject();
    clock.turn(Writer.STEP_DELAY);
    assertThat(append(0).counts().rejected()).isEqualTo(2);
    assertThat(append(0).steps()).as("no endpoint did anything").isEmpty();

    open(0);

    assertThat(journal.rejected()).isEqualTo(2);
  }

  @Test
  void everyEndpointGetsAllThatIsKeptAndStepsOfThoseThatDidSomethingAreKept() {
    Endpoint second = endpoint("second");
    engine.appends().clear();
    append(new byte[0], null);
    clock.turn();
    assertThat(endpoint.pending()).isEqualTo(1);
    assertThat(second.pending()).isEqualTo(1);
    assertThat(append(0).steps()).extracting(Step::endpoint).containsExactly("default", "second");

    second.dropped();
    clock.turn(Writer.STEP_DELAY);
    assertThat(append(1).steps()).extracting(Step::endpoint).containsExactly("second");
  }

  @Test
  void aNewEndpointSeesWhatComesAfterItsMaking() {
    arrive(3);
    clock.turn();
    assertThat(journal.close().succeeded()).isTrue();
    open(0);
    assertThat(journal.ofNew().cursor()).isEqualTo(3);
    assertThat(journal.ofNew().waiting()).isZero();
    assertThat(journal.kept().get("default").waiting()).isEqualTo(3);
  }

  @Test
  void closingKeepsWhatIsLeftAndLetsGo() {
    arrive(2);
    endpoint.dropped();

    assertThat(journal.close().succeeded()).isTrue();

    assertThat(groups()).containsExactly(2);
    assertThat(total(append(0), Total.DROPPED)).isEqualTo(1);
    assertThat(replies).containsExactlyElementsOf(queued(1, 2));
    assertThat(engine.isOpen()).isFalse();
    clock.turn(10_000);
    assertThat(engine.appends()).as("nothing is kept twice").hasSize(1);
    assertThat(clock.timers()).isZero();
  }

  @Test
  void closingWaitsForWhatIsBeingKept() {
    engine.hold();
    arrive(1);
    clock.turn();
    arrive(1);
    Future<Void> closed = journal.close();
    assertThat(closed.isComplete()).isFalse();
    assertThat(engine.isOpen()).isTrue();

    engine.release();

    assertThat(closed.succeeded()).isTrue();
    assertThat(engine.isOpen()).isFalse();
    assertThat(groups()).containsExactly(1, 1);
    clock.turn(10_000);
    assertThat(engine.appends()).hasSize(2);
    assertThat(clock.timers()).isZero();
  }

  @Test
  void whereNothingIsLeftClosingKeepsNothing() {
    journal.close();
    assertThat(engine.appends()).isEmpty();
    assertThat(engine.isOpen()).isFalse();
  }

  @Test
  void whereNothingCanBeKeptClosingTriesOnceMoreAndEnds() {
    engine.failAppends(FULL);
    arrive(1);
    clock.turn();

    assertThat(journal.close().succeeded()).isTrue();

    assertThat(engine.appends()).hasSize(2);
    assertThat(engine.isOpen()).isFalse();
    clock.turn(10_000);
    assertThat(engine.appends()).hasSize(2);
    assertThat(clock.timers()).isZero();
  }

  @Test
  void theLastEntriesWithoutRoomAreSpokenOfAtTheEnd() {
    try (LogLines log = new LogLines()) {
      arriveWithoutRoom();
      clock.turn();
      arriveWithoutRoom();
      clock.turn();
      journal.close();
      assertThat(log.all())
          .containsExactly(
              "WARN No room with 0 pending events: 1 entry dropped, from event 1 on",
              "WARN No room with 0 pending events: 1 entry dropped, from event 2 on");
    }
  }

  @Test
  void whatCannotBeReadIsAFaultUntilItCan() {
    engine.failReads(new IllegalStateException("the disk is gone"));
    try (LogLines log = new LogLines()) {
      assertThat(store.read(0, 10).failed()).isTrue();
      assertThat(store.read(0, 10).failed()).isTrue();
      assertThat(journal.isFaulty()).isTrue();
      assertThat(journal.warning()).isEqualTo("the disk is gone");
      assertThat(log.all()).containsExactly("ERROR webhook.store: the disk is gone");
      assertThat(journal.hasRoom()).as("it can be written").isTrue();

      engine.failReads(null);
      assertThat(store.stragglers(List.of()).succeeded()).isTrue();
      assertThat(journal.isFaulty()).isFalse();
      assertThat(journal.warning()).isNull();
    }
  }

  @Test
  void aFailureWithoutAMessageIsAFaultToo() {
    engine.failReads(new IllegalStateException());
    assertThat(store.read(0, 10).failed()).isTrue();
    assertThat(journal.isFaulty()).isTrue();
    assertThat(journal.warning()).isNotBlank();
  }

  @Test
  void aListingOfDeadLettersThatFailsIsNoFaultOfTheStore() {
    engine.failReads(new IllegalStateException("Input/output error"));
    assertThat(endpoint.deadLetters().read(0, 1, 100)).isNotNull();
    clock.turn();
    assertThat(journal.isFaulty()).isFalse();
  }

  @Test
  void aStepIsKeptWithinItsDelayThoughGroupsAreFarApart() {
    open(10_000);
    arrive(1);
    clock.turn(10_000);
    int before = engine.appends().size();

    endpoint.dropped();
    clock.turn(Writer.STEP_DELAY);

    assertThat(engine.appends()).hasSize(before + 1);
  }
}
