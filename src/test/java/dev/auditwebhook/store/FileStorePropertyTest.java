package dev.auditwebhook.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.store.FaultyFiles.Faults;
import dev.auditwebhook.store.OpenStore.Bounds;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
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

  /** Events by how they were accepted. */
  private final Map<Long, Future<Boolean>> accepted = new TreeMap<>();

  private final TreeSet<Long> inMemory = new TreeSet<>();
  private final TreeSet<Long> dead = new TreeSet<>();
  private final Set<Long> ended = new HashSet<>();

  @BeforeTry
  void start() throws IOException {
    vertx = Vertx.vertx();
    directory = Files.createTempDirectory("store");
    faults = new Faults();
    faulty = false;
    accepted.clear();
    inMemory.clear();
    dead.clear();
    ended.clear();
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
    return Arbitraries.of(Step.class).list().ofMinSize(10).ofMaxSize(80);
  }

  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void nothingAcknowledgedIsLost(@ForAll("steps") List<Step> steps, @ForAll long seed)
      throws IOException {
    random = new Random(seed);
    store = OpenStore.open(vertx, directory, BOUNDS, faults::name);
    for (Step step : steps) {
      make(step);
      hold();
      assertThat(store.imbalance()).as("after %s", step).isZero();
    }
    faultsEnd();
    restart();
    List<Long> rest = new ArrayList<>();
    while (store.ask(Store::canTake)) {
      take();
      rest.addAll(inMemory);
      List.copyOf(inMemory).forEach(this::deliver);
    }
    assertThat(rest).doesNotHaveDuplicates();
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
      case FAULTS_END -> faultsEnd();
      case RESTART -> {
        if (!faulty) {
          restart();
        }
      }
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
          assertThat(accepted).as("an id is given once").doesNotContainKey(id);
          if (!s.hasRoom()) {
            s.count(Total.DROPPED);
            return null;
          }
          Future<Boolean> kept = s.add(OpenStore.event(id));
          accepted.put(
              id,
              kept.onFailure(
                  refused -> {
                    s.count(Total.DROPPED);
                  }));
          return null;
        });
  }

  /** What was acknowledged as held is in memory from then on. */
  private void hold() {
    store.ask(
        s -> {
          accepted.forEach(
              (id, kept) -> {
                if (kept.succeeded()
                    && kept.result()
                    && !dead.contains(id)
                    && !ended.contains(id)
                    && !queued.contains(id)) {
                  queued.add(id);
                  inMemory.add(id);
                }
              });
          return null;
        });
  }

  private final Set<Long> queued = new HashSet<>();

  private void take() {
    if (store.ask(Store::canTake)) {
      for (long id : store.take()) {
        assertThat(inMemory.add(id)).as("%d is taken once", id).isTrue();
        assertThat(ended).doesNotContain(id);
      }
    }
  }

  private void deliver(long id) {
    store.delivered(id);
    inMemory.remove(id);
    ended.add(id);
  }

  private void faultsEnd() {
    faults.failing(0, new Random(0));
    faults.full(false);
    faulty = false;
    org.awaitility.Awaitility.await()
        .until(
            () -> {
              store.await(s -> s.kept().otherwiseEmpty());
              hold();
              return store.ask(Store::warning) == null;
            });
  }

  private void restart() {
    store.await(s -> s.kept());
    store.close();
    hold();
    reopened(false);
  }

  private void powerFailure() throws IOException {
    faults.powerFailure(random);
    store.close();
    hold();
    faults = new Faults();
    faulty = false;
    reopened(true);
  }

  /** Checks what is found against what was acknowledged. */
  private void reopened(boolean anyEndMayBeLost) {
    store = OpenStore.open(vertx, directory, BOUNDS, faults::name);
    assertThat(store.<String>ask(Store::warning)).isNull();
    assertThat(store.imbalance()).isZero();
  }
}
