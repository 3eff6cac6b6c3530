package dev.auditwebhook.journal.file;

import static dev.auditwebhook.journal.file.Kept.addition;
import static dev.auditwebhook.journal.file.Kept.entry;
import static dev.auditwebhook.journal.file.Kept.step;
import static dev.auditwebhook.journal.file.Kept.totals;

import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.journal.file.FaultyFiles.Faults;
import dev.auditwebhook.wire.format.Event;
import java.nio.file.Path;
import java.util.List;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.StringDataType;

/** What tests write to the file of a directory and find there, without an engine. */
final class OnDisk {

  /** When all this is. */
  static final long NOW = 1_767_258_000_000L;

  private OnDisk() {}

  static Path file(Path directory) {
    return directory.resolve("events.mv");
  }

  /** What a start finds. */
  static Recovery find(Path directory) {
    return Recovery.of(new StoreDirectory(directory.toString()), Path::toString, NOW);
  }

  /** What a start finds on a disk with faults. */
  static Recovery find(Path directory, Faults faults) {
    return Recovery.of(new StoreDirectory(directory.toString()), faults::name, NOW);
  }

  static Disk open(Path directory, Faults faults) {
    return new Disk(find(directory, faults));
  }

  static State state(Recovery found) {
    return found.opened().endpoints().get(Kept.ENDPOINT);
  }

  /** Writes an event. */
  static void append(Disk disk, long id, Step... steps) {
    disk.append(id, id, addition(List.of(entry(id)), steps));
  }

  /** Writes steps alone. */
  static void write(Disk disk, long lastId, Step... steps) {
    disk.append(lastId + 1, lastId, addition(List.of(), steps));
  }

  /** Writes a whole file, with a step beside each event. */
  static void write(Path directory, int events) {
    Disk disk = open(directory, new Faults());
    for (int i = 1; i <= events; i++) {
      append(disk, i, step(0, totals(i)));
    }
    disk.close();
  }

  /** What a file says by name, which another program may read and change. */
  static MVMap<String, byte[]> facts(MVStore store) {
    return store.openMap(
        "facts",
        new MVMap.Builder<String, byte[]>()
            .keyType(StringDataType.INSTANCE)
            .valueType(ByteArrayDataType.INSTANCE));
  }

  static List<Long> read(Disk disk) {
    return events(disk, 0).stream().map(Event::id).toList();
  }

  /** The events after an id. */
  static List<Event> events(Disk disk, long after) {
    return disk.read(Kept.NUMBER, after, 1_000).read().found();
  }
}
