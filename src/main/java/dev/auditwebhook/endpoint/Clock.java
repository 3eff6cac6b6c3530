package dev.auditwebhook.endpoint;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.TimeoutException;

/**
 * The time, and what is to be done at another time. Journal and endpoints have no other. What it is
 * asked to run runs on the context it was asked on.
 */
public interface Clock {

  /** The time of day, in milliseconds since the epoch; somebody may set it. */
  long now();

  /** The time that has gone by since some moment, in milliseconds; nobody sets it. */
  long elapsed();

  /** Runs a task in a later turn of the event loop, soon. */
  void later(Runnable task);

  /**
   * Runs a task once.
   *
   * @param delay in milliseconds from now, at least 1
   * @return for {@link #cancel}; 0 or more
   */
  long timer(long delay, Runnable task);

  /**
   * What comes of a future, but no later than in so many milliseconds: then it fails with a {@link
   * TimeoutException}.
   */
  default <T> Future<T> within(long millis, Future<T> future) {
    Promise<T> ended = Promise.promise();
    long timer =
        timer(millis, () -> ended.tryFail(new TimeoutException("no result in " + millis + " ms")));
    future.onComplete(
        (result, failure) -> {
          cancel(timer);
          if (failure == null) {
            ended.tryComplete(result);
          } else {
            ended.tryFail(failure);
          }
        });
    return ended.future();
  }

  /** Completed after a while, in milliseconds, at least 1. */
  default Future<Void> after(long millis) {
    Promise<Void> over = Promise.promise();
    timer(millis, over::complete);
    return over.future();
  }

  /** Forgets a task; one that has run or was forgotten, or -1, is ignored. */
  void cancel(long timer);
}
