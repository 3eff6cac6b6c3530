package dev.auditwebhook.endpoint;

import dev.auditwebhook.endpoint.attempt.Batch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/** The batches in backoff. One timer waits for the earliest, whatever their number. */
final class RetrySchedule {

  private record Waiter(Batch batch, long due) {}

  private final Clock clock;
  private final Consumer<List<Batch>> over;
  private final PriorityQueue<Waiter> waiters =
      new PriorityQueue<>(Comparator.comparingLong(Waiter::due));
  private long timer = -1;
  private long timerDue;

  /**
   * @param over gets the batches whose backoff is over
   */
  RetrySchedule(Clock clock, Consumer<List<Batch>> over) {
    this.clock = clock;
    this.over = over;
  }

  void add(Batch batch, long millis) {
    waiters.add(new Waiter(batch, clock.elapsed() + millis));
    arm();
  }

  private void arm() {
    Waiter earliest = waiters.peek();
    if (timer >= 0 && (earliest == null || earliest.due() < timerDue)) {
      clock.cancel(timer);
      timer = -1;
    }
    if (timer < 0 && earliest != null) {
      timerDue = earliest.due();
      timer = clock.timer(Math.max(1, timerDue - clock.elapsed()), this::fire);
    }
  }

  private void fire() {
    timer = -1;
    List<Batch> due = new ArrayList<>();
    while (endsOneWithin(0)) {
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
    return !waiters.isEmpty() && waiters.peek().due() <= clock.elapsed() + millis;
  }

  List<Batch> clear() {
    List<Batch> all = waiters.stream().map(Waiter::batch).toList();
    waiters.clear();
    arm();
    return all;
  }
}
