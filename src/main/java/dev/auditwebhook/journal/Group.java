package dev.auditwebhook.journal;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.stream.Stream;

/** Entries that are kept together: those that arrived, then those that come from the inbox. */
final class Group {

  /** Who asked what becomes of the entry of a group. */
  private record Asker(int index, Consumer<Accepted> answered) {}

  /**
   * A valid entry from the inbox, or one that is not.
   *
   * @param seq its number there
   * @param entry {@code null} when it goes to nobody
   * @param passedOver who wants it and has no room for it
   */
  record Moved(long seq, boolean valid, EncodedEntry entry, Recipients passedOver) {

    static Moved discarded(long seq) {
      return new Moved(seq, true, null, Recipients.NONE);
    }

    static Moved rejected(long seq) {
      return new Moved(seq, false, null, Recipients.NONE);
    }
  }

  private final List<EncodedEntry> entries = new ArrayList<>();
  private final List<Asker> askers = new ArrayList<>();
  private final List<Moved> moved = new ArrayList<>();
  private final Promise<Void> allMoved = Promise.promise();
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
    count(entry, 1);
  }

  /** Those of a later one that arrived come after these. */
  void add(Group later) {
    int before = entries.size();
    later.askers.forEach(asker -> askers.add(new Asker(before + asker.index(), asker.answered())));
    entries.addAll(later.entries);
    events += later.events;
    bytes += later.bytes;
  }

  /**
   * @return completed when it is kept, failed when it is taken back
   */
  Future<Void> move(Moved one) {
    moved.add(one);
    count(one.entry(), 1);
    return allMoved.future();
  }

  private void count(EncodedEntry entry, int times) {
    if (entry != null) {
      events += times;
      bytes += (long) times * entry.content().length;
    }
  }

  /** What comes from the inbox, which stays there. */
  List<Moved> takeBack() {
    List<Moved> back = List.copyOf(moved);
    moved.clear();
    back.forEach(one -> count(one.entry(), -1));
    allMoved.tryFail("it stays in the inbox");
    return back;
  }

  boolean isEmpty() {
    return entries.isEmpty() && moved.isEmpty();
  }

  /** In their order; {@code null} for those that there was no room for. */
  List<EncodedEntry> entries() {
    return moved.isEmpty()
        ? entries
        : Stream.concat(entries.stream(), moved.stream().map(Moved::entry).filter(Objects::nonNull))
            .toList();
  }

  /** The numbers of those that come from the inbox. */
  List<Long> emitted() {
    return moved.stream().map(Moved::seq).toList();
  }

  /** Whom those are for that are events. */
  List<Recipients> recipients() {
    return entries().stream().filter(Objects::nonNull).map(EncodedEntry::recipients).toList();
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
    allMoved.tryComplete();
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
