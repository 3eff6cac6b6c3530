package dev.auditwebhook.journal;

import static dev.auditwebhook.testing.Events.entry;
import static dev.auditwebhook.testing.Events.ids;
import static dev.auditwebhook.testing.Events.recipients;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.endpoint.ledger.EndpointStore;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.endpoint.settings.Revision;
import dev.auditwebhook.journal.Engine.Addition;
import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.testing.Endpoints;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.ScriptedEngine;
import dev.auditwebhook.testing.ScriptedEngine.Append;
import dev.auditwebhook.testing.SettableClock;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One journal, many endpoints: who gets what, and how they come and go. */
class SharedJournalTest {

  private static final String LOGIN = "user.login";
  private static final String JOIN = "node.join";

  private final Vertx vertx = Vertx.vertx();
  private final SettableClock clock = new SettableClock();
  private final ScriptedEngine engine = new ScriptedEngine();
  private final List<Accepted> replies = new ArrayList<>();
  private final Map<String, EndpointStore> stores = new HashMap<>();
  private Journal journal = Journal.open(engine, clock).result();
  private Acceptance acceptance = new Acceptance(clock, journal, 1_000);

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private void reopen() {
    assertThat(journal.close().succeeded()).isTrue();
    open();
  }

  private void open() {
    journal = Journal.open(engine, clock).result();
    acceptance = new Acceptance(clock, journal, 1_000);
  }

  /** One that sends nothing, as it is paused. */
  private Endpoint endpoint(String id, String... actions) {
    return endpoint(id, 100, actions);
  }

  private Endpoint endpoint(String id, int capacity, String... actions) {
    WebhookOptions options =
        new WebhookOptions()
            .setUrl(Endpoints.URL)
            .setActions(actions.length == 0 ? List.of("*") : List.of(actions))
            .setQueueCapacity(capacity);
    return Endpoints.paused(vertx, clock, options, journal, id, store -> stores.put(id, store));
  }

  private void accept(String... actions) {
    for (String action : actions) {
      acceptance.accept(new JsonObject().put("action", action), replies::add);
    }
  }

  private void arrive(String... actions) {
    accept(actions);
    clock.turn();
  }

  private Append last() {
    return engine.appends().get(engine.appends().size() - 1);
  }

  /** What the journal has for an endpoint. */
  private List<Long> kept(String id) {
    return stores.get(id).read(0, 1_000).result().found().stream().map(Event::id).toList();
  }

  private static long reported(Endpoint endpoint, String key) {
    return endpoint.report(0).result().getLong(key);
  }

  private static void assertReports(
      Endpoint endpoint, long received, long pending, long dropped, long discarded) {
    JsonObject report = endpoint.report(0).result();
    assertThat(List.of("received", "pending", "dropped", "discarded"))
        .extracting(report::getLong)
        .as(endpoint.id())
        .containsExactly(received, pending, dropped, discarded);
  }

  @Test
  void anEntryIsKeptOnceWhoeverWantsIt() {
    List<Endpoint> all = List.of(endpoint("default"), endpoint("a"), endpoint("b"));
    arrive(LOGIN, JOIN);
    assertThat(last().entries())
        .extracting(EncodedEntry::recipients)
        .containsExactly(recipients(0, 1, 2), recipients(0, 1, 2));
    assertThat(engine.journal()).containsExactly(1L, 2L);
    assertThat(all).allMatch(endpoint -> endpoint.pending() == 2);
    assertThat(replies).containsExactly(Accepted.queued(1), Accepted.queued(2));
  }

  @Test
  void theEntriesOfAJournalShareTheirRecipients() {
    endpoint("default");
    endpoint("a", "user.*");
    arrive(LOGIN, LOGIN, JOIN, LOGIN, JOIN);
    List<Recipients> whom = last().entries().stream().map(EncodedEntry::recipients).toList();
    assertThat(whom.get(1)).isSameAs(whom.get(0)).isSameAs(whom.get(3));
    assertThat(whom.get(2)).isSameAs(whom.get(4)).isEqualTo(recipients(0));
  }

