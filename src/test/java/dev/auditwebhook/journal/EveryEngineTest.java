package dev.auditwebhook.journal;

import static dev.auditwebhook.testing.Events.event;
import static dev.auditwebhook.testing.Events.ids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.endpoint.VertxClock;
import dev.auditwebhook.endpoint.ledger.Change;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.journal.Engine.Addition;
import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.journal.Engine.Opened;
import dev.auditwebhook.journal.file.FileEngine;
import dev.auditwebhook.journal.memory.MemoryEngine;
import dev.auditwebhook.journal.postgres.PostgresEngine;
import dev.auditwebhook.testing.PostgresServer;
import dev.auditwebhook.testing.ScriptedNode;
import dev.auditwebhook.testing.SettableClock;
import dev.auditwebhook.testing.Turn;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds of many endpoints, wherever the journal is kept. */
class EveryEngineTest {

  enum Store {
    MEMORY,
    FILE,
    POSTGRES
  }

  private static final JsonObject SETTINGS = new JsonObject().put("url", "http://x");
  private static final int A = 0;
  private static final int B = 1;
  private static final int C = 2;

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final String schema = "every_engine_" + System.nanoTime();
  private Store store;
  private Engine engine;

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private <T> T ask(Function<Engine, Future<T>> question) {
    try {
      return Turn.of(context, () -> question.apply(engine))
          .compose(answer -> answer)
          .await(60, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no answer in time", e);
    }
  }

  private Opened open(Store kind) {
    store = kind;
    engine =
        switch (kind) {
          case MEMORY -> new MemoryEngine(vertx, "webhook");
          case FILE -> new FileEngine(vertx, new SettableClock(), "webhook", onDisk());
          case POSTGRES -> new PostgresEngine(vertx, new VertxClock(vertx), inDatabase());
        };
    Opened opened = ask(Engine::open);
    return kind == Store.POSTGRES ? taken(opened) : opened;
  }

  private StoreOptions onDisk() {
    return new StoreOptions().setType(StoreOptions.FILE).setPath(directory.toString());
  }

  private StoreOptions inDatabase() {
    return new StoreOptions()
        .setType(StoreOptions.POSTGRES)
        .setUri(PostgresServer.shared().uri())
        .setSchema(schema);
  }

  /** What is opened when this node, the only one, has all endpoints. */
  private Opened taken(Opened opened) {
    ScriptedNode node = new ScriptedNode();
    ask(
        shared -> {
          shared.nodes().follow(node);
          return shared.nodes().join(node, Map.of(), (id, settings) -> false);
        });
    return new Opened(opened.messageIdPrefix(), opened.lastId(), opened.counts(), node.states());
  }

  private Opened reopen() {
    ask(Engine::close);
    return open(store);
  }

  /** An entry that was accepted at this time, for those with these numbers. */
  private static EncodedEntry entry(long acceptedAt, int... numbers) {
    Event event = event(1, acceptedAt);
    BitSet set = new BitSet();
    Arrays.stream(numbers).forEach(set::set);
    return new EncodedEntry(event.action(), event.content(), acceptedAt, Recipients.of(set));
  }

  private void append(List<EncodedEntry> entries, long needed, Step... steps) {
    if (store == Store.POSTGRES) {
      // There, endpoints are made before they do anything, and go by cuts.
      for (Step step : steps) {
        ask(shared -> shared.nodes().create(step.endpoint()));
      }
      ask(each -> each.append(new Addition(entries, new Counts(0, 0), List.of(), needed)));
      ask(each -> each.append(new Addition(List.of(), new Counts(0, 0), List.of(steps), needed)));
      return;
    }
    ask(each -> each.append(new Addition(entries, new Counts(0, 0), List.of(steps), needed)));
  }

  private void append(EncodedEntry... entries) {
    append(Arrays.asList(entries), 0);
  }

  private void step(Step... steps) {
    append(List.of(), 0, steps);
  }

  private static List<Long> totals(long wanted, long delivered, long failed) {
    return List.of(wanted, delivered, failed, 0L, 0L, 0L, 0L, 0L);
  }

  private static Step step(String endpoint, int number, long cursor, List<Long> totals) {
    return step(endpoint, number, cursor, Map.of(), totals);
  }

  private static Step step(
      String endpoint, int number, long cursor, Map<Long, Change> changes, List<Long> totals) {
    return new Step(endpoint, number, cursor, List.of(), changes, totals, SETTINGS);
  }

  private static Change keep(long id) {
    return new Change.Keep(new Straggler(event(id), 2, 70));
  }

  private static Change bury(long id) {
    return new Change.Bury(new DeadLetter(event(id), 3, 503, "busy", null, "2026-01-01"));
  }

  private List<Long> read(int number, long after, int limit) {
    return ask(each -> each.read(number, after, limit)).found().stream().map(Event::id).toList();
  }

  private List<Long> stragglers(String endpoint) {
    return ask(each -> each.stragglers(endpoint, ids(1, 99))).found().stream()
        .map(straggler -> straggler.event().id())
        .toList();
  }

  private List<Long> letters(String endpoint) {
    return ask(each -> each.deadLetters(endpoint, ids(1, 99), Map.of(), Long.MAX_VALUE)).stream()
        .map(letter -> letter.event().id())
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void anEndpointReadsWhatIsForIt(Store kind) {
    open(kind);
    append(entry(11, A), entry(12, A, B), null, entry(14, B), entry(15));
    append(entry(16, A));

    assertThat(read(A, 0, 9)).containsExactly(1L, 2L, 6L);
    assertThat(read(A, 1, 1)).containsExactly(2L);
    assertThat(read(B, 0, 9)).containsExactly(2L, 4L);
    assertThat(read(C, 0, 9)).isEmpty();
    assertThat(ask(each -> each.read(B, 2, 9)).found())
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactly(event(4, 14));
  }

  @ParameterizedTest
  @EnumSource
  void whoEventsAreForIsKnownAfterARestart(Store kind) {
    open(kind);
    append(
        List.of(entry(1, A, B), entry(2, A), entry(3, B), entry(4, A, B), entry(5, A)),
        0,
        new Step("a", A, 1, List.of(4L), Map.of(), totals(4, 2, 0), SETTINGS),
        step("b", B, 0, totals(3, 0, 0)),
        step("c", C, 0, totals(0, 0, 0)));

    Map<String, State> endpoints = reopen().endpoints();

    assertThat(endpoints.get("a").number()).isEqualTo(A);
    assertThat(endpoints.get("a").waiting()).isEqualTo(2);
    assertThat(endpoints.get("b").number()).isEqualTo(B);
    assertThat(endpoints.get("b").waiting()).isEqualTo(3);
    assertThat(endpoints.get("c").waiting()).isZero();
    assertThat(read(A, 1, 9)).containsExactly(2L, 4L, 5L);
    assertThat(read(B, 0, 9)).containsExactly(1L, 3L, 4L);
  }

  @ParameterizedTest
  @EnumSource
  void howManyEntriesThereWereIsKnownAfterARestart(Store kind) {
    assertThat(open(kind).counts()).isEqualTo(new Counts(0, 0));
    ask(each -> each.append(new Addition(List.of(), new Counts(7, 3), List.of(), 0)));
    ask(each -> each.append(new Addition(List.of(), new Counts(9, 4), List.of(), 0)));

    assertThat(reopen().counts()).isEqualTo(new Counts(9, 4));
  }

  @ParameterizedTest
  @EnumSource
  void oneEventOfAThousandIsFoundAmongThoseOfOthers(Store kind) {
    open(kind);
    List<Long> expected = new ArrayList<>();
    for (long firstId = 1; firstId < 50_000; firstId += 500) {
      List<EncodedEntry> group = new ArrayList<>();
      for (long id = firstId; id < firstId + 500; id++) {
        group.add(id % 1_000 == 0 ? entry(id, A, B) : entry(id, A));
      }
      append(group, 0);
    }
    for (long id = 1_000; id <= 50_000; id += 1_000) {
      expected.add(id);
    }

    assertThat(read(B, 0, 1_024)).isEqualTo(expected);
    assertThat(read(B, 4_000, 3)).containsExactly(5_000L, 6_000L, 7_000L);
    assertThat(read(B, 50_000, 3)).isEmpty();
    assertThat(read(A, 49_990, 99)).isEqualTo(ids(49_991, 50_000));
  }

  @ParameterizedTest
  @EnumSource(names = "POSTGRES", mode = EnumSource.Mode.EXCLUDE)
  void theJournalIsCutWhereItIsNotNeededWhateverTheCursorsSay(Store kind) {
    open(kind);
    append(entry(1, A), entry(2, A), entry(3, B));
    append(entry(4, B));

    append(List.of(), 1, step("a", A, 2, totals(2, 2, 0)), step("b", B, 0, totals(2, 0, 0)));
    assertThat(read(A, 0, 9)).containsExactly(1L, 2L);

    append(List.of(entry(5, A, B)), 4, step("b", B, 3, totals(3, 1, 0)));
    assertThat(read(A, 0, 9)).containsExactly(5L);
    assertThat(read(B, 0, 9)).containsExactly(4L, 5L);

    append(List.of(entry(6, A)), Long.MAX_VALUE);
    assertThat(read(B, 0, 9)).isEmpty();
    assertThat(read(A, 0, 9)).as("not into what is kept just then").containsExactly(6L);
    assertThat(reopen().endpoints().get("b").cursor()).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsLeftOfAnEndpointThatIsForgotten(Store kind) {
    open(kind);
    append(entry(1, A, B), entry(2, A, B), entry(3, A, B));
    Map<Long, Change> changes = Map.of(1L, keep(1), 2L, bury(2));
    step(step("a", A, 2, changes, totals(3, 0, 1)), step("b", B, 2, changes, totals(3, 0, 1)));

    ask(each -> each.forget("a", null));

    assertThat(stragglers("a")).isEmpty();
    assertThat(letters("a")).isEmpty();
    for (int restart = 0; restart < 2; restart++) {
      assertThat(stragglers("b")).containsExactly(1L);
      assertThat(letters("b")).containsExactly(2L);
      assertThat(read(B, 2, 9)).containsExactly(3L);
      Map<String, State> endpoints = reopen().endpoints();
      assertThat(endpoints).containsOnlyKeys("b");
      assertThat(endpoints.get("b").waiting()).isEqualTo(1);
      assertThat(endpoints.get("b").pending()).isEqualTo(2);
      assertThat(stragglers("a")).isEmpty();
      assertThat(letters("a")).isEmpty();
    }
    ask(each -> each.forget("a", null));
    assertThat(reopen().endpoints()).containsOnlyKeys("b");
  }

  @ParameterizedTest
  @EnumSource(names = "POSTGRES", mode = EnumSource.Mode.EXCLUDE)
  void settingsMayBeLeftOfAnEndpointThatIsForgotten(Store kind) {
    JsonObject left = new JsonObject().put("removed", true);
    open(kind);
    append(entry(1, A), entry(2, A));
    step(step("a", A, 1, Map.of(1L, bury(1)), totals(2, 0, 1)));

    ask(each -> each.forget("a", left));

    State state = reopen().endpoints().get("a");
    assertThat(state.number()).isEqualTo(-1);
    assertThat(state.settings()).isEqualTo(left);
    assertThat(state.pending()).isZero();
    assertThat(state.letters()).isEmpty();
    assertThat(state.damaged()).isEmpty();
    assertThat(state.totals()).isEmpty();
    ask(each -> each.forget("never-seen", left));
    assertThat(reopen().endpoints()).containsOnlyKeys("a", "never-seen");
    ask(each -> each.forget("a", null));
    assertThat(reopen().endpoints()).containsOnlyKeys("never-seen");
  }

  @ParameterizedTest
  @EnumSource(names = "POSTGRES", mode = EnumSource.Mode.EXCLUDE)
  void aNumberThatIsTakenOverGivesNobodyTheEventsOfTheFormerOne(Store kind) {
    open(kind);
    append(
        List.of(entry(1, A, B), entry(2, A), entry(3, A)),
        0,
        step("former", A, 0, totals(3, 0, 0)),
        step("b", B, 0, totals(1, 0, 0)));
    ask(each -> each.forget("former", null));

    append(
        List.of(entry(4, B), entry(5, A), entry(6, A, B)), 1, step("next", A, 3, totals(2, 0, 0)));

    assertThat(read(A, 3, 9)).containsExactly(5L, 6L);
    Map<String, State> endpoints = reopen().endpoints();
    assertThat(endpoints.get("next").waiting()).isEqualTo(2);
    assertThat(endpoints.get("b").waiting()).isEqualTo(3);
    assertThat(read(A, 3, 9)).containsExactly(5L, 6L);
    assertThat(read(B, 0, 9)).containsExactly(1L, 4L, 6L);
  }

  @ParameterizedTest
  @EnumSource
  void anEndpointThatIsMadeAgainHasNothingOfTheFormerOne(Store kind) {
    open(kind);
    append(entry(1, A), entry(2, A), entry(3, A));
    step(step("a", A, 3, Map.of(1L, keep(1), 2L, bury(2)), totals(3, 1, 1)));
    ask(each -> each.forget("a", SETTINGS));

    append(List.of(entry(4, B)), 0, step("a", B, 3, totals(1, 0, 0)));

    assertThat(stragglers("a")).isEmpty();
    assertThat(letters("a")).isEmpty();
    State state = reopen().endpoints().get("a");
    assertThat(state.number()).isEqualTo(B);
    assertThat(state.cursor()).isEqualTo(3);
    assertThat(state.waiting()).isEqualTo(1);
    assertThat(state.stragglers()).isEmpty();
    assertThat(state.letters()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aThousandEndpointsEachWithEventsOfItsOwn(Store kind) {
    open(kind);
    int endpoints = 1_000;
    List<EncodedEntry> entries = new ArrayList<>();
    for (int number = 0; number < endpoints; number++) {
      entries.add(entry(number + 1, number, (number + 1) % endpoints));
    }
    List<Step> steps = new ArrayList<>();
    for (int number = 0; number < endpoints; number++) {
      Map<Long, Change> burial = number % 100 == 0 ? Map.of(1L, bury(1)) : Map.of();
      steps.add(step("e" + number, number, 0, burial, totals(2, 0, 0)));
    }
    append(entries, 0, steps.toArray(Step[]::new));
    for (int i = 0; i < 10; i++) {
      append(List.of(entry(1_001 + i, i)), 0, step("e" + i, i, 0, totals(3, 0, 0)));
    }

    Map<String, State> states = reopen().endpoints();

    assertThat(states).hasSize(endpoints);
    Map<String, Long> waiting = new HashMap<>();
    states.forEach((endpoint, state) -> waiting.put(endpoint, state.waiting()));
    assertThat(waiting.values().stream().filter(count -> count == 3)).hasSize(10);
    assertThat(waiting.values().stream().filter(count -> count == 2)).hasSize(endpoints - 10);
    assertThat(states.values().stream().filter(state -> !state.letters().isEmpty())).hasSize(10);
    assertThat(read(5, 0, 9)).containsExactly(5L, 6L, 1_006L);
    assertThat(read(999, 0, 9)).containsExactly(999L, 1_000L);
  }
}
