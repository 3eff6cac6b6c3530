package dev.auditwebhook.endpoint.ledger;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The books of one endpoint: how far it has come, what is pending and dead, and the totals. Each
 * call is one entry in them: an event is never in two places, and never in none. What was entered
 * since the last {@link #step} makes up the next one.
 *
 * <p>For one context, but {@link #total}, {@link #pending()} and {@link #letterCount()} are for any
 * thread.
 */
public final class Ledger {

  private final String endpoint;
  private final int dlqCapacity;
  private final Runnable changed;
  private final AtomicLongArray totals = new AtomicLongArray(Total.values().length);
  private final Cursor cursor;
  private final TreeSet<Long> letters;
  private final DamagedLetters damaged = new DamagedLetters();
  private final JsonObject settings;
  private JsonObject keptSettings;
  private volatile long pending;
  private volatile int letterCount;

  /** What is yet to be kept of single events; the latter are on their way. */
  private Map<Long, Change> changes = new LinkedHashMap<>();

  private Map<Long, Change> leaving = Map.of();

  /**
   * @param endpoint its id
   * @param state what is kept of it
   * @param dlqCapacity how many dead letters are kept
   * @param changed called when there is something for a step
   */
  public Ledger(String endpoint, State state, int dlqCapacity, Runnable changed) {
    this.endpoint = endpoint;
    this.dlqCapacity = dlqCapacity;
    this.changed = changed;
    cursor = new Cursor(state.cursor(), state.ahead());
    letters = new TreeSet<>(state.letters());
    settings = state.settings().copy();
    keptSettings = settings.copy();
    for (int i = 0; i < state.totals().size(); i++) {
      totals.set(i, state.totals().get(i));
    }
    pending = state.pending() + state.damaged().size();
    damaged.found(state.damagedLetters());
    evict();
    if (!state.damaged().isEmpty()) {
      fail(state.damaged());
    }
  }

  public long total(Total total) {
    return totals.get(total.ordinal());
  }

  public void count(Total total) {
    add(total, 1);
    changed.run();
  }

  private void add(Total total, long n) {
    totals.addAndGet(total.ordinal(), n);
  }

  public long pending() {
    return pending;
  }

  /** An event arrived and is pending, on its way into the journal. */
  public void received() {
    pending++;
    count(Total.RECEIVED);
  }

  /** So many that were on their way into the journal could not be kept, and are dropped. */
  public void notKept(int events) {
    pending -= events;
    add(Total.DROPPED, events);
    changed.run();
  }

  /**
   * The next event of the journal is held in memory.
   *
   * @return whether it is to be delivered, as it was not in a former life
   */
  public boolean reach(Pending event) {
    return cursor.reach(event);
  }

  public void delivered(Pending event) {
    end(event, Total.DELIVERED);
    if (event.isStraggler()) {
      change(event.id(), new Change.Remove());
    }
    pass(event);
    changed.run();
  }

  private void end(Pending event, Total how) {
    pending--;
    add(how, 1);
  }

  /** It is past, and so is what would hold up the cursor for too long. */
  private void pass(Pending event) {
    cursor.pass(event);
    for (Pending slow = cursor.overdue(); slow != null; slow = cursor.overdue()) {
      straggle(slow);
    }
  }

  private void straggle(Pending event) {
    change(event.id(), new Change.Keep(event.straggle()));
    cursor.pass(event);
  }

  /**
   * It was tried, and is to be tried again.
   *
   * @param attempts how many attempts it has used up
   * @param now milliseconds since the epoch
   */
  public void tried(Pending event, int attempts, long now) {
    event.tried(attempts, now);
    straggle(event);
    changed.run();
  }

  /** It is given up, which may evict the oldest dead letter. */
  public void bury(Pending event, DeadLetter letter) {
    end(event, Total.FAILED);
    letters.add(event.id());
    change(event.id(), new Change.Bury(letter));
    pass(event);
    evict();
    changed.run();
  }

  /** Events of the journal cannot be read: those that were pending so far are given up. */
  public List<Long> failUnread(List<Long> ids) {
    List<Long> pendingSoFar = cursor.skip(ids);
    fail(pendingSoFar);
    return pendingSoFar;
  }

  /** Pending events are damaged: they are given up, without content. */
  public void fail(List<Long> ids) {
    cursor.skip(ids);
    for (long id : ids) {
      pending--;
      add(Total.FAILED, 1);
      letters.add(id);
      change(id, new Change.Fail());
    }
    damaged.failed(ids);
    evict();
    changed.run();
  }

  private void evict() {
    while (letters.size() > dlqCapacity) {
      add(Total.DLQ_EVICTED, 1);
      remove(letters.first());
    }
    letterCount = letters.size();
  }

  private void change(long id, Change change) {
    changes.merge(id, change, (earlier, later) -> later.after(earlier));
  }

  public int letterCount() {
    return letterCount;
  }

  public TreeSet<Long> letters() {
    return letters;
  }

  /** Whether a dead letter was found to be damaged: it cannot be redriven. */
  public boolean isDamaged(long id) {
    return damaged.contains(id);
  }

  /** Remembers those of some dead letters, as they were read, that are damaged. */
  public void look(List<DeadLetter> read) {
    damaged.found(
        read.stream()
            .filter(DeadLetter::isDamaged)
            .map(letter -> letter.event().id())
            .filter(letters::contains)
            .toList());
  }

  /** Whether nothing of an event is yet to be kept. */
  public boolean isKept(long id) {
    return !changes.containsKey(id) && !leaving.containsKey(id);
  }

  /** The dead letters that are not kept yet, of those with these ids. */
  public Map<Long, DeadLetter> unkept(List<Long> ids) {
    Map<Long, DeadLetter> unkept = new HashMap<>();
    for (long id : ids) {
      Change change = changes.getOrDefault(id, leaving.get(id));
      if (change instanceof Change.Bury bury) {
        unkept.put(id, bury.letter());
      } else if (change instanceof Change.Fail) {
        unkept.put(id, DeadLetter.damaged(id));
      }
    }
    return unkept;
  }

  /** Moves a dead letter back to the pending events, with fresh attempts. */
  public void redrive(long id, long now) {
    letters.remove(id);
    letterCount = letters.size();
    pending++;
    add(Total.FAILED, -1);
    add(Total.REDRIVEN, 1);
    change(id, new Change.Redrive(now));
    changed.run();
  }

  /** Letters turned out to be damaged when they were to be redriven, and stay where they are. */
  public void notRedriven(List<Long> ids) {
    letters.addAll(ids);
    pending -= ids.size();
    add(Total.FAILED, ids.size());
    add(Total.REDRIVEN, -ids.size());
    damaged.found(ids);
    evict();
    changed.run();
  }

  /** Removes a dead letter; it stays counted as failed. */
  public void purge(long id) {
    remove(id);
    letterCount = letters.size();
    changed.run();
  }

  private void remove(long id) {
    letters.remove(id);
    damaged.remove(id);
    change(id, new Change.Remove());
  }

  /** What was set at run time; whoever changes it calls {@link #settingsChanged()}. */
  public JsonObject settings() {
    return settings;
  }

  public void settingsChanged() {
    keptSettings = settings.copy();
    changed.run();
  }

  /** All that is to be kept now. Then {@link #kept()} or {@link #notKept()} is called. */
  public Step step() {
    leaving = changes;
    changes = new LinkedHashMap<>();
    List<Long> now = new ArrayList<>(totals.length());
    for (int i = 0; i < totals.length(); i++) {
      now.add(totals.get(i));
    }
    return new Step(endpoint, cursor.position(), cursor.ahead(), leaving, now, keptSettings);
  }

  public void kept() {
    leaving = Map.of();
  }

  /** The step is not kept: its content is part of the next one. */
  public void notKept() {
    Map<Long, Change> since = changes;
    changes = new LinkedHashMap<>(leaving);
    leaving = Map.of();
    since.forEach(this::change);
  }

  /** What an operator must know of the dead letters, {@code null} for nothing. */
  public String warning() {
    return damaged.warning();
  }
}
