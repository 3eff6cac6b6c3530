package dev.auditwebhook.journal.file;

import static dev.auditwebhook.journal.file.Kept.ENDPOINT;
import static dev.auditwebhook.journal.file.Kept.entries;
import static dev.auditwebhook.journal.file.Kept.events;
import static dev.auditwebhook.journal.file.Kept.letter;
import static dev.auditwebhook.journal.file.Kept.step;
import static dev.auditwebhook.journal.file.Kept.straggler;
import static dev.auditwebhook.journal.file.Kept.totals;
import static dev.auditwebhook.journal.file.OnDisk.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.auditwebhook.endpoint.ledger.Change;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Engine.Appended;
import dev.auditwebhook.journal.NotKeptException;
import dev.auditwebhook.journal.file.FaultyFiles.Faults;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a disk that fails costs: the group that was on its way, and no more. */
class FailingDiskTest {

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

  private static NotKeptException refused(OpenEngine engine, List<EncodedEntry> entries) {
    return catchThrowableOfType(NotKeptException.class, () -> engine.append(entries));
  }

  @Test
  void aFullDiskRefusesAGroupAndKeepsAllElse() {
    Step step =
        new Step(
            ENDPOINT,
            Kept.NUMBER,
            3,
            List.of(),
            Map.of(
                2L, new Change.Remove(),
                3L, new Change.Keep(straggler(3)),
                4L, new Change.Bury(letter(4))),
            totals(10, 2, 1, 1),
            new JsonObject());
    try (OpenEngine engine = open()) {
      engine.append(entries(1, 8));
      faults.full(true);

      NotKeptException refused = refused(engine, entries(9, 9));

      assertThat(refused).hasMessageEndingWith("No space left on device");
      assertThat(refused.getMessage())
          .startsWith(faults.name(file(directory)))
          .doesNotContain("\n");
      assertThat(refused.firstId()).isEqualTo(9);
      assertThatThrownBy(() -> engine.append(List.of(), step))
          .isInstanceOf(NotKeptException.class)
          .hasMessageEndingWith("No space left on device");
      assertSame(engine.read(0, 99).found(), events(1, 8));
      assertThat(engine.<Long>ask(() -> engine.engine().refuse(2))).isEqualTo(10);
      assertThat(engine.<Long>ask(() -> engine.engine().refuse(1))).isEqualTo(12);

      faults.full(false);
      assertThat(engine.append(entries(13, 13), step).firstId()).isEqualTo(13);
    }
    try (OpenEngine engine = open()) {
      assertThat(engine.opened().lastId()).isEqualTo(13);
      assertThat(engine.state().stragglers()).containsExactly(3L);
      assertThat(engine.state().letters()).containsExactly(4L);
      assertThat(engine.read(4, 99).found())
          .extracting(Event::id)
          .containsExactly(5L, 6L, 7L, 8L, 13L);
    }
  }

  @Test
  void aGroupThatWasRefusedIsNotFoundThoughItReachedTheDisk() {
    try (OpenEngine engine = open()) {
      engine.append(entries(1, 6), step(4, totals(6, 4)));
      faults.unsyncable(true);
      for (long id = 7; id <= 9; id++) {
        assertThat(refused(engine, entries(id, id)).firstId()).isEqualTo(id);
        assertThat(engine.read(0, 99).found()).extracting(Event::id).doesNotContain(7L, 8L, 9L);
      }

      faults.unsyncable(false);
      assertThat(engine.append(entries(10, 11), step(4, totals(8, 4))).firstId()).isEqualTo(10);
      assertThat(engine.read(4, 99).found())
          .extracting(Event::id)
          .containsExactly(5L, 6L, 10L, 11L);
    }
    try (OpenEngine engine = open()) {
      assertThat(engine.state().waiting()).isEqualTo(4);
      assertThat(engine.read(4, 99).found())
          .extracting(Event::id)
          .containsExactly(5L, 6L, 10L, 11L);
    }
  }

  @Test
  void groupsThatFollowOneThatIsRefusedFareByThemselves() {
    try (OpenEngine engine = open()) {
      engine.append(entries(1, 2));
      faults.full(true);
      Future<Appended> refused = engine.appending(entries(3, 4));
      assertThatThrownBy(() -> OpenEngine.result(refused)).isInstanceOf(NotKeptException.class);
      faults.full(false);

      assertThat(engine.append(List.of(), step(0, totals(2))).events()).isEmpty();
      assertThat(engine.append(entries(5, 6), step(0, totals(4))).firstId()).isEqualTo(5);
      assertThat(engine.append(entries(7, 7), step(0, totals(5))).firstId()).isEqualTo(7);

      assertThat(engine.read(0, 99).found())
          .extracting(Event::id)
          .containsExactly(1L, 2L, 5L, 6L, 7L);
    }
  }

  @Test
  void anEngineThatIsClosedOnAFullDiskEndsAndLosesNoEvent() {
    try (OpenEngine engine = open()) {
      engine.append(entries(1, 3), step(0, totals(3)));
      faults.full(true);
      assertThatThrownBy(() -> engine.append(List.of(), step(1, totals(3, 1))))
          .isInstanceOf(NotKeptException.class);
    }
    faults.full(false);
    try (OpenEngine engine = open()) {
      assertThat(engine.state().waiting()).as("1 goes out again: at least once").isEqualTo(3);
      assertSame(engine.read(0, 9).found(), events(1, 3));
    }
  }

  @Test
  void whatCannotBeReadStaysAndIsReadLater() {
    try (OpenEngine engine = open()) {
      engine.append(entries(1, 20), step(20, Map.of(3L, new Change.Bury(letter(3))), totals(20)));
      engine.append(entries(21, 30), step(20, totals(30)));
    }
    try (OpenEngine engine = open()) {
      faults.failing(1, new Random(1));
      // Opening has read the pages of so small a file.
      assertThat(refused(engine, entries(31, 31))).isNotNull();
      assertThatThrownBy(() -> engine.read(20, 9))
          .isInstanceOf(DiskException.class)
          .hasMessageContaining("cannot be read");
      assertThatThrownBy(() -> engine.stragglers(Set.of(3L))).isInstanceOf(DiskException.class);
      assertThatThrownBy(() -> engine.deadLetters(List.of(3L))).isInstanceOf(DiskException.class);

      faults.failing(0, new Random(1));
      assertSame(engine.read(20, 99).found(), events(21, 30));
      assertSame(engine.deadLetters(List.of(3L)), List.of(letter(3)));
    }
  }
}
