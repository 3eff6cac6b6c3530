package dev.auditwebhook.store;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.LongPredicate;

/**
 * Which pending events are held in memory, and which wait on disk. What waits is taken in the order
 * of {@code event_id}: reading moves on through the ids, and redriven ones that it has passed come
 * first.
 */
final class Backlog {

  /** The most events that are read at once: delivery goes on with the first of many soon. */
  private static final int MAX_READ = 1_024;

  private final int queueCapacity;

  /** Those that were redriven, of the events that wait on disk. */
  private final TreeSet<Long> redriven = new TreeSet<>();

  /** Pending events in memory, those that are yet to be written included. */
  private long held;

  /** Held events that are yet to be written. */
  private long arriving;

  /** Pending events that are not held. */
  private long waiting;

  /** Reading has come so far; above this id no event was taken. */
  private long readUpTo;

  /**
   * @param queueCapacity how many events may be held
   * @param waiting how many wait on disk at first
   */
  Backlog(int queueCapacity, long waiting) {
    this.queueCapacity = queueCapacity;
    this.waiting = waiting;
  }

  /** A new event: says whether it is held, which it may not be while others wait before it. */
  boolean add(long id) {
    boolean hold = waiting == 0 && held < queueCapacity;
    if (hold) {
      held++;
      arriving++;
      readUpTo = id;
    } else {
      waiting++;
    }
    return hold;
  }

  /** A new event is on disk. */
  void arrived(boolean wasHeld) {
    if (wasHeld) {
      arriving--;
    }
  }

  /** A new event could not be written, and is not pending any more. */
  void refused(boolean wasHeld) {
    if (wasHeld) {
      arriving--;
      held--;
    } else {
      waiting--;
    }
  }

  /** A dead letter is pending again. */
  void redriven(long id) {
    waiting++;
    redriven.add(id);
  }

  /** A redriven event is a dead letter after all. */
  void notRedriven(long id) {
    waiting--;
    redriven.remove(id);
  }

  /** Reading has come past an event that is damaged. */
  void passed(long id) {
    redriven.remove(id);
    readUpTo = Math.max(readUpTo, id);
  }

  /** An event that waited is not pending any more. */
  void lost() {
    waiting--;
  }

  /** A held event is not pending any more. */
  void ended() {
    held--;
  }

  boolean canTake() {
    return waiting > 0 && held <= queueCapacity / 4 * 3;
  }

  /** How many events wait, or are on their way to the disk. */
  long waiting() {
    return waiting + arriving;
  }

  /**
   * What to read next.
   *
   * @param ids events with these ids first
   * @param after then those above this id
   * @param limit so many at most
   */
  record Reading(List<Long> ids, long after, int limit) {}

  Reading next() {
    int limit = (int) Math.max(1, Math.min(MAX_READ, queueCapacity - held));
    List<Long> passed = redriven.headSet(readUpTo, true).stream().limit(limit).toList();
    return new Reading(passed, readUpTo, limit);
  }

  /**
   * Moves on past what was read.
   *
   * @param wasRefused whether an event is on disk though it was refused
   * @return the events that are held now
   */
  List<PendingEvent> taken(List<PendingEvent> read, LongPredicate wasRefused) {
    List<PendingEvent> events = new ArrayList<>(read.size());
    for (PendingEvent event : read) {
      boolean fresh = redriven.remove(event.id());
      readUpTo = Math.max(readUpTo, event.id());
      if (!wasRefused.test(event.id())) {
        events.add(fresh ? event.waiting(0, event.since()) : event);
      }
    }
    waiting -= events.size();
    held += events.size();
    return events;
  }
}
