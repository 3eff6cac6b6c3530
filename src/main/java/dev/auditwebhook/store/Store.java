package dev.auditwebhook.store;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * What outlives a verticle. Called from the verticle's context only. Each call is one step of the
 * ledger: an event is never in two places, and never in none.
 */
public interface Store {

  /** Starts every message id of this store: {@code msg_}, 128 random bits in hex, {@code _}. */
  String messageIdPrefix();

  /** The message id of an event: the same over attempts, redrives and restarts. */
  default String messageId(long eventId) {
    return messageIdPrefix() + eventId;
  }

  /** A total. */
  long total(Total total);

  /** Adds one to a total and returns it. */
  long count(Total total);

  /** How many events are pending. */
  int pending();

  /** How many events may be pending. */
  long capacity();

  /** Whether one more event may be pending. */
  default boolean hasRoom() {
    return pending() < capacity();
  }

  /** The pending events in {@code event_id} order, as a start finds them. */
  List<PendingEvent> pendingEvents();

  /**
   * Keeps a new event.
   *
   * @return completed when the event is where the store promises to keep it
   */
  Future<Void> add(PendingEvent event);

  /** Keeps what changed of a pending event. */
  void update(PendingEvent event);

  /** Ends an event that was delivered. */
  void delivered(PendingEvent event);

  /** Moves an event to the dead-letter queue, which may evict its oldest. */
  void bury(DeadLetter letter);

  /** How many dead letters there are. */
  int deadLetters();

  /**
   * Reads the dead-letter queue.
   *
   * @param after only ids above this one
   * @param limit at most so many
   * @return dead letters in {@code event_id} order
   */
  List<DeadLetter> deadLetters(long after, int limit);

  /** Whether there is a dead letter with this id. */
  boolean isDeadLetter(long id);

  /** Moves a dead letter back to the pending events, with fresh attempts, and returns it. */
  PendingEvent redrive(long id);

  /** Removes a dead letter; it stays counted as failed. */
  void purge(long id);

  /** What was set at run time, empty at first. */
  JsonObject settings();

  /** Keeps what was set at run time. */
  void settings(JsonObject settings);

  /** Lets go of the store. */
  Future<Void> close();
}
