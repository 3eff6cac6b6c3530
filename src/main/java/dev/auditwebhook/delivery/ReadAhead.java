package dev.auditwebhook.delivery;

import dev.auditwebhook.store.PendingEvent;
import dev.auditwebhook.store.Store;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads on what waits in the store, ahead of its need. */
final class ReadAhead {

  private static final Logger log = LoggerFactory.getLogger(ReadAhead.class);

  /** How soon the store is asked again when it could not give what waits in it, in milliseconds. */
  private static final long ASK_AGAIN = 1_000;

  private final Vertx vertx;
  private final Store store;
  private final Consumer<List<PendingEvent>> taken;
  private boolean taking;
  private boolean unreadable;

  /**
   * @param taken gets what was read; none when it is time to ask again
   */
  ReadAhead(Vertx vertx, Store store, Consumer<List<PendingEvent>> taken) {
    this.vertx = vertx;
    this.store = store;
    this.taken = taken;
  }

  /** Reads, unless it does so already or there is nothing to read. */
  void take() {
    if (taking || !store.canTake()) {
      return;
    }
    taking = true;
    store
        .take()
        .onComplete(
            events -> {
              unreadable = false;
              if (events.isEmpty()) {
                askAgain();
              } else {
                give(events);
              }
            },
            failure -> {
              if (!unreadable) {
                log.error(
                    "What waits in the store cannot be read, and is asked for again", failure);
              }
              unreadable = true;
              askAgain();
            });
  }

  private void askAgain() {
    vertx.setTimer(ASK_AGAIN, id -> give(List.of()));
  }

  private void give(List<PendingEvent> events) {
    taking = false;
    taken.accept(events);
  }
}
