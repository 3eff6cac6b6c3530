package dev.auditwebhook.journal.postgres;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Supplier;

/** Lets not more than so many works be under way at once; the others wait, in their order. */
final class Turns {

  private final Queue<Promise<Void>> waiting = new ArrayDeque<>();
  private int free;

  Turns(int atOnce) {
    free = atOnce;
  }

  <T> Future<T> take(Supplier<Future<T>> work) {
    if (free > 0) {
      free--;
      return begin(work);
    }
    Promise<Void> turn = Promise.promise();
    waiting.add(turn);
    return turn.future().compose(v -> begin(work));
  }

  private <T> Future<T> begin(Supplier<Future<T>> work) {
    return work.get().onComplete(v -> next());
  }

  private void next() {
    Promise<Void> turn = waiting.poll();
    if (turn == null) {
      free++;
    } else {
      turn.complete();
    }
  }
}
