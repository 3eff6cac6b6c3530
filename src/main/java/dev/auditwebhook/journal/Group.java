package dev.auditwebhook.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/** Entries that are kept together. */
final class Group {

  /** Who asked what becomes of the entry of a group. */
  private record Asker(int index, Consumer<Accepted> answered) {}

  private final List<EncodedEntry> entries = new ArrayList<>();
  private final List<Asker> askers = new ArrayList<>();
  private int events;
  private long bytes;

  /**
   * @param entry {@code null} for one that there was no room for
   * @param answered hears what became of it, {@code null} when nobody asks
   */
  void add(EncodedEntry entry, Consumer<Accepted> answered) {
    if (answered != null) {
      askers.add(new Asker(entries.size(), answered));
    }
    entries.add(entry);
    if (entry != null) {
      events++;
      bytes += entry.content().length;
    }
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** In their order; {@code null} for those that there was no room for. */
  List<EncodedEntry> entries() {
    return entries;
  }

  /** Whom those are for that are events. */
  List<Recipients> recipients() {
    return entries.stream().filter(Objects::nonNull).map(EncodedEntry::recipients).toList();
  }

  /** How many of them are events. */
  int events() {
    return events;
  }

  /** About how many bytes they have. */
  long bytes() {
    return bytes;
  }

  /** Answers those who asked, after all was kept. */
  void kept(long firstId) {
    tell(firstId, Accepted::queued);
  }

  /**
   * Answers those who asked, after nothing was kept.
   *
   * @param firstId 0 when it is not known
   */
  void notKept(long firstId) {
    tell(firstId, Accepted::dropped);
  }

  private void tell(long firstId, LongFunction<Accepted> event) {
    for (Asker asker : askers) {
      long id = firstId == 0 ? 0 : firstId + asker.index();
      boolean dropped = entries.get(asker.index()) == null;
      asker.answered().accept(dropped ? Accepted.dropped(id) : event.apply(id));
    }
  }
}
