package dev.auditwebhook.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.store.FaultyFiles.Faults;
import dev.auditwebhook.store.OpenStore.Bounds;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What outlives the process, and what is held in memory meanwhile. */
class FileStoreTest {

  private static final Bounds BOUNDS = new Bounds(10, 5, 100);

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final Faults faults = new Faults();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private OpenStore open() {
    return open(BOUNDS);
  }

  private OpenStore open(Bounds bounds) {
    return OpenStore.open(vertx, directory, bounds, faults::name);
  }

  private Path file() {
    return directory.resolve("events.mv");
  }

  private static List<Long> ids(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }

  @Test
  void anEventIsKeptOnceItIsSynced() {
    try (OpenStore store = open()) {
      long before = faults.syncs();

      assertThat(OpenStore.result(store.accept())).isTrue();

      assertThat(faults.syncs()).isGreaterThan(before);
    }
  }

  @Test
  void manyEventsOfOneTurnShareACommit() {
    try (OpenStore store = open(new Bounds(10_000, 5, 10_000))) {
      store.accept(1);
      long before = faults.syncs();
      List<Future<Boolean>> kept =
          store.ask(
              s -> {
                List<Future<Boolean>> adds = new ArrayList<>();
                for (int i = 0; i < 5_000; i++) {
                  adds.add(s.add(OpenStore.event(100 + i)));
                }
                return adds;
              });

      OpenStore.result(Future.all(kept));

      assertThat(faults.syncs() - before).isEqualTo(1);
    }
  }

  @Test
  void allIsThereAfterReopening() {
    String prefix;
    try (OpenStore store = open()) {
      prefix = store.ask(Store::messageIdPrefix);
      store.accept(9);
      store.delivered(1);
      store.bury(2);
      store.bury(3);
      store.ask(
          s -> {
            s.update(OpenStore.event(4).waiting(2, 77));
            s.purge(3);
            s.count(Total.RECEIVED);
            s.count(Total.DISCARDED);
            s.settings(new JsonObject().put("url", "http://x"));
            return null;
          });
    }

    try (OpenStore store = open()) {
      assertThat(store.<String>ask(Store::messageIdPrefix)).isEqualTo(prefix);
      assertThat(store.ask(Store::pending)).isEqualTo(6);
      assertThat(store.deadLetters()).containsExactly(2L);
      assertThat(store.total(Total.LAST_EVENT_ID)).isEqualTo(9);
      assertThat(store.total(Total.RECEIVED)).isEqualTo(10);
      assertThat(store.total(Total.FAILED)).isEqualTo(2);
      assertThat(store.imbalance()).isZero();
      assertThat(store.<JsonObject>ask(Store::settings))
          .isEqualTo(new JsonObject().put("url", "http://x"));
      List<PendingEvent> taken = store.await(Store::take);
      assertThat(taken).extracting(PendingEvent::id).containsExactlyElementsOf(ids(4, 9));
      assertThat(taken.get(0)).isEqualTo(OpenStore.event(4).waiting(2, 77));
    }
  }

  @Test
  void pastQueueCapacityEventsWaitOnDiskAndAreTakenInOrder() {
    try (OpenStore store = open()) {
      List<Future<Boolean>> held = new ArrayList<>();
      for (int i = 0; i < 35; i++) {
        held.add(store.accept());
      }
      OpenStore.result(Future.all(held));

      assertThat(held.subList(0, 10)).allMatch(Future::result);
      assertThat(held.subList(10, 35)).noneMatch(Future::result);
      assertThat(store.ask(Store::canTake)).isFalse();

      List<Long> order = new ArrayList<>(ids(1, 10));
      for (int next = 0; next < 35; next++) {
        store.delivered(order.get(next));
        if (store.ask(Store::canTake)) {
          order.addAll(store.take());
        }
      }
      assertThat(order).containsExactlyElementsOf(ids(1, 35));
      assertThat(store.ask(Store::waiting)).isZero();
      assertThat(store.ask(Store::pending)).isZero();
      assertThat(OpenStore.result(store.accept())).as("memory has room again").isTrue();
    }
  }

