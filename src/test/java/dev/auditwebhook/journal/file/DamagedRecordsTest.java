package dev.auditwebhook.journal.file;

import static dev.auditwebhook.journal.file.Kept.entries;
import static dev.auditwebhook.journal.file.Kept.entry;
import static dev.auditwebhook.journal.file.Kept.ids;
import static dev.auditwebhook.journal.file.Kept.letter;
import static dev.auditwebhook.journal.file.Kept.step;
import static dev.auditwebhook.journal.file.Kept.straggler;
import static dev.auditwebhook.journal.file.Kept.totals;
import static dev.auditwebhook.journal.file.OnDisk.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.endpoint.ledger.Change;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Found;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Engine.Appended;
import dev.auditwebhook.journal.NotKeptException;
import dev.auditwebhook.journal.file.FaultyFiles.Faults;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One record that the disk has damaged costs no other event anything. */
class DamagedRecordsTest {

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final Faults faults = new Faults();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private OpenEngine open() {
    return new OpenEngine(vertx, directory, faults::name);
  }

  /** Damages an event while the engine runs, which then reads its file anew. */
  private void damage(OpenEngine engine, long id) throws IOException {
    faults.full(true);
    assertThatThrownBy(() -> engine.append(List.of())).isInstanceOf(NotKeptException.class);
    Kept.damage(file(directory), id);
    faults.full(false);
  }

  private static Map<Long, Change> burials(long... ids) {
    Map<Long, Change> burials = new HashMap<>();
    Arrays.stream(ids).forEach(id -> burials.put(id, new Change.Bury(letter(id))));
    return burials;
  }

  private static List<Long> read(OpenEngine engine, long after) {
    return engine.read(after, 99).found().stream().map(Event::id).toList();
  }

  private static long imbalance(State state) {
    List<Long> totals = state.totals();
    return totals.get(0)
        - totals.subList(1, 4).stream().mapToLong(Long::longValue).sum()
        - state.waiting()
        - state.stragglers().size()
        - state.damaged().size();
  }

  /** How the head of a group begins that has some events, all for the endpoint, from an id on. */
  private static byte[] head(long firstId, int events) {
    return ByteBuffer.allocate(21)
        .putInt(events)
        .putShort((short) 1)
        .putShort((short) 1)
        .put((byte) 1)
        .putInt(0)
        .putLong(1_000 + firstId)
        .array();
  }

  @Test
  void aRedrivenLetterThatIsDamagedStaysADeadLetterAndAllElseIsKept() throws IOException {
    try (OpenEngine engine = open()) {
      engine.append(entries(1, 3), step(3, burials(2, 3), totals(3, 1, 2)));
      engine.append(entries(4, 4), step(3, totals(4, 1, 2)));
      damage(engine, 2);
      Map<Long, Change> redrives =
          Map.of(2L, new Change.Redrive(5), 3L, new Change.Redrive(5), 9L, new Change.Redrive(5));

      Appended appended =
          engine.append(
              entries(5, 5), step(3, redrives, totals(5, 1, 0, 0, 0, 0, /* redriven */ 2)));

      assertThat(appended.notRedriven()).isEqualTo(Map.of(Kept.ENDPOINT, List.of(2L)));
      assertThat(engine.stragglers(ids(1, 9)).found())
          .extracting(each -> each.event().id())
          .containsExactly(3L);
      assertThat(engine.deadLetters(ids(1, 9)))
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactly(DeadLetter.damaged(2));
      assertThat(read(engine, 3)).containsExactly(4L, 5L);
    }
    try (OpenEngine engine = open()) {
      State state = engine.state();
      assertThat(state.totals()).isEqualTo(totals(5, 1, 1, 0, 0, 0, 1));
      assertThat(imbalance(state)).isZero();
      assertThat(state.letters()).containsExactly(2L);
      assertThat(state.damagedLetters()).containsExactly(2L);
      assertThat(state.stragglers()).containsExactly(3L);
    }
  }

