package dev.auditwebhook.testing;

import dev.auditwebhook.endpoint.Clock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/** A clock that goes as others do, and that a test can put forward. For one context. */
public final class HastenedClock implements Clock {

  private record Timer(long id, long due, Runnable task) {}

  private final Vertx vertx;
  private final Map<Long, Timer> timers = new HashMap<>();
  private volatile Context context;
  private volatile long ahead;

  public HastenedClock(Vertx vertx) {
    this.vertx = vertx;
  }

  @Override
  public long now() {
    return System.currentTimeMillis() + ahead;
  }

  @Override
  public long elapsed() {
    return System.nanoTime() / 1_000_000 + ahead;
  }

  @Override
  public void later(Runnable task) {
    vertx.runOnContext(v -> task.run());
  }

  @Override
  public long timer(long delay, Runnable task) {
    context = vertx.getOrCreateContext();
    long id = vertx.setTimer(delay, this::run);
    timers.put(id, new Timer(id, elapsed() + delay, task));
    return id;
  }

  private void run(long id) {
    Timer timer = timers.remove(id);
    if (timer != null) {
      timer.task().run();
    }
  }

  @Override
  public void cancel(long timer) {
    vertx.cancelTimer(timer);
    timers.remove(timer);
  }

  /** Puts it forward; all that is due by then runs, each at its time. */
  public Future<Void> turn(long millis) {
    return Turn.of(
        context,
        () -> {
          long end = ahead + millis;
          for (Timer next = first(); next != null; next = first()) {
            long wait = next.due() - elapsed();
            if (ahead + wait > end) {
              break;
            }
            ahead += Math.max(0, wait);
            vertx.cancelTimer(next.id());
            run(next.id());
          }
          ahead = end;
          return null;
        });
  }

  private Timer first() {
    return timers.values().stream().min(Comparator.comparingLong(Timer::due)).orElse(null);
  }

  /** How many timers run. */
  public Future<Integer> timers() {
    // Without a context nobody has set one yet.
    return context == null ? Future.succeededFuture(0) : Turn.of(context, timers::size);
  }
}
