package dev.auditwebhook.endpoint;

import io.vertx.core.Vertx;

public final class VertxClock implements Clock {

  private final Vertx vertx;

  public VertxClock(Vertx vertx) {
    this.vertx = vertx;
  }

  @Override
  public long now() {
    return System.currentTimeMillis();
  }

  @Override
  public long elapsed() {
    return System.nanoTime() / 1_000_000;
  }

  @Override
  public void later(Runnable task) {
    vertx.runOnContext(v -> task.run());
  }

  @Override
  public long timer(long delay, Runnable task) {
    return vertx.setTimer(delay, id -> task.run());
  }

  @Override
  public void cancel(long timer) {
    vertx.cancelTimer(timer);
  }
}