  @Test
  void aLetterThatIsDamagedDoesNotHideTheOthers() throws IOException {
    try (OpenEngine engine = open()) {
      engine.append(entries(1, 3), step(3, burials(1, 2, 3), totals(3, 0, 3)));
      damage(engine, 2);

      assertThat(engine.deadLetters(ids(1, 3)))
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactly(letter(1), DeadLetter.damaged(2), letter(3));
    }
  }

  @Test
  void aGroupThatIsDamagedIsReportedAndTheOthersAreRead() throws IOException {
    try (OpenEngine engine = open()) {
      for (long firstId = 1; firstId <= 20; firstId += 5) {
        engine.append(entries(firstId, firstId + 4), step(0, totals(firstId + 4)));
      }
      damage(engine, 8);

      Found<Event> found = engine.read(0, 99);
      assertThat(found.found())
          .extracting(Event::id)
          .containsExactlyElementsOf(ids(1, 20).stream().filter(id -> id < 6 || id > 10).toList());
      assertThat(found.damaged()).containsExactlyElementsOf(ids(6, 10));
      assertThat(engine.read(0, 5).damaged()).as("it has not come so far").isEmpty();
      assertThat(engine.read(7, 99).damaged()).containsExactly(8L, 9L, 10L);
      assertThat(engine.read(10, 99).damaged()).isEmpty();

      Map<Long, Change> failed = new HashMap<>();
      ids(6, 10).forEach(id -> failed.put(id, new Change.Fail()));
      engine.append(List.of(), step(10, failed, totals(20, 5, 5)));
    }
    try (OpenEngine engine = open()) {
      assertThat(engine.engine().damage()).isNull();
      assertThat(engine.state().letters()).isEqualTo(ids(6, 10));
      assertThat(engine.state().damagedLetters()).isEqualTo(ids(6, 10));
      assertThat(engine.state().damaged()).isEmpty();
      assertThat(engine.state().waiting()).isEqualTo(10);
      assertThat(imbalance(engine.state())).isZero();
    }
  }

  @Test
  void aGroupThatAStartFindsDamagedIsReportedOnce() throws IOException {
    try (OpenEngine engine = open()) {
      engine.append(entries(1, 4), step(0, totals(4)));
      engine.append(entries(5, 8), step(0, totals(8)));
      engine.append(entries(9, 9), step(0, totals(9)));
    }
    Kept.damage(file(directory), 6);
    try (OpenEngine engine = open()) {
      assertThat(engine.engine().damage()).isNull();
      assertThat(engine.state().damaged()).containsExactly(5L, 6L, 7L, 8L);
      assertThat(engine.state().waiting()).isEqualTo(5);
      assertThat(imbalance(engine.state())).isZero();
      assertThat(engine.read(0, 99).damaged()).isEmpty();
      assertThat(read(engine, 0)).containsExactly(1L, 2L, 3L, 4L, 9L);

      Map<Long, Change> failed = new HashMap<>();
      ids(5, 8).forEach(id -> failed.put(id, new Change.Fail()));
      engine.append(
          List.of(),
          new Step(
              Kept.ENDPOINT, Kept.NUMBER, 0, ids(5, 8), failed, totals(9, 0, 4), new JsonObject()));
    }
    try (OpenEngine engine = open()) {
      assertThat(engine.state().damaged()).isEmpty();
      assertThat(engine.state().damagedLetters()).containsExactly(5L, 6L, 7L, 8L);
      assertThat(engine.state().waiting()).isEqualTo(5);
      assertThat(imbalance(engine.state())).isZero();
    }
  }

