package dev.auditwebhook.journal.pace;

import dev.auditwebhook.endpoint.Clock;
import java.util.function.Consumer;

/**
 * Speaks of something that may happen very often: of the first time at once, of all further times
 * once an interval, with their number. On one context, so no locks.
 *
 * @param <T> what there is to say of one time
 */
public final class Warnings<T> {

  /** From one line to the next, in milliseconds. */
  public static final long INTERVAL = 10_000;

  /**
   * What happened since the last line.
   *
   * @param count how often, 1 or more
   */
  public record Times<T>(long count, T first, T last) {}

  private final Clock clock;
  private final Consumer<Times<T>> line;
  private long timer = -1;
  private long count;
  private T first;
  private T last;

  /**
   * @param line writes a line of the log
   */
  public Warnings(Clock clock, Consumer<Times<T>> line) {
    this.clock = clock;
    this.line = line;
  }

  /** It happened. */
  public void add(T detail) {
    if (count == 0) {
      first = detail;
    }
    last = detail;
    count++;
    if (timer < 0) {
      speak();
    }
  }

  private void speak() {
    Times<T> times = new Times<>(count, first, last);
    count = 0;
    first = null;
    last = null;
    timer = clock.timer(INTERVAL, this::intervalEnds);
    line.accept(times);
  }

  private void intervalEnds() {
    timer = -1;
    if (count > 0) {
      speak();
    }
  }

  /** Speaks of what is left. */
  public void close() {
    clock.cancel(timer);
    if (count > 0) {
      speak();
    }
    clock.cancel(timer);
    timer = -1;
  }
}
