package dev.auditwebhook.endpoint.ledger;

import static dev.auditwebhook.testing.Events.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Engine.Addition;
import dev.auditwebhook.journal.Engine.Appended;
import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.journal.Engine.Opened;
import dev.auditwebhook.testing.ScriptedEngine;
import dev.auditwebhook.wire.format.Event;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.BeforeTry;

/**
 * Whatever happens to an endpoint in whatever order: its books balance at every moment, and the
 * steps that were kept tell the next life all there is to know.
 */
class StepTest {

  enum Act {
    ARRIVE,
    ARRIVE_MANY,
    NO_ROOM,
    UNWANTED,
    REACH,
    DAMAGED_ON_DISK,
    RECALL,
    DELIVER,
    DELIVER_ALMOST_ALL,
    TRY_AGAIN,
    BURY,
    REDRIVE,
    PURGE,
    STEP_LEAVES,
    STEP_IS_KEPT,
    STEP_IS_NOT_KEPT,
    RESTART,
    CRASH
  }

  private static final String ENDPOINT = "default";
  private static final int NUMBER = 0;
  private static final int DLQ_CAPACITY = 5;
  private static final int MANY = Cursor.MAX_AHEAD + 300;

  /** What is true of the endpoint, in plain sets. */
  private static final class Model {

    final TreeSet<Long> pending = new TreeSet<>();
    final TreeSet<Long> letters = new TreeSet<>();
    final Map<Total, Long> totals = new EnumMap<>(Total.class);

    /** Wanted, and not numbered yet. */
    int unkept;

    long arrived;
    long unwanted;

    Model copy() {
      Model copy = new Model();
      copy.pending.addAll(pending);
      copy.letters.addAll(letters);
      copy.totals.putAll(totals);
      copy.unkept = unkept;
      copy.arrived = arrived;
      copy.unwanted = unwanted;
      return copy;
    }

    void count(Total total, long n) {
      totals.merge(total, n, Long::sum);
    }

    long total(Total total) {
      return totals.getOrDefault(total, 0L);
    }

    void end(long id, Total how) {
      pending.remove(id);
      count(how, 1);
    }

    void bury(long id) {
      end(id, Total.FAILED);
      letters.add(id);
      if (letters.size() > DLQ_CAPACITY) {
        letters.pollFirst();
        count(Total.DLQ_EVICTED, 1);
      }
    }
  }

  private NoStore store;
  private ScriptedEngine engine;
  private Random random;
  private Ledger ledger;
  private Model model;

  /** What the engine has: what was true when the last step left that was kept. */
  private Model kept;

  private List<EncodedEntry> group;

  /** The step that is on its way, with its entries and what is true then; else {@code null}. */
  private Step leaving;

  private List<EncodedEntry> leavingGroup;
  private Model leavingModel;

  /** In memory. */
  private final TreeMap<Long, Pending> held = new TreeMap<>();

  private final TreeSet<Long> unrecalled = new TreeSet<>();
  private long readUpTo;
  private int aheadBefore;

  @BeforeTry
  void start() {
    engine = new ScriptedEngine();
    model = new Model();
    kept = new Model();
    group = new ArrayList<>();
    leaving = null;
    store = new NoStore();
    live(State.ofNew(NUMBER, 0, 0));
  }

  private void live(State state) {
    ledger = new Ledger(ENDPOINT, state, DLQ_CAPACITY, store);
    held.clear();
    unrecalled.clear();
    unrecalled.addAll(state.stragglers());
    readUpTo = state.cursor();
    aheadBefore = state.ahead().size();
  }

  @Provide
  Arbitrary<List<Act>> acts() {
    return Arbitraries.frequency(
            Tuple.of(8, Act.ARRIVE),
            Tuple.of(1, Act.ARRIVE_MANY),
            Tuple.of(1, Act.NO_ROOM),
            Tuple.of(1, Act.UNWANTED),
            Tuple.of(6, Act.REACH),
            Tuple.of(1, Act.DAMAGED_ON_DISK),
            Tuple.of(3, Act.RECALL),
            Tuple.of(4, Act.DELIVER),
            Tuple.of(1, Act.DELIVER_ALMOST_ALL),
            Tuple.of(4, Act.TRY_AGAIN),
            Tuple.of(4, Act.BURY),
            Tuple.of(4, Act.REDRIVE),
            Tuple.of(1, Act.PURGE),
            Tuple.of(6, Act.STEP_LEAVES),
            Tuple.of(8, Act.STEP_IS_KEPT),
            Tuple.of(2, Act.STEP_IS_NOT_KEPT),
            Tuple.of(1, Act.RESTART),
            Tuple.of(1, Act.CRASH))
        .list()
        .ofMinSize(20)
        .ofMaxSize(150);
  }

