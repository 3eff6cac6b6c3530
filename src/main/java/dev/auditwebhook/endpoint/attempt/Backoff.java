package dev.auditwebhook.endpoint.attempt;

import java.util.function.DoubleSupplier;

/**
 * How long an event waits before its next attempt: {@code initial}, doubled after each attempt,
 * varied by {@code jitter}, never over {@code max}. A receiver's {@code Retry-After} is a lower
 * bound, up to {@code max} too.
 */
public final class Backoff {

  private final long max;
  private final double jitter;
  private final DoubleSupplier random;

  /**
   * @param max the longest wait, in milliseconds
   * @param jitter the share by which a wait varies, 0 to 1
   * @param random numbers from 0 to 1
   */
  public Backoff(long max, double jitter, DoubleSupplier random) {
    this.max = max;
    this.jitter = jitter;
    this.random = random;
  }

  /**
   * The wait after an attempt.
   *
   * @param initial the wait after the first attempt, in milliseconds
   * @param attempts attempts made so far, from 1
   * @param retryAfter what the receiver asked for, in milliseconds, 0 for nothing
   * @return milliseconds, at least 1
   */
  public long after(long initial, int attempts, long retryAfter) {
    double doubled = Math.min(max, initial * Math.pow(2, attempts - 1));
    double varied = doubled * (1 + jitter * (2 * random.getAsDouble() - 1));
    return Math.max(1, atMostMax(Math.max(Math.round(varied), retryAfter)));
  }

  /** So much of what a receiver asked for as is honoured, in milliseconds. */
  public long atMostMax(long retryAfter) {
    return Math.min(max, retryAfter);
  }
}
