package dev.auditwebhook.delivery;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.store.PendingEvent;
import dev.auditwebhook.store.Store;
import dev.auditwebhook.store.Total;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts entries: counts each, gives it its number, and keeps it before it is queued. */
final class Intake {

  private static final Logger log = LoggerFactory.getLogger(Intake.class);

  /**
   * What became of an entry.
   *
   * @param status {@code queued}, {@code dropped} or {@code discarded}
   * @param eventId its number, {@code null} when discarded
   */
  record Accepted(String status, Long eventId) {

    /** The reply on {@code audit.entry}. */
    JsonObject toJson() {
      JsonObject reply = new JsonObject().put("type", "audit_entry_ok");
      if (eventId != null) {
        reply.put("event_id", eventId);
      }
      return reply.put("status", status);
    }
  }

  private final int maxEntryBytes;
  private final Actions actions;
  private final Store store;
  private final Lifecycle lifecycle;
  private final Dispatcher dispatcher;
  private final EntryEncoder encoder = new EntryEncoder();
  private final TimeText clock = new TimeText();
  private boolean full;

  Intake(WebhookOptions options, Store store, Lifecycle lifecycle, Dispatcher dispatcher) {
    this.maxEntryBytes = options.getMaxEntryBytes();
    this.actions = new Actions(options.getActions());
    this.store = store;
    this.lifecycle = lifecycle;
    this.dispatcher = dispatcher;
  }

  /** Takes an entry in, or fails with {@link IllegalArgumentException} when it is not valid. */
  Future<Accepted> accept(Object message) {
    long now = System.currentTimeMillis();
    Entry entry;
    try {
      entry =
          Entry.read(
              message,
              maxEntryBytes,
              encoder,
              store.total(Total.LAST_EVENT_ID) + 1,
              clock.text(now));
    } catch (IllegalArgumentException e) {
      store.count(Total.REJECTED);
      log.warn("Entry rejected: {}", e.getMessage());
      return Future.failedFuture(e);
    }
    store.count(Total.RECEIVED);
    if (!lifecycle.isEnabled() || !actions.match(entry.action())) {
      store.count(Total.DISCARDED);
      return Future.succeededFuture(new Accepted("discarded", null));
    }
    long id = store.count(Total.LAST_EVENT_ID);
    if (!store.hasRoom()) {
      return drop(id);
    }
    full = false;
    PendingEvent event = new PendingEvent(id, entry.action(), entry.body(), 0, now);
    return store
        .add(event)
        .transform(
            (held, failure) -> {
              if (failure != null) {
                return drop(id);
              }
              if (held) {
                dispatcher.queue(event);
              } else {
                dispatcher.pump();
              }
              return Future.succeededFuture(new Accepted("queued", id));
            });
  }

  private Future<Accepted> drop(long id) {
    store.count(Total.DROPPED);
    warnOnceWhenFull(id);
    return store.kept().otherwiseEmpty().map(new Accepted("dropped", id));
  }

  private void warnOnceWhenFull(long id) {
    if (!full) {
      full = true;
      log.warn("No room with {} pending events: dropping from event {} on", store.pending(), id);
    }
  }
}
