package dev.auditwebhook.endpoint.ledger;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How far an endpoint has come in the journal. All events up to the {@link #position()} are past:
 * settled, or kept by themselves as stragglers. Others may be past ahead of it, for a while.
 */
final class Cursor {

  /** So many are past ahead of the cursor before it is to be freed of what holds it up. */
  static final int MAX_AHEAD = 1_024;

  /** What was read of the journal and the cursor has not passed, in the order of the ids. */
  private final ArrayDeque<Pending> window = new ArrayDeque<>();

  /** Stragglers that are held in memory, by id. */
  private final TreeMap<Long, Pending> stragglers = new TreeMap<>();

  /** Past in a former life, and not read again yet. */
  private final TreeSet<Long> pastBefore;

  private long position;

  private int past;

  Cursor(long position, List<Long> ahead) {
    this.position = position;
    this.pastBefore = new TreeSet<>(ahead);
  }

  long position() {
    return position;
  }

  /** Comes to the next event of the journal; says whether it is still to be delivered. */
  boolean reach(Pending event) {
    boolean before = pastBefore.remove(event.id());
    window.add(event);
    if (before) {
      pass(event);
    }
    return !before;
  }

  void pass(Pending event) {
    if (event.isPast()) {
      return;
    }
    event.passBy();
    past++;
    while (!window.isEmpty() && window.peek().isPast()) {
      position = window.poll().id();
      past--;
    }
    while (!pastBefore.isEmpty() && pastBefore.first() <= position) {
      pastBefore.pollFirst();
    }
  }

  /** Events that will not be read are past; says which of them were not so before. */
  List<Long> skip(List<Long> ids) {
    return ids.stream().filter(id -> id > position && pastBefore.add(id)).toList();
  }

  /** What holds it up while too many are past ahead of it, {@code null} for nothing. */
  Pending overdue() {
    return past > MAX_AHEAD ? window.peek() : null;
  }

  /** A straggler is held in memory from now on. */
  void hold(Pending straggler) {
    stragglers.put(straggler.id(), straggler);
  }

  /** An event is settled. */
  void release(Pending event) {
    if (event.isStraggler()) {
      stragglers.remove(event.id());
    }
  }

  /** The lowest id of the journal that is held in memory and not past, the highest for none. */
  long firstId() {
    return window.isEmpty() ? Long.MAX_VALUE : window.peek().id();
  }

  /** The oldest event that is held in memory and not settled, {@code null} for none. */
  Pending oldest() {
    boolean straggler = !stragglers.isEmpty() && stragglers.firstKey() < firstId();
    return straggler ? stragglers.firstEntry().getValue() : window.peek();
  }

  /** The ids above it that are past, in order. */
  List<Long> ahead() {
    if (past == 0) {
      return List.copyOf(pastBefore);
    }
    List<Long> ahead = new ArrayList<>(past + pastBefore.size());
    for (Pending event : window) {
      if (ahead.size() == past) {
        break;
      }
      if (event.isPast()) {
        ahead.add(event.id());
      }
    }
    ahead.addAll(pastBefore);
    return ahead;
  }
}
