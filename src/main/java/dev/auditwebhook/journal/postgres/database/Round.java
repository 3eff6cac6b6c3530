package dev.auditwebhook.journal.postgres.database;

import io.vertx.core.Future;
import java.util.function.Supplier;

/** Work of which one goes on at a time; whoever wants it meanwhile has it once more after it. */
public final class Round {

  private final Supplier<? extends Future<?>> work;
  private Future<Void> underway;
  private Future<Void> next;

  public Round(Supplier<? extends Future<?>> work) {
    this.work = work;
  }

  /** Does it, now or once it has ended. */
  public Future<Void> go() {
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

  public boolean isUnderway() {
    return underway != null;
  }

  /** Completed when it is not under way, nor wanted so far. */
  public Future<Void> ended() {
    Future<Void> last = next == null ? underway : next;
    return last == null ? Future.succeededFuture() : last.otherwiseEmpty();
  }
}
