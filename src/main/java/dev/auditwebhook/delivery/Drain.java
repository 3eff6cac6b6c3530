package dev.auditwebhook.delivery;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;

/** A bounded wait for what is still on its way. */
final class Drain {

  private final Promise<Void> drained = Promise.promise();
  private final Vertx vertx;
  private final long timer;
  private final long deadline;

  Drain(Vertx vertx, long timeout) {
    this.vertx = vertx;
    this.deadline = System.currentTimeMillis() + timeout;
    this.timer = vertx.setTimer(Math.max(1, timeout), id -> drained.tryComplete());
  }

  /** In milliseconds since the epoch. */
  long deadline() {
    return deadline;
  }

  void end() {
    vertx.cancelTimer(timer);
    drained.tryComplete();
  }

  Future<Void> future() {
    return drained.future();
  }
}
