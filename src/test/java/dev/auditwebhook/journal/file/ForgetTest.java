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
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.journal.NotKeptException;
import dev.auditwebhook.journal.file.FaultyFiles.Faults;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An endpoint that is forgotten leaves nothing in the file, or all of it. */
class ForgetTest {

  private static final String A = "a";
  private static final int NUMBER = 5;
  private static final Map<Long, Change> CHANGES =
      Map.of(1L, new Change.Keep(straggler(1)), 2L, new Change.Bury(letter(2)));

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

  /** Opens a store with an endpoint that has one event in each of the three places. */
  private OpenEngine openWithOne() {
    OpenEngine engine = open();
    engine.append(ids(1, 3).stream().map(id -> entry(id, NUMBER)).toList());
    engine.append(List.of(), step(A, NUMBER, 2, CHANGES, totals(3, 0, 1)));
    return engine;
  }

  private static void assertAllIsThere(OpenEngine engine) {
    assertThat(engine.stragglers(A, ids(1, 3)).found())
        .extracting(Straggler::event)
        .extracting(event -> event.id())
        .containsExactly(1L);
    assertThat(engine.deadLetters(A, ids(1, 3)))
        .extracting(DeadLetter::event)
        .extracting(event -> event.id())
        .containsExactly(2L);
    assertThat(engine.read(NUMBER, 2, 9).found()).hasSize(1);
  }

  private void assertAllIsThereAfterARestart() {
    try (OpenEngine engine = open()) {
      assertThat(engine.state(A).pending()).isEqualTo(2);
      assertThat(engine.state(A).letters()).containsExactly(2L);
      assertThat(engine.state(A).totals()).isEqualTo(totals(3, 0, 1));
      assertAllIsThere(engine);
    }
  }

  private Set<String> maps() {
    Recovery found = OnDisk.find(directory);
    Set<String> maps = found.file().mapNames();
    found.file().close();
    return maps;
  }

  @Test
  void itIsForgottenOnceItSaysSoWhateverHappensThen() throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      Path home = directory.resolve("power" + seed);
      Faults powered = new Faults();
      OpenEngine engine = new OpenEngine(vertx, home, powered::name);
      engine.append(List.of(entry(1, NUMBER)), step(A, NUMBER, 1, CHANGES, totals(1, 0, 1)));
      engine.forget(A, null);
      powered.powerFailure(new Random(seed));
      engine.close();

      Recovery found = OnDisk.find(home);

      assertThat(found.damage()).isNull();
      assertThat(found.opened().endpoints()).isEmpty();
      found.file().close();
    }
  }

  @Test
  void nothingOfItIsInTheFile() {
    try (OpenEngine engine = openWithOne()) {
      engine.forget(A, null);
    }
    assertThat(maps()).containsExactlyInAnyOrder("facts", "journal");
  }

  @Test
  void stepsThatWereOnTheirWayAreKeptBeforeAndForgottenToo() {
    try (OpenEngine engine = openWithOne()) {
      Future<?> appended =
          engine.appending(List.of(), step(A, NUMBER, 3, CHANGES, totals(3, 1, 1)));
      engine.forget(A, null);
      assertThat(appended.succeeded()).isTrue();
    }
    try (OpenEngine engine = open()) {
      assertThat(engine.opened().endpoints()).isEmpty();
    }
    assertThat(maps()).containsExactlyInAnyOrder("facts", "journal");
  }

  @Test
  void onAFullDiskNothingIsForgottenAndWhyIsSaid() {
    try (OpenEngine engine = openWithOne()) {
      faults.full(true);

      assertThatThrownBy(() -> engine.forget(A, null))
          .hasMessageEndingWith("events.mv cannot be written to: No space left on device");

      assertAllIsThere(engine);
      faults.full(false);
    }
    assertAllIsThereAfterARestart();
  }

  @Test
  void whereItReachedTheDiskAllTheSameNothingIsForgotten() {
    try (OpenEngine engine = openWithOne()) {
      faults.unsyncable(true);
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> engine.forget(A, new JsonObject()))
            .hasMessageEndingWith("cannot be written to: I/O error at sync");
        assertAllIsThere(engine);
      }
      assertThatThrownBy(() -> engine.append(entries(4, 4))).isInstanceOf(NotKeptException.class);
      faults.unsyncable(false);

      engine.append(entries(5, 5));

      assertAllIsThere(engine);
    }
    assertAllIsThereAfterARestart();
  }

  @Test
  void whatCouldNotBeForgottenIsForgottenLater() {
    try (OpenEngine engine = openWithOne()) {
      faults.unsyncable(true);
      assertThatThrownBy(() -> engine.forget(A, null)).isInstanceOf(DiskException.class);
      faults.unsyncable(false);

      engine.forget(A, null);
      engine.append(entries(4, 4));
    }
    try (OpenEngine engine = open()) {
      assertThat(engine.opened().endpoints()).isEmpty();
    }
    assertThat(maps()).containsExactlyInAnyOrder("facts", "journal");
  }

  @Test
  void anEndpointThatWasNeverHeardOfIsForgottenWithoutAWord() {
    try (OpenEngine engine = open()) {
      faults.unsyncable(true);
      assertThatThrownBy(() -> engine.forget(A, new JsonObject()))
          .isInstanceOf(DiskException.class);
      faults.unsyncable(false);
      engine.append(entries(1, 1));
      engine.forget("b", null);
    }
    try (OpenEngine engine = open()) {
      assertThat(engine.opened().endpoints()).isEmpty();
    }
  }

  @Test
  void whatAProcessThatDiedHasLeftOfOneGoesWithTheNextWrite() {
    try (OpenEngine engine = openWithOne()) {
      engine.append(List.of(), step("b", 6, 2, CHANGES, totals(3, 0, 1)));
    }
    try (MVStore store = MVStore.open(file(directory).toString())) {
      OnDisk.facts(store).remove("endpoint." + A);
    }
    assertThat(maps()).contains("stragglers.a", "dead.a");
    try (OpenEngine engine = open()) {
      assertThat(engine.opened().endpoints()).containsOnlyKeys("b");

      engine.append(List.of(), step(A, 7, 3, Map.of(), totals(0)));

      assertThat(engine.stragglers(A, ids(1, 3)).found()).isEmpty();
      assertThat(engine.deadLetters(A, ids(1, 3))).isEmpty();
    }
    assertThat(maps()).containsExactlyInAnyOrder("facts", "journal", "stragglers.b", "dead.b");
  }

  @Test
  void hundredsThatCameAndWentLeaveNothing() {
    try (OpenEngine engine = open()) {
      for (int i = 0; i < 300; i++) {
        engine.append(List.of(), step("e" + i, NUMBER, 2, CHANGES, totals(3, 0, 1)));
        engine.forget("e" + i, null);
      }
    }
    try (MVStore store = MVStore.open(file(directory).toString())) {
      assertThat(store.getMapNames()).containsExactlyInAnyOrder("facts", "journal");
      assertThat(OnDisk.facts(store)).containsOnlyKeys("format", "messageIdPrefix", "numbers");
    }
  }
}
