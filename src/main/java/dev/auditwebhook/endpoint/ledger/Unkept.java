package dev.auditwebhook.endpoint.ledger;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is yet to be kept of single events: some of it is on its way, the rest goes next. */
final class Unkept {

  private Map<Long, Change> next = new LinkedHashMap<>();
  private Map<Long, Change> leaving = Map.of();

  void add(long id, Change change) {
    next.merge(id, change, (earlier, later) -> later.after(earlier));
  }

  /** All that goes now. Then {@link #kept()} or {@link #notKept()} is called. */
  Map<Long, Change> leave() {
    leaving = next;
    next = new LinkedHashMap<>();
    return leaving;
  }

  void kept() {
    leaving = Map.of();
  }

  void notKept() {
    Map<Long, Change> since = next;
    next = new LinkedHashMap<>(leaving);
    leaving = Map.of();
    since.forEach(this::add);
  }

  boolean contains(long id) {
    return next.containsKey(id) || leaving.containsKey(id);
  }

  /** The dead letters among it, of those with these ids. */
  Map<Long, DeadLetter> letters(List<Long> ids) {
    Map<Long, DeadLetter> letters = new HashMap<>();
    for (long id : ids) {
      Change change = next.getOrDefault(id, leaving.get(id));
      if (change instanceof Change.Bury bury) {
        letters.put(id, bury.letter());
      } else if (change instanceof Change.Fail) {
        letters.put(id, DeadLetter.damaged(id));
      }
    }
    return letters;
  }
}
