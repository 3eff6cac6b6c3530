package dev.auditwebhook.store;

import java.util.ArrayList;
import java.util.List;

/**
 * Pending events that were read from disk, in the order of their reading.
 *
 * @param events those that are whole
 * @param damaged the ids of those that are not, and that the reading came past
 */
record Waiting(List<PendingEvent> events, List<Long> damaged) {

  Waiting() {
    this(new ArrayList<>(), new ArrayList<>());
  }

  void add(long id, byte[] record) {
    try {
      events.add(Records.event(id, record));
    } catch (DamagedException e) {
      damaged.add(id);
    }
  }
}
