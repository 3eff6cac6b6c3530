package dev.auditwebhook.journal;

import static dev.auditwebhook.testing.Events.recipients;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.journal.Engine.Emitted;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.ScriptedEngine;
import dev.auditwebhook.testing.ScriptedEngine.Append;
import dev.auditwebhook.testing.ScriptedMembers;
import dev.auditwebhook.testing.ScriptedMembers.Member;
import dev.auditwebhook.testing.SettableClock;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From the inbox into the journal: what becomes of entries that programs emitted. */
class EmittedEntriesTest {

  private static final String TIME = "2026-01-01T00:00:00.123456Z";
  private static final String LOGIN = "user.login";
  private static final String JOIN = "node.join";

  private final SettableClock clock = new SettableClock();
  private final ScriptedEngine engine = new ScriptedEngine();
  private final ScriptedMembers members = new ScriptedMembers();
  private final List<Accepted> replies = new ArrayList<>();
  private final Member siem = members.add(LOGIN);
  private final Member archive = members.add(LOGIN, JOIN);
  private final Journal journal;
  private final Acceptance acceptance;
  private long seq;

  EmittedEntriesTest() {
    engine.share(members);
    journal = Journal.open(engine, clock).result();
    acceptance = new Acceptance(clock, journal, 100);
  }

  private Emitted emitted(String action) {
    return emitted(action, null);
  }

  private Emitted emitted(String action, Object details) {
    return new Emitted(++seq, action, TIME, () -> details);
  }

  private List<Emitted> page(String... actions) {
    return Arrays.stream(actions).map(this::emitted).toList();
  }

  /** Accepts a page, and keeps it. */
  private Future<List<Emitted>> accept(List<Emitted> page) {
    Future<List<Emitted>> staying = acceptance.accept(page);
    clock.turn();
    return staying;
  }

  private void publish(String... actions) {
    for (String action : actions) {
      acceptance.accept(new JsonObject().put("action", action), replies::add);
    }
  }

  private Append last() {
    return engine.appends().get(engine.appends().size() - 1);
  }

  private static String content(EncodedEntry entry) {
    return new String(entry.content(), StandardCharsets.UTF_8);
  }

  @Test
  void anEntryBecomesAnEventAndLeavesTheInboxAlongWithThat() {
    Future<List<Emitted>> staying =
        accept(List.of(emitted(LOGIN, new JsonObject().put("user", "mara")), emitted(JOIN)));

    assertThat(staying.result()).isEmpty();
    assertThat(engine.appends()).hasSize(1);
    assertThat(last().emitted()).containsExactly(1L, 2L);
    assertThat(last().counts()).isEqualTo(new Counts(2, 0));
    assertThat(last().entries())
        .extracting(EmittedEntriesTest::content)
        .containsExactly(
            ",\"action\":\"user.login\",\"timestamp\":\"%s\",\"details\":{\"user\":\"mara\"}}"
                .formatted(TIME),
            ",\"action\":\"node.join\",\"timestamp\":\"%s\"}".formatted(TIME));
    assertThat(last().entries())
        .extracting(EncodedEntry::recipients)
        .containsExactly(recipients(0, 1), recipients(1));
    assertThat(last().entries()).extracting(EncodedEntry::acceptedAt).containsOnly(clock.now());
    assertThat(engine.journal()).containsExactly(1L, 2L);
    assertThat(siem.received).isEqualTo(1);
    assertThat(archive.received).isEqualTo(2);
  }

  @Test
  void itGoesInAGroupWithWhatArrivedAfterThatAndIsKeptOnce() {
    publish(LOGIN);
    Future<List<Emitted>> staying = acceptance.accept(page(JOIN));
    publish(LOGIN, JOIN);
    clock.turn();
    publish(LOGIN);
    clock.turn();

    assertThat(staying.succeeded()).isTrue();
    assertThat(engine.appends())
        .extracting(Append::emitted)
        .containsExactly(List.of(1L), List.of());
    assertThat(engine.appends().get(0).entries())
        .extracting(EncodedEntry::action)
        .containsExactly(LOGIN, LOGIN, JOIN, JOIN);
    assertThat(replies).extracting(Accepted::eventId).containsExactly(1L, 2L, 3L, 5L);
    assertThat(last().counts()).isEqualTo(new Counts(5, 0));
  }

  @Test
  void theSizeOfWhatIsInTheInboxWasLookedAtBefore() {
    accept(List.of(emitted(LOGIN, "x".repeat(1_000))));

    assertThat(engine.journal()).hasSize(1);
    assertThat(acceptance.maxEntryBytes()).isEqualTo(100);
  }

  @Test
  void whatNobodyWantsIsDiscardedAndLeavesTheInbox() {
    archive.enabled = false;
    Future<List<Emitted>> staying = accept(page(JOIN, "nobody.wants"));

    assertThat(staying.result()).isEmpty();
    assertThat(last())
        .isEqualTo(
            new Append(List.of(), new Counts(2, 0), List.of(), last().needed(), List.of(1L, 2L)));
    assertThat(engine.journal()).isEmpty();
    assertThat(archive.received).isZero();
  }

