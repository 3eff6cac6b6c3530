package dev.auditwebhook.delivery;

import io.vertx.core.Vertx;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The deadlines of all exchanges. As all last as long, they end in the order of their start: one
 * timer for the first of them is enough.
 */
final class Deadlines {

  private final Vertx vertx;
  private final long timeout;
  private final Set<Exchange> running = new LinkedHashSet<>();
  private long timer = -1;

  /**
   * @param timeout in milliseconds
   */
  Deadlines(Vertx vertx, long timeout) {
    this.vertx = vertx;
    this.timeout = timeout;
  }

  void start(Exchange exchange) {
    running.add(exchange);
    if (timer < 0) {
      timer = vertx.setTimer(timeout, id -> expire());
    }
  }

  void end(Exchange exchange) {
    running.remove(exchange);
  }

  private void expire() {
    timer = -1;
    long now = System.nanoTime();
    Iterator<Exchange> oldest = running.iterator();
    while (timer < 0 && oldest.hasNext()) {
      Exchange exchange = oldest.next();
      long left = timeout - (now - exchange.startedNanos()) / 1_000_000;
      if (left > 0) {
        timer = vertx.setTimer(left, id -> expire());
      } else {
        exchange.abort("timeout after " + timeout + " ms");
        oldest = running.iterator();
      }
    }
  }

  /** No deadline ends any more. */
  void close() {
    vertx.cancelTimer(timer);
  }
}
