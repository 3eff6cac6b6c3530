package dev.auditwebhook.testing;

import dev.auditwebhook.endpoint.Clock;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/** A clock that a test turns by hand. For one thread. */
public final class SettableClock implements Clock {

  private record Timer(long id, long due, Runnable task) {}

  private final Queue<Runnable> soon = new ArrayDeque<>();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingLong(Timer::due).thenComparingLong(Timer::id));
  private final long origin;
  private long elapsed;
  private long lastId;

  /** One that begins on a morning of 2026. */
  public SettableClock() {
    this(1_767_258_000_000L);
  }

  /**
   * @param now the time at first, in milliseconds since the epoch
   */
  public SettableClock(long now) {
    origin = now;
  }

  @Override
  public long now() {
    return origin + elapsed;
  }

  @Override
  public long elapsed() {
    return elapsed;
  }

  @Override
  public void later(Runnable task) {
    soon.add(task);
  }

  @Override
  public long timer(long delay, Runnable task) {
    timers.add(new Timer(++lastId, elapsed + delay, task));
    return lastId;
  }

  @Override
  public void cancel(long timer) {
    timers.removeIf(each -> each.id() == timer);
  }

  /** Runs what is to run soon, and what that starts, with no time going by. */
  public void turn() {
    turn(0);
  }

  /** Lets time go by; all that is due meanwhile runs, each at its time. */
  public void turn(long millis) {
    long end = elapsed + millis;
    runSoon();
    while (!timers.isEmpty() && timers.peek().due() <= end) {
      Timer next = timers.poll();
      elapsed = Math.max(elapsed, next.due());
      next.task().run();
      runSoon();
    }
    elapsed = end;
  }

  private void runSoon() {
    while (!soon.isEmpty()) {
      soon.poll().run();
    }
  }

  /** How many timers run. */
  public int timers() {
    return timers.size();
  }
}
