package dev.auditwebhook.journal.file;

import static dev.auditwebhook.journal.file.Kept.entry;
import static dev.auditwebhook.journal.file.Kept.ids;
import static dev.auditwebhook.journal.file.Kept.recipients;
import static dev.auditwebhook.journal.file.Kept.step;
import static dev.auditwebhook.journal.file.Kept.totals;
import static dev.auditwebhook.journal.file.OnDisk.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.endpoint.ledger.Found;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.NotKeptException;
import dev.auditwebhook.journal.file.FaultyFiles.Faults;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One file for many endpoints: what others have in it costs none of them anything. */
class SharedJournalTest {

  private static final int A = 1;
  private static final int B = 2;
  private static final int C = 3;

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

  private static Step of(String endpoint, int number, long... totals) {
    return step(endpoint, number, 0, Map.of(), totals(totals));
  }

  /** A group for two of three endpoints, and one more event for each. */
  private static void fill(OpenEngine engine) {
    engine.append(
        List.of(entry(1, A), entry(2, A, B), entry(3, A), entry(4, B), entry(5, A, B)),
        of("a", A, 4),
        of("b", B, 3),
        of("c", C, 0));
    engine.append(
        List.of(entry(6, A), entry(7, B), entry(8, C)),
        of("a", A, 5),
        of("b", B, 4),
        of("c", C, 1));
  }

  /** The beginning of the head of the first of these groups, or of the row of its first event. */
  private static byte[] head() {
    byte[] both = recipients(A, B).toBytes();
    return ByteBuffer.allocate(16)
        .putInt(5)
        .putShort((short) 3)
        .putShort((short) 1)
        .put(recipients(A).toBytes())
        .putShort((short) 1)
        .put(both)
        .putShort((short) 1)
        .put(recipients(B).toBytes())
        .array();
  }

  private static long pending(State state) {
    return state.pending() + state.damaged().size();
  }

  /** Damages a file while the engine runs, which then reads it anew. */
  private void damage(OpenEngine engine, Damaging damaging) throws IOException {
    faults.full(true);
    assertThatThrownBy(() -> engine.append(List.of())).isInstanceOf(NotKeptException.class);
    damaging.of(file(directory));
    faults.full(false);
  }

  private interface Damaging {
    void of(Path file) throws IOException;
  }

  @Test
  void ofADamagedGroupEachEndpointLosesItsOwnEventsAlone() throws IOException {
    try (OpenEngine engine = open()) {
      fill(engine);
    }
    Kept.damage(file(directory), 3);
    try (OpenEngine engine = open()) {
      assertThat(engine.state("a").damaged()).containsExactly(1L, 2L, 3L, 5L);
      assertThat(engine.state("b").damaged()).containsExactly(2L, 4L, 5L);
      assertThat(engine.state("c").damaged()).isEmpty();
      assertThat(pending(engine.state("a"))).isEqualTo(5);
      assertThat(pending(engine.state("b"))).isEqualTo(4);
      assertThat(pending(engine.state("c"))).isEqualTo(1);
      assertThat(engine.read(A, 0, 9).damaged()).as("a start has said so").isEmpty();
      assertThat(engine.read(B, 0, 9).found()).extracting(Event::id).containsExactly(7L);
    }
  }

  @Test
  void whereAGroupCannotSayWhoseEventsItHadEachLosesAsManyAsItHad() throws IOException {
    try (OpenEngine engine = open()) {
      fill(engine);
    }
    Kept.damage(file(directory), head());
    try (OpenEngine engine = open()) {
      assertThat(engine.state("a").damaged()).hasSize(4);
      assertThat(engine.state("b").damaged()).hasSize(3);
      assertThat(engine.state("c").damaged()).isEmpty();
      assertThat(pending(engine.state("a"))).isEqualTo(5);
      assertThat(pending(engine.state("b"))).isEqualTo(4);
      assertThat(pending(engine.state("c"))).isEqualTo(1);
    }
  }

