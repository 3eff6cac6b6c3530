package dev.auditwebhook.journal.postgres;

import static dev.auditwebhook.testing.Events.entry;
import static dev.auditwebhook.testing.Events.recipients;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Engine.Appended;
import dev.auditwebhook.journal.NotKeptException;
import dev.auditwebhook.journal.Recipients;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
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

/**
 * Whatever is appended, by whom, and whatever endpoints do, while connections end at any time: what
 * was acknowledged is found after each restart, waiting, as a straggler or as a dead letter, and
 * the books are right.
 */
class TablesPropertyTest {

  enum Move {
    APPEND,
    APPEND_ELSEWHERE,
    DELIVER,
    RETRY,
    BURY,
    REDRIVE,
    PURGE,
    STEP,
    CUT,
    READ,
    RESTART
  }

  private Tables tables;
  private Node node;
  private Node other;
  private List<LedgerModel> ledgers;
  private Random random;

  /** The next statements meet connections that end. */
  private boolean cut;

  @BeforeTry
  void begin() {
    tables = new Tables();
    tables.beforeEach(null);
    node = Node.open(tables).runs("a", "b", "c");
    other = Node.follow(tables);
    ledgers = new ArrayList<>();
    for (String id : List.of("a", "b", "c")) {
      ledgers.add(new LedgerModel(id, ledgers.size()));
    }
    cut = false;
  }

  @AfterTry
  void end() {
    tables.afterEach(null);
  }

  @Provide
  Arbitrary<List<Move>> moves() {
    return Arbitraries.frequency(
            Tuple.of(4, Move.APPEND),
            Tuple.of(3, Move.APPEND_ELSEWHERE),
            Tuple.of(6, Move.DELIVER),
            Tuple.of(4, Move.RETRY),
            Tuple.of(4, Move.BURY),
            Tuple.of(3, Move.REDRIVE),
            Tuple.of(1, Move.PURGE),
            Tuple.of(4, Move.STEP),
            Tuple.of(2, Move.CUT),
            Tuple.of(2, Move.READ),
            Tuple.of(1, Move.RESTART))
        .list()
        .ofMinSize(30)
        .ofMaxSize(80);
  }

  @Property(tries = 15, shrinking = ShrinkingMode.OFF)
  void nothingAcknowledgedIsLost(@ForAll("moves") List<Move> moves, @ForAll long seed) {
    random = new Random(seed);
    moves.forEach(this::make);
    restart();
    read();
  }

  private void make(Move move) {
    switch (move) {
      case APPEND -> append(node);
      case APPEND_ELSEWHERE -> append(other);
      case STEP -> step();
      case CUT -> cut = true;
      case READ -> read();
      case RESTART -> restart();
      default -> ledgers.get(random.nextInt(3)).act(move.name(), random);
    }
  }

  private void append(Node by) {
    List<EncodedEntry> entries = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      Recipients some = recipients(random.ints(random.nextInt(4), 0, 3).toArray());
      entries.add(random.nextInt(5) == 0 ? null : entry(i, some));
    }
    Future<Appended> group = by.begin(entries);
    disturb(group);
    long firstId = 0;
    try {
      firstId = result(group).firstId();
    } catch (NotKeptException e) {
      by.notKept(entries);
    }
    for (int i = 0; i < entries.size(); i++) {
      EncodedEntry entry = entries.get(i);
      for (LedgerModel ledger : ledgers) {
        if (entry == null) {
          ledger.dropped();
        } else if (entry.recipients().include(ledger.number())) {
          ledger.arrived(firstId == 0 ? 0 : firstId + i);
        }
      }
    }
  }

  /** Ends the connections on which something is under way, if that is to be. */
  private void disturb(Future<?> underway) {
    if (cut) {
      cut = false;
      for (int i = random.nextInt(3); i >= 0 && !underway.isComplete(); i--) {
        tables.server.terminate("application_name = '" + tables.schema + "' AND state = 'active'");
      }
      result(tables.clock.turn(Appender.TRY_AGAIN));
    }
  }

  /** Waits until all that was kept is known, and gives the last id. */
  private long known() {
    boolean known = false;
    while (!known) {
      known = tables.ask(() -> node.tail().upToDate().map(true).otherwise(false));
    }
    return node.tail().lastId();
  }

  /** Says whether all is kept. */
  private boolean step() {
    long end = known();
    Step[] all = ledgers.stream().map(ledger -> ledger.step(end)).toArray(Step[]::new);
    Future<Appended> steps = node.begin(List.of(), all);
    disturb(steps);
    boolean kept = result(steps.map(done -> done.unkeptSteps().isEmpty()).otherwise(false));
    ledgers.forEach(ledger -> ledger.stepEnds(kept));
    return kept;
  }

  private void read() {
    known();
    for (LedgerModel ledger : ledgers) {
      long after = random.nextInt(10);
      assertThat(node.ask(() -> node.engine.read(ledger.number(), after, 1_000)).found())
          .extracting(Event::id)
          .containsExactlyElementsOf(ledger.acknowledged(after));
    }
  }

  private void restart() {
    while (!step() || !counted(other)) {
      result(tables.clock.turn(1_000));
    }
    node.close();
    node = Node.open(tables);
    assertThat(node.tookOver).hasSize(3);
    node.tookOver.forEach(
        tenancy ->
            ledgers.get(tenancy.state().number()).assertIs(tenancy.state(), tenancy.lastId()));
    for (LedgerModel ledger : ledgers) {
      List<Long> all = List.copyOf(ledger.acknowledged(0));
      ledger.assertStragglers(node.ask(() -> node.engine.stragglers(ledger.id(), all)).found());
    }
  }

  /** Has what a node has counted kept. */
  private static boolean counted(Node node) {
    return result(node.begin(List.of()).map(true).otherwise(false));
  }
}
