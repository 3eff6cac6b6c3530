package dev.auditwebhook.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.endpoint.ledger.Change;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongFunction;

/**
 * What an endpoint knows, in plain collections: each event that was acknowledged for it is in one
 * of the places, or at its end.
 */
public final class EndpointModel {

  /** What becomes of some of its events. */
  public enum Act {
    DELIVER,
    RETRY,
    BURY,
    REDRIVE,
    PURGE
  }

  private final String id;
  private final int number;
  private final LongFunction<Event> events;
  private final Set<Long> acknowledged = new TreeSet<>();
  private final Set<Long> waiting = new TreeSet<>();
  private final Map<Long, Straggler> stragglers = new TreeMap<>();
  private final Set<Long> dead = new TreeSet<>();
  private final Set<Long> ended = new TreeSet<>();
  private final Map<Long, Change> changes = new LinkedHashMap<>();
  private final long[] totals = new long[Total.values().length];
  private boolean changed;

  /**
   * @param events those of the journal, by id
   */
  EndpointModel(String id, int number, LongFunction<Event> events) {
    this.id = id;
    this.number = number;
    this.events = events;
  }

  public String id() {
    return id;
  }

  public int number() {
    return number;
  }

  /** The ids of all that was acknowledged for it. */
  public Set<Long> acknowledged() {
    return acknowledged;
  }

  /** Those of them that are at their end. */
  public Set<Long> ended() {
    return ended;
  }

  public Map<Long, Straggler> stragglers() {
    return stragglers;
  }

  public Set<Long> dead() {
    return dead;
  }

  /** Whether there is something to keep. */
  public boolean isChanged() {
    return changed;
  }

  /** Does so with about a third of the events that it can be done with. */
  public void act(Act act, Random random) {
    Collection<Long> from = dead;
    if (act == Act.DELIVER || act == Act.RETRY || act == Act.BURY) {
      from = new TreeSet<>(waiting);
      from.addAll(stragglers.keySet());
    }
    for (long each : List.copyOf(from)) {
      if (random.nextInt(3) == 0) {
        act(act, each, random);
      }
    }
  }

  private void act(Act act, long event, Random random) {
    switch (act) {
      case DELIVER -> deliver(event);
      case RETRY -> {
        Straggler straggler =
            new Straggler(events.apply(event), random.nextInt(9), random.nextInt(99));
        waiting.remove(event);
        stragglers.put(event, straggler);
        change(event, new Change.Keep(straggler));
      }
      case BURY -> {
        waiting.remove(event);
        stragglers.remove(event);
        dead.add(event);
        count(Total.FAILED, 1);
        change(event, new Change.Bury(letter(event)));
      }
      case REDRIVE -> {
        dead.remove(event);
        stragglers.put(event, letter(event).redriven(7));
        count(Total.FAILED, -1);
        count(Total.REDRIVEN, 1);
        change(event, new Change.Redrive(7));
      }
      case PURGE -> {
        dead.remove(event);
        ended.add(event);
        change(event, new Change.Remove());
      }
    }
  }

  private void deliver(long event) {
    if (!waiting.remove(event)) {
      stragglers.remove(event);
      change(event, new Change.Remove());
    }
    count(Total.DELIVERED, 1);
    ended.add(event);
  }

  /** Delivers all that is pending. */
  public void drain() {
    Set<Long> pending = new TreeSet<>(waiting);
    pending.addAll(stragglers.keySet());
    pending.forEach(this::deliver);
  }

  private DeadLetter letter(long event) {
    return new DeadLetter(events.apply(event), 3, 503, "503 from http://x", null, "2026-01-01");
  }

  private void change(long event, Change change) {
    changes.merge(event, change, (earlier, later) -> later.after(earlier));
    changed = true;
  }

  private void count(Total total, long by) {
    totals[total.ordinal()] += by;
    changed |= by != 0;
  }

  void received(Set<Long> ids) {
    count(Total.WANTED, ids.size());
    waiting.addAll(ids);
    acknowledged.addAll(ids);
  }

