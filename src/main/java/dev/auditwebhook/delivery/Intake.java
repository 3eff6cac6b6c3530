package dev.auditwebhook.delivery;

import dev.auditwebhook.AuditEvent;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.store.PendingEvent;
import dev.auditwebhook.store.Store;
import dev.auditwebhook.store.Total;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
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
   * @param kept completed, one way or the other, when that can be answered
   */
  record Accepted(String status, Long eventId, Future<Void> kept) {

    Accepted(String status, Long eventId) {
      this(status, eventId, Future.succeededFuture());
    }

    /** The reply on {@code audit.entry}. Nothing waits for it where none is asked for. */
    Future<JsonObject> reply() {
      return kept.transform((v, failure) -> Future.succeededFuture(toJson()));
    }

    private JsonObject toJson() {
      JsonObject reply = new JsonObject().put("type", "audit_entry_ok");
      if (eventId != null) {
        reply.put("event_id", eventId);
      }
      return reply.put("status", status);
    }
  }

  private static final Future<Accepted> DISCARDED =
      Future.succeededFuture(new Accepted("discarded", null));

  private final int maxEntryBytes;
  private final Actions actions;
  private final Store store;
  private final Lifecycle lifecycle;
  private final Dispatcher dispatcher;
  private final Warnings<String> rejections;
  private final Warnings<Long> drops;
  private final EntryEncoder encoder = new EntryEncoder();
  private final TimeText clock = new TimeText();
  private long pendingAtLastDrop;

  Intake(
      Vertx vertx,
      WebhookOptions options,
      Store store,
      Lifecycle lifecycle,
      Dispatcher dispatcher) {
    this.maxEntryBytes = options.getMaxEntryBytes();
    this.actions = new Actions(options.getActions());
    this.store = store;
    this.lifecycle = lifecycle;
    this.dispatcher = dispatcher;
    rejections = new Warnings<>(vertx, Intake::warnOfRejected);
    drops = new Warnings<>(vertx, this::warnOfDropped);
  }

  /**
   * Takes an entry in, or fails with {@link IllegalArgumentException} when it is not valid. What is
   * discarded or dropped is not encoded: its size, and whether it can be, nobody finds out.
   */
  Future<Accepted> accept(Object message) {
    AuditEvent event;
    try {
      event = AuditEvent.fromJson(message);
    } catch (IllegalArgumentException e) {
      return reject(e);
    }
    if (!lifecycle.isEnabled() || !actions.match(event.action())) {
      store.count(Total.RECEIVED);
      store.count(Total.DISCARDED);
      return DISCARDED;
    }
    if (!store.hasRoom()) {
      store.count(Total.RECEIVED);
      return drop(store.count(Total.LAST_EVENT_ID));
    }
    return keep(event, (JsonObject) message);
  }

  private Future<Accepted> keep(AuditEvent event, JsonObject message) {
    long now = System.currentTimeMillis();
    long id = store.total(Total.LAST_EVENT_ID) + 1;
    Entry entry;
    try {
      entry = Entry.of(event, message, maxEntryBytes, encoder, id, clock.text(now));
    } catch (IllegalArgumentException e) {
      return reject(e);
    }
    store.count(Total.RECEIVED);
    store.count(Total.LAST_EVENT_ID);
    PendingEvent pending = new PendingEvent(id, entry.action(), entry.body(), 0, now);
    return store
        .add(pending)
        .transform(
            (held, failure) -> {
              if (failure != null) {
                return drop(id);
              }
              if (held) {
                dispatcher.queue(pending);
              } else {
                dispatcher.pump();
              }
              return Future.succeededFuture(new Accepted("queued", id));
            });
  }

  private Future<Accepted> reject(IllegalArgumentException reason) {
    store.count(Total.REJECTED);
    rejections.add(reason.getMessage());
    return Future.failedFuture(reason);
  }

  private Future<Accepted> drop(long id) {
    store.count(Total.DROPPED);
    pendingAtLastDrop = store.pending();
    drops.add(id);
    return Future.succeededFuture(new Accepted("dropped", id, store.kept()));
  }

  private static void warnOfRejected(Warnings.Times<String> times) {
    if (times.count() == 1) {
      log.warn("Entry rejected: {}", times.last());
    } else {
      log.warn("{} entries rejected, the last one: {}", times.count(), times.last());
    }
  }

  private void warnOfDropped(Warnings.Times<Long> times) {
    log.warn(
        "No room with {} pending events: {} dropped, from event {} on",
        pendingAtLastDrop,
        times.count() == 1 ? "1 entry" : times.count() + " entries",
        times.first());
  }

  /** Speaks of the last entries that were not taken. */
  void close() {
    rejections.close();
    drops.close();
  }
}
