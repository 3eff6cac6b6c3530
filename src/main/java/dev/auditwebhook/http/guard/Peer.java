package dev.auditwebhook.http.guard;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Those connections of a server that come from one {@link PeerAddress}. */
final class Peer {

  private final Set<WatchedConnection> connections = new LinkedHashSet<>();

  /** Those that were idle at the last look, and may still be: a look at all costs time. */
  private final Deque<WatchedConnection> idle = new ArrayDeque<>();

  int size() {
    return connections.size();
  }

  void add(WatchedConnection connection) {
    connections.add(connection);
  }

  /** Whether none is left. */
  boolean remove(WatchedConnection connection) {
    connections.remove(connection);
    return connections.isEmpty();
  }

  /**
   * The connection that gives way to another one: the longest idle one, else the one that has
   * waited longest for its client, {@code null} when the service is at work for all of them.
   */
  WatchedConnection givesWay(long now) {
    WatchedConnection next = nextIdle(now);
    if (next != null) {
      return next;
    }
    List<WatchedConnection> found =
        connections.stream()
            .filter(each -> each.state(now) == WatchedConnection.State.IDLE)
            .sorted(Comparator.comparingLong(WatchedConnection::quietSince))
            .toList();
    idle.addAll(found);
    return idle.isEmpty() ? longestWaiting(now) : idle.poll();
  }

  private WatchedConnection nextIdle(long now) {
    WatchedConnection next = idle.poll();
    while (next != null
        && !(connections.contains(next) && next.state(now) == WatchedConnection.State.IDLE)) {
      next = idle.poll();
    }
    return next;
  }

  private WatchedConnection longestWaiting(long now) {
    return connections.stream()
        .filter(each -> each.state(now) == WatchedConnection.State.WAITING)
        .min(Comparator.comparingLong(WatchedConnection::asked))
        .orElse(null);
  }
}
