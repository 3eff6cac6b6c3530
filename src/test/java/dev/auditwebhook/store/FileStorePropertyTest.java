package dev.auditwebhook.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.store.FaultyFiles.Faults;
import dev.auditwebhook.store.OpenStore.Bounds;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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
 * Whatever the disk does: what was acknowledged is pending, a dead letter or at its end, in memory
 * and after each restart; and no event is in two places.
 */
class FileStorePropertyTest {

  enum Step {
    ACCEPT,
    ACCEPT_MANY,
    TAKE,
    DELIVER,
    RETRY,
    BURY,
    REDRIVE,
    PURGE,
    AWAIT_DISK,
    FAULTS_BEGIN,
    DISK_FULL,
    SYNCS_FAIL,
    FAULTS_END,
    RESTART,
    POWER_FAILURE
  }

  private static final Bounds BOUNDS = new Bounds(6, 8, 60);

  private Vertx vertx;
  private Path directory;
  private Faults faults;
  private OpenStore store;
  private Random random;
  private boolean faulty;

  private final Map<Long, Future<Boolean>> asked = new TreeMap<>();
  private final Set<Long> acknowledged = new TreeSet<>();
  private final Set<Long> inMemory = new TreeSet<>();
  private final TreeSet<Long> dead = new TreeSet<>();
  private final Set<Long> ended = new TreeSet<>();

  @BeforeTry
  void start() throws IOException {
    vertx = Vertx.vertx();
    directory = Files.createTempDirectory("store");
    faults = new Faults();
    faulty = false;
    List.of(acknowledged, inMemory, dead, ended).forEach(Set::clear);
    asked.clear();
  }

  @AfterTry
  void close() throws IOException {
    vertx.close().await();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return Arbitraries.frequency(
            Tuple.of(3, Step.ACCEPT),
            Tuple.of(4, Step.ACCEPT_MANY),
            Tuple.of(6, Step.TAKE),
            Tuple.of(3, Step.DELIVER),
            Tuple.of(2, Step.RETRY),
            Tuple.of(4, Step.BURY),
            Tuple.of(4, Step.REDRIVE),
            Tuple.of(1, Step.PURGE),
            Tuple.of(3, Step.AWAIT_DISK),
            Tuple.of(1, Step.FAULTS_BEGIN),
            Tuple.of(1, Step.DISK_FULL),
            Tuple.of(1, Step.SYNCS_FAIL),
            Tuple.of(1, Step.FAULTS_END),
            Tuple.of(1, Step.RESTART),
            Tuple.of(1, Step.POWER_FAILURE))
        .list()
        .ofMinSize(30)
        .ofMaxSize(150);
  }

  @Property(tries = 25, shrinking = ShrinkingMode.OFF)
  void nothingAcknowledgedIsLost(@ForAll("steps") List<Step> steps, @ForAll long seed)
      throws IOException {
    random = new Random(seed);
    store = OpenStore.open(vertx, directory, BOUNDS, faults::name);
    for (Step step : steps) {
      make(step);
      hear();
      assertThat(store.imbalance()).as("after %s", step).isZero();
    }
    faultsEnd();
    restart();
    while (store.ask(Store::canTake)) {
      take();
      List.copyOf(inMemory).forEach(this::deliver);
    }
    assertThat(ended).containsAll(acknowledged.stream().filter(id -> !dead.contains(id)).toList());
    assertThat(store.ask(Store::pending)).isZero();
    assertThat(store.ask(Store::waiting)).isZero();
    assertThat(store.ask(Store::hasRoom)).isTrue();
    assertThat(store.imbalance()).isZero();
    store.close();
  }

  private void make(Step step) throws IOException {
    switch (step) {
      case ACCEPT -> accept();
      case ACCEPT_MANY -> {
        for (int i = random.nextInt(20); i > 0; i--) {
          accept();
        }
      }
      case TAKE -> take();
      case DELIVER -> any(inMemory).forEach(this::deliver);
      case RETRY ->
          any(inMemory)
              .forEach(
                  id ->
                      store.ask(
                          s -> {
                            s.update(OpenStore.event(id).waiting(1, 3));
                            return null;
                          }));
      case BURY ->
          any(inMemory)
              .forEach(
                  id -> {
                    store.bury(id);
                    inMemory.remove(id);
                    dead.add(id);
                    if (dead.size() > BOUNDS.dlqCapacity()) {
                      ended.add(dead.pollFirst());
                    }
                  });
      case REDRIVE ->
          any(dead)
              .forEach(
                  id -> {
                    store.redrive(id);
                    dead.remove(id);
                  });
      case PURGE ->
          any(dead)
              .forEach(
                  id -> {
                    store.ask(
                        s -> {
                          s.purge(id);
                          return null;
                        });
                    dead.remove(id);
                    ended.add(id);
                  });
      case AWAIT_DISK -> store.await(s -> s.kept().otherwiseEmpty());
      case FAULTS_BEGIN -> {
        faults.failing(0.05, new Random(random.nextLong()));
        faulty = true;
      }
      case DISK_FULL -> {
        faults.full(true);
        faulty = true;
      }
      case SYNCS_FAIL -> {
        faults.unsyncable(true);
        faulty = true;
      }
      case FAULTS_END -> faultsEnd();
      case RESTART -> restart();
      case POWER_FAILURE -> powerFailure();
    }
  }