  @Test
  void ofADamagedGroupOnlyWhatWasPendingIsReported() throws IOException {
    try (OpenEngine engine = open()) {
      engine.append(entries(1, 9));
      engine.append(
          List.of(),
          new Step(
              Kept.ENDPOINT,
              Kept.NUMBER,
              3,
              List.of(5L, 6L, 9L),
              Map.of(2L, new Change.Keep(straggler(2)), 5L, new Change.Bury(letter(5))),
              totals(9, 4, 1),
              new JsonObject()));
    }
    // Of 2 and 5 there is more than the group.
    Kept.damage(file(directory), 7);
    try (OpenEngine engine = open()) {
      assertThat(engine.state().damaged()).containsExactly(4L, 7L, 8L);
      assertThat(engine.state().waiting()).isZero();
      assertThat(engine.state().stragglers()).containsExactly(2L);
      assertThat(engine.state().damagedLetters()).isEmpty();
      assertThat(imbalance(engine.state())).isZero();
    }
  }

  @Test
  void numbersThatWereNoEventsAreNoDamage() throws IOException {
    List<EncodedEntry> group = Arrays.asList(entry(1), entry(2), null, null, entry(5), null);
    try (OpenEngine engine = open()) {
      engine.append(group, step(0, totals(3)));
      engine.append(entries(7, 7), step(0, totals(4)));
      damage(engine, 2);

      assertThat(engine.read(0, 99).damaged()).containsExactly(1L, 2L, 5L);
    }
    try (OpenEngine engine = open()) {
      assertThat(engine.state().damaged()).containsExactly(1L, 2L, 5L);
      assertThat(engine.state().waiting()).isEqualTo(1);
      assertThat(imbalance(engine.state())).isZero();
    }
  }

  @Test
  void whereAGroupCannotSayWhatItHadTheTotalsSayHowMany() throws IOException {
    List<EncodedEntry> group = Arrays.asList(entry(1), entry(2), null, null, entry(5), null);
    try (OpenEngine engine = open()) {
      engine.append(group, step(0, totals(3)));
      engine.append(entries(7, 7), step(0, totals(4)));
    }
    Kept.damage(file(directory), head(1, 3));
    try (OpenEngine engine = open()) {
      assertThat(engine.state().damaged()).containsExactly(1L, 2L, 3L);
      assertThat(imbalance(engine.state())).isZero();
    }
  }

  @Test
  void aStragglerThatIsDamagedIsReported() throws IOException {
    Map<Long, Change> keep =
        Map.of(1L, new Change.Keep(straggler(1)), 2L, new Change.Keep(straggler(2)));
    try (OpenEngine engine = open()) {
      engine.append(entries(1, 3), step(0, totals(3)));
      engine.append(List.of(), step(3, keep, totals(3, 1)));
      damage(engine, 2);

      Found<Straggler> found = engine.stragglers(ids(1, 3));
      assertThat(found.found())
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactly(straggler(1));
      assertThat(found.damaged()).containsExactly(2L);
    }
    try (OpenEngine engine = open()) {
      assertThat(engine.state().damaged()).containsExactly(2L);
      assertThat(engine.state().stragglers()).containsExactly(1L);
      assertThat(imbalance(engine.state())).isZero();
    }
  }

  @Test
  void aDamagedEventThatWasFailedOnAFullDiskIsReportedAgain() throws IOException {
    try (OpenEngine engine = open()) {
      engine.append(entries(1, 1), step(0, totals(1)));
      engine.append(entries(2, 2), step(0, totals(2)));
    }
    Kept.damage(file(directory), 1);
    Step failed = step(1, Map.of(1L, new Change.Fail()), totals(2, 0, 1));
    try (OpenEngine engine = open()) {
      faults.full(true);
      assertThat(engine.state().damaged()).containsExactly(1L);
      assertThatThrownBy(() -> engine.append(List.of(), failed))
          .isInstanceOf(NotKeptException.class);
      assertThat(read(engine, 0)).containsExactly(2L);
      faults.full(false);
    }
    try (OpenEngine engine = open()) {
      assertThat(engine.state().damaged()).containsExactly(1L);
      engine.append(List.of(), failed);
    }
    try (OpenEngine engine = open()) {
      assertThat(engine.state().damaged()).isEmpty();
      assertThat(engine.state().damagedLetters()).containsExactly(1L);
      assertThat(imbalance(engine.state())).isZero();
    }
  }
}
