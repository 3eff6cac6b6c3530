package dev.auditwebhook.delivery;

import dev.auditwebhook.store.PendingEvent;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The events that wait for an attempt: ready for one, or in backoff until a timer fires. */
final class WaitingEvents {

  private record Backoff(PendingEvent event, long timer, long due) {}

  private final Vertx vertx;
  private final ArrayDeque<PendingEvent> ready = new ArrayDeque<>();
  private final Map<Long, Backoff> backoffs = new HashMap<>();

  WaitingEvents(Vertx vertx) {
    this.vertx = vertx;
  }

  void last(PendingEvent event) {
    ready.addLast(event);
  }

  void first(PendingEvent event) {
    ready.addFirst(event);
  }

  boolean hasReady() {
    return !ready.isEmpty();
  }

  PendingEvent next() {
    return ready.pollFirst();
  }

  /** Takes the ready event whose last try, or else its acceptance, is the longest ago. */
  PendingEvent longestWaiting() {
    PendingEvent longest =
        ready.stream().min(Comparator.comparingLong(PendingEvent::since)).orElseThrow();
    ready.removeFirstOccurrence(longest);
    return longest;
  }

  /** Lets an event wait, then hands it to {@code due}. One timer, no thread. */
  void backOff(PendingEvent event, long millis, Consumer<PendingEvent> due) {
    long timer =
        vertx.setTimer(
            millis,
            id -> {
              backoffs.remove(event.id());
              due.accept(event);
            });
    backoffs.put(event.id(), new Backoff(event, timer, System.currentTimeMillis() + millis));
  }

  int inBackoff() {
    return backoffs.size();
  }

  boolean hasBackoffBefore(long time) {
    return backoffs.values().stream().anyMatch(backoff -> backoff.due() < time);
  }

  /**
   * Ends all backoffs and forgets all attempts, for a new URL.
   *
   * @param changed called with each event whose attempts were forgotten
   */
  void startAfresh(Consumer<PendingEvent> changed) {
    List<PendingEvent> events = new ArrayList<>(ready);
    for (Backoff backoff : backoffs.values()) {
      vertx.cancelTimer(backoff.timer());
      events.add(backoff.event());
    }
    backoffs.clear();
    ready.clear();
    events.sort(Comparator.comparingLong(PendingEvent::id));
    for (PendingEvent event : events) {
      PendingEvent fresh = event.waiting(0, event.since());
      if (event.attempts() > 0) {
        changed.accept(fresh);
      }
      ready.addLast(fresh);
    }
  }
}
