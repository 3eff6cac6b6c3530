package dev.auditwebhook.journal.memory;

import dev.auditwebhook.journal.Recipients;
import dev.auditwebhook.wire.format.Event;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * Events in the order of their ids, and whom each is for: no more than two references an event, and
 * no more room than what is left of a backlog needs.
 */
final class EventLog {

  private static final int LEAST = 64;

  private Event[] events = new Event[LEAST];
  private Recipients[] recipients = new Recipients[LEAST];

  /** What is in use of both. */
  private int from;

  private int to;

  int size() {
    return to - from;
  }

  /** For how many there is room. */
  int room() {
    return events.length;
  }

  void add(Event event, Recipients whom) {
    if (to == events.length) {
      resize();
    }
    events[to] = event;
    recipients[to++] = whom;
  }

  /** To room for as much again as there is. */
  private void resize() {
    int capacity = Math.max(LEAST, 2 * size());
    events = Arrays.copyOfRange(events, from, from + capacity);
    recipients = Arrays.copyOfRange(recipients, from, from + capacity);
    to -= from;
    from = 0;
  }

  /** Forgets what is below an id. */
  void cut(long id) {
    int until = indexAfter(id - 1);
    forget(from, until);
    from = until;
    shrink();
  }

  private void forget(int first, int end) {
    Arrays.fill(events, first, end, null);
    Arrays.fill(recipients, first, end, null);
  }

  private void shrink() {
    if (size() < events.length / 8 && events.length > LEAST) {
      resize();
    }
  }

  /**
   * Forgets what all whom it is for have passed.
   *
   * @param passed up to which id all of them have passed
   */
  void squeeze(ToLongFunction<Recipients> passed) {
    Map<Recipients, Long> known = new HashMap<>();
    int end = from;
    for (int i = from; i < to; i++) {
      if (events[i].id() > known.computeIfAbsent(recipients[i], passed::applyAsLong)) {
        events[end] = events[i];
        recipients[end++] = recipients[i];
      }
    }
    forget(end, to);
    to = end;
    shrink();
  }

  /** At most so many events for an endpoint, above an id. */
  List<Event> read(int number, long after, int limit) {
    List<Event> read = new ArrayList<>();
    for (int i = indexAfter(after); i < to && read.size() < limit; i++) {
      if (recipients[i].include(number)) {
        read.add(events[i]);
      }
    }
    return read;
  }

  /** How many events there are for an endpoint, above an id, but for some. */
  long count(int number, long after, Set<Long> but) {
    long count = 0;
    for (int i = indexAfter(after); i < to; i++) {
      if (recipients[i].include(number) && !but.contains(events[i].id())) {
        count++;
      }
    }
    return count;
  }

  /** Where the events above an id begin. */
  private int indexAfter(long id) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (events[middle].id() > id) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
