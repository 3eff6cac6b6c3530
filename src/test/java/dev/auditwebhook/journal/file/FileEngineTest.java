package dev.auditwebhook.journal.file;

import static dev.auditwebhook.journal.file.Kept.ENDPOINT;
import static dev.auditwebhook.journal.file.Kept.NUMBER;
import static dev.auditwebhook.journal.file.Kept.entries;
import static dev.auditwebhook.journal.file.Kept.entry;
import static dev.auditwebhook.journal.file.Kept.events;
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
import dev.auditwebhook.journal.Engine.Addition;
import dev.auditwebhook.journal.Engine.Appended;
import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.journal.file.FaultyFiles.Faults;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What outlives the process. */
class FileEngineTest {

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

  private static void assertSame(List<?> found, List<?> expected) {
    assertThat(found).usingRecursiveFieldByFieldElementComparator().isEqualTo(expected);
  }

  @Test
  void aGroupIsKeptOnceItIsSynced() {
    try (OpenEngine engine = open()) {
      long before = faults.syncs();

      Appended appended = engine.append(entries(1, 3));

      assertThat(faults.syncs()).isGreaterThan(before);
      assertThat(appended.firstId()).isEqualTo(1);
      assertSame(appended.events(), events(1, 3));
      assertSame(engine.read(0, 9).found(), events(1, 3));
    }
  }

  @Test
  void aGroupAndItsStepsShareACommit() {
    try (OpenEngine engine = open()) {
      engine.append(entries(1, 1));
      long before = faults.syncs();
      Map<Long, Change> changes = new HashMap<>();
      ids(1, 1_000).forEach(id -> changes.put(id, new Change.Keep(straggler(id))));

      engine.append(entries(2, 5_001), step(1_000, changes, totals(5_001)));

      assertThat(faults.syncs() - before).isEqualTo(1);
    }
  }

  @Test
  void allIsThereAfterReopening() {
    String prefix;
    JsonObject settings = new JsonObject().put("url", "http://x");
    try (OpenEngine engine = open()) {
      prefix = engine.opened().messageIdPrefix();
      assertThat(prefix).matches("msg_[0-9a-f]{32}_");
      assertThat(engine.opened().endpoints()).isEmpty();
      engine.append(entries(1, 9));
      Map<Long, Change> changes =
          Map.of(
              2L, new Change.Bury(letter(2)),
              3L, new Change.Bury(letter(3)),
              4L, new Change.Keep(straggler(4)));
      List<Long> totals = totals(10, 4, 2, 0, 1);
      engine.append(
          new Addition(
              List.of(),
              new Counts(12, 2),
              List.of(new Step(ENDPOINT, NUMBER, 5, List.of(7L, 8L), changes, totals, settings)),
              6));
      Map<Long, Change> more = Map.of(3L, new Change.Remove());
      engine.append(
          new Addition(
              List.of(),
              new Counts(12, 3),
              List.of(new Step(ENDPOINT, NUMBER, 5, List.of(7L, 8L), more, totals, settings)),
              6));
    }

    try (OpenEngine engine = open()) {
      assertThat(engine.opened().messageIdPrefix()).isEqualTo(prefix);
      assertThat(engine.opened().lastId()).isEqualTo(9);
      assertThat(engine.opened().counts()).isEqualTo(new Counts(12, 3));
      assertThat(engine.state())
          .isEqualTo(
              new State(
                  NUMBER,
                  5,
                  List.of(7L, 8L),
                  2,
                  List.of(),
                  List.of(4L),
                  List.of(2L),
                  List.of(),
                  totals(10, 4, 2, 0, 1),
                  settings));
      assertSame(engine.read(5, 9).found(), events(6, 9));
      assertSame(engine.stragglers(ids(1, 9)).found(), List.of(straggler(4)));
      assertSame(engine.deadLetters(ids(1, 9)), List.of(letter(2)));
      assertThat(engine.append(entries(10, 10)).firstId()).isEqualTo(10);
    }
  }

  @Test
  void whatAsksWhileItClosesFindsNothingAndDoesNotOpenTheFileAgain() {
    OpenEngine engine = open();
    engine.append(entries(1, 3));

    Future<Void> closed = engine.ask(() -> engine.engine().close());
    Future<?> read = engine.ask(() -> engine.engine().read(Kept.NUMBER, 0, 9));
    Future<?> stragglers = engine.ask(() -> engine.engine().stragglers(Kept.ENDPOINT, List.of(1L)));
    OpenEngine.result(Future.join(closed, read, stragglers));

    assertThat(List.of(read.result(), stragglers.result())).containsOnly(Found.nothing());
    try (OpenEngine next = open()) {
      assertSame(next.read(0, 9).found(), events(1, 3));
    }
  }

