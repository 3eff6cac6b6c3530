package dev.auditwebhook.journal.file;

import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.journal.Engine.Opened;
import dev.auditwebhook.journal.MessageIdPrefix;
import dev.auditwebhook.journal.file.Records.Numbers;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
 * @param orphans forgotten endpoints of which there still are records
 */
record Recovery(
    StoreFile file, String damage, Opened opened, Set<Long> damagedGroups, Set<String> orphans) {

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
    return new Recovery(file, damage, content.opened, content.damagedGroups, content.orphans);
  }

  private static void begin(StoreFile file) {
    MVMap<String, byte[]> facts = file.byName(Disk.FACTS);
    facts.put(Disk.FORMAT_KEY, Records.of(Integer.toString(Disk.FORMAT)));
    facts.put(Disk.PREFIX_KEY, Records.of(MessageIdPrefix.random()));
    facts.put(Disk.NUMBERS_KEY, Records.of(new Numbers(0, new Counts(0, 0))));
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
    private final Set<String> orphans = new HashSet<>();
    private Set<Long> damagedGroups;
    private Opened opened;

    private void read(StoreFile file) {
      checkFormat(file);
      orphans.addAll(SingleEvents.owners(file));
      MVMap<String, byte[]> facts = file.byName(Disk.FACTS);
      for (Cursor<String, byte[]> each = facts.cursor(null); each.hasNext(); ) {
        String key = each.next();
        Records.opened(each.getValue());
        if (key.startsWith(Disk.ENDPOINT_KEY)) {
          Step last = Records.step(key.substring(Disk.ENDPOINT_KEY.length()), each.getValue());
          endpoints.put(last.endpoint(), new EndpointRecovery(last, last.cursor(), file));
          if (last.number() >= 0) {
            orphans.remove(last.endpoint());
          }
        }
      }
      Numbers numbers = Records.numbers(facts.get(Disk.NUMBERS_KEY));
      damagedGroups = EventGroups.readAll(file, numbers.lastId(), endpoints.values());
      Map<String, State> states = new TreeMap<>();
      endpoints.forEach((endpoint, recovery) -> states.put(endpoint, recovery.state()));
      String prefix = Records.text(facts.get(Disk.PREFIX_KEY));
      opened = new Opened(prefix, numbers.lastId(), numbers.counts(), states);
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
  }
}
