package dev.auditwebhook.bus;

import io.netty.channel.EventLoop;
import io.vertx.core.internal.EventExecutor;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks on an event loop in slices, so that a flood of them leaves it time for its sockets.
 * Netty itself may run what is queued for a second between two looks at the sockets, and for as
 * long as more arrives than it can run. Here a slice ends after so many tasks or so long; then the
 * loop looks at its sockets, then comes the next slice. Nothing is lost, all keep their order, and
 * a task that comes alone runs as soon as elsewhere.
 */
final class Slices implements EventExecutor {

  private static final Logger log = LoggerFactory.getLogger(Slices.class);

  /** The most tasks of a slice. */
  static final int MAX_TASKS = 2_048;

  /** How long a slice takes, up to the end of its last task, in nanoseconds. */
  static final long MAX_NANOS = 2_000_000;

  private final EventLoop loop;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicLong waiting = new AtomicLong();
  private final Runnable slice = this::slice;

  Slices(EventLoop loop) {
    this.loop = loop;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (waiting.getAndIncrement() == 0) {
      loop.execute(slice);
    }
  }

  private void slice() {
    long start = System.nanoTime();
    int taken = 0;
    do {
      run(tasks.remove());
      taken++;
    } while (taken < MAX_TASKS && taken < waiting.get() && System.nanoTime() - start < MAX_NANOS);
    if (waiting.addAndGet(-taken) > 0) {
      // What is due now runs in the next round of the loop, which begins with the sockets.
      loop.schedule(slice, 1, TimeUnit.NANOSECONDS);
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      log.warn("A task raised an exception. Task: {}", task, e);
    }
  }

  @Override
  public boolean inThread() {
    return loop.inEventLoop();
  }
}