  @Test
  void whatIsNotValidAllTheSameIsRejectedInOneLineAndLeavesTheInbox() {
    Emitted unreadable =
        new Emitted(
            ++seq,
            LOGIN,
            TIME,
            () -> {
              throw new IllegalArgumentException("details: not JSON");
            });
    try (LogLines lines = new LogLines()) {
      Future<List<Emitted>> staying = accept(List.of(unreadable, emitted(LOGIN)));

      assertThat(lines.all()).contains("WARN Entry rejected: details: not JSON");
      assertThat(staying.result()).isEmpty();
    }
    assertThat(last().emitted()).containsExactly(1L, 2L);
    assertThat(last().entries()).hasSize(1);
    assertThat(last().counts()).isEqualTo(new Counts(1, 1));
    assertThat(siem.received).isEqualTo(1);
  }

  @Test
  void whatNobodyHasRoomForStaysAndTheRestGoesOn() {
    archive.room = 1;
    List<Emitted> page = page(JOIN, JOIN, LOGIN, JOIN);
    assertThat(accept(page).result()).containsExactly(page.get(1), page.get(3));

    assertThat(last().emitted()).containsExactly(1L, 3L);
    assertThat(last().counts()).isEqualTo(new Counts(2, 0));
    assertThat(List.of(siem.received, siem.dropped)).containsExactly(1L, 0L);
    assertThat(List.of(archive.received, archive.dropped)).containsExactly(2L, 1L);
  }

  @Test
  void whatComesLaterDoesNotOvertakeWhatStays() {
    archive.room = 0;
    List<Emitted> page = new ArrayList<>(page(JOIN));
    page.add(
        new Emitted(
            ++seq,
            LOGIN,
            TIME,
            () -> {
              archive.room = 10;
              return null;
            }));
    page.add(emitted(JOIN));

    assertThat(accept(page).result()).containsExactly(page.get(0), page.get(2));
  }

  @Test
  void whenAllStaysNothingIsAppended() {
    archive.room = 0;
    List<Emitted> page = page(JOIN, JOIN);

    assertThat(accept(page).result()).isEqualTo(page);
    assertThat(engine.appends()).isEmpty();
  }

  @Test
  void whenAnotherNodeTookSomeOfItTheRestIsKeptWithoutIt() {
    archive.room = 1;
    engine.loseEmitted(2);
    publish(JOIN);
    List<Emitted> page = new ArrayList<>(page(LOGIN, LOGIN, "nobody.wants"));
    page.add(new Emitted(++seq, "", TIME, () -> null));
    Future<List<Emitted>> staying = accept(page);

    assertThat(staying.failed()).isTrue();
    assertThat(engine.appends()).hasSize(2);
    assertThat(last().emitted()).isEmpty();
    assertThat(last().entries()).extracting(EncodedEntry::action).containsExactly(JOIN);
    assertThat(last().counts()).isEqualTo(new Counts(1, 0));
    assertThat(replies).containsExactly(Accepted.queued(1));
    assertThat(List.of(siem.received, siem.dropped)).containsExactly(0L, 0L);
    assertThat(List.of(archive.received, archive.dropped)).containsExactly(1L, 0L);
  }

  @Test
  void whenNothingCanBeKeptItStaysAndIsNeitherCountedNorDropped() {
    engine.failAppends("No space left on device");
    publish(LOGIN);
    Future<List<Emitted>> staying = accept(page(LOGIN, LOGIN));

    assertThat(staying.failed()).isTrue();
    assertThat(last().emitted()).containsExactly(1L, 2L);
    assertThat(List.of(siem.received, siem.dropped)).containsExactly(1L, 1L);
    assertThat(replies).containsExactly(Accepted.dropped(1));
    assertThat(accept(page(LOGIN)).failed()).as("nothing is accepted meanwhile").isTrue();

    engine.failAppends(null);
    clock.turn(Writer.TRY_AGAIN);
    assertThat(accept(page(LOGIN)).succeeded()).isTrue();
    assertThat(last().counts()).isEqualTo(new Counts(2, 0));
  }

  @Test
  void whatIsOnItsWayWhileNothingCanBeKeptStays() {
    engine.hold();
    publish(LOGIN);
    clock.turn();
    Future<List<Emitted>> staying = accept(page(LOGIN));
    engine.failAppends("No space left on device");
    engine.release();
    clock.turn();

    assertThat(staying.failed()).isTrue();
    assertThat(List.of(siem.received, siem.dropped)).containsExactly(1L, 1L);
    assertThat(engine.appends()).extracting(Append::emitted).containsOnly(List.of());
  }

  @Test
  void afterTheEndNothingIsTakenFromTheInbox() {
    acceptance.close();

    assertThat(accept(page(LOGIN)).failed()).isTrue();
    assertThat(engine.appends()).isEmpty();
  }

  @Test
  void whatArrivesWhileTheInboxIsFoundToBeMovedGoesAlongAsTheCountsHaveIt() {
    engine.loseEmitted(1);
    engine.hold();
    publish(LOGIN);
    acceptance.accept(page(JOIN));
    clock.turn();
    publish(LOGIN, JOIN);
    engine.release();
    clock.turn();

    Append again = engine.appends().get(1);
    assertThat(again.counts()).isEqualTo(new Counts(3, 0));
    assertThat(again.entries())
        .extracting(EncodedEntry::action)
        .containsExactly(LOGIN, LOGIN, JOIN);
    assertThat(replies).extracting(Accepted::eventId).containsExactly(1L, 2L, 3L);
  }
}