  @Test
  void maxEventsBoundsWhatIsPending() {
    try (OpenStore store = open(new Bounds(10, 5, 12))) {
      store.accept(12);
      assertThat(store.ask(Store::hasRoom)).isFalse();
      store.delivered(1);
      assertThat(store.ask(Store::hasRoom)).isTrue();
    }
    try (OpenStore store = open(new Bounds(3, 5, 4))) {
      assertThat(store.ask(Store::pending)).as("all are kept").isEqualTo(11);
      assertThat(store.ask(Store::hasRoom)).isFalse();
      List<Long> order = new ArrayList<>();
      while (store.ask(Store::canTake)) {
        List<Long> taken = store.take();
        assertThat(taken).hasSizeBetween(1, 3);
        order.addAll(taken);
        taken.forEach(store::delivered);
      }
      assertThat(order).containsExactlyElementsOf(ids(2, 12));
      assertThat(store.ask(Store::hasRoom)).isTrue();
    }
  }

  @Test
  void aLowerDlqCapacityEvictsTheOldestAtTheNextStart() {
    try (OpenStore store = open()) {
      store.accept(7);
      ids(1, 7).forEach(store::bury);
      assertThat(store.deadLetters()).containsExactlyElementsOf(ids(3, 7));
    }
    try (OpenStore store = open(new Bounds(10, 2, 100))) {
      assertThat(store.deadLetters()).containsExactly(6L, 7L);
      assertThat(store.total(Total.DLQ_EVICTED)).isEqualTo(5);
    }
    try (OpenStore store = open()) {
      assertThat(store.deadLetters()).containsExactly(6L, 7L);
      assertThat(store.total(Total.DLQ_EVICTED)).isEqualTo(5);
      assertThat(store.total(Total.FAILED)).isEqualTo(7);
      assertThat(store.imbalance()).isZero();
    }
  }

  @Test
  void aRedrivenEventIsTakenOnceWithFreshAttempts() {
    try (OpenStore store = open()) {
      store.accept(4);
      store.bury(2);
      store.redrive(2);

      List<PendingEvent> taken = store.await(Store::take);

      assertThat(taken).extracting(PendingEvent::id).containsExactly(2L);
      assertThat(taken.get(0).attempts()).isZero();
      assertThat(store.ask(Store::canTake)).isFalse();
      assertThat(store.total(Total.FAILED)).isZero();
      assertThat(store.imbalance()).isZero();
    }
    try (OpenStore store = open()) {
      assertThat(store.take()).containsExactly(1L, 2L, 3L, 4L);
      assertThat(store.deadLetters()).isEmpty();
    }
  }

  @Test
  void afterARestartEventsRedrivenAheadOfTheReadingAreTakenOnce() {
    try (OpenStore store = open(new Bounds(40, 50, 100))) {
      store.accept(40);
      for (long id = 2; id <= 40; id += 2) {
        store.bury(id);
      }
    }
    try (OpenStore store = open(new Bounds(4, 50, 100))) {
      List<Long> seen = new ArrayList<>();
      Random random = new Random(3);
      List<Long> letters = new ArrayList<>(store.deadLetters());
      while (!letters.isEmpty() || store.ask(Store::canTake)) {
        if (!letters.isEmpty() && random.nextBoolean()) {
          store.redrive(letters.remove(random.nextInt(letters.size())));
        }
        if (store.ask(Store::canTake)) {
          List<Long> taken = store.take();
          seen.addAll(taken);
          taken.forEach(store::delivered);
        }
      }
      assertThat(seen).containsExactlyInAnyOrderElementsOf(ids(1, 40));
      assertThat(store.ask(Store::pending)).isZero();
      assertThat(store.ask(Store::waiting)).isZero();
      assertThat(store.imbalance()).isZero();
    }
  }

  @Test
  void moreRedrivenEventsThanMemoryHolds() {
    try (OpenStore store = open(new Bounds(50, 50, 100))) {
      store.accept(50);
      ids(1, 50).forEach(store::bury);
    }
    try (OpenStore store = open(new Bounds(4, 50, 100))) {
      ids(1, 50).forEach(store::redrive);
      assertThat(OpenStore.result(store.accept())).as("51 waits behind them").isFalse();
      List<Long> seen = new ArrayList<>();
      while (store.ask(Store::canTake)) {
        List<Long> taken = store.take();
        assertThat(taken).hasSizeLessThanOrEqualTo(4);
        seen.addAll(taken);
        taken.forEach(store::delivered);
      }
      assertThat(seen).containsExactlyElementsOf(ids(1, 51));
    }
  }