  @Property(tries = 200, shrinking = ShrinkingMode.OFF)
  void theBooksBalanceAndTheNextLifeKnowsAll(@ForAll("acts") List<Act> acts, @ForAll long seed) {
    random = new Random(seed);
    for (Act act : acts) {
      make(act);
      assertBalanced(act);
    }
    restart();
    arrive(1);
    keepAll();
    while (!model.pending.isEmpty()) {
      recall(unrecalled.size());
      reach(1_000);
      List.copyOf(held.values()).forEach(this::deliver);
    }
    assertThat(ledger.pending()).isZero();
    restart();
    assertThat(engine.journal()).as("all is past, and forgotten").isEmpty();
  }

  private void assertBalanced(Act act) {
    assertThat(LedgerTest.imbalance(ledger)).as("after %s", act).isZero();
    assertThat(ledger.pending()).as("after %s", act).isEqualTo(model.pending.size() + model.unkept);
    assertThat(ledger.letters()).as("after %s", act).isEqualTo(model.letters);
    assertThat(ledger.letterCount()).isEqualTo(model.letters.size());
    assertThat(ledger.received()).as("after %s", act).isEqualTo(model.arrived);
    assertThat(ledger.discarded()).as("after %s", act).isEqualTo(model.unwanted);
    for (Total total : Total.values()) {
      assertThat(ledger.total(total)).as("%s after %s", total, act).isEqualTo(model.total(total));
    }
  }

  private void make(Act act) {
    switch (act) {
      case ARRIVE -> arrive(1 + random.nextInt(4));
      case ARRIVE_MANY -> arrive(MANY);
      case NO_ROOM -> {
        group.add(null);
        store.arrived++;
        model.arrived++;
        ledger.drop();
        model.count(Total.WANTED, 1);
        model.count(Total.DROPPED, 1);
      }
      case UNWANTED -> {
        store.arrived++;
        model.arrived++;
        model.unwanted++;
      }
      case REACH -> reach(random.nextInt(10) == 0 ? 2_000 : random.nextInt(6));
      case DAMAGED_ON_DISK -> damagedOnDisk();
      case RECALL -> recall(random.nextInt(6));
      case DELIVER -> some(held.values()).forEach(this::deliver);
      case DELIVER_ALMOST_ALL -> held.values().stream().skip(2).toList().forEach(this::deliver);
      case TRY_AGAIN ->
          some(held.values()).forEach(event -> ledger.tried(event, event.attempts() + 1, 77));
      case BURY -> some(held.values()).forEach(this::bury);
      case REDRIVE -> some(model.letters).forEach(this::redrive);
      case PURGE -> some(model.letters).forEach(this::purge);
      case STEP_LEAVES -> stepLeaves();
      case STEP_IS_KEPT -> stepIsKept();
      case STEP_IS_NOT_KEPT -> stepIsNotKept();
      case RESTART -> restart();
      case CRASH -> crash();
    }
  }

  /** A few of them, in any order. */
  private <T> List<T> some(Collection<T> all) {
    List<T> some = new ArrayList<>(all);
    Collections.shuffle(some, random);
    return some.subList(0, Math.min(some.size(), random.nextInt(4)));
  }

  private void arrive(int events) {
    for (int i = 0; i < events; i++) {
      group.add(entry(1));
      store.arrived++;
      ledger.take();
      model.arrived++;
      model.count(Total.WANTED, 1);
      model.unkept++;
    }
  }

  private void stepLeaves() {
    if (leaving == null) {
      leaving = ledger.step();
      leavingGroup = group;
      leavingModel = model.copy();
      group = new ArrayList<>();
      assertThat(leaving.ahead())
          .as("what is ahead is bounded")
          .hasSizeLessThanOrEqualTo(Cursor.MAX_AHEAD + aheadBefore);
    }
  }

  private void stepIsKept() {
    if (leaving == null) {
      return;
    }
    Addition addition =
        new Addition(
            leavingGroup,
            new Counts(leavingModel.arrived, 0),
            List.of(leaving),
            leaving.cursor() + 1);
    Appended appended = engine.append(addition).result();
    List<Long> ids = appended.events().stream().map(Event::id).toList();
    ledger.kept();
    List<Long> notRedriven = appended.notRedriven().get(ENDPOINT);
    assertThat(notRedriven).isEmpty();
    model.unkept -= ids.size();
    model.pending.addAll(ids);
    kept = leavingModel;
    kept.pending.addAll(ids);
    kept.unkept = 0;
    leaving = null;
    assertKept();
  }

