package dev.auditwebhook.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.store.FaultyFiles.Faults;
import dev.auditwebhook.store.OpenStore.Bounds;
import dev.auditwebhook.testing.Damage;
import dev.auditwebhook.testing.LogLines;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One record that the disk has damaged costs no other event anything. */
class DamagedRecordsTest {

  private static final Bounds BOUNDS = new Bounds(10, 5, 100);

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final Faults faults = new Faults();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private OpenStore open() {
    return OpenStore.open(vertx, directory, BOUNDS, faults::name);
  }

  private Path file() {
    return directory.resolve("events.mv");
  }

  private static List<Long> ids(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }

  /** Damages an event while the store runs, which then reads its file anew. */
  private void damage(OpenStore store, long id) throws IOException {
    faults.full(true);
    Future<Boolean> refused = store.accept();
    await().until(refused::failed);
    store.ask(s -> s.count(Total.DROPPED));
    Damage.event(file(), id);
    faults.full(false);
    await().until(() -> store.ask(Store::warning) == null);
  }

  @Test
  void aRedrivenLetterThatIsDamagedStaysADeadLetterAndAllElseIsWritten() throws IOException {
    try (OpenStore store = open()) {
      store.accept(4);
      store.bury(2);
      store.bury(3);
      store.await(Store::kept);
      damage(store, 2);

      store.redrive(2);
      store.redrive(3);
      assertThat(store.imbalance()).isZero();
      store.await(Store::kept);

      assertThat(store.imbalance()).isZero();
      assertThat(store.total(Total.FAILED)).isEqualTo(1);
      assertThat(store.total(Total.REDRIVEN)).isEqualTo(1);
      assertThat(store.<String>ask(Store::warning)).endsWith("can only be purged: 2");
      assertThat(store.deadLetters()).containsExactly(2L);
      assertThat(store.take()).containsExactly(3L);
      assertThat(store.ask(Store::waiting)).isZero();
      assertThat(OpenStore.result(store.accept())).isTrue();
    }
    try (OpenStore store = open()) {
      assertThat(store.imbalance()).isZero();
      assertThat(store.total(Total.FAILED)).isEqualTo(1);
      assertThat(store.deadLetters()).containsExactly(2L);
      assertThat(store.take()).containsExactly(1L, 3L, 4L, 6L);
    }
  }

  @Test
  void aLetterThatIsDamagedDoesNotHideTheOthers() throws IOException {
    try (OpenStore store = open()) {
      store.accept(3);
      ids(1, 3).forEach(store::bury);
      store.await(Store::kept);
      damage(store, 2);

      assertThat(store.deadLetters()).containsExactly(1L, 2L, 3L);
      assertThat(store.<String>ask(Store::warning)).endsWith("can only be purged: 2");
    }
  }

  @Test
  void aWaitingEventThatIsDamagedIsADeadLetterAndTheOthersAreTaken() throws IOException {
    try (OpenStore store = open();
        LogLines log = new LogLines()) {
      store.accept(20);
      damage(store, 15);
      ids(1, 10).forEach(store::delivered);

      assertThat(store.take()).containsExactly(11L, 12L, 13L, 14L, 16L, 17L, 18L, 19L, 20L);

      assertThat(store.imbalance()).isZero();
      assertThat(store.total(Total.FAILED)).isEqualTo(1);
      assertThat(store.ask(Store::waiting)).isZero();
      assertThat(store.deadLetters()).containsExactly(15L);
      assertThat(store.<Boolean>ask(s -> s.isDamaged(15))).isTrue();
      assertThat(store.<String>ask(Store::warning)).endsWith("can only be purged: 15");
      assertThat(log.all())
          .containsOnlyOnce(
              "ERROR webhook.store.path: pending events are damaged on disk, and now dead"
                  + " letters: 15");
    }
    try (OpenStore store = open()) {
      assertThat(store.imbalance()).isZero();
      assertThat(store.total(Total.FAILED)).isEqualTo(1);
      assertThat(store.deadLetters()).containsExactly(15L);
      assertThat(store.<String>ask(Store::warning)).endsWith("can only be purged: 15");
    }
  }

  @Test
  void anEventThatAStartFindsDamagedIsADeadLetterAndTheOthersAreTaken() throws IOException {
    try (OpenStore store = open()) {
      store.accept(4);
    }
    Damage.event(file(), 2);
    for (int start = 1; start <= 2; start++) {
      try (OpenStore store = open()) {
        assertThat(store.ask(Store::isSetAside)).isFalse();
        assertThat(store.ask(Store::pending)).isEqualTo(3);
        assertThat(store.take()).containsExactly(1L, 3L, 4L);
        assertThat(store.ask(Store::waiting)).isZero();
        assertThat(store.imbalance()).isZero();
        assertThat(store.total(Total.FAILED)).isEqualTo(1);
        assertThat(store.deadLetters()).containsExactly(2L);
        assertThat(store.<String>ask(Store::warning)).endsWith("can only be purged: 2");
      }
    }
  }

  @Test
  void whereNothingElseWaitsNothingIsLeft() throws IOException {
    try (OpenStore store = open()) {
      store.accept(11);
      damage(store, 11);
      ids(1, 10).forEach(store::delivered);

      assertThat(store.take()).isEmpty();

      assertThat(store.ask(Store::canTake)).isFalse();
      assertThat(store.ask(Store::pending)).isZero();
      assertThat(store.imbalance()).isZero();
      assertThat(OpenStore.result(store.accept())).isTrue();
    }
  }

  @Test
  void aRedrivenEventThatIsDamagedThenIsADeadLetterAgain() throws IOException {
    try (OpenStore store = open()) {
      store.accept(3);
      store.bury(2);
      store.redrive(2);
      store.await(Store::kept);
      damage(store, 2);

      assertThat(store.take()).isEmpty();

      assertThat(store.ask(Store::waiting)).isZero();
      assertThat(store.deadLetters()).containsExactly(2L);
      assertThat(store.imbalance()).isZero();
    }
  }

  @Test
  void moreOfThemThanDeadLettersAreKeptAreEvictedAndCounted() throws IOException {
    try (OpenStore store = open()) {
      store.accept(10);
    }
    for (long id : ids(1, 8)) {
      Damage.event(file(), id);
    }
    for (int start = 1; start <= 2; start++) {
      try (OpenStore store = open()) {
        assertThat(store.take()).containsExactly(9L, 10L);
        assertThat(store.deadLetters()).containsExactly(4L, 5L, 6L, 7L, 8L);
        assertThat(store.total(Total.FAILED)).isEqualTo(8);
        assertThat(store.total(Total.DLQ_EVICTED)).isEqualTo(3);
        assertThat(store.imbalance()).isZero();
      }
    }
  }

  @Test
  void whileTheDiskIsFullItIsListedAndWrittenLater() throws IOException {
    try (OpenStore store = open()) {
      store.accept(2);
    }
    Damage.event(file(), 1);
    try (OpenStore store = open()) {
      faults.full(true);
      assertThat(store.deadLetters()).containsExactly(1L);
      assertThat(store.take()).containsExactly(2L);
      assertThat(store.imbalance()).isZero();
      faults.full(false);
    }
    try (OpenStore store = open()) {
      assertThat(store.deadLetters()).containsExactly(1L);
      assertThat(store.total(Total.FAILED)).isEqualTo(1);
      assertThat(store.imbalance()).isZero();
    }
  }
}
