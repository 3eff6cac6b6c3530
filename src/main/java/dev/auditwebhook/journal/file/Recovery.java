package dev.auditwebhook.journal.file;

import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.journal.Engine.Opened;
import dev.auditwebhook.journal.MessageIdPrefix;
import dev.auditwebhook.journal.file.Records.Numbers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a start finds in a directory. All that is kept is read once, and every checksum verified.
 *
 * @param damage what an operator must know, {@code null} for nothing
 * @param damagedGroups the first ids of the groups that are damaged
 */
record Recovery(StoreFile file, String damage, Opened opened, Set<Long> damagedGroups) {

  private static final Logger log = LoggerFactory.getLogger(Recovery.class);

  /**
   * Opens the file of a directory. A damaged file is set aside, and a new one begun.
   *
   * @param name gives the database's name of the file
   * @param now in milliseconds since the epoch
   * @throws DiskException when the directory or its file cannot be used
   */
  static Recovery of(StoreDirectory directory, Function<Path, String> name, long now) {
    StoreLock lock = StoreLock.take(directory);
    try {
      Path aside = directory.hasFile() ? null : directory.lastSetAside();
      String damage =
          aside == null ? null : damage(aside, "by a start that did not come to its end");
      try {
        return open(directory, lock, name, damage);
      } catch (DamagedException e) {
        damage = damage(directory.setAside(now), e.getMessage());
        return open(directory, lock, name, damage);
      }
    } catch (RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  private static String damage(Path aside, String reason) {
    String damage = "the store was damaged and is begun anew; the damaged file is kept as " + aside;
    log.error("webhook.store.path: {} ({})", damage, reason);
    return damage;
  }

  private static Recovery open(
      StoreDirectory directory, StoreLock lock, Function<Path, String> name, String damage) {
    // A file of that name has a content from its first moment: one without was damaged.
    if (!directory.hasFile()) {
      lock.lastVersion(0);
      StoreFile.create(name.apply(directory.newFile()), Recovery::begin);
      directory.adoptNewFile();
    }
    Content content = new Content();
    StoreFile file = StoreFile.open(name.apply(directory.file()), lock, content::read);
    return new Recovery(file, damage, content.opened, content.damagedGroups);
  }

  private static void begin(StoreFile file) {
    MVMap<String, byte[]> facts = file.byName(Disk.FACTS);
    facts.put(Disk.FORMAT_KEY, Records.of(Integer.toString(Disk.FORMAT)));
    facts.put(Disk.PREFIX_KEY, Records.of(MessageIdPrefix.random()));
    facts.put(Disk.NUMBERS_KEY, Records.of(new Numbers(0, 0)));
  }

  /** How many events are pending, over all endpoints, and whole. */
  long pending() {
    return sum(State::pending);
  }

  /** How many dead letters there are, over all endpoints. */
  long letters() {
    return sum(state -> state.letters().size());
  }

  private long sum(ToLongFunction<State> number) {
    return opened.endpoints().values().stream().mapToLong(number).sum();
  }

  /** What is in the file. */
  private static final class Content {

    private final Map<String, EndpointRecovery> endpoints = new TreeMap<>();
    private final Set<Long> damagedGroups = new HashSet<>();
    private Opened opened;

    private void read(StoreFile file) {
      checkFormat(file);
      MVMap<String, byte[]> facts = file.byName(Disk.FACTS);
      for (Cursor<String, byte[]> each = facts.cursor(null); each.hasNext(); ) {
        String key = each.next();
        Records.opened(each.getValue());
        if (key.startsWith(Disk.ENDPOINT_KEY)) {
          String endpoint = key.substring(Disk.ENDPOINT_KEY.length());
          endpoints.put(
              endpoint, new EndpointRecovery(Records.step(endpoint, each.getValue()), file));
        }
      }
      Numbers numbers = Records.numbers(facts.get(Disk.NUMBERS_KEY));
      readGroups(file.byId(Disk.JOURNAL), numbers.lastId() + 1);
      Map<String, State> states = new TreeMap<>();
      endpoints.forEach((endpoint, recovery) -> states.put(endpoint, recovery.state()));
      String prefix = Records.text(facts.get(Disk.PREFIX_KEY));
      opened = new Opened(prefix, numbers.lastId(), numbers.rejected(), states);
    }

    private static void checkFormat(StoreFile file) {
      Set<String> names = file.mapNames();
      byte[] record =
          names.contains(Disk.FACTS) ? file.byName(Disk.FACTS).get(Disk.FORMAT_KEY) : null;
      if (record == null) {
        throw names.isEmpty() || names.contains(Disk.FACTS)
            ? new DamagedException("nothing is in it")
            : new DiskException(file + " is not the file of a webhook");
      }
      String format = Records.text(record);
      if (!Integer.toString(Disk.FORMAT).equals(format)) {
        throw new DiskException(
            file + " has format " + format + ", and this version reads format " + Disk.FORMAT);
      }
    }

    private void readGroups(MVMap<Long, byte[]> journal, long end) {
      Cursor<Long, byte[]> groups = journal.cursor(null);
      Long next = groups.hasNext() ? groups.next() : null;
      while (next != null) {
        long firstId = next;
        byte[] group = groups.getValue();
        next = groups.hasNext() ? groups.next() : null;
        long after = next == null ? end : next;
        if (Records.isWhole(group)) {
          endpoints.values().forEach(each -> each.group(firstId, after, group));
        } else if (group.length > 0) {
          damagedGroups.add(firstId);
          endpoints.values().forEach(each -> each.damagedGroup(firstId, after, group));
        }
      }
    }
  }

  /** What is kept of one endpoint. */
  private static final class EndpointRecovery {

    private final Step last;
    private final TreeSet<Long> ahead;
    private final List<Long> stragglers = new ArrayList<>();
    private final List<Long> letters = new ArrayList<>();
    private final List<Long> damagedLetters = new ArrayList<>();

    /** The ids of events that are damaged, and were pending as far as that can be told. */
    private final List<Long> damaged = new ArrayList<>();

    /** Those that follow when there are too few. */
    private final List<Long> unlikely = new ArrayList<>();

    private long waiting;

    EndpointRecovery(Step last, StoreFile file) {
      this.last = last;
      ahead = new TreeSet<>(last.ahead());
      read(file.byId(Disk.STRAGGLERS + last.endpoint()), stragglers, damaged);
      read(file.byId(Disk.DEAD + last.endpoint()), letters, damagedLetters);
      letters.addAll(damagedLetters);
      letters.sort(null);
    }

    private static void read(MVMap<Long, byte[]> records, List<Long> whole, List<Long> damaged) {
      for (Cursor<Long, byte[]> each = records.cursor(null); each.hasNext(); ) {
        Long id = each.next();
        (Records.isWhole(each.getValue()) ? whole : damaged).add(id);
      }
    }

    /** A group of the journal; the next one begins with the id {@code end}. */
    void group(long firstId, long end, byte[] group) {
      Long settled = ahead.ceiling(firstId);
      if (firstId > last.cursor() && (settled == null || settled >= end)) {
        waiting += Records.count(group);
      } else if (end > last.cursor() + 1) {
        waiting += Records.count(firstId, group, this::isWaiting);
      }
    }

    void damagedGroup(long firstId, long end, byte[] group) {
      long likely = Records.plausibleCount(firstId, end, group);
      for (long id = firstId; id < end; id++) {
        if (isWaiting(id)) {
          (likely-- > 0 ? damaged : unlikely).add(id);
        }
      }
    }

    private boolean isWaiting(long id) {
      return id > last.cursor() && !ahead.contains(id);
    }

    State state() {
      // The totals know how many were pending, and what is damaged is to be failed: no more, no
      // less of it.
      long missing = pending() - waiting - stragglers.size();
      unlikely.stream().limit(Math.max(0, missing - damaged.size())).forEach(damaged::add);
      if (missing >= 0 && missing < damaged.size()) {
        damaged.subList((int) missing, damaged.size()).clear();
      }
      damaged.sort(null);
      return new State(
          last.cursor(),
          last.ahead(),
          waiting,
          damaged,
          stragglers,
          letters,
          damagedLetters,
          last.totals(),
          last.settings());
    }

    private long pending() {
      return total(Total.RECEIVED)
          - total(Total.DELIVERED)
          - total(Total.FAILED)
          - total(Total.DROPPED)
          - total(Total.DISCARDED);
    }

    private long total(Total total) {
      return total.ordinal() < last.totals().size() ? last.totals().get(total.ordinal()) : 0;
    }
  }
}
