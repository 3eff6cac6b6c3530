package dev.auditwebhook.journal.file;

import dev.auditwebhook.endpoint.ledger.Change;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Found;
import dev.auditwebhook.endpoint.ledger.LetterPage;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Engine;
import dev.auditwebhook.journal.file.Records.Numbers;
import dev.auditwebhook.wire.format.Event;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;

/**
 * What is in the file: groups of events by the first id of each, stragglers and dead letters of
 * each endpoint by id, and facts by name. It blocks, and is for one thread at a time.
 *
 * <p>Where the next group is to begin, the journal has an empty one: without it, each group would
 * be written twice, as the tree has to touch the group before it.
 */
final class Disk {

  /** The layout of this file; another one is not read. */
  static final int FORMAT = 2;

  static final String FACTS = "facts";
  static final String JOURNAL = "journal";
  static final String STRAGGLERS = "stragglers.";
  static final String DEAD = "dead.";
  static final String FORMAT_KEY = "format";
  static final String PREFIX_KEY = "messageIdPrefix";
  static final String NUMBERS_KEY = "numbers";
  static final String ENDPOINT_KEY = "endpoint.";

  /** A larger group is several records: to read a part of one is to read all of it. */
  private static final int MAX_GROUP = 4_096;

  private final StoreFile file;
  private final Set<Long> damagedGroups;
  private Map<String, Long> cursors = new HashMap<>();

  /** The id after the last one that was kept. */
  private long end;

  /** From this id on the journal has only what was not kept, if anything. */
  private long notKept = Long.MAX_VALUE;

  Disk(Recovery found) {
    file = found.file();
    damagedGroups = found.damagedGroups();
    end = found.opened().lastId() + 1;
    found.opened().endpoints().forEach((endpoint, state) -> cursors.put(endpoint, state.cursor()));
  }

