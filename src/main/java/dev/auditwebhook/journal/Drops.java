package dev.auditwebhook.journal;

import dev.auditwebhook.endpoint.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Speaks of the entries that were dropped, now and then. */
final class Drops {

  private static final Logger log = LoggerFactory.getLogger(Drops.class);

  private final Warnings<Long> warnings;
  private long pending;

  Drops(Clock clock) {
    warnings = new Warnings<>(clock, this::warn);
  }

  /** An entry is dropped while so many events are pending. */
  void whilePending(long events) {
    pending = events;
  }

  /**
   * A group has its numbers, and some of its entries are dropped.
   *
   * @param all whether all of them are
   */
  void add(Group group, long firstId, boolean all) {
    for (int i = 0; i < group.entries().size(); i++) {
      if (all || group.entries().get(i) == null) {
        warnings.add(firstId + i);
      }
    }
  }

  private void warn(Warnings.Times<Long> times) {
    log.warn(
        "No room with {} pending events: {} dropped, from event {} on",
        pending,
        times.count() == 1 ? "1 entry" : times.count() + " entries",
        times.first());
  }

  void close() {
    warnings.close();
  }
}
