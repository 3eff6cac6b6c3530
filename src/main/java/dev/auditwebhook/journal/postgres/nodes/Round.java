package dev.auditwebhook.journal.postgres.nodes;

import io.vertx.core.Future;
import java.util.function.Supplier;

/** Work of which one goes on at a time; whoever wants it meanwhile has it once more after it. */
final class Round {

  private final Supplier<? extends Future<?>> work;
  private Future<Void> underway;
  private Future<Void> next;

  Round(Supplier<? extends Future<?>> work) {
    this.work = work;
  }

  /** Does it, now or once it has ended. */
  Future<Void> go() {
    if (underway == null) {
      Future<Void> begun = work.get().mapEmpty();
      underway = begun;
      return begun.onComplete(v -> underway = null);
    }
    if (next == null) {
      next =
          underway.transform(
              (v, failure) -> {
                next = null;
                return go();
              });
    }
    return next;
  }

  /** Completed when it is not under way. */
  Future<Void> ended() {
    return underway == null ? Future.succeededFuture() : underway.otherwiseEmpty();
  }
}
