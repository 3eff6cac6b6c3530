package dev.auditwebhook.endpoint.ledger;

import java.util.Collection;
import java.util.TreeSet;

/** The ids of the dead letters. How many there are is asked from any thread. */
final class LetterIds {

  private final TreeSet<Long> ids;
  private int capacity;
  private volatile int count;

  /**
   * @param capacity how many letters are kept
   */
  LetterIds(Collection<Long> kept, int capacity) {
    ids = new TreeSet<>(kept);
    this.capacity = capacity;
    count = ids.size();
  }

  /** From now on so many are kept. */
  void capacity(int most) {
    capacity = most;
  }

  void add(long id) {
    ids.add(id);
    count = ids.size();
  }

  void remove(long id) {
    ids.remove(id);
    count = ids.size();
  }

  /** The oldest one while there are too many, {@code null} when there are not. */
  Long surplus() {
    return ids.size() > capacity ? ids.first() : null;
  }

  int count() {
    return count;
  }

  TreeSet<Long> all() {
    return ids;
  }
}