  @Test
  void eachGetsWhatItWantsAndTheRestIsDiscardedForItAlone() {
    Endpoint all = endpoint("default");
    Endpoint users = endpoint("users", "user.*");
    Endpoint others = endpoint("others", "!user.*");
    arrive(LOGIN, JOIN, LOGIN);
    assertReports(all, 3, 3, 0, 0);
    assertReports(users, 3, 2, 0, 1);
    assertReports(others, 3, 1, 0, 2);
    assertThat(kept("default")).containsExactly(1L, 2L, 3L);
    assertThat(kept("users")).containsExactly(1L, 3L);
    assertThat(kept("others")).containsExactly(2L);
  }

  @Test
  void whatNobodyWantsTakesNoNumberAndIsDiscardedForAll() {
    Endpoint users = endpoint("default", "user.*");
    Endpoint admins = endpoint("admins", "admin.*");
    arrive(JOIN, LOGIN);
    assertThat(replies).containsExactly(Accepted.DISCARDED, Accepted.queued(1));
    assertReports(users, 2, 1, 0, 1);
    assertReports(admins, 2, 0, 0, 2);
    assertThat(last().counts()).isEqualTo(new Counts(2, 0));
  }

  @Test
  void anEntryThatOnlyArrivedTouchesNoEndpoint() {
    endpoint("default", "user.*");
    engine.appends().clear();
    arrive(JOIN);
    clock.turn(Writer.STEP_DELAY);
    assertThat(last().counts().arrived()).isEqualTo(1);
    assertThat(last().steps()).isEmpty();
  }

  @Test
  void whatArrivesWhileOneHasNoUrlIsDiscardedForIt() {
    Endpoint on = endpoint("default");
    Endpoint off = endpoint("off");
    off.set(Revision.ofUrl(""));
    clock.turn();
    arrive(LOGIN);
    assertReports(on, 1, 1, 0, 0);
    assertReports(off, 1, 0, 0, 1);
    off.set(new Revision(Endpoints.URL, null, false, null, true));
    arrive(LOGIN);
    assertReports(off, 2, 1, 0, 1);
  }

