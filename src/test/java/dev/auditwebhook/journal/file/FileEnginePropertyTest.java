package dev.auditwebhook.journal.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.endpoint.ledger.Change;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Engine.Addition;
import dev.auditwebhook.journal.Engine.Appended;
import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.journal.NotKeptException;
import dev.auditwebhook.journal.file.FaultyFiles.Faults;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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

  private static final String QUICK = "quick";
  private static final String SLOW = "slow";
  private static final String PASSING = "passing";

  /** What an endpoint knows: each acknowledged event is in one of the places, or ended. */
  private static final class Endpoint {
    private final String id;
    private final int number;
    private final Set<Long> acknowledged = new TreeSet<>();
    private final Set<Long> waiting = new TreeSet<>();
    private final Map<Long, Straggler> stragglers = new TreeMap<>();
    private final Set<Long> dead = new TreeSet<>();
    private final Set<Long> ended = new TreeSet<>();
    private final Map<Long, Change> changes = new LinkedHashMap<>();
    private final long[] totals = new long[Total.values().length];
    private boolean changed;

    /** Whether it could not be forgotten, and the next start may find that it was. */
    private boolean doomed;

    Endpoint(String id, int number) {
      this.id = id;
      this.number = number;
    }

    void change(long eventId, Change change) {
      changes.merge(eventId, change, (earlier, later) -> later.after(earlier));
      changed = true;
    }

    void count(Total total, long by) {
      totals[total.ordinal()] += by;
      changed |= by != 0;
    }

    long cursor(long lastId) {
      return waiting.stream().findFirst().map(first -> first - 1).orElse(lastId);
    }

    long needed() {
      return waiting.stream().findFirst().orElse(Long.MAX_VALUE);
    }

    /** How the endpoint says it, for an append that makes this the last id. */
    Step step(long lastId) {
      long cursor = cursor(lastId);
      List<Long> ahead =
          acknowledged.stream().filter(each -> each > cursor && !waiting.contains(each)).toList();
      return new Step(
          id,
          number,
          cursor,
          ahead,
          new LinkedHashMap<>(changes),
          Arrays.stream(totals).boxed().toList(),
          new JsonObject().put("url", id));
    }

    long pending() {
      return waiting.size() + stragglers.size();
    }

    long imbalance() {
      return totals[0] - Arrays.stream(totals, 1, 4).sum() - pending();
    }
  }

  private Vertx vertx;
  private Path directory;
  private Faults faults;
  private OpenEngine engine;
  private Random random;
  private long lastId;
  private Map<String, Endpoint> endpoints;
  private final Set<Long> given = new TreeSet<>();

  @BeforeTry
  void start() throws IOException {
    vertx = Vertx.vertx();
    directory = Files.createTempDirectory("journal");
    faults = new Faults();
    endpoints = new TreeMap<>();
    for (String id : List.of(QUICK, SLOW, PASSING)) {
      endpoints.put(id, new Endpoint(id, endpoints.size()));
    }
    given.clear();
    lastId = 0;
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
    engine = new OpenEngine(vertx, directory, faults::name);
    for (Move move : moves) {
      make(move);
      endpoints.values().forEach(each -> assertThat(each.imbalance()).as("%s", move).isZero());
    }
    restart();
    read();
    for (Endpoint endpoint : endpoints.values()) {
      List.copyOf(endpoint.waiting).forEach(id -> deliver(endpoint, id));
      List.copyOf(endpoint.stragglers.keySet()).forEach(id -> deliver(endpoint, id));
      assertThat(endpoint.ended)
          .containsAll(
              endpoint.acknowledged.stream().filter(id -> !endpoint.dead.contains(id)).toList());
    }
    assertThat(append(List.of())).isTrue();
    for (int number = 0; number < 5; number++) {
      assertThat(engine.read(number, 0, 9).found()).as("all is cut").isEmpty();
    }
    engine.close();
  }

  private void make(Move move) throws IOException {
    for (Endpoint endpoint : endpoints.values()) {
      boolean active = endpoint.id.equals(QUICK) || random.nextInt(3) == 0;
      switch (move) {
        case DELIVER -> {
          any(endpoint.waiting, active).forEach(id -> deliver(endpoint, id));
          any(endpoint.stragglers.keySet(), active).forEach(id -> deliver(endpoint, id));
        }
        case RETRY -> {
          any(endpoint.waiting, active).forEach(id -> retry(endpoint, id));
          any(endpoint.stragglers.keySet(), active).forEach(id -> retry(endpoint, id));
        }
        case BURY -> {
          any(endpoint.waiting, active).forEach(id -> bury(endpoint, id));
          any(endpoint.stragglers.keySet(), active).forEach(id -> bury(endpoint, id));
        }
        case REDRIVE -> any(endpoint.dead, active).forEach(id -> redrive(endpoint, id));
        case PURGE -> any(endpoint.dead, active).forEach(id -> purge(endpoint, id));
        default -> {}
      }
    }
    switch (move) {
      case APPEND -> append(entries());
      case APPEND_WITH_STEPS -> {
        endpoints.values().forEach(each -> any(each.waiting, true).forEach(id -> retry(each, id)));
        append(entries());
      }
      case STEPS -> append(List.of());
      case REFUSE -> {
        int count = random.nextInt(3);
        assertThat(engine.<Long>ask(() -> engine.engine().refuse(count))).isEqualTo(lastId + 1);
        lastId += count;
      }
      case FORGET -> forget(endpoints.get(PASSING));
      case READ -> read();
      case UPKEEP -> engine.turn(1_000);
      case FAULTS_BEGIN -> faults.failing(0.05, new Random(random.nextLong()));
      case DISK_FULL -> faults.full(true);
      case SYNCS_FAIL -> faults.unsyncable(true);
      case FAULTS_END -> mend();
      case RESTART -> restart();
      case POWER_FAILURE -> powerFailure();
      default -> {}
    }
  }

  private List<Long> any(Collection<Long> ids, boolean active) {
    return ids.stream().filter(id -> active && random.nextInt(3) == 0).toList();
  }

  private void deliver(Endpoint endpoint, long id) {
    if (!endpoint.waiting.remove(id)) {
      endpoint.stragglers.remove(id);
      endpoint.change(id, new Change.Remove());
    }
    endpoint.count(Total.DELIVERED, 1);
    endpoint.ended.add(id);
  }

  private void retry(Endpoint endpoint, long id) {
    Straggler straggler = new Straggler(Kept.event(id), random.nextInt(9), random.nextInt(99));
    endpoint.waiting.remove(id);
    endpoint.stragglers.put(id, straggler);
    endpoint.change(id, new Change.Keep(straggler));
  }

  private void bury(Endpoint endpoint, long id) {
    endpoint.waiting.remove(id);
    endpoint.stragglers.remove(id);
    endpoint.dead.add(id);
    endpoint.count(Total.FAILED, 1);
    endpoint.change(id, new Change.Bury(Kept.letter(id)));
  }

  private void redrive(Endpoint endpoint, long id) {
    endpoint.dead.remove(id);
    endpoint.stragglers.put(id, Kept.letter(id).redriven(7));
    endpoint.count(Total.FAILED, -1);
    endpoint.count(Total.REDRIVEN, 1);
    endpoint.change(id, new Change.Redrive(7));
  }

  private void purge(Endpoint endpoint, long id) {
    endpoint.dead.remove(id);
    endpoint.ended.add(id);
    endpoint.change(id, new Change.Remove());
  }

  private List<EncodedEntry> entries() {
    List<EncodedEntry> entries = new ArrayList<>();
    for (int i = random.nextInt(12); i >= 0; i--) {
      int[] recipients =
          endpoints.values().stream()
              .filter(each -> random.nextBoolean())
              .mapToInt(each -> each.number)
              .toArray();
      entries.add(
          recipients.length == 0 ? null : Kept.entry(lastId + 1 + entries.size(), recipients));
    }
    return entries;
  }

  private static Set<Long> ids(long firstId, List<EncodedEntry> entries, int number) {
    Set<Long> ids = new TreeSet<>();
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i) != null && entries.get(i).recipients().include(number)) {
        ids.add(firstId + i);
      }
    }
    return ids;
  }

  /** Another one takes its place, and perhaps its number. */
  private void forget(Endpoint endpoint) {
    JsonObject left = random.nextBoolean() ? null : new JsonObject().put("left", true);
    try {
      engine.forget(endpoint.id, left);
      endpoints.put(endpoint.id, new Endpoint(endpoint.id, 2 + random.nextInt(2)));
      endpoints.values().forEach(each -> each.doomed = false);
    } catch (DiskException e) {
      assertThat(e.getMessage()).contains("cannot be ");
      endpoint.doomed = true;
    }
  }

  /** Says whether it was kept. */
  private boolean append(List<EncodedEntry> entries) {
    long firstId = lastId + 1;
    lastId += entries.size();
    for (Endpoint endpoint : endpoints.values()) {
      Set<Long> ids = ids(firstId, entries, endpoint.number);
      endpoint.count(Total.WANTED, ids.size());
      endpoint.waiting.addAll(ids);
      endpoint.acknowledged.addAll(ids);
    }
    List<Endpoint> leaving = endpoints.values().stream().filter(each -> each.changed).toList();
    Addition addition =
        new Addition(
            entries,
            new Counts(lastId, 0),
            leaving.stream().map(each -> each.step(lastId)).toList(),
            endpoints.values().stream().mapToLong(Endpoint::needed).min().orElseThrow());
    try {
      Appended appended = engine.append(addition);
      assertThat(appended.firstId()).isEqualTo(firstId);
      assertThat(appended.events())
          .hasSize((int) entries.stream().filter(Objects::nonNull).count());
      assertThat(appended.notRedriven()).isEmpty();
      appended
          .events()
          .forEach(each -> assertThat(given.add(each.id())).as("an id is given once").isTrue());
      leaving.forEach(each -> each.changes.clear());
      leaving.forEach(each -> each.changed = false);
      endpoints.values().forEach(each -> each.doomed = false);
      return true;
    } catch (NotKeptException e) {
      assertThat(e.firstId()).isEqualTo(firstId);
      for (Endpoint endpoint : endpoints.values()) {
        Set<Long> ids = ids(firstId, entries, endpoint.number);
        endpoint.count(Total.DROPPED, ids.size());
        endpoint.waiting.removeAll(ids);
        endpoint.acknowledged.removeAll(ids);
      }
      return false;
    }
  }

  /** Reads all that is there, if it can be read now. */
  private void read() {
    try {
      for (Endpoint endpoint : endpoints.values()) {
        long cursor = endpoint.cursor(lastId);
        int limit = 1 + random.nextInt(30);
        List<Long> above =
            endpoint.acknowledged.stream().filter(id -> id > cursor).limit(limit).toList();
        List<Event> events = engine.read(endpoint.number, cursor, limit).found();
        assertThat(events).extracting(Event::id).isEqualTo(above);
        events.forEach(each -> assertThat(each.content()).isEqualTo(content(each.id())));
        if (endpoint.changes.isEmpty()) {
          readExceptions(endpoint);
        }
      }
    } catch (DiskException e) {
      assertThat(e.getMessage()).contains("cannot be read");
    }
  }

  private static byte[] content(long id) {
    return Kept.entry(id).content();
  }

  private void readExceptions(Endpoint endpoint) {
    FileEngine asked = engine.engine();
    List<Long> all = List.copyOf(endpoint.acknowledged);
    List<Straggler> stragglers =
        OpenEngine.result(engine.ask(() -> asked.stragglers(endpoint.id, all))).found();
    assertThat(stragglers)
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(List.copyOf(endpoint.stragglers.values()));
    List<DeadLetter> letters =
        OpenEngine.result(
            engine.ask(() -> asked.deadLetters(endpoint.id, all, Map.of(), Long.MAX_VALUE)));
    assertThat(letters).extracting(each -> each.event().id()).isEqualTo(List.copyOf(endpoint.dead));
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
    assertThat(engine.opened().lastId())
        .isGreaterThanOrEqualTo(given.stream().mapToLong(id -> id).max().orElse(0));
    lastId = exactly ? lastId : engine.opened().lastId();
    assertThat(engine.opened().lastId()).isEqualTo(lastId);
    endpoints.replaceAll(this::found);
    endpoints.values().forEach(each -> reopen(each, exactly));
  }

  private Endpoint found(String id, Endpoint before) {
    State state = engine.opened().endpoints().get(id);
    boolean gone = state == null || state.number() < 0;
    return gone && before.doomed ? new Endpoint(id, before.number) : before;
  }

  private void reopen(Endpoint endpoint, boolean exactly) {
    State kept = engine.opened().endpoints().get(endpoint.id);
    boolean unheard = kept == null || kept.number() < 0;
    State state = unheard ? State.ofNew(endpoint.number, lastId, 0) : kept;
    assertThat(state.number()).isEqualTo(endpoint.number);
    Set<Long> journal = new TreeSet<>();
    engine
        .read(endpoint.number, state.cursor(), 100_000)
        .found()
        .forEach(each -> journal.add(each.id()));
    Set<Long> waiting = new TreeSet<>(journal);
    state.ahead().forEach(waiting::remove);
    assertThat(state.damaged()).isEmpty();
    assertThat(state.damagedLetters()).isEmpty();
    assertThat(state.waiting()).isEqualTo(waiting.size());
    assertThat(Collections.disjoint(state.stragglers(), state.letters())).isTrue();
    assertThat(Collections.disjoint(waiting, state.stragglers())).isTrue();
    assertThat(Collections.disjoint(waiting, state.letters())).isTrue();
    Set<Long> there = new TreeSet<>(waiting);
    there.addAll(state.stragglers());
    there.addAll(state.letters());
    Set<Long> expected = new TreeSet<>(endpoint.acknowledged);
    expected.removeAll(endpoint.ended);
    assertThat(there).containsAll(expected);
    if (exactly) {
      assertThat(there).isEqualTo(expected);
      assertThat(waiting).isEqualTo(endpoint.waiting);
      assertThat(state.stragglers()).isEqualTo(List.copyOf(endpoint.stragglers.keySet()));
      assertThat(state.letters()).isEqualTo(List.copyOf(endpoint.dead));
      assertThat(state.totals()).isEqualTo(Arrays.stream(endpoint.totals).boxed().toList());
      assertThat(state.settings().getString("url")).isEqualTo(unheard ? null : endpoint.id);
    }
    // What was refused in the last moment may be there all the same.
    endpoint.acknowledged.addAll(there);
    endpoint.changed = false;
    endpoint.changes.clear();
    endpoint.ended.removeAll(there);
    endpoint.waiting.clear();
    endpoint.waiting.addAll(waiting);
    endpoint.dead.clear();
    endpoint.dead.addAll(state.letters());
    endpoint.stragglers.clear();
    OpenEngine.result(engine.ask(() -> engine.engine().stragglers(endpoint.id, state.stragglers())))
        .found()
        .forEach(each -> endpoint.stragglers.put(each.event().id(), each));
    assertThat(endpoint.stragglers.keySet()).containsExactlyElementsOf(state.stragglers());
    Arrays.fill(endpoint.totals, 0);
    for (int i = 0; i < state.totals().size(); i++) {
      endpoint.totals[i] = state.totals().get(i);
    }
    assertThat(endpoint.imbalance()).isZero();
  }
}
