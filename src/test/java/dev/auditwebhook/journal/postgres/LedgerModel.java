package dev.auditwebhook.journal.postgres;

import static dev.auditwebhook.testing.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.endpoint.ledger.Change;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.endpoint.ledger.Total;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The books of an endpoint, in plain collections. */
final class LedgerModel {

  private final String id;
  private final int number;

  /** All that the journal has for it. */
  private final TreeSet<Long> journal = new TreeSet<>();

  /** Those of them that are not past. */
  private final TreeSet<Long> waiting = new TreeSet<>();

  private final TreeMap<Long, Straggler> stragglers = new TreeMap<>();
  private final TreeSet<Long> letters = new TreeSet<>();
  private final Map<Total, Long> totals = new HashMap<>();

  /** What is not kept yet. */
  private Map<Long, Change> changes = new HashMap<>();

  /** What is on its way. */
  private Map<Long, Change> leaving = Map.of();

  LedgerModel(String id, int number) {
    this.id = id;
    this.number = number;
  }

  String id() {
    return id;
  }

  int number() {
    return number;
  }

  /**
   * @param event its id, 0 when it could not be kept
   */
  void arrived(long event) {
    if (event == 0) {
      dropped();
      return;
    }
    journal.add(event);
    waiting.add(event);
    count(Total.WANTED, 1);
  }

  void dropped() {
    count(Total.WANTED, 1);
    count(Total.DROPPED, 1);
  }

  SortedSet<Long> acknowledged(long after) {
    return journal.tailSet(after + 1);
  }

  private void count(Total total, long times) {
    totals.merge(total, times, Long::sum);
  }

  private long total(Total total) {
    return totals.getOrDefault(total, 0L);
  }

  private void change(long event, Change change) {
    changes.merge(event, change, (earlier, later) -> later.after(earlier));
  }

  /** Something becomes of an event, if there is one that it can become of. */
  void act(String what, Random random) {
    TreeSet<Long> some = new TreeSet<>(letters);
    if (!what.equals("REDRIVE") && !what.equals("PURGE")) {
      some = new TreeSet<>(waiting);
      some.addAll(stragglers.keySet());
    }
    if (!some.isEmpty()) {
      act(what, List.copyOf(some).get(random.nextInt(some.size())), random.nextInt(9));
    }
  }

  private void act(String what, long event, int attempts) {
    boolean straggled = stragglers.remove(event) != null;
    waiting.remove(event);
    letters.remove(event);
    switch (what) {
      case "DELIVER" -> {
        count(Total.DELIVERED, 1);
        if (straggled) {
          change(event, new Change.Remove());
        }
      }
      case "RETRY" -> {
        stragglers.put(event, new Straggler(event(event, 0), attempts, event));
        count(Total.RETRIED, 1);
        change(event, new Change.Keep(stragglers.get(event)));
      }
      case "BURY" -> {
        letters.add(event);
        count(Total.FAILED, 1);
        change(
            event,
            new Change.Bury(new DeadLetter(event(event, 0), attempts, 500, "e", null, "now")));
      }
      case "REDRIVE" -> {
        stragglers.put(event, new Straggler(event(event, 0), 0, 7));
        count(Total.FAILED, -1);
        count(Total.REDRIVEN, 1);
        change(event, new Change.Redrive(7));
      }
      default -> change(event, new Change.Remove());
    }
  }

  /**
   * @param end the last id that is known
   */
  Step step(long end) {
    leaving = changes;
    changes = new HashMap<>();
    long cursor = waiting.isEmpty() ? end : waiting.first() - 1;
    List<Long> ahead = new ArrayList<>(acknowledged(cursor));
    ahead.removeAll(waiting);
    List<Long> all = new ArrayList<>();
    for (Total total : Total.values()) {
      all.add(total(total));
    }
    return new Step(id, number, cursor, ahead, leaving, all, new JsonObject());
  }

  void stepEnds(boolean kept) {
    if (!kept) {
      Map<Long, Change> later = changes;
      changes = new HashMap<>(leaving);
      later.forEach(this::change);
    }
    leaving = Map.of();
  }

  /** Checks what is found against all that was done. */
  void assertIs(State state, long lastId) {
    assertThat(state.waiting()).isEqualTo(waiting.size());
    assertThat(state.stragglers()).containsExactlyElementsOf(stragglers.keySet());
    assertThat(state.letters()).containsExactlyElementsOf(letters);
    assertThat(state.cursor()).isLessThanOrEqualTo(lastId);
    for (Total total : Total.values()) {
      assertThat(state.totals().get(total.ordinal()))
          .as("%s of %s", total, id)
          .isEqualTo(total(total));
    }
    assertThat(total(Total.WANTED))
        .isEqualTo(
            total(Total.DELIVERED) + total(Total.FAILED) + total(Total.DROPPED) + state.pending());
  }

  void assertStragglers(List<Straggler> found) {
    // The content of an event in the journal has the time of its entry.
    assertThat(found)
        .extracting(each -> each.event().id() + ":" + each.attempts() + ":" + each.since())
        .containsExactlyElementsOf(
            stragglers.values().stream()
                .map(each -> each.event().id() + ":" + each.attempts() + ":" + each.since())
                .toList());
  }
}
