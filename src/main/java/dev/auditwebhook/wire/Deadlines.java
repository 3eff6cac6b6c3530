package dev.auditwebhook.wire;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The deadlines of all exchanges. As all last as long, they end in the order of their start: one
 * timer for the first of them is enough.
 */
final class Deadlines {

  /** What has a deadline. */
  interface Timed {

    /** When it began, by {@link System#nanoTime()}. */
    long startedNanos();

    /** Its deadline has come. */
    void abort(String error);

    /** Nobody waits for it any more. */
    void drop();
  }

  private final Vertx vertx;
  private final long timeout;
  private final String error;
  private final Set<Timed> running = new LinkedHashSet<>();
  private long timer = -1;

  /** {@code null} while nobody waits for the last one to end. */
  private Promise<Void> allEnded;

  /**
   * @param timeout in milliseconds
   */
  Deadlines(Vertx vertx, long timeout) {
    this.vertx = vertx;
    this.timeout = timeout;
    error = "timeout after " + timeout + " ms";
  }

  void start(Timed exchange) {
    running.add(exchange);
    arm();
  }

  void end(Timed exchange) {
    running.remove(exchange);
    if (allEnded != null && running.isEmpty()) {
      allEnded.tryComplete();
    }
  }

  /** Completed when all have ended, each by its deadline at the latest; none starts any more. */
  Future<Void> allEnded() {
    allEnded = Promise.promise();
    if (running.isEmpty()) {
      allEnded.complete();
    }
    return allEnded.future();
  }

  private void arm() {
    if (timer < 0 && !running.isEmpty()) {
      timer = vertx.setTimer(Math.max(1, left(running.iterator().next())), id -> expire());
    }
  }

  private long left(Timed exchange) {
    return timeout - (System.nanoTime() - exchange.startedNanos()) / 1_000_000;
  }

  /** Who is late is cut only when the timer runs again: what that starts has a later deadline. */
  private void expire() {
    timer = -1;
    List<Timed> late = running.stream().takeWhile(exchange -> left(exchange) <= 0).toList();
    late.forEach(running::remove);
    arm();
    // Each by itself, so that what goes wrong with one does not keep the others.
    late.forEach(exchange -> vertx.runOnContext(v -> exchange.abort(error)));
  }

  /** No deadline ends any more: what runs ends now. */
  void close() {
    vertx.cancelTimer(timer);
    List.copyOf(running).forEach(Timed::drop);
  }
}
