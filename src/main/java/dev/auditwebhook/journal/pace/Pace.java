package dev.auditwebhook.journal.pace;

import dev.auditwebhook.endpoint.Clock;

/**
 * When a task runs that may be wanted at any time, but not as often: after a quiet time at once,
 * which is in a later turn of the event loop, else an interval after it last began.
 */
public final class Pace {

  private static final long NEVER = Long.MAX_VALUE;

  private final Clock clock;
  private final Runnable task;
  private long interval;
  private long wanted = NEVER;
  private long lastStart;
  private boolean busy;
  private boolean soon;
  private boolean stopped;
  private long timer = -1;

  /**
   * @param interval from one start to the next, in milliseconds
   */
  public Pace(Clock clock, long interval, Runnable task) {
    this.clock = clock;
    this.task = task;
    this.interval = interval;
    lastStart = clock.elapsed() - interval;
  }

  /** From now on, another interval. */
  public void interval(long millis) {
    interval = millis;
  }

  /** The task is wanted. */
  public void want() {
    want(lastStart + interval);
  }

  /** The task is wanted within so many milliseconds, whatever the interval. */
  public void wantWithin(long millis) {
    want(clock.elapsed() + millis);
  }

  /** The task is wanted now, whatever the interval. */
  public void wantNow() {
    want(clock.elapsed());
  }

  private void want(long at) {
    if (at < wanted) {
      wanted = at;
      arm();
    }
  }

  private void arm() {
    if (busy || soon || wanted == NEVER) {
      return;
    }
    clock.cancel(timer);
    timer = -1;
    long wait = wanted - clock.elapsed();
    if (wait <= 0) {
      soon = true;
      clock.later(this::run);
    } else {
      timer = clock.timer(wait, this::run);
    }
  }

  private void run() {
    soon = false;
    timer = -1;
    if (!busy && wanted != NEVER) {
      wanted = NEVER;
      lastStart = clock.elapsed();
      busy = true;
      task.run();
    }
  }

  /** The task has come to its end, and may run again. */
  public void ended() {
    busy = stopped;
    arm();
  }

  /** The task runs no more. */
  public void stop() {
    stopped = true;
    busy = true;
    clock.cancel(timer);
  }
}
