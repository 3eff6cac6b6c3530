package dev.auditwebhook.journal.postgres.database;

import dev.auditwebhook.endpoint.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a start needs of the database: it is tried again while that is away, for some time. */
final class Opening<T> {

  private static final Logger log = LoggerFactory.getLogger(Opening.class);

  /** From one try to the next, in milliseconds. */
  static final long TRY_AGAIN = 1_000;

  private final Clock clock;
  private final long wait;
  private final Supplier<Future<T>> work;
  private final long start;
  private final Promise<T> result = Promise.promise();
  private boolean told;

  /**
   * @param wait for how long, in milliseconds
   */
  Opening(Clock clock, long wait, Supplier<Future<T>> work) {
    this.clock = clock;
    this.wait = wait;
    this.work = work;
    start = clock.elapsed();
    attempt();
  }

  Future<T> result() {
    return result.future();
  }

  private void attempt() {
    work.get().onComplete(this::opened, this::failed);
  }

  private void opened(T opened) {
    if (told) {
      log.warn("{}: the database is there", ConnectionUri.KEY);
    }
    result.complete(opened);
  }

  private void failed(Throwable failure) {
    boolean away = failure instanceof DatabaseException known && known.isAway();
    if (away && clock.elapsed() - start + TRY_AGAIN <= wait) {
      if (!told) {
        told = true;
        log.warn(
            "{}: {}; waiting up to {} ms for it", ConnectionUri.KEY, failure.getMessage(), wait);
      }
      clock.timer(TRY_AGAIN, this::attempt);
    } else if (failure instanceof DatabaseException) {
      result.fail(
          new IllegalArgumentException(ConnectionUri.KEY + ": " + failure.getMessage(), failure));
    } else {
      result.fail(failure);
    }
  }
}
