package dev.auditwebhook.journal;

import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.journal.Group.Moved;
import dev.auditwebhook.journal.pace.Warnings;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The entries on their way into the journal, and how many there were of all: the group that is made
 * up now, and those that are being kept. Of those that are dropped it speaks now and then.
 */
final class Intake {

  private static final Logger log = LoggerFactory.getLogger(Intake.class);

  private final Warnings<Long> drops;
  private Group next = new Group();
  private long bytes;
  private long lastId;
  private long pending;
  private volatile long arrived;
  private volatile long rejected;

  /**
   * @param lastId the last number that was given
   * @param before the entries before
   */
  Intake(Clock clock, long lastId, Counts before) {
    this.lastId = lastId;
    arrived = before.arrived();
    rejected = before.rejected();
    drops = new Warnings<>(clock, this::warn);
  }

  /** An event arrived. */
  void add(EncodedEntry entry, Consumer<Accepted> answered) {
    arrived++;
    next.add(entry, answered);
    bytes += entry.content().length;
  }

  /** An entry arrived that there is no room for, while so many events are pending. */
  void addDropped(Consumer<Accepted> answered, long pendingEvents) {
    arrived++;
    pending = pendingEvents;
    next.add(null, answered);
  }

  /** A valid entry arrived that nobody wants. */
  void addDiscarded() {
    arrived++;
  }

  /** An entry arrived that is not valid. */
  void addRejected() {
    rejected++;
  }

  /**
   * An entry arrived from the inbox.
   *
   * @return completed when it is kept, failed when it is taken back
   */
  Future<Void> move(Moved one) {
    count(one, 1);
    return next.move(one);
  }

  /** What a group has from the inbox did not arrive. */
  List<Moved> takeBack(Group group) {
    List<Moved> back = group.takeBack();
    back.forEach(one -> count(one, -1));
    return back;
  }

  private void count(Moved one, int times) {
    if (one.valid()) {
      arrived += times;
    } else {
      rejected += times;
    }
    if (one.entry() != null) {
      bytes += (long) times * one.entry().content().length;
    }
  }

  /** All entries that were taken in, and what there was before. */
  Counts counts() {
    return new Counts(arrived, rejected);
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
