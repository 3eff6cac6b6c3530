package dev.auditwebhook.endpoint;

import io.vertx.core.Future;
import io.vertx.core.Promise;

/** A bounded wait for what is still on its way. */
final class Drain {

  private final Promise<Void> drained = Promise.promise();
  private final Clock clock;
  private final long timer;
  private final long deadline;
  private boolean nothingMoreComes;

  /**
   * @param timeout in milliseconds
   */
  Drain(Clock clock, long timeout) {
    this.clock = clock;
    this.deadline = clock.elapsed() + timeout;
    this.timer = clock.timer(Math.max(1, timeout), drained::tryComplete);
  }

  long remaining() {
    return deadline - clock.elapsed();
  }

  /** All that was accepted is in the queue by now. */
  void nothingMoreComes() {
    nothingMoreComes = true;
  }

  void endEarly() {
    if (nothingMoreComes) {
      end();
    }
  }

  void end() {
    clock.cancel(timer);
    drained.tryComplete();
  }

  Future<Void> future() {
    return drained.future();
  }
}