  @Test
  void aGroupThatIsDamagedMeanwhileIsReportedToThoseWhoseEventsItHad() throws IOException {
    try (OpenEngine engine = open()) {
      fill(engine);
      damage(engine, file -> Kept.damage(file, 3));

      Found<Event> forA = engine.read(A, 0, 9);
      assertThat(forA.damaged()).containsExactly(1L, 2L, 3L, 5L);
      assertThat(forA.found()).extracting(Event::id).containsExactly(6L);
      assertThat(engine.read(A, 2, 9).damaged()).containsExactly(3L, 5L);
      assertThat(engine.read(B, 0, 9).damaged()).containsExactly(2L, 4L, 5L);
      assertThat(engine.read(C, 0, 9).damaged()).isEmpty();
      assertThat(engine.read(C, 0, 9).found()).extracting(Event::id).containsExactly(8L);
    }
  }

  @Test
  void aGroupThatIsDamagedMeanwhileAndCannotSayWhoseEventsItHad() throws IOException {
    try (OpenEngine engine = open()) {
      fill(engine);
      damage(engine, file -> Kept.damage(file, head()));

      assertThat(engine.read(A, 0, 9).damaged()).hasSize(4).isSubsetOf(ids(1, 5));
      assertThat(engine.read(B, 0, 9).damaged()).hasSize(3).isSubsetOf(ids(1, 5));
      assertThat(engine.read(C, 0, 9).damaged()).isEmpty();
      assertThat(engine.read(9, 0, 9).damaged()).as("nobody").isEmpty();
      assertThat(engine.read(A, 5, 9).damaged()).isEmpty();
      assertThat(engine.read(C, 0, 9).found()).extracting(Event::id).containsExactly(8L);
    }
  }

  @Test
  void whatIsToBeKeptDoesNotWaitForAReaderOfFewEventsAmongMany() {
    byte[] content = new byte[100_000];
    new Random(1).nextBytes(content);
    try (OpenEngine engine = open()) {
      for (int group = 0; group < 40; group++) {
        List<EncodedEntry> others = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
          others.add(new EncodedEntry("x", content, 1, recipients(A)));
        }
        engine.append(others);
      }
      engine.append(List.of(entry(401, B)));
      List<String> order = new ArrayList<>();

      Future<Found<Event>> reading =
          engine.ask(
              () -> {
                Future<Found<Event>> read = engine.engine().read(B, 0, 9);
                engine
                    .engine()
                    .append(Kept.addition(List.of(entry(402, B))))
                    .onComplete(kept -> order.add("kept"));
                return read.onComplete(found -> order.add("read"));
              });

      assertThat(OpenEngine.result(reading).found()).extracting(Event::id).startsWith(401L);
      assertThat(order).containsExactly("kept", "read");
    }
  }

  @Test
  void endpointsThatHaveNothingCostNoMaps() {
    int endpoints = 1_000;
    try (OpenEngine engine = open()) {
      List<Step> steps = new ArrayList<>();
      for (int i = 0; i < endpoints; i++) {
        steps.add(of("e" + i, i, 0));
      }
      engine.append(List.of(), steps.toArray(Step[]::new));
      engine.append(
          List.of(entry(1, 7)),
          new Step("e7", 7, 0, List.of(), Map.of(), totals(1), new JsonObject()));
    }
    try (OpenEngine engine = open()) {
      assertThat(engine.opened().endpoints()).hasSize(endpoints);
      assertThat(engine.state("e7").waiting()).isEqualTo(1);
      assertThat(engine.stragglers("e8", ids(1, 9)).found()).isEmpty();
      assertThat(engine.deadLetters("e8", ids(1, 9))).isEmpty();
      engine.append(List.of(), of("e8", 8, 0));
    }
    Recovery found = OnDisk.find(directory);
    assertThat(found.file().mapNames()).containsExactlyInAnyOrder("facts", "journal");
    found.file().close();
  }
}
