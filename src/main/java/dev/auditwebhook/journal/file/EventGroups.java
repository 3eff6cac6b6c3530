package dev.auditwebhook.journal.file;

import dev.auditwebhook.endpoint.ledger.Found;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.wire.format.Event;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.LongStream;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;

/**
 * The journal of a file: groups of events by the first id of each.
 *
 * <p>Where the next group is to begin, there is an empty one: without it, each group would be
 * written twice, as the tree has to touch the group before it.
 */
final class EventGroups {

  private static final String JOURNAL = "journal";

  /** A larger group is several records: to read a part of one is to read all of it. */
  private static final int MAX_GROUP = 4_096;

  /** About so many bytes of groups are gone through at once, whoever they are for. */
  private static final long MAX_SCAN = 8 << 20;

  private final StoreFile file;
  private final Set<Long> damaged;
  private final IntFunction<Step> lastStep;

  /** The id after the last one that was kept. */
  private long end;

  /** From this id on there is only what was not kept, if anything. */
  private long notKept = Long.MAX_VALUE;

  /**
   * @param lastId the last one that was kept
   * @param damaged the first ids of the groups of which a start has said that they are damaged
   * @param lastStep the last step of the endpoint with a number, {@code null} when there is none
   */
  EventGroups(StoreFile file, long lastId, Set<Long> damaged, IntFunction<Step> lastStep) {
    this.file = file;
    this.damaged = damaged;
    this.lastStep = lastStep;
    end = lastId + 1;
  }

  /**
   * Begins to keep entries.
   *
   * @return what is to be written, after which comes {@link #kept(long)}
   */
  Runnable keeping(long firstId, List<EncodedEntry> entries) {
    TreeMap<Long, byte[]> records = new TreeMap<>();
    for (int from = 0; from < entries.size(); from += MAX_GROUP) {
      List<EncodedEntry> some = entries.subList(from, Math.min(from + MAX_GROUP, entries.size()));
      if (some.stream().anyMatch(Objects::nonNull)) {
        records.put(firstId + from, GroupRecord.of(some));
        records.put(firstId + from + some.size(), Records.EMPTY);
      }
    }
    long remove = notKept;
    notKept = Math.min(notKept, firstId);
    return () -> {
      MVMap<Long, byte[]> journal = journal(file);
      removeFrom(remove, journal);
      records.forEach(journal::put);
    };
  }

  /** What was not kept may have reached the disk all the same. */
  private static void removeFrom(long id, MVMap<Long, byte[]> journal) {
    if (id == Long.MAX_VALUE) {
      return;
    }
    for (Long each = journal.ceilingKey(id); each != null; each = journal.ceilingKey(id)) {
      journal.remove(each);
    }
    journal.put(id, Records.EMPTY);
  }

  /**
   * All that was to be kept is.
   *
   * @param lastId the last number that was given
   */
  void kept(long lastId) {
    notKept = Long.MAX_VALUE;
    end = lastId + 1;
  }

  private static MVMap<Long, byte[]> journal(StoreFile file) {
    return file.byId(JOURNAL);
  }

  /** Groups below an id go; the last one, which is empty, stays. */
  void cut(long id) {
    MVMap<Long, byte[]> journal = journal(file);
    Long first = journal.firstKey();
    while (first != null) {
      Long next = journal.higherKey(first);
      if (next == null || next > id) {
        return;
      }
      journal.remove(first);
      first = next;
    }
  }

  /**
   * Reads all through, once for all.
   *
   * @param lastId the last one that was kept
   * @param endpoints each hears of the groups that it has not passed
   * @return the first ids of the groups that are damaged
   */
  static Set<Long> readAll(StoreFile file, long lastId, Collection<EndpointRecovery> endpoints) {
    Set<Long> damaged = new HashSet<>();
    List<EndpointRecovery> byCursor = new ArrayList<>(endpoints);
    byCursor.sort(Comparator.comparingLong(EndpointRecovery::cursor));
    Cursor<Long, byte[]> groups = journal(file).cursor(null);
    Long next = groups.hasNext() ? groups.next() : null;
    while (next != null) {
      GroupRecord group = new GroupRecord(next, groups.getValue());
      next = groups.hasNext() ? groups.next() : null;
      long last = next == null ? lastId : next - 1;
      boolean whole = group.isWhole();
      if (!whole && !group.isEmpty()) {
        damaged.add(group.firstId());
      }
      for (EndpointRecovery each : byCursor) {
        if (each.cursor() >= last || group.isEmpty()) {
          break;
        } else if (whole) {
          each.whole(group, last);
        } else {
          each.damaged(group, last);
        }
      }
    }
    return damaged;
  }

  /**
   * What a reading came to.
   *
   * @param upTo it knows what is up to this id
   */
  record Part(Found<Event> read, long upTo) {

    static final Part NOTHING = new Part(Found.nothing(), Long.MAX_VALUE);

    /** Whether there is no more. */
    boolean isLast() {
      return upTo == Long.MAX_VALUE;
    }
  }

  /**
   * Reads a part of what there is for an endpoint above an id, not too long; events that are
   * damaged do not count for the limit.
   */
  Part read(int number, long after, int limit) {
    Found<Event> read = new Found<>(new ArrayList<>(), new ArrayList<>());
    MVMap<Long, byte[]> journal = journal(file);
    Cursor<Long, byte[]> groups = journal.cursor(journal.floorKey(after + 1));
    long scanned = 0;
    while (groups.hasNext()) {
      GroupRecord group = new GroupRecord(groups.next(), groups.getValue());
      if (group.firstId() >= notKept) {
        break;
      } else if (read.found().size() >= limit || scanned > MAX_SCAN) {
        return new Part(read, group.firstId() - 1);
      }
      scanned += group.size();
      read(group, number, after, limit, read);
    }
    return new Part(read, Long.MAX_VALUE);
  }

  private void read(GroupRecord group, int number, long after, int limit, Found<Event> read) {
    if (group.isKnown() && !group.has(number)) {
      return;
    }
    if (group.isWhole()) {
      group.read(number, after, limit, read.found());
    } else if (!group.isEmpty() && !damaged.contains(group.firstId())) {
      damaged(group, number, after).filter(id -> id > after).forEach(read.damaged()::add);
    }
  }

  /** What a damaged group had for an endpoint, as far as that can be told. */
  private LongStream damaged(GroupRecord group, int number, long after) {
    if (group.isKnown()) {
      return group.ids(number);
    }
    Step last = lastStep.apply(number);
    if (last == null) {
      return LongStream.empty();
    }
    Long next = journal(file).higherKey(group.firstId());
    long until = next == null ? end : next;
    EndpointRecovery found = new EndpointRecovery(last, after, file);
    readAll(file, end - 1, List.of(found));
    return found.state().damaged().stream()
        .mapToLong(Long::longValue)
        .filter(id -> id >= group.firstId() && id < until);
  }
}
