package dev.auditwebhook.journal.memory;

import static dev.auditwebhook.testing.Events.event;
import static dev.auditwebhook.testing.Events.ids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.endpoint.ledger.Change;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Engine.Addition;
import dev.auditwebhook.journal.Engine.Appended;
import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.journal.Engine.Opened;
import dev.auditwebhook.journal.Recipients;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MemoryEngineTest {

  private final Vertx vertx = Vertx.vertx();
  private MemoryEngine engine = new MemoryEngine(vertx, "webhook");
  private final Opened opened = engine.open().result();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  /** Entries, of which those with a 0 have no room. */
  private static List<EncodedEntry> entries(int... acceptedAt) {
    List<EncodedEntry> entries = new ArrayList<>();
    for (int time : acceptedAt) {
      entries.add(time == 0 ? null : entry(time, 0, 1, 2));
    }
    return entries;
  }

  /** One for the endpoints with these numbers. */
  private static EncodedEntry entry(long acceptedAt, int... numbers) {
    Event event = event(1, acceptedAt);
    BitSet set = new BitSet();
    Arrays.stream(numbers).forEach(set::set);
    return new EncodedEntry(event.action(), event.content(), acceptedAt, Recipients.of(set));
  }

  private Appended append(List<EncodedEntry> entries, Step... steps) {
    long passed = Arrays.stream(steps).mapToLong(Step::cursor).min().orElse(-1);
    return append(new Addition(entries, new Counts(0, 0), List.of(steps), passed + 1));
  }

  private Appended append(Addition addition) {
    return engine.append(addition).result();
  }

  private void step(Step step) {
    append(List.of(), step);
  }

  private static Step step(
      String endpoint, long cursor, List<Long> ahead, Map<Long, Change> changes) {
    int number = List.of("default", "a", "b").indexOf(endpoint);
    return new Step(endpoint, number, cursor, ahead, changes, List.of(), new JsonObject());
  }

  private static Step step(long cursor, Map<Long, Change> changes) {
    return step("default", cursor, List.of(), changes);
  }

  private static Change keep(long id) {
    return new Change.Keep(new Straggler(event(id), 2, 70));
  }

  private static DeadLetter letter(long id) {
    return new DeadLetter(event(id), 3, 503, "503 from http://x", "busy", "2026-01-01T00:00:00Z");
  }

  private static Change bury(long id) {
    return new Change.Bury(letter(id));
  }

  private List<Long> journal() {
    return engine.read(0, 0, 100).result().found().stream().map(Event::id).toList();
  }

  private List<Straggler> stragglers(Long... ids) {
    return engine.stragglers("default", List.of(ids)).result().found();
  }

  private List<DeadLetter> letters(Long... ids) {
    return engine.deadLetters("default", List.of(ids), Map.of(), Long.MAX_VALUE).result();
  }

  private Opened reopen() {
    engine.close();
    engine = new MemoryEngine(vertx, "webhook");
    return engine.open().result();
  }

  private State state() {
    return reopen().endpoints().get("default");
  }

  @Test
  void aNewOneIsEmptyAndItsMessageIdsAreItsOwn() {
    assertThat(opened.lastId()).isZero();
    assertThat(opened.counts()).isEqualTo(new Counts(0, 0));
    assertThat(opened.endpoints()).isEmpty();
    assertThat(opened.messageIdPrefix()).matches("msg_[0-9a-f]{32}_");
    MemoryEngine other = new MemoryEngine(vertx, "other");
    assertThat(other.open().result().messageIdPrefix()).isNotEqualTo(opened.messageIdPrefix());
    assertThat(engine.interval()).isZero();
    assertThat(engine.damage()).isNull();
  }

  @Test
  void entriesGetConsecutiveNumbersAndOneWithoutRoomLeavesAGap() {
    Appended first = append(entries(11, 0, 13));
    Appended second = append(entries(0, 0));
    Appended third = append(entries(16));

    assertThat(first.firstId()).isEqualTo(1);
    assertThat(first.events()).containsExactly(event(1, 11), event(3, 13));
    assertThat(first.notRedriven()).isEmpty();
    assertThat(second.firstId()).isEqualTo(4);
    assertThat(second.events()).isEmpty();
    assertThat(third.firstId()).isEqualTo(6);
    assertThat(journal()).containsExactly(1L, 3L, 6L);
  }

  @Test
  void theJournalIsReadOnFromAnId() {
    append(entries(1, 0, 3, 4, 5));
    assertThat(engine.read(0, 1, 2).result().found()).containsExactly(event(3), event(4));
    assertThat(engine.read(0, 4, 9).result().found()).containsExactly(event(5));
    assertThat(engine.read(0, 5, 9).result().isEmpty()).isTrue();
  }

  @Test
  void whatAnEndpointThatStandsStillHoldsOfOthersGoes() {
    append(List.of(entry(1, 1)), step("a", 0, List.of(), Map.of()));
    for (long id = 2; id < 100_000; id++) {
      Step step = step("b", id - 1, List.of(), Map.of());
      append(new Addition(List.of(entry(id, 2)), new Counts(id, 0), List.of(step), 1));
    }
    append(List.of(entry(100_000, 1, 2)));

    assertThat(engine.read(2, 0, 100_000).result().found())
        .as("what it has passed, but for some")
        .hasSizeLessThan(1_100)
        .endsWith(event(99_999), event(100_000));
    assertThat(engine.read(1, 0, 9).result().found()).containsExactly(event(1), event(100_000));
    assertThat(reopen().endpoints().get("a").waiting()).isEqualTo(2);
  }

  @Test
  void aBacklogThatAllNeedStaysWhole() {
    append(List.of(), step("a", 0, List.of(), Map.of()), step("b", 0, List.of(), Map.of()));
    for (long id = 1; id <= 5_000; id++) {
      append(List.of(entry(id, 1, 2)));
    }

    assertThat(engine.read(1, 0, 9_000).result().found()).hasSize(5_000);
    assertThat(reopen().endpoints().get("b").waiting()).isEqualTo(5_000);
  }

  @Test
  void theSharedDataHasNothingOfEndpointsThatHaveNothing() {
    append(entries(1, 2));
    step(step("a", 2, List.of(), Map.of(1L, keep(1), 2L, bury(2))));
    step(step("b", 2, List.of(), Map.of(1L, keep(1), 2L, bury(2))));
    step(step("b", 2, List.of(), Map.of(1L, new Change.Remove(), 2L, new Change.Remove())));
    engine.forget("a", new JsonObject());
    reopen();
    for (String endpoint : List.of("a", "b")) {
      assertThat(engine.stragglers(endpoint, ids(1, 2)).result().found()).isEmpty();
      assertThat(engine.deadLetters(endpoint, ids(1, 2), Map.of(), 9).result()).isEmpty();
    }

    assertThat(maps()).isEqualTo(Set.of("dev.auditwebhook.webhook"));
  }

  /** The names of all local maps, which Vert.x does not tell. */
  private Set<?> maps() {
    try {
      Field maps = vertx.sharedData().getClass().getDeclaredField("localMaps");
      maps.setAccessible(true);
      return ((Map<?, ?>) maps.get(vertx.sharedData())).keySet();
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aStepAndTheEntriesBesideItAreKeptTogether() {
    append(entries(1, 2));
    append(entries(3), step(2, Map.of(1L, keep(1))));
    assertThat(journal()).containsExactly(3L);
    assertThat(stragglers(1L)).containsExactly(new Straggler(event(1), 2, 70));
  }

  @Test
  void eachChangeTakesThePlaceOfTheOneBefore() {
    append(entries(1, 2, 3));
    step(step(3, Map.of(1L, keep(1), 2L, bury(2), 3L, bury(3))));
    assertThat(stragglers(1L, 2L, 3L)).extracting(s -> s.event().id()).containsExactly(1L);
    assertThat(letters(1L, 2L, 3L)).containsExactly(letter(2), letter(3));

    step(step(3, Map.of(1L, bury(1), 2L, new Change.Redrive(99), 3L, new Change.Remove())));
    assertThat(letters(1L, 2L, 3L)).containsExactly(letter(1));
    assertThat(stragglers(1L, 2L, 3L)).containsExactly(new Straggler(event(2), 0, 99));

    step(step(3, Map.of(1L, new Change.Remove(), 2L, new Change.Remove())));
    assertThat(letters(1L, 2L, 3L)).isEmpty();
    assertThat(stragglers(1L, 2L, 3L)).isEmpty();
  }

  @Test
  void whatEndpointsKeepIsTheirOwn() {
    append(entries(1));
    append(
        List.of(),
        step("a", 1, List.of(), Map.of(1L, keep(1))),
        step("b", 1, List.of(), Map.of(1L, bury(1))));
    assertThat(engine.stragglers("a", List.of(1L)).result().found()).hasSize(1);
    assertThat(engine.stragglers("b", List.of(1L)).result().found()).isEmpty();
    assertThat(engine.deadLetters("a", List.of(1L), Map.of(), 9).result()).isEmpty();
    assertThat(engine.deadLetters("b", List.of(1L), Map.of(), 9).result()).hasSize(1);
  }

  @Test
  void deadLettersAreReadInOrderAsFarAsThereIsRoomButOneAlways() {
    append(entries(1, 2, 3));
    step(step(3, Map.of(1L, bury(1), 2L, bury(2), 3L, bury(3))));
    long size = letter(1).size();
    List<Long> all = ids(1, 3);
    assertThat(engine.deadLetters("default", all, Map.of(), 2 * size).result())
        .containsExactly(letter(1), letter(2));
    assertThat(engine.deadLetters("default", all, Map.of(), 1).result()).containsExactly(letter(1));
  }

  @Test
  void allIsThereAfterARedeploy() {
    append(entries(1, 2, 3, 4, 5, 6, 7));
    JsonObject settings = new JsonObject().put("url", "http://x");
    append(
        new Addition(
            List.of(),
            new Counts(9, 4),
            List.of(
                new Step(
                    "default",
                    0,
                    3,
                    List.of(5L, 6L),
                    Map.of(1L, keep(1), 2L, bury(2), 5L, keep(5)),
                    List.of(9L, 8L, 7L),
                    settings)),
            4));

    Opened again = reopen();

    assertThat(again.messageIdPrefix()).isEqualTo(opened.messageIdPrefix());
    assertThat(again.lastId()).isEqualTo(7);
    assertThat(again.counts()).isEqualTo(new Counts(9, 4));
    assertThat(again.endpoints())
        .containsExactly(
            Map.entry(
                "default",
                new State(
                    0,
                    3,
                    List.of(5L, 6L),
                    2,
                    List.of(),
                    List.of(1L, 5L),
                    List.of(2L),
                    List.of(),
                    List.of(9L, 8L, 7L),
                    settings)));
    assertThat(journal()).containsExactly(4L, 5L, 6L, 7L);
    assertThat(append(entries(8)).firstId()).as("numbers go on").isEqualTo(8);
  }

  @Test
  void stragglersAndLettersAreInTheOrderOfTheirNumbers() {
    append(entries(1, 2, 3, 4, 5, 6));
    for (long id : new long[] {6, 2, 4}) {
      step(step(6, Map.of(id, keep(id), id - 1, bury(id - 1))));
    }
    State state = state();
    assertThat(state.stragglers()).containsExactly(2L, 4L, 6L);
    assertThat(state.letters()).containsExactly(1L, 3L, 5L);
    assertThat(state.waiting()).isZero();
  }

  @Test
  void aVertxThatEndsSaysWhatEndsWithIt() {
    try (LogLines log = new LogLines()) {
      append(entries(1, 2, 3, 4, 5));
      step(step("default", 2, List.of(4L), Map.of(1L, keep(1), 2L, bury(2))));
      engine.close();
      assertThat(log.all()).as("it may be deployed again").isEmpty();

      vertx.close().await();

      assertThat(log.all())
          .containsExactly(
              "WARN The memory store ends with the process, and with it 3 pending events and 1"
                  + " dead letters");
    }
  }

  @Test
  void aVertxThatEndsWhileItIsDeployedSaysItOnceItIsClosed() {
    try (LogLines log = new LogLines()) {
      append(entries(1));
      step(step(0, Map.of()));
      vertx.close().await();
      assertThat(log.all()).as("it may still deliver").isEmpty();

      engine.close();

      assertThat(log.all())
          .containsExactly(
              "WARN The memory store ends with the process, and with it 1 pending events and 0"
                  + " dead letters");
    }
  }

  @Test
  void whereNothingIsLeftNothingIsSaid() {
    try (LogLines log = new LogLines()) {
      append(entries(1));
      step(step(1, Map.of()));
      engine.close();
      vertx.close().await();
      assertThat(log.all()).isEmpty();
    }
  }

  @Test
  void aWebhookThatWasDeployedOftenSaysItOnce() {
    try (LogLines log = new LogLines()) {
      append(entries(1));
      step(step(0, Map.of()));
      reopen();
      reopen();
      engine.close();
      vertx.close().await();
      assertThat(log.all()).hasSize(1);
    }
  }
}
