package dev.auditwebhook.journal.file;

import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Total;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.LongStream;

/** What a file has of one endpoint: its own records, and what each group of the journal adds. */
final class EndpointRecovery {

  private final Step last;
  private final long reached;
  private final TreeSet<Long> ahead;
  private final List<Long> stragglers = new ArrayList<>();
  private final List<Long> letters = new ArrayList<>();
  private final List<Long> damagedLetters = new ArrayList<>();

  /** The ids of pending events that are damaged. */
  private final List<Long> damaged = new ArrayList<>();

  /** From where to where it is not known what was there. */
  private final List<long[]> unknown = new ArrayList<>();

  private long waiting;

  /**
   * @param reached up to which id it needs no more of the journal, whatever its cursor says
   */
  EndpointRecovery(Step last, long reached, StoreFile file) {
    this.last = last;
    this.reached = reached;
    ahead = new TreeSet<>(last.ahead());
    if (last.number() >= 0) {
      SingleEvents kept = new SingleEvents(file, last.endpoint());
      kept.checkStragglers(stragglers, damaged);
      kept.checkLetters(letters, damagedLetters);
      letters.addAll(damagedLetters);
      letters.sort(null);
    }
  }

  long cursor() {
    return last.cursor();
  }

  /** A group of the journal is whole; its ids go no further than the last one. */
  void whole(GroupRecord group, long lastId) {
    Long settled = ahead.ceiling(group.firstId());
    waiting +=
        group.firstId() > last.cursor() && (settled == null || settled > lastId)
            ? group.count(last.number())
            : waitingIn(group).count();
  }

  /** A group of the journal is damaged. */
  void damaged(GroupRecord group, long lastId) {
    if (group.isKnown()) {
      waitingIn(group).forEach(damaged::add);
    } else {
      unknown.add(new long[] {Math.max(group.firstId(), reached + 1), lastId});
    }
  }

  private LongStream waitingIn(GroupRecord group) {
    return group.ids(last.number()).filter(this::isWaiting);
  }

  private boolean isWaiting(long id) {
    return id > last.cursor() && !ahead.contains(id);
  }

  State state() {
    // The totals know how many were pending, and what is damaged is to be failed: no more, no
    // less of it.
    long missing = pending() - waiting - stragglers.size();
    unknown.stream()
        .flatMapToLong(range -> LongStream.rangeClosed(range[0], range[1]))
        .filter(this::isWaiting)
        .limit(Math.max(0, missing - damaged.size()))
        .forEach(damaged::add);
    if (missing >= 0 && missing < damaged.size()) {
      damaged.subList((int) missing, damaged.size()).clear();
    }
    damaged.sort(null);
    return new State(
        last.number(),
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
    return total(Total.WANTED)
        - total(Total.DELIVERED)
        - total(Total.FAILED)
        - total(Total.DROPPED);
  }

  private long total(Total total) {
    return total.ordinal() < last.totals().size() ? last.totals().get(total.ordinal()) : 0;
  }
}
