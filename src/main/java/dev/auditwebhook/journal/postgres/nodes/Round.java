package dev.auditwebhook.journal.postgres.nodes;

import io.vertx.core.Future;
import java.util.function.Supplier;

/** Work of which one goes on at a time; whoever wants it meanwhile has it once more after it. */
final class Round {

  private final Supplier<Future<?>> work;
  private boolean underway;
  private boolean again;

  Round(Supplier<Future<?>> work) {
    this.work = work;
  }

  void go() {
    again = underway;
    if (underway) {
      return;
    }
    underway = true;
    work.get()
        .onComplete(
            v -> {
              underway = false;
              if (again) {
                go();
              }
            });
  }
}
