package dev.auditwebhook.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.BatchOptions;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.store.MemoryStore;
import dev.auditwebhook.store.PendingEvent;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WaitingEventsTest {

  private final Vertx vertx = Vertx.vertx();
  private final CompletableFuture<Void> ripe = new CompletableFuture<>();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private WaitingEvents waiting(int maxEvents, long maxDelay, boolean strict) {
    WebhookOptions options =
        new WebhookOptions()
            .setBatch(new BatchOptions().setMaxEvents(maxEvents).setMaxDelay(maxDelay));
    MessageIds ids = new MessageIds(new MemoryStore(vertx, "webhook", 100, 10));
    return new WaitingEvents(vertx, new Batching(options, ids), strict, () -> ripe.complete(null));
  }

  private static PendingEvent event(long id, long since) {
    return new PendingEvent(id, "x", new byte[] {'{', '}'}, 0, since);
  }

  private static Batch batch(long id, long since) {
    return Batch.single(event(id, since), "msg_" + id);
  }

  private static List<Long> drain(WaitingEvents waiting) {
    List<Long> ids = new ArrayList<>();
    while (waiting.hasReady()) {
      ids.add(waiting.next().firstId());
    }
    return ids;
  }

  @Test
  void eventsComeInTheOrderOfTheirAcceptance() {
    WaitingEvents waiting = waiting(1, 0, false);
    for (long id = 1; id <= 5; id++) {
      waiting.add(event(id, 100));
    }
    assertThat(drain(waiting)).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(waiting.isEmpty()).isTrue();
  }

  @Test
  void firstComesWhatWaitedLongestSinceItsLastTry() {
    WaitingEvents waiting = waiting(1, 0, false);
    waiting.add(event(3, 300));
    waiting.add(event(4, 400));
    waiting.add(batch(1, 350));
    waiting.add(batch(2, 250));
    waiting.add(event(5, 320));
    assertThat(drain(waiting)).containsExactly(2L, 3L, 5L, 1L, 4L);
  }

  @Test
  void whereTheOrderIsStrictALowerIdIsFirstThoughItsBatchIsNotFull() {
    WaitingEvents waiting = waiting(10, 60_000, true);
    waiting.add(batch(5, 100));
    waiting.add(event(3, System.currentTimeMillis()));
    assertThat(drain(waiting)).containsExactly(3L, 5L);
  }

  @Test
  void whereTheOrderIsStrictTheLowestIdIsFirst() {
    WaitingEvents waiting = waiting(1, 0, true);
    waiting.add(event(3, 100));
    waiting.add(event(4, 110));
    waiting.add(batch(2, 900));
    waiting.add(event(1, 950));
    assertThat(drain(waiting)).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void aBatchIsReadyWhenItIsFull() {
    WaitingEvents waiting = waiting(3, 60_000, false);
    long now = System.currentTimeMillis();
    waiting.add(event(1, now));
    waiting.add(event(2, now));
    assertThat(waiting.hasReady()).isFalse();
    waiting.add(event(3, now));
    waiting.add(event(4, now));
    assertThat(waiting.next().events()).extracting(PendingEvent::id).containsExactly(1L, 2L, 3L);
    assertThat(waiting.hasReady()).isFalse();
    assertThat(waiting.isEmpty()).isFalse();
  }

  @Test
  void aBatchIsReadyWhenItsFirstEventHasWaitedLongEnough() throws Exception {
    WaitingEvents waiting = waiting(3, 20, false);
    waiting.add(event(1, System.currentTimeMillis()));
    assertThat(waiting.hasReady()).isFalse();
    ripe.get(10, TimeUnit.SECONDS);
    assertThat(waiting.hasReady()).isTrue();
    assertThat(waiting.next().size()).isEqualTo(1);
  }

  @Test
  void nothingWaitsForABatchToFillInAHurry() {
    WaitingEvents waiting = waiting(3, 60_000, false);
    waiting.add(event(1, System.currentTimeMillis()));
    waiting.hurry(true);
    assertThat(drain(waiting)).containsExactly(1L);
  }

  @Test
  void aBatchThatComesBackDoesNotWaitForOthers() {
    WaitingEvents waiting = waiting(3, 60_000, false);
    long now = System.currentTimeMillis();
    waiting.add(event(1, now));
    waiting.add(batch(7, now + 1_000));
    assertThat(drain(waiting)).containsExactly(7L);
  }

  @Test
  void membersAreInTheOrderOfTheirIdsWhateverOrderTheyCameIn() {
    WaitingEvents waiting = waiting(3, 0, false);
    waiting.add(event(8, 100));
    waiting.add(event(2, 200));
    waiting.add(event(5, 150));
    Batch next = waiting.next();
    assertThat(next.events()).extracting(PendingEvent::id).containsExactly(2L, 5L, 8L);
    assertThat(new String(next.body())).isEqualTo("[{},{},{}]");
  }

  @Test
  void aNewUrlForgetsAttempts() {
    WaitingEvents waiting = waiting(1, 0, false);
    waiting.add(event(1, 100).waiting(2, 100));
    waiting.add(event(2, 110));
    waiting.add(batch(3, 120).tried(1, 130));
    waiting.startAfresh();
    for (long id = 1; id <= 3; id++) {
      Batch next = waiting.next();
      assertThat(next.firstId()).isEqualTo(id);
      assertThat(next.attempts()).isZero();
    }
  }
}
