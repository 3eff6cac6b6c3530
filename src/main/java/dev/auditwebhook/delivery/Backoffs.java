package dev.auditwebhook.delivery;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/** The batches in backoff. One timer waits for the earliest, whatever their number. */
final class Backoffs {

  private record Waiter(Batch batch, long due) {}

  private final Vertx vertx;
  private final Consumer<List<Batch>> over;
  private final PriorityQueue<Waiter> waiters =
      new PriorityQueue<>(Comparator.comparingLong(Waiter::due));
  private long timer = -1;
  private long timerDue;

  /**
   * @param over gets the batches whose backoff is over
   */
  Backoffs(Vertx vertx, Consumer<List<Batch>> over) {
    this.vertx = vertx;
    this.over = over;
  }

  void add(Batch batch, long millis) {
    waiters.add(new Waiter(batch, now() + millis));
    arm();
  }

  private void arm() {
    Waiter earliest = waiters.peek();
    if (timer >= 0 && (earliest == null || earliest.due() < timerDue)) {
      vertx.cancelTimer(timer);
      timer = -1;
    }
    if (timer < 0 && earliest != null) {
      timerDue = earliest.due();
      timer = vertx.setTimer(Math.max(1, timerDue - now()), id -> fire());
    }
  }

  private void fire() {
    timer = -1;
    long now = now();
    List<Batch> due = new ArrayList<>();
    while (!waiters.isEmpty() && waiters.peek().due() <= now) {
      due.add(waiters.poll().batch());
    }
    arm();
    over.accept(due);
  }

  int size() {
    return waiters.size();
  }

  /** Whether one is over within so many milliseconds. */
  boolean endsOneWithin(long millis) {
    return !waiters.isEmpty() && waiters.peek().due() <= now() + millis;
  }

  /** Ends all backoffs at once. */
  List<Batch> clear() {
    List<Batch> all = waiters.stream().map(Waiter::batch).toList();
    waiters.clear();
    arm();
    return all;
  }

  /** A clock that nobody sets. */
  private static long now() {
    return System.nanoTime() / 1_000_000;
  }
}
