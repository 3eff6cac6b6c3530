package dev.auditwebhook.endpoint.ledger;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The dead letters of which the disk has no more than the number. */
final class DamagedLetters {

  private static final Logger log = LoggerFactory.getLogger(DamagedLetters.class);

  private static final int SHOWN_IDS = 10;

  private final TreeSet<Long> ids = new TreeSet<>();

  /** Says so of letters that are found to be damaged, if that is new. */
  void found(Collection<Long> letters) {
    if (ids.addAll(letters)) {
      log.error("webhook.store.path: {}", warning());
    }
  }

  /** Says so of pending events that are found to be damaged, and are dead letters now. */
  void failed(Collection<Long> events) {
    if (ids.addAll(events)) {
      log.error(
          "webhook.store.path: {}",
          line("pending events are damaged on disk, and now dead letters: ", events));
    }
  }

  /** Says so of those of some letters, as they were read, that are damaged. */
  void look(List<DeadLetter> read, Set<Long> letters) {
    found(
        read.stream()
            .filter(DeadLetter::isDamaged)
            .map(letter -> letter.event().id())
            .filter(letters::contains)
            .toList());
  }

  void remove(long id) {
    ids.remove(id);
  }

  boolean contains(long id) {
    return ids.contains(id);
  }

  /** What an operator must know, {@code null} when none is damaged. */
  String warning() {
    return ids.isEmpty()
        ? null
        : line("dead letters are damaged on disk and can only be purged: ", ids);
  }

  private static String line(String what, Collection<Long> ids) {
    return ids.stream()
        .limit(SHOWN_IDS)
        .map(String::valueOf)
        .collect(Collectors.joining(", ", what, ids.size() > SHOWN_IDS ? " and more" : ""));
  }
}