  @Test
  void aFullDiskRefusesNewEventsAndKeepsAllElse() {
    try (OpenStore store = open()) {
      store.accept(8);
      faults.full(true);

      Future<Boolean> refused = store.accept();

      assertThatThrownBy(() -> OpenStore.result(refused))
          .hasMessageEndingWith("No space left on device; new events are dropped until it can");
      assertThat(store.ask(Store::hasRoom)).isFalse();
      assertThat(store.ask(Store::pending)).isEqualTo(8);
      assertThat(store.<String>ask(Store::warning)).contains("No space left on device");
      store.delivered(1);
      store.bury(2);
      store.bury(3);
      store.redrive(3);
      store.ask(
          s -> {
            s.purge(2);
            return null;
          });
      store.bury(4);
      assertThat(store.deadLetters()).containsExactly(4L);

      faults.full(false);
      await().until(() -> store.ask(Store::warning) == null);
      assertThat(store.take()).containsExactly(3L);
      assertThat(OpenStore.result(store.accept())).isTrue();
    }
    try (OpenStore store = open(new Bounds(20, 5, 100))) {
      assertThat(store.take()).containsExactly(3L, 5L, 6L, 7L, 8L, 10L);
      assertThat(store.deadLetters()).containsExactly(4L);
    }
  }

  @Test
  void anEventThatWasRefusedIsNotTakenThoughItReachedTheDisk() {
    try (OpenStore store = open(new Bounds(4, 5, 100))) {
      store.accept(6);
      faults.unsyncable(true);
      Future<Boolean> refused = store.accept();
      await().until(refused::failed);
      ids(1, 4).forEach(store::delivered);

      assertThat(store.take()).containsExactly(5L, 6L);
      assertThat(store.ask(Store::waiting)).isZero();

      faults.unsyncable(false);
      await().until(() -> store.ask(Store::warning) == null);
      assertThat(store.ask(Store::pending)).isEqualTo(2);
    }
    try (OpenStore store = open()) {
      assertThat(store.take()).containsExactly(5L, 6L);
    }
  }

  @Test
  void aStoreThatIsClosedOnAFullDiskEndsAndLosesNoEvent() {
    try (OpenStore store = open()) {
      store.accept(3);
      faults.full(true);
      store.delivered(1);
    }
    faults.full(false);
    try (OpenStore store = open()) {
      assertThat(store.take()).as("1 goes out again: at least once").containsExactly(1L, 2L, 3L);
    }
  }

  @Test
  void deliveryGoesOnWhileTheFileShrinksAfterABacklog() throws IOException {
    int backlog = 50_000;
    try (OpenStore store = open(new Bounds(backlog, 5, 2 * backlog))) {
      for (int accepted = 0; accepted < backlog; accepted += 500) {
        store.accept(500);
      }
      long full = Files.size(file());
      for (long id = 1; id <= backlog; id += 500) {
        long from = id;
        store.ask(
            s -> {
              ids(from, from + 498).forEach(each -> s.delivered(OpenStore.event(each)));
              return null;
            });
        store.await(Store::kept);
      }

      int meanwhile = 0;
      long start = System.nanoTime();
      while (Files.size(file()) > 4 << 20 || meanwhile == 0) {
        assertThat(OpenStore.result(store.accept())).isTrue();
        store.delivered(backlog + ++meanwhile);
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
      }

      assertThat(full).isGreaterThan(5_000_000);
      assertThat(store.ask(Store::pending)).isEqualTo(backlog / 500);
      assertThat(store.imbalance()).isZero();
    }
    try (OpenStore store = open(new Bounds(backlog, 5, 2 * backlog))) {
      assertThat(store.take()).hasSize(backlog / 500).allMatch(id -> id % 500 == 0);
    }
  }

  @Test
  void whatCannotBeReadStaysAndIsTakenLater() {
    try (OpenStore store = open()) {
      store.accept(20);
    }
    try (OpenStore store = open()) {
      faults.failing(1, new Random(1));
      // Opening has read the pages of so small a file.
      store.await(s -> s.add(OpenStore.event(21)).otherwise(false));
      assertThat(store.take()).isEmpty();
      assertThat(store.<String>ask(Store::warning)).contains("cannot be");

      faults.failing(0, new Random(1));
      await().until(() -> store.ask(s -> s.hasRoom()));
      assertThat(store.take()).containsExactlyElementsOf(ids(1, 10));
      assertThat(store.<String>ask(Store::warning)).isNull();
    }
  }
}