  @Test
  void whoHasNoRoomLosesAndNobodyElse() {
    Endpoint small = endpoint("default", 2);
    Endpoint large = endpoint("large", 10);
    try (LogLines log = new LogLines()) {
      arrive(LOGIN, LOGIN, LOGIN, LOGIN);
      assertThat(log.all())
          .containsExactly(
              "WARN Endpoint default has no room with 2 pending events: 1 entry dropped for it");
    }
    assertReports(small, 4, 2, 2, 0);
    assertReports(large, 4, 4, 0, 0);
    assertThat(replies).extracting(Accepted::status).containsOnly(Accepted.Status.QUEUED);
    assertThat(kept("default")).containsExactly(1L, 2L);
    assertThat(kept("large")).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void whereNobodyHasRoomItIsNoEventAndDroppedForAllWhoWantIt() {
    Endpoint first = endpoint("default", 1);
    Endpoint second = endpoint("second", 1);
    Endpoint other = endpoint("other", 1, "node.*");
    arrive(LOGIN, LOGIN, JOIN);
    assertThat(replies)
        .containsExactly(Accepted.queued(1), Accepted.dropped(2), Accepted.queued(3));
    assertReports(first, 3, 1, 2, 0);
    assertReports(second, 3, 1, 2, 0);
    assertReports(other, 3, 1, 0, 2);
    assertThat(engine.journal()).containsExactly(1L, 3L);
  }

  @Test
  void whatCannotBeKeptIsDroppedForThoseWhoWereToHaveIt() {
    Endpoint all = endpoint("default", 2);
    Endpoint users = endpoint("users", "user.*");
    engine.failAppends("No space left on device");
    arrive(LOGIN, JOIN, LOGIN);
    assertReports(all, 3, 0, 3, 0);
    assertReports(users, 3, 0, 2, 1);
    arrive(LOGIN);
    assertReports(all, 4, 0, 4, 0);
    assertReports(users, 4, 0, 3, 1);
  }

  @Test
  void otherOptionsSayAtOnceWhatOneWants() {
    Endpoint endpoint = endpoint("default", "user.*");
    arrive(LOGIN, JOIN);
    assertReports(endpoint, 2, 1, 0, 1);

    endpoint.put(new EndpointOptions().setUrl(Endpoints.URL).setActions(List.of("node.*")));
    arrive(LOGIN, JOIN);

    assertReports(endpoint, 4, 2, 0, 2);
    assertThat(kept("default")).containsExactly(1L, 2L);
  }

  @Test
  void anEndpointSeesWhatComesAfterItsMaking() {
    endpoint("default");
    arrive(LOGIN, LOGIN);
    engine.hold();
    accept(LOGIN);
    clock.turn();
    accept(LOGIN); // One is on its way, and one will be.

    Endpoint late = endpoint("late");
    accept(LOGIN);
    engine.release();
    clock.turn();

    assertReports(late, 1, 1, 0, 0);
    assertThat(kept("late")).containsExactly(5L);
    assertThat(engine.journal()).containsExactlyElementsOf(ids(1, 5));

    reopen();
    endpoint("default");
    assertReports(endpoint("late"), 1, 1, 0, 0);
  }

  @Test
  void endpointsGoOnWhereTheyWereAfterARestart() {
    endpoint("default");
    endpoint("users", "user.*");
    arrive(LOGIN, JOIN, LOGIN);
    reopen();
    assertReports(endpoint("default"), 3, 3, 0, 0);
    assertReports(endpoint("users", "user.*"), 3, 2, 0, 1);
  }

  /** What a former life left: six events, of which each of two endpoints has come so far. */
  private void formerLife(long first, long second) {
    List<EncodedEntry> entries =
        Arrays.asList(
            entry(1, recipients(0, 1)),
            entry(1, recipients(0)),
            entry(1, recipients(1)),
            entry(1, recipients(0, 1)),
            entry(1, recipients(1)),
            entry(1, recipients(0)));
    List<Step> steps = List.of(step("default", 0, first), step("second", 1, second));
    engine.append(new Addition(entries, new Counts(6, 0), steps, 0));
    open();
  }

  private static Step step(String id, int number, long cursor) {
    List<Long> totals = new ArrayList<>(State.ofNew(0, 0, 0).totals());
    totals.set(Total.WANTED.ordinal(), 4L);
    totals.set(
        Total.DELIVERED.ordinal(),
        4 - (number == 0 ? waiting(cursor, 1, 2, 4, 6) : waiting(cursor, 1, 3, 4, 5)));
    return new Step(id, number, cursor, List.of(), Map.of(), totals, new JsonObject());
  }

  private static long waiting(long cursor, long... mine) {
    return Arrays.stream(mine).filter(id -> id > cursor).count();
  }

  @Test
  void theJournalIsKeptFromWhereTheSlowestIs() {
    formerLife(4, 1);
    Endpoint first = endpoint("default");
    Endpoint second = endpoint("second");
    assertThat(first.pending()).isEqualTo(1);
    assertThat(second.pending()).isEqualTo(3);
    arrive(LOGIN);
    assertThat(last().needed()).as("event 2 is not for the second one").isEqualTo(3);
    assertThat(engine.journal()).containsExactly(3L, 4L, 5L, 6L, 7L);
  }

  @Test
  void whoHasNothingToDoNeedsNothingOfTheJournal() {
    formerLife(6, 5);
    endpoint("default");
    endpoint("second");
    arrive(JOIN);
    assertThat(last().needed()).isEqualTo(Long.MAX_VALUE);
    assertThat(engine.journal()).containsExactly(7L);
  }

  @Test
  void aWriteBeforeAllEndpointsAreThereTakesNothingFromTheOthers() {
    formerLife(6, 1);
    endpoint("default");
    arrive(LOGIN);
    assertThat(last().needed()).isEqualTo(2);
    Endpoint second = endpoint("second");
    assertThat(second.pending()).isEqualTo(3);
    assertThat(kept("second")).containsExactly(3L, 4L, 5L);
    clock.turn(1_000);
    assertThat(second.pending()).isEqualTo(3);
  }

  @Test
  void aStartThatFailsHalfwayTakesNothingFromThoseThatWereNotThereYet() {
    formerLife(6, 1);
    endpoint("default");
    reopen();
    endpoint("default");
    assertThat(endpoint("second").pending()).isEqualTo(3);
    assertThat(kept("second")).containsExactly(3L, 4L, 5L);
  }

  @Test
  void oneThatIsNotToComeBackNeedsNothing() {
    formerLife(6, 1);
    endpoint("default");
    assertThat(journal.ofNew().number()).as("its number is taken").isEqualTo(2);
    assertThat(journal.forget("second", null).succeeded()).isTrue();
    assertThat(journal.ofNew().number()).isEqualTo(1);
    arrive(LOGIN);
    assertThat(engine.journal()).containsExactly(7L);
    reopen();
    assertThat(journal.kept()).containsOnlyKeys("default");
  }

  @Test
  void oneThatCannotBeForgottenKeepsItsNumberAndHoldsUpNothing() {
    formerLife(6, 1);
    engine.failForgetting("No space left on device");
    endpoint("default");
    assertThat(journal.forget("second", null).failed()).isTrue();
    assertThat(journal.ofNew().number()).isEqualTo(2);
    arrive(LOGIN);
    assertThat(engine.journal()).containsExactly(7L);
  }

  @Test
  void aRemovedEndpointGetsNothingMoreAndIsForgotten() {
    Endpoint stays = endpoint("default");
    Endpoint goes = endpoint("goes");
    arrive(LOGIN, JOIN);

    Future<Void> removed = journal.remove(goes, null);
    arrive(LOGIN);

    assertThat(removed.succeeded()).isTrue();
    assertThat(goes.pending()).isEqualTo(2);
    assertThat(last().entries())
        .extracting(EncodedEntry::recipients)
        .containsExactly(recipients(0));
    assertReports(stays, 3, 3, 0, 0);
    reopen();
    assertThat(journal.kept()).containsOnlyKeys("default");
  }

  @Test
  void whatOnlyARemovedEndpointWantedIsCutOffTheJournal() {
    endpoint("default", "user.*");
    Endpoint goes = endpoint("goes", "node.*");
    arrive(JOIN, JOIN, LOGIN);
    journal.remove(goes, null);
    clock.turn();
    assertThat(engine.journal()).as("until it is forgotten all is kept").hasSize(3);
    arrive(LOGIN);
    assertThat(engine.journal()).containsExactly(3L, 4L);
  }

  @Test
  void whatIsOnItsWayToARemovedEndpointMeetsNoOtherWithItsNumber() {
    endpoint("default");
    Endpoint goes = endpoint("goes");
    engine.hold();
    arrive(LOGIN); // on its way
    accept(LOGIN); // to be kept next

    Future<Void> removed = journal.remove(goes, null);
    clock.turn();
    assertThat(removed.isComplete()).isFalse();
    assertThat(journal.ofNew().number()).as("nobody gets it meanwhile").isEqualTo(2);
    arrive(LOGIN);
    engine.release();
    clock.turn();

    assertThat(removed.succeeded()).isTrue();
    assertThat(goes.pending()).isEqualTo(2);
    State state = journal.ofNew();
    assertThat(state.number()).isEqualTo(1);
    assertThat(state.cursor()).isEqualTo(3);
    Endpoint comes = endpoint("comes");
    assertReports(comes, 0, 0, 0, 0);
    assertThat(stores.get("comes").read(state.cursor(), 10).result().found()).isEmpty();
    arrive(LOGIN);
    assertReports(comes, 1, 1, 0, 0);

    reopen();
    endpoint("default");
    assertReports(endpoint("comes"), 1, 1, 0, 0);
  }

  @Test
  void whatAnEndpointDoesBeforeItIsForgottenIsKept() {
    endpoint("default");
    Endpoint goes = endpoint("goes");
    goes.dropped();
    engine.hold();
    Future<Void> removed = journal.remove(goes, null);
    clock.turn();
    assertThat(last().steps()).extracting(Step::endpoint).containsExactly("goes");
    engine.release();
    assertThat(removed.succeeded()).isTrue();
  }

  @Test
  void whileAnEndpointIsForgottenNoneOfItsStepsIsKeptAndTheJournalIsNotCut() {
    endpoint("default");
    Endpoint goes = endpoint("goes");
    arrive(LOGIN);
    engine.hold();
    Future<Void> removed = journal.remove(goes, null);
    clock.turn();
    engine.releaseFirst(); // It is being forgotten now.
    goes.dropped();
    arrive(LOGIN);
    assertThat(last().steps()).extracting(Step::endpoint).containsExactly("default");
    assertThat(last().needed()).as("it may stay").isZero();
    engine.release();
    assertThat(removed.succeeded()).isTrue();
    goes.dropped();
    arrive(LOGIN);
    assertThat(last().steps()).extracting(Step::endpoint).containsExactly("default");
  }

  @Test
  void anEndpointWhoseRemovalFailsStaysAndGoesOn() {
    endpoint("default");
    Endpoint stays = endpoint("stays");
    arrive(LOGIN);
    engine.failForgetting("No space left on device");
    engine.hold();
    Future<Void> removed = journal.remove(stays, null);
    clock.turn();
    accept(LOGIN); // It does not get this one.
    engine.releaseFirst();
    stays.dropped(); // It does something, which is kept later.
    engine.release();
    clock.turn();
    assertThat(removed.failed()).isTrue();

    arrive(LOGIN);

    assertReports(stays, 3, 2, 1, 0);
    assertThat(kept("stays")).containsExactly(1L, 3L);
    reopen();
    endpoint("default");
    assertReports(endpoint("stays"), 3, 2, 1, 0);
  }

  @Test
  void whileNothingCanBeKeptNothingIsRemoved() {
    Endpoint endpoint = endpoint("default");
    engine.failAppends("No space left on device");
    arrive(LOGIN);
    assertThat(journal.remove(endpoint, null).failed()).isTrue();
    engine.failAppends(null);
    clock.turn(Writer.TRY_AGAIN);
    arrive(LOGIN);
    assertReports(endpoint, 2, 1, 1, 0);
  }

  @Test
  void aRemovalWhoseLastWriteFailsFails() {
    Endpoint endpoint = endpoint("default");
    engine.failAppends("No space left on device");
    accept(LOGIN);
    Future<Void> removed = journal.remove(endpoint, null);
    clock.turn();
    assertThat(removed.failed()).isTrue();
    assertReports(endpoint, 1, 0, 1, 0);
    engine.failAppends(null);
    clock.turn(Writer.TRY_AGAIN);
    arrive(LOGIN);
    assertReports(endpoint, 2, 1, 1, 0);
  }

  @Test
  void whatIsLeftOfARemovedEndpointIsFoundAtTheNextStart() {
    endpoint("default");
    Endpoint goes = endpoint("goes");
    arrive(LOGIN);
    journal.remove(goes, new JsonObject().put("removed", true));
    clock.turn();
    reopen();
    State left = journal.kept().get("goes");
    assertThat(left.number()).isEqualTo(-1);
    assertThat(left.settings()).isEqualTo(new JsonObject().put("removed", true));
    assertThat(left.pending()).isZero();
    assertThat(journal.ofNew().number()).as("it has no number").isEqualTo(1);
    assertThat(journal.forget("goes", null).succeeded()).isTrue();
    reopen();
    assertThat(journal.kept()).containsOnlyKeys("default");
  }

  @Test
  void oneThatIsMadeAgainTakesThePlaceOfWhatWasLeft() {
    endpoint("default");
    journal.remove(endpoint("back"), new JsonObject().put("removed", true));
    clock.turn();
    reopen();
    endpoint("default");
    endpoint("back");
    arrive(LOGIN);
    reopen();
    assertThat(journal.kept().get("back").number()).isEqualTo(1);
    assertThat(journal.kept().get("back").settings().containsKey("removed")).isFalse();
    endpoint("default");
    assertReports(endpoint("back"), 1, 1, 0, 0);
  }
}