  void notKept(Set<Long> ids) {
    count(Total.DROPPED, ids.size());
    waiting.removeAll(ids);
    acknowledged.removeAll(ids);
  }

  void stepKept() {
    changes.clear();
    changed = false;
  }

  /** Up to where all is settled or kept by itself. */
  public long cursor(long lastId) {
    return waiting.stream().findFirst().map(first -> first - 1).orElse(lastId);
  }

  long needed() {
    return waiting.stream().findFirst().orElse(Long.MAX_VALUE);
  }

  /** How the endpoint says it, when this is the last id. */
  Step step(long lastId) {
    long cursor = cursor(lastId);
    List<Long> ahead =
        acknowledged.stream().filter(each -> each > cursor && !waiting.contains(each)).toList();
    return new Step(
        id,
        number,
        cursor,
        ahead,
        new LinkedHashMap<>(changes),
        Arrays.stream(totals).boxed().toList(),
        new JsonObject().put("url", id));
  }

  /** What is missing for the totals to agree with what is there. */
  public long imbalance() {
    long ended =
        totals[Total.DELIVERED.ordinal()]
            + totals[Total.FAILED.ordinal()]
            + totals[Total.DROPPED.ordinal()];
    return totals[Total.WANTED.ordinal()] - ended - waiting.size() - stragglers.size();
  }

  /** Whether all that was acknowledged is at its end, or a dead letter. */
  public boolean isDrained() {
    Set<Long> all = new TreeSet<>(ended);
    all.addAll(dead);
    return all.containsAll(acknowledged);
  }

  /**
   * Checks what an opening has found against what was acknowledged, and goes on from there.
   *
   * @param found {@code null} for nothing
   * @param lastId the last that was given
   * @param journal the ids of what the journal has for it above its cursor
   * @param exactly whether the last changes, too, were kept
   */
  void reopened(State found, long lastId, Collection<Long> journal, boolean exactly) {
    State state = found == null ? State.ofNew(number, lastId, 0) : found;
    assertThat(state.number()).isEqualTo(number);
    Set<Long> left = new TreeSet<>(journal);
    state.ahead().forEach(left::remove);
    assertThat(state.damaged()).isEmpty();
    assertThat(state.damagedLetters()).isEmpty();
    assertThat(state.waiting()).isEqualTo(left.size());
    assertThat(Collections.disjoint(state.stragglers(), state.letters())).isTrue();
    assertThat(Collections.disjoint(left, state.stragglers())).isTrue();
    assertThat(Collections.disjoint(left, state.letters())).isTrue();
    Set<Long> there = new TreeSet<>(left);
    there.addAll(state.stragglers());
    there.addAll(state.letters());
    Set<Long> expected = new TreeSet<>(acknowledged);
    expected.removeAll(ended);
    assertThat(there).containsAll(expected);
    if (exactly) {
      assertThat(there).isEqualTo(expected);
      assertThat(left).isEqualTo(waiting);
      assertThat(state.stragglers()).isEqualTo(List.copyOf(stragglers.keySet()));
      assertThat(state.letters()).isEqualTo(List.copyOf(dead));
      assertThat(state.totals()).isEqualTo(Arrays.stream(totals).boxed().toList());
      assertThat(state.settings().getString("url")).isEqualTo(found == null ? null : id);
    }
    stepKept();
    // What was refused in the last moment may be there all the same.
    acknowledged.addAll(there);
    ended.removeAll(there);
    replace(waiting, left);
    replace(dead, state.letters());
    Arrays.setAll(totals, i -> i < state.totals().size() ? state.totals().get(i) : 0);
  }

  private static void replace(Set<Long> some, Collection<Long> by) {
    some.clear();
    some.addAll(by);
  }

  /** What is kept of its stragglers. */
  public void recall(List<Straggler> kept) {
    stragglers.clear();
    kept.forEach(each -> stragglers.put(each.event().id(), each));
    assertThat(imbalance()).isZero();
  }
}