  @Test
  void aStartSaysWhatItHasFound() {
    try (OpenEngine engine = open()) {
      engine.append(
          entries(1, 9), step(3, Map.of(2L, new Change.Bury(letter(2))), totals(9, 2, 1)));
    }
    try (LogLines log = new LogLines();
        OpenEngine engine = open()) {
      assertThat(log.all())
          .contains(
              "INFO Recovered 6 pending events and 1 dead letters from " + directory + " in 0 ms");
      assertThat(engine.engine().damage()).isNull();
      assertThat(engine.engine().interval()).isEqualTo(5);
    }
  }

  @Test
  void whatIsNotValidTakesANumber() {
    try (OpenEngine engine = open()) {
      List<EncodedEntry> group = Arrays.asList(null, entry(2), null, entry(4), null);

      Appended appended = engine.append(group, step(0, totals(2)));
      assertThat(appended.events()).extracting(Event::id).containsExactly(2L, 4L);
      assertThat(engine.append(Arrays.asList(null, null)).events()).isEmpty();
      assertThat(engine.append(entries(8, 8), step(0, totals(3))).firstId()).isEqualTo(8);

      assertSame(engine.read(0, 9).found(), List.of(Kept.event(2), Kept.event(4), Kept.event(8)));
    }
    try (OpenEngine engine = open()) {
      assertThat(engine.opened().lastId()).isEqualTo(8);
      assertThat(engine.state().waiting()).isEqualTo(3);
      assertSame(engine.read(2, 1).found(), List.of(Kept.event(4)));
    }
  }

  @Test
  void theJournalIsReadFromAnyIdOnInParts() {
    try (OpenEngine engine = open()) {
      for (long firstId = 1; firstId <= 100; firstId += 10) {
        engine.append(entries(firstId, firstId + 9));
      }
      for (long after = 0; after < 100; after++) {
        for (int limit : new int[] {1, 3, 10, 200}) {
          assertThat(engine.read(after, limit).found())
              .extracting(Event::id)
              .isEqualTo(ids(after + 1, Math.min(100, after + limit)));
        }
      }
      assertThat(engine.read(100, 9).found()).isEmpty();
    }
  }

  @Test
  void aRedrivenLetterIsAStragglerWithFreshAttempts() {
    try (OpenEngine engine = open()) {
      engine.append(entries(1, 4));
      engine.append(List.of(), step(2, Map.of(2L, new Change.Bury(letter(2))), totals(4, 1, 1)));

      Appended appended =
          engine.append(List.of(), step(2, Map.of(2L, new Change.Redrive(55)), totals(4, 1, 0)));

      assertThat(appended.notRedriven()).isEmpty();
      assertSame(
          engine.stragglers(ids(1, 4)).found(), List.of(new Straggler(Kept.event(2), 0, 55)));
      assertThat(engine.deadLetters(ids(1, 4))).isEmpty();
    }
    try (OpenEngine engine = open()) {
      assertThat(engine.state().stragglers()).containsExactly(2L);
      assertThat(engine.state().letters()).isEmpty();
      assertThat(engine.state().waiting()).isEqualTo(2);
    }
  }

  @Test
  void aChangeThatIsMadeTwiceIsAsGoodAsOnce() {
    try (OpenEngine engine = open()) {
      engine.append(entries(1, 5));
      engine.append(List.of(), step(5, Map.of(2L, new Change.Bury(letter(2))), totals(5, 4, 1)));
      Map<Long, Change> changes =
          Map.of(
              1L, new Change.Keep(straggler(1)),
              2L, new Change.Redrive(55),
              3L, new Change.Bury(letter(3)),
              4L, new Change.Fail(),
              5L, new Change.Remove());
      for (int i = 0; i < 2; i++) {
        engine.append(List.of(), step(5, changes, totals(5, 1, 2)));

        assertThat(engine.stragglers(ids(1, 5)).found())
            .extracting(each -> each.event().id())
            .containsExactly(1L, 2L);
        assertSame(engine.deadLetters(ids(1, 5)), List.of(letter(3), DeadLetter.damaged(4)));
      }
    }
    try (OpenEngine engine = open()) {
      assertThat(engine.state().letters()).containsExactly(3L, 4L);
      assertThat(engine.state().damagedLetters()).containsExactly(4L);
    }
  }

