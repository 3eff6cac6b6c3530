package dev.auditwebhook.journal;

import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.journal.pace.Warnings;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The entries on their way into the journal: the group that is made up now, and those that are
 * being kept. Of those that are dropped it speaks now and then.
 */
final class Intake {

  private static final Logger log = LoggerFactory.getLogger(Intake.class);

  private final Warnings<Long> drops;
  private Group next = new Group();
  private long bytes;
  private long lastId;
  private long pending;

  /**
   * @param lastId the last number that was given
   */
  Intake(Clock clock, long lastId) {
    this.lastId = lastId;
    drops = new Warnings<>(clock, this::warn);
  }

  /** An event arrived. */
  void add(EncodedEntry entry, Consumer<Accepted> answered) {
    next.add(entry, answered);
    bytes += entry.content().length;
  }

  /** An entry arrived that there is no room for, while so many events are pending. */
  void addDropped(Consumer<Accepted> answered, long pendingEvents) {
    pending = pendingEvents;
    next.add(null, answered);
  }

  boolean isEmpty() {
    return next.isEmpty();
  }

  /** About how many bytes are on their way. */
  long bytes() {
    return bytes;
  }

  /** The last number that is known to be given. */
  long lastId() {
    return lastId;
  }

  /** All that goes now. Then {@link #number}, and {@link #kept} or {@link #notKept} is called. */
  Group leave() {
    Group group = next;
    next = new Group();
    return group;
  }

  /**
   * A group is on its way no more, and has its numbers.
   *
   * @param firstId 0 when it is not known
   */
  void number(Group group, long firstId) {
    bytes -= group.bytes();
    if (firstId > 0) {
      lastId = Math.max(lastId, firstId + group.entries().size() - 1);
    }
  }

  /** Answers those who asked: it was kept. */
  void kept(Group group, long firstId) {
    group.kept(firstId);
    warnOf(group, firstId, false);
  }

  /** Answers those who asked: it was not kept, and so many events are pending. */
  void notKept(Group group, long firstId, long pendingEvents) {
    pending = pendingEvents;
    group.notKept(firstId);
    warnOf(group, firstId, true);
  }

  private void warnOf(Group group, long firstId, boolean all) {
    for (int i = 0; i < group.entries().size(); i++) {
      if (all || group.entries().get(i) == null) {
        drops.add(firstId + i);
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

  /** Speaks of the last drops. */
  void close() {
    drops.close();
  }
}
