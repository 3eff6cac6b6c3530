package dev.auditwebhook.journal.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Engine.Opened;
import dev.auditwebhook.journal.Recipients;
import dev.auditwebhook.testing.EndpointModel;
import dev.auditwebhook.testing.Events;
import dev.auditwebhook.testing.JournalModel;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

/** Each endpoint finds what is for it, all of it and nothing else, after each redeploy. */
class MemoryEnginePropertyTest {

  enum Move {
    APPEND,
    STEPS,
    DELIVER,
    RETRY,
    BURY,
    REDRIVE,
    PURGE,
    FORGET,
    READ,
    REDEPLOY
  }

  private Vertx vertx;
  private MemoryEngine engine;
  private Random random;
  private JournalModel model;

  @BeforeTry
  void start() {
    vertx = Vertx.vertx();
  }

  @AfterTry
  void close() {
    vertx.close().await();
  }

  @Provide
  Arbitrary<List<Move>> moves() {
    return Arbitraries.frequency(
            Tuple.of(8, Move.APPEND),
            Tuple.of(4, Move.STEPS),
            Tuple.of(5, Move.DELIVER),
            Tuple.of(2, Move.RETRY),
            Tuple.of(2, Move.BURY),
            Tuple.of(2, Move.REDRIVE),
            Tuple.of(1, Move.PURGE),
            Tuple.of(1, Move.FORGET),
            Tuple.of(4, Move.READ),
            Tuple.of(1, Move.REDEPLOY))
        .list()
        .ofMinSize(30)
        .ofMaxSize(600);
  }

  @Property(tries = 200, shrinking = ShrinkingMode.OFF)
  void nothingIsLostAndNothingGoesAstray(@ForAll("moves") List<Move> moves, @ForAll long seed) {
    random = new Random(seed);
    model = new JournalModel(MemoryEnginePropertyTest::entry, random);
    engine = new MemoryEngine(vertx, "webhook");
    engine.open();
    for (Move move : moves) {
      make(move);
      model.endpoints().forEach(each -> assertThat(each.imbalance()).as("%s", move).isZero());
    }
    redeploy();
    read();
    model.endpoints().forEach(EndpointModel::drain);
    append(List.of());
    for (int number = 0; number < 5; number++) {
      assertThat(engine.read(number, 0, 9).result().isEmpty()).as("all is cut").isTrue();
    }
  }

  private static EncodedEntry entry(long id) {
    Event event = Events.event(id);
    return new EncodedEntry(event.action(), event.content(), id, Recipients.NONE);
  }

  private void make(Move move) {
    switch (move) {
      case APPEND -> append(model.entries());
      case STEPS -> append(List.of());
      case FORGET -> {
        engine.forget(JournalModel.PASSING, random.nextBoolean() ? null : new JsonObject());
        model.forgotten();
      }
      case READ -> read();
      case REDEPLOY -> redeploy();
      default -> model.act(EndpointModel.Act.valueOf(move.name()));
    }
  }

  private void append(List<EncodedEntry> entries) {
    model.kept(engine.append(model.addition(entries)).result());
  }

  private List<Long> read(int number, long after, int limit) {
    return engine.read(number, after, limit).result().found().stream().map(Event::id).toList();
  }

  private void read() {
    for (EndpointModel endpoint : model.endpoints()) {
      long after = endpoint.cursor(model.lastId());
      List<Long> above = endpoint.acknowledged().stream().filter(id -> id > after).toList();
      int limit = 1 + random.nextInt(30);
      assertThat(read(endpoint.number(), after, limit))
          .isEqualTo(above.stream().limit(limit).toList());
      if (!endpoint.isChanged()) {
        List<Long> all = List.copyOf(endpoint.acknowledged());
        assertThat(engine.stragglers(endpoint.id(), all).result().found())
            .isEqualTo(List.copyOf(endpoint.stragglers().values()));
        assertThat(
                engine.deadLetters(endpoint.id(), all, Map.of(), Long.MAX_VALUE).result().stream()
                    .map(letter -> letter.event().id()))
            .containsExactlyElementsOf(endpoint.dead());
      }
    }
  }

  /** The former engine keeps what it is asked to before it is closed. */
  private void redeploy() {
    append(List.of());
    engine.close();
    engine = new MemoryEngine(vertx, "webhook");
    Opened opened = engine.open().result();
    model.reopened(opened, (number, after) -> read(number, after, 100_000), true);
    for (EndpointModel endpoint : model.endpoints()) {
      State state = opened.endpoints().get(endpoint.id());
      List<Long> stragglers = state == null ? List.of() : state.stragglers();
      endpoint.recall(engine.stragglers(endpoint.id(), stragglers).result().found());
    }
  }
}