  /**
   * As {@link Engine#append}, and syncs.
   *
   * @param firstId the number of the first entry
   * @param lastId the last number that was given
   * @throws DiskException when that failed
   */
  Engine.Appended append(
      long firstId, List<EncodedEntry> entries, long lastId, long rejected, List<Step> steps) {
    TreeMap<Long, byte[]> records = new TreeMap<>();
    List<Event> events = new ArrayList<>(entries.size());
    for (int from = 0; from < entries.size(); from += MAX_GROUP) {
      List<EncodedEntry> some = entries.subList(from, Math.min(from + MAX_GROUP, entries.size()));
      List<Event> group = EncodedEntry.numbered(firstId + from, some);
      if (!group.isEmpty()) {
        records.put(firstId + from, Records.of(firstId + from, group));
        records.put(firstId + from + some.size(), Records.EMPTY);
      }
      events.addAll(group);
    }
    long remove = notKept;
    notKept = Math.min(notKept, firstId);
    Map<String, Long> moved = new HashMap<>(cursors);
    Map<String, List<Long>> notRedriven = new HashMap<>();
    file.write(
        () -> {
          MVMap<Long, byte[]> journal = file.byId(JOURNAL);
          removeFrom(remove, journal);
          records.forEach(journal::put);
          for (Step step : steps) {
            moved.put(step.endpoint(), step.cursor());
            List<Long> damaged = make(step);
            if (!damaged.isEmpty()) {
              notRedriven.put(step.endpoint(), damaged);
            }
          }
          file.byName(FACTS).put(NUMBERS_KEY, Records.of(new Numbers(lastId, rejected)));
          moved.values().stream().min(Long::compare).ifPresent(lowest -> cut(journal, lowest));
        });
    notKept = Long.MAX_VALUE;
    cursors = moved;
    end = lastId + 1;
    return new Engine.Appended(firstId, events, notRedriven);
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

  /** Groups that all endpoints have passed go; the last one, which is empty, stays. */
  private static void cut(MVMap<Long, byte[]> journal, long cursor) {
    Long first = journal.firstKey();
    while (first != null) {
      Long next = journal.higherKey(first);
      if (next == null || next > cursor + 1) {
        return;
      }
      journal.remove(first);
      first = next;
    }
  }

  /** Makes a step; gives the letters that it was to redrive, but that are damaged. */
  private List<Long> make(Step step) {
    MVMap<Long, byte[]> stragglers = file.byId(STRAGGLERS + step.endpoint());
    MVMap<Long, byte[]> dead = file.byId(DEAD + step.endpoint());
    List<Long> damaged = new ArrayList<>();
    step.changes()
        .forEach(
            (id, change) -> {
              if (change instanceof Change.Keep keep) {
                stragglers.put(id, Records.of(keep.straggler()));
                dead.remove(id);
              } else if (change instanceof Change.Bury bury) {
                stragglers.remove(id);
                dead.put(id, Records.of(bury.letter()));
              } else if (change instanceof Change.Redrive redrive) {
                DeadLetter letter = letter(dead, id);
                if (letter != null && letter.isDamaged()) {
                  damaged.add(id);
                } else if (letter != null) {
                  dead.remove(id);
                  stragglers.put(id, Records.of(letter.redriven(redrive.now())));
                }
              } else if (change instanceof Change.Fail) {
                stragglers.remove(id);
                dead.put(id, Records.EMPTY);
              } else if (change instanceof Change.Remove) {
                stragglers.remove(id);
                dead.remove(id);
              }
            });
    file.byName(FACTS)
        .put(ENDPOINT_KEY + step.endpoint(), Records.of(step, totals(step, damaged.size())));
    return damaged;
  }

  /** The totals that a step leads to, if so many letters are not redriven. */
  private static List<Long> totals(Step step, int notRedriven) {
    if (notRedriven == 0) {
      return step.totals();
    }
    List<Long> totals = new ArrayList<>(step.totals());
    totals.set(Total.FAILED.ordinal(), totals.get(Total.FAILED.ordinal()) + notRedriven);
    totals.set(Total.REDRIVEN.ordinal(), totals.get(Total.REDRIVEN.ordinal()) - notRedriven);
    return totals;
  }

  /** A dead letter, {@code null} when it is not there. */
  private static DeadLetter letter(MVMap<Long, byte[]> dead, long id) {
    byte[] record = dead.get(id);
    if (record == null) {
      return null;
    }
    return Records.isWhole(record) ? Records.deadLetter(id, record) : DeadLetter.damaged(id);
  }

  /** As {@link Engine#read}; those that are damaged do not count for the limit. */
  Found<Event> read(long after, int limit) {
    return file.read(
        () -> {
          Found<Event> read = new Found<>(new ArrayList<>(), new ArrayList<>());
          MVMap<Long, byte[]> journal = file.byId(JOURNAL);
          Cursor<Long, byte[]> groups = journal.cursor(journal.floorKey(after + 1));
          while (groups.hasNext() && read.found().size() < limit) {
            long firstId = groups.next();
            if (firstId >= notKept) {
              break;
            }
            byte[] group = groups.getValue();
            if (Records.isWhole(group)) {
              Records.events(firstId, group, id -> id > after, limit, read.found());
            } else if (group.length > 0 && !damagedGroups.contains(firstId)) {
              Long next = journal.higherKey(firstId);
              long until = next == null ? end : next;
              long from = Math.max(firstId, after + 1);
              LongStream.range(from, until)
                  .limit(
                      Math.max(0, Records.plausibleCount(firstId, until, group) - from + firstId))
                  .forEach(read.damaged()::add);
            }
          }
          return read;
        });
  }

  /** As {@link Engine#stragglers}. */
  Found<Straggler> stragglers(String endpoint, Collection<Long> ids) {
    return file.read(
        () -> {
          Found<Straggler> read = new Found<>(new ArrayList<>(), new ArrayList<>());
          MVMap<Long, byte[]> stragglers = file.byId(STRAGGLERS + endpoint);
          for (Long id : new TreeSet<>(ids)) {
            byte[] record = stragglers.get(id);
            if (record != null && Records.isWhole(record)) {
              read.found().add(Records.straggler(id, record));
            } else if (record != null) {
              read.damaged().add(id);
            }
          }
          return read;
        });
  }

  /** As {@link Engine#deadLetters}. */
  List<DeadLetter> deadLetters(
      String endpoint, List<Long> ids, Map<Long, DeadLetter> unkept, long maxBytes) {
    return file.read(
        () -> {
          LetterPage page = new LetterPage(maxBytes);
          MVMap<Long, byte[]> dead = file.byId(DEAD + endpoint);
          for (Long id : ids) {
            DeadLetter letter = unkept.containsKey(id) ? unkept.get(id) : letter(dead, id);
            if (letter != null && !page.add(letter)) {
              break;
            }
          }
          return page.letters();
        });
  }

  /** As {@link StoreFile#compact()}. */
  boolean compact() {
    return file.compact();
  }

  void close() {
    file.close();
  }
}
