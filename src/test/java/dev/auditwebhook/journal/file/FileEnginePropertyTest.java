package dev.auditwebhook.journal.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Engine.Addition;
import dev.auditwebhook.journal.NotKeptException;
import dev.auditwebhook.journal.file.FaultyFiles.Faults;
import dev.auditwebhook.testing.EndpointModel;
import dev.auditwebhook.testing.JournalModel;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

/**
 * Whatever the disk does: what was acknowledged is pending, a dead letter or at its end, for each
 * endpoint that it is for, after each restart; no event is in two places, none is with an endpoint
 * that it is not for, and what was refused is never found.
 */
class FileEnginePropertyTest {

  enum Move {
    APPEND,
    APPEND_WITH_STEPS,
    STEPS,
    REFUSE,
    DELIVER,
    RETRY,
    BURY,
    REDRIVE,
    PURGE,
    FORGET,
    READ,
    UPKEEP,
    FAULTS_BEGIN,
    DISK_FULL,
    SYNCS_FAIL,
    FAULTS_END,
    RESTART,
    POWER_FAILURE
  }

  private Vertx vertx;
  private Path directory;
  private Faults faults;
  private OpenEngine engine;
  private Random random;
  private JournalModel model;

  @BeforeTry
  void start() throws IOException {
    vertx = Vertx.vertx();
    directory = Files.createTempDirectory("journal");
    faults = new Faults();
  }

  @AfterTry
  void close() throws IOException {
    vertx.close().await();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }

  @Provide
  Arbitrary<List<Move>> moves() {
    return Arbitraries.frequency(
            Tuple.of(4, Move.APPEND),
            Tuple.of(4, Move.APPEND_WITH_STEPS),
            Tuple.of(3, Move.STEPS),
            Tuple.of(1, Move.REFUSE),
            Tuple.of(6, Move.DELIVER),
            Tuple.of(3, Move.RETRY),
            Tuple.of(4, Move.BURY),
            Tuple.of(4, Move.REDRIVE),
            Tuple.of(1, Move.PURGE),
            Tuple.of(1, Move.FORGET),
            Tuple.of(4, Move.READ),
            Tuple.of(1, Move.UPKEEP),
            Tuple.of(1, Move.FAULTS_BEGIN),
            Tuple.of(1, Move.DISK_FULL),
            Tuple.of(1, Move.SYNCS_FAIL),
            Tuple.of(2, Move.FAULTS_END),
            Tuple.of(1, Move.RESTART),
            Tuple.of(1, Move.POWER_FAILURE))
        .list()
        .ofMinSize(30)
        .ofMaxSize(150);
  }

  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void nothingAcknowledgedIsLost(@ForAll("moves") List<Move> moves, @ForAll long seed)
      throws IOException {
    random = new Random(seed);
    model = new JournalModel(Kept::entry, random);
    engine = new OpenEngine(vertx, directory, faults::name);
    for (Move move : moves) {
      make(move);
      model.endpoints().forEach(each -> assertThat(each.imbalance()).as("%s", move).isZero());
    }
    restart();
    read();
    for (EndpointModel endpoint : model.endpoints()) {
      endpoint.drain();
      assertThat(endpoint.isDrained()).isTrue();
    }
    assertThat(append(List.of())).isTrue();
    for (int number = 0; number < 5; number++) {
      assertThat(engine.read(number, 0, 9).found()).as("all is cut").isEmpty();
    }
    engine.close();
  }

  private void make(Move move) throws IOException {
    switch (move) {
      case APPEND -> append(model.entries());
      case APPEND_WITH_STEPS -> {
        model.act(EndpointModel.Act.RETRY);
        append(model.entries());
      }
      case STEPS -> append(List.of());
      case REFUSE -> {
        int count = random.nextInt(3);
        long first = engine.ask(() -> engine.engine().refuse(count));
        assertThat(first).isEqualTo(model.lastId() + 1);
        model.refuse(count);
      }
      case FORGET -> forget();
      case READ -> read();
      case UPKEEP -> engine.turn(1_000);
      case FAULTS_BEGIN -> faults.failing(0.05, new Random(random.nextLong()));
      case DISK_FULL -> faults.full(true);
      case SYNCS_FAIL -> faults.unsyncable(true);
      case FAULTS_END -> mend();
      case RESTART -> restart();
      case POWER_FAILURE -> powerFailure();
      default -> model.act(EndpointModel.Act.valueOf(move.name()));
    }
  }

  /** Says whether it was kept. */
  private boolean append(List<EncodedEntry> entries) {
    Addition addition = model.addition(entries);
    try {
      model.kept(engine.append(addition));
      return true;
    } catch (NotKeptException e) {
      model.notKept(e.firstId());
      return false;
    }
  }

  private void forget() {
    try {
      engine.forget(JournalModel.PASSING, random.nextBoolean() ? null : new JsonObject());
      model.forgotten();
    } catch (DiskException e) {
      assertThat(e.getMessage()).contains("cannot be ");
      model.notForgotten();
    }
  }

  /** Reads all that is there, if it can be read now. */
  private void read() {
    try {
      for (EndpointModel endpoint : model.endpoints()) {
        long cursor = endpoint.cursor(model.lastId());
        int limit = 1 + random.nextInt(30);
        List<Long> above =
            endpoint.acknowledged().stream().filter(id -> id > cursor).limit(limit).toList();
        List<Event> events = engine.read(endpoint.number(), cursor, limit).found();
        assertThat(events).extracting(Event::id).isEqualTo(above);
        events.forEach(
            each -> assertThat(each.content()).isEqualTo(Kept.entry(each.id()).content()));
        if (!endpoint.isChanged()) {
          readExceptions(endpoint);
        }
      }
    } catch (DiskException e) {
      assertThat(e.getMessage()).contains("cannot be read");
    }
  }

  private void readExceptions(EndpointModel endpoint) {
    List<Long> all = List.copyOf(endpoint.acknowledged());
    assertThat(engine.stragglers(endpoint.id(), all).found())
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(List.copyOf(endpoint.stragglers().values()));
    assertThat(engine.deadLetters(endpoint.id(), all))
        .extracting(each -> each.event().id())
        .isEqualTo(List.copyOf(endpoint.dead()));
  }

  private void mend() {
    faults.failing(0, new Random(0));
    faults.full(false);
    faults.unsyncable(false);
  }

  private void restart() {
    boolean exactly = append(List.of());
    engine.close();
    mend();
    reopen(exactly);
  }

  private void powerFailure() throws IOException {
    faults.powerFailure(random);
    engine.close();
    faults = new Faults();
    reopen(false);
  }

  /**
   * Checks what is on disk against what was acknowledged.
   *
   * @param exactly whether the last changes, too, were kept
   */
  private void reopen(boolean exactly) {
    engine = new OpenEngine(vertx, directory, faults::name);
    assertThat(engine.engine().damage()).isNull();
    model.reopened(
        engine.opened(),
        (number, after) ->
            engine.read(number, after, 100_000).found().stream().map(Event::id).toList(),
        exactly);
    for (EndpointModel endpoint : model.endpoints()) {
      State state = engine.state(endpoint.id());
      List<Long> stragglers = state == null ? List.of() : state.stragglers();
      endpoint.recall(engine.stragglers(endpoint.id(), stragglers).found());
      assertThat(endpoint.stragglers().keySet()).containsExactlyElementsOf(stragglers);
    }
  }
}