  /** No event is in two places of the engine, and none is in none. */
  private void assertKept() {
    State state = engine.open().result().endpoints().get(ENDPOINT);
    TreeSet<Long> waiting = new TreeSet<>(engine.journal());
    waiting.headSet(state.cursor(), true).clear();
    waiting.removeAll(new TreeSet<>(state.ahead()));
    waiting.removeAll(state.damaged());
    assertThat(Collections.disjoint(waiting, state.stragglers())).isTrue();
    TreeSet<Long> pending = new TreeSet<>(waiting);
    pending.addAll(state.stragglers());
    pending.addAll(state.damaged());
    assertThat(pending).isEqualTo(kept.pending);
    assertThat(state.letters()).containsExactlyElementsOf(kept.letters);
    for (Total total : Total.values()) {
      assertThat(state.totals().get(total.ordinal())).isEqualTo(kept.total(total));
    }
  }

  private void stepIsNotKept() {
    if (leaving == null) {
      return;
    }
    int events = (int) leavingGroup.stream().filter(entry -> entry != null).count();
    engine.refuse(leavingGroup.size());
    ledger.notKept();
    ledger.notKept(events);
    model.unkept -= events;
    model.count(Total.DROPPED, events);
    leaving = null;
  }

  private void reach(int limit) {
    Found<Event> read = engine.read(NUMBER, readUpTo, limit).result();
    cannotRead(read.damaged());
    for (Event event : read.found()) {
      readUpTo = Math.max(readUpTo, event.id());
      Pending pending = Pending.untried(event);
      boolean open = isOpen(event.id());
      assertThat(ledger.reach(pending)).as("%d is to be delivered", event.id()).isEqualTo(open);
      if (open) {
        held.put(event.id(), pending);
      }
    }
  }

  /** Whether it is pending, and no straggler. */
  private boolean isOpen(long id) {
    return model.pending.contains(id) && !unrecalled.contains(id) && !held.containsKey(id);
  }

  /** The next event of the journal is damaged, it turns out. */
  private void damagedOnDisk() {
    engine.read(NUMBER, readUpTo, 1).result().found().stream()
        .map(Event::id)
        .filter(this::isOpen)
        .forEach(engine::damage);
    reach(1);
  }

  private void cannotRead(List<Long> damaged) {
    List<Long> open = damaged.stream().filter(this::isOpen).toList();
    assertThat(ledger.failUnread(damaged)).isEqualTo(open);
    open.forEach(model::bury);
    damaged.forEach(id -> readUpTo = Math.max(readUpTo, id));
  }

  private void keepAll() {
    stepIsKept();
    stepLeaves();
    stepIsKept();
  }

  private void recall(int limit) {
    keepAll();
    List<Long> asked = unrecalled.stream().limit(limit).toList();
    List<Straggler> found = engine.stragglers(ENDPOINT, asked).result().found();
    assertThat(found).hasSameSizeAs(asked);
    for (Straggler straggler : found) {
      long id = straggler.event().id();
      unrecalled.remove(id);
      assertThat(held.put(id, Pending.of(straggler))).as("%d is held once", id).isNull();
      assertThat(model.pending).contains(id);
    }
  }

  private void deliver(Pending event) {
    ledger.delivered(event);
    held.remove(event.id());
    model.end(event.id(), Total.DELIVERED);
  }

  private void bury(Pending event) {
    ledger.bury(event, LedgerTest.letter(event.event()));
    held.remove(event.id());
    model.bury(event.id());
  }

  private void redrive(long id) {
    if (!ledger.isDamaged(id)) {
      ledger.redrive(id, 99);
      unrecalled.add(id);
      model.letters.remove(id);
      model.pending.add(id);
      model.count(Total.FAILED, -1);
      model.count(Total.REDRIVEN, 1);
    }
  }

  private void purge(long id) {
    ledger.purge(id);
    model.letters.remove(id);
  }

  /** A good end: all is kept. */
  private void restart() {
    keepAll();
    crash();
  }

  /** What was not kept did not happen. */
  private void crash() {
    model = kept.copy();
    group = new ArrayList<>();
    leaving = null;
    Opened opened = engine.open().result();
    store.arrived = opened.counts().arrived();
    State state = opened.endpoints().get(ENDPOINT);
    live(state == null ? State.ofNew(NUMBER, opened.lastId(), store.arrived) : state);
    if (state != null) {
      state.damaged().forEach(model::bury); // The next life finds them as it begins.
    }
  }
}