  @Test
  void eachChangeTakesThePlaceOfWhatWasThere() {
    try (OpenEngine engine = open()) {
      engine.append(entries(1, 3));
      Map<Long, Change> keep = new HashMap<>();
      Map<Long, Change> bury = new HashMap<>();
      ids(1, 3).forEach(id -> keep.put(id, new Change.Keep(straggler(id))));
      ids(1, 3).forEach(id -> bury.put(id, new Change.Bury(letter(id))));

      engine.append(List.of(), step(3, keep, totals(3)));
      engine.append(List.of(), step(3, bury, totals(3, 0, 3)));
      assertThat(engine.stragglers(ids(1, 3)).found()).isEmpty();
      assertSame(engine.deadLetters(ids(1, 3)), List.of(letter(1), letter(2), letter(3)));

      engine.append(List.of(), step(3, keep, totals(3)));
      assertThat(engine.stragglers(ids(1, 3)).found()).hasSize(3);
      assertThat(engine.deadLetters(ids(1, 3))).isEmpty();
    }
  }

  @Test
  void deadLettersAreReadInOrderUntilThereAreEnoughBytes() {
    try (OpenEngine engine = open()) {
      engine.append(entries(1, 5));
      Map<Long, Change> bury = new HashMap<>();
      ids(1, 4).forEach(id -> bury.put(id, new Change.Bury(letter(id))));
      engine.append(List.of(), step(4, bury, totals(5, 0, 4)));
      DeadLetter unkept = new DeadLetter(Kept.event(5), 1, null, "timeout", null, "2026");
      Map<Long, DeadLetter> unkeptLetters = Map.of(5L, unkept);

      assertSame(
          engine.deadLetters(List.of(2L, 4L, 5L, 6L), unkeptLetters, Long.MAX_VALUE),
          List.of(letter(2), letter(4), unkept));
      assertSame(
          engine.deadLetters(ids(1, 5), unkeptLetters, 2 * letter(1).size()),
          List.of(letter(1), letter(2)));
      assertSame(engine.deadLetters(ids(3, 5), unkeptLetters, 1), List.of(letter(3)));
    }
  }

  @Test
  void eventsAreTakenWhileTheFileShrinksAfterABacklog() throws IOException {
    int backlog = 50_000;
    try (OpenEngine engine = open()) {
      Map<Long, Change> left = new HashMap<>();
      for (long firstId = 1; firstId <= backlog; firstId += 500) {
        engine.append(entries(firstId, firstId + 499), step(0, totals(firstId + 499)));
        left.put(firstId + 499, new Change.Keep(straggler(firstId + 499)));
      }
      long full = Files.size(file(directory));
      long delivered = backlog - left.size();
      engine.append(List.of(), step(backlog, left, totals(backlog, delivered)));

      long last = backlog;
      while (Files.size(file(directory)) > 4 << 20 || last == backlog) {
        last++;
        engine.turn(1_000);
        engine.append(entries(last, last), step(last, totals(last, ++delivered)));
        assertThat(last).isLessThan(backlog + 200);
      }

      assertThat(full).isGreaterThan(4_500_000);
    }
    try (OpenEngine engine = open()) {
      assertThat(engine.state().waiting()).isZero();
      assertThat(engine.state().stragglers()).hasSize(backlog / 500).allMatch(id -> id % 500 == 0);
    }
  }

  @Test
  void aFileThatIsSmallEnoughIsLeftInPeaceUntilTheNextGroup() {
    try (OpenEngine engine = open()) {
      engine.append(entries(1, 20_000), step(0, totals(20_000)));
      engine.append(entries(20_001, 80_000), step(80_000, totals(80_000, 80_000)));
      for (int second = 0; second < 50; second++) {
        engine.turn(1_000);
        engine.read(0, 1);
      }
      long before = faults.syncs();

      engine.turn(60_000);
      engine.read(0, 1);

      assertThat(faults.syncs()).isEqualTo(before);
    }
  }

  @Test
  void aDirectoryThatCannotBeUsedIsToldInOneLine() throws IOException {
    Path inTheWay = Files.createFile(directory.resolve("notes"));

    assertThatThrownBy(() -> new OpenEngine(vertx, inTheWay, Path::toString))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("webhook.store.path: " + inTheWay + " is a file, it must be a directory");
  }

  @Test
  void whatWasSetAsideIsSaid() throws IOException {
    open().close();
    Files.write(file(directory), new byte[0]);

    try (LogLines log = new LogLines();
        OpenEngine engine = open()) {
      String damage = engine.engine().damage();
      assertThat(damage)
          .isEqualTo(
              "the store was damaged and is begun anew; the damaged file is kept as "
                  + file(directory)
                  + ".damaged-20260101T090000Z");
      assertThat(log.all())
          .anyMatch(line -> line.startsWith("ERROR webhook.store.path: " + damage + " ("));
      assertThat(engine.append(entries(1, 1)).firstId()).isEqualTo(1);
    }
  }
}
