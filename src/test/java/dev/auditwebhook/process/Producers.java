package dev.auditwebhook.process;

import dev.auditwebhook.testing.KubernetesAudit;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;

/**
 * Publishes entries, one after the other on each of several lines, until it is stopped; a node that
 * is not there is tried again.
 */
final class Producers {

  /** From an answer to the next entry, in milliseconds. */
  private static final long PAUSE = 10;

  private final Vertx vertx;
  private final Bookkeeping books;
  private volatile boolean stopped;

  Producers(Vertx vertx, Bookkeeping books) {
    this.vertx = vertx;
    this.books = books;
  }

  /**
   * Begins.
   *
   * @param post has the id of the event; failed with a {@link ReplyException} of 503 when it is
   *     refused, and otherwise when nothing is known of it
   */
  void start(int lines, Function<JsonObject, Future<Long>> post) {
    for (int i = 0; i < lines; i++) {
      publish(post);
    }
  }

  private void publish(Function<JsonObject, Future<Long>> post) {
    if (stopped) {
      return;
    }
    long number = books.next();
    post.apply(KubernetesAudit.entry(number))
        .onSuccess(id -> books.acknowledged(number, id))
        .onFailure(failure -> failed(number, failure))
        .onComplete(answered -> vertx.setTimer(PAUSE, v -> publish(post)));
  }

  private void failed(long number, Throwable failure) {
    if (failure instanceof ReplyException refusal) {
      if (refusal.failureCode() == 503) {
        books.refused(number);
      } else {
        books.wrong("an entry was answered " + refusal.failureCode() + " " + refusal.getMessage());
      }
    }
  }

  /** Publishes nothing more. */
  void stop() {
    stopped = true;
  }
}
