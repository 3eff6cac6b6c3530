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
  private boolean nothingMoreComes;

  Drain(Vertx vertx, long timeout) {
    this.vertx = vertx;
    this.deadline = System.nanoTime() / 1_000_000 + timeout;
    this.timer = vertx.setTimer(Math.max(1, timeout), id -> drained.tryComplete());
  }

  /** How long it still lasts, in milliseconds. */
  long remaining() {
    return deadline - System.nanoTime() / 1_000_000;
  }

  /** All that was accepted is in the queue by now. */
  void nothingMoreComes() {
    nothingMoreComes = true;
  }

  /** Ends it, if nothing more comes. */
  void endEarly() {
    if (nothingMoreComes) {
      end();
    }
  }

  void end() {
    vertx.cancelTimer(timer);
    drained.tryComplete();
  }

  Future<Void> future() {
    return drained.future();
  }
}