  private List<Long> any(Set<Long> ids) {
    return ids.stream().filter(id -> random.nextInt(3) == 0).toList();
  }

  private void accept() {
    store.ask(
        s -> {
          s.count(Total.RECEIVED);
          long id = s.count(Total.LAST_EVENT_ID);
          assertThat(acknowledged).as("an id is given once").doesNotContain(id);
          if (s.hasRoom()) {
            asked.put(id, s.add(OpenStore.event(id)).onFailure(e -> s.count(Total.DROPPED)));
          } else {
            s.count(Total.DROPPED);
          }
          return null;
        });
  }

  /** Hears what became of the events that were added. */
  private void hear() {
    store.ask(
        s -> {
          asked.forEach(
              (id, kept) -> {
                if (kept.succeeded()) {
                  acknowledged.add(id);
                  if (kept.result()) {
                    inMemory.add(id);
                  }
                }
              });
          asked.values().removeIf(Future::isComplete);
          return null;
        });
  }

  private void take() {
    if (store.ask(Store::canTake)) {
      List<Long> taken = store.take();
      hear();
      for (long id : taken) {
        assertThat(inMemory.add(id)).as("%d is taken once", id).isTrue();
        assertThat(ended).doesNotContain(id);
        assertThat(acknowledged).contains(id);
      }
    }
  }

  private void deliver(long id) {
    store.delivered(id);
    inMemory.remove(id);
    ended.add(id);
  }

  private void mend() {
    faults.failing(0, new Random(0));
    faults.full(false);
    faults.unsyncable(false);
    faulty = false;
  }

  private void faultsEnd() {
    mend();
    await()
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              store.await(s -> s.kept().otherwiseEmpty());
              return store.ask(Store::hasRoom) || store.ask(Store::pending) >= BOUNDS.maxEvents();
            });
  }

  private void restart() {
    boolean clean = !faulty;
    store.close();
    hear();
    mend();
    reopen(clean && store.ask(Store::warning) == null);
  }

  private void powerFailure() throws IOException {
    hear();
    faults.powerFailure(random);
    store.close();
    hear();
    faults = new Faults();
    faulty = false;
    reopen(false);
  }

  /**
   * Checks what is on disk against what was acknowledged.
   *
   * @param exactly whether the last changes, too, had the time to be written
   */
  private void reopen(boolean exactly) {
    RecoveredDisk found = RecoveredDisk.open(directory.toString(), faults::name);
    Set<Long> pending = new TreeSet<>();
    found.disk().read(List.of(), 0, 10_000).events().forEach(event -> pending.add(event.id()));
    List<Long> letters = found.deadLetterIds();
    found.disk().close();

    assertThat(found.damage()).isNull();
    assertThat(Collections.disjoint(pending, letters)).isTrue();
    Set<Long> there = new TreeSet<>(pending);
    there.addAll(letters);
    Set<Long> expected = new TreeSet<>(acknowledged);
    expected.removeAll(ended);
    assertThat(there).containsAll(expected);
    if (exactly) {
      assertThat(there).isEqualTo(expected);
      assertThat(letters).containsExactlyElementsOf(dead);
    }
    // What was delivered or refused in the last moment may be pending once more.
    acknowledged.addAll(there);
    ended.removeAll(there);
    dead.clear();
    dead.addAll(letters);
    inMemory.clear();

    store = OpenStore.open(vertx, directory, BOUNDS, faults::name);
    assertThat(store.total(Total.LAST_EVENT_ID))
        .isGreaterThanOrEqualTo(acknowledged.stream().mapToLong(id -> id).max().orElse(0));
    assertThat(store.imbalance()).isZero();
  }
}
