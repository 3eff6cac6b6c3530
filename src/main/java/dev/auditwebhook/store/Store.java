package dev.auditwebhook.store;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * What outlives a verticle. Called from the verticle's context only, but for what is only read:
 * {@link #total}, {@link #pending}, {@link #capacity} and {@link #deadLetters()} are for any
 * thread. Each call is one step of the ledger: an event is never in two places, and never in none.
 *
 * <p>A pending event is either held in memory by whoever delivers it, or it waits in the store
 * until it is {@linkplain #take() taken}.
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
  long pending();

  /** How many events may be pending. */
  long capacity();

  /** Whether one more event may be pending. */
  boolean hasRoom();

  /**
   * Keeps a new event, which is pending from now on.
   *
   * @return completed when the event is where the store promises to keep it: true when it is held
   *     in memory, for the caller to queue, false when it waits in the store. Failed when it cannot
   *     be kept; then it is not pending any more.
   */
  Future<Boolean> add(PendingEvent event);

  /** Completed when all that was counted so far is where the store promises to keep it. */
  Future<Void> kept();

  /** Whether pending events wait in the store, and there is room in memory to take some. */
  boolean canTake();

  /** How many pending events wait in the store, or are on their way into it. */
  long waiting();

  /**
   * Takes events that wait in the store, in {@code event_id} order, as many as there is room for in
   * memory. None when they cannot be read now. One that is damaged is passed over, and becomes a
   * damaged dead letter.
   */
  Future<List<PendingEvent>> take();

  /** Keeps what changed of a pending event. */
  void update(PendingEvent event);

  /** Ends an event that was delivered. */
  void delivered(PendingEvent event);

  /** Moves an event to the dead-letter queue, which may evict its oldest. */
  void bury(DeadLetter letter);

  /** How many dead letters there are. */
  int deadLetters();

  /** The ids of all dead letters, in order. */
  List<Long> deadLetterIds();

  /**
   * Reads the dead-letter queue.
   *
   * @param after only ids above this one
   * @param limit at most so many
   * @param maxBytes at most so many bytes together, but one letter whatever its size
   * @return dead letters in {@code event_id} order, those that come first
   */
  Future<List<DeadLetter>> deadLetters(long after, int limit, long maxBytes);

  /** Whether there is a dead letter with a higher id. */
  boolean hasDeadLetterAbove(long id);

  /** Whether there is a dead letter with this id. */
  boolean isDeadLetter(long id);

  /**
   * Whether a dead letter was found to be damaged: it cannot be redriven. One that is redriven and
   * found to be damaged by that is a dead letter again once all is {@link #kept()}.
   */
  boolean isDamaged(long id);

  /**
   * Moves a dead letter that is not known to be damaged back to the pending events, with fresh
   * attempts, to be taken.
   */
  void redrive(long id);

  /** Removes a dead letter; it stays counted as failed. */
  void purge(long id);

  /** What was set at run time, empty at first. */
  JsonObject settings();

  /** Keeps what was set at run time. */
  void settings(JsonObject settings);

  /** What an operator must know of the store, {@code null} when all is well. */
  String warning();

  /** Whether the store can not be written or read now. */
  boolean isFaulty();

  /** Whether this start found the store damaged, put it aside and began with an empty one. */
  boolean isSetAside();

  /** Lets go of the store. */
  Future<Void> close();
}
