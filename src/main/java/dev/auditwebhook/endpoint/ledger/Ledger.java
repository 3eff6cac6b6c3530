package dev.auditwebhook.endpoint.ledger;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

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
  private final int number;
  private final EndpointStore store;
  private final Counters totals;
  private final Cursor cursor;
  private final LetterIds letters;
  private final DamagedLetters damaged = new DamagedLetters();
  private final Unkept changes = new Unkept();
  private final JsonObject settings;
  private JsonObject keptSettings;
  private volatile long pending;

  /**
   * @param endpoint its id
   * @param state what is kept of it
   * @param dlqCapacity how many dead letters are kept
   * @param store where they are kept
   */
  public Ledger(String endpoint, State state, int dlqCapacity, EndpointStore store) {
    this.endpoint = endpoint;
    this.store = store;
    number = state.number();
    cursor = new Cursor(state.cursor(), state.ahead());
    letters = new LetterIds(state.letters(), dlqCapacity);
    settings = state.settings().copy();
    keptSettings = settings.copy();
    totals = new Counters(state.totals());
    pending = state.pending() + state.damaged().size();
    damaged.found(state.damagedLetters());
    fail(state.damaged());
  }

  public long total(Total total) {
    return totals.of(total);
  }

  /** Valid entries that arrived since the endpoint exists. */
  public long received() {
    return store.arrived() - total(Total.BEFORE);
  }

  /** Those of them that it did not want. */
  public long discarded() {
    return received() - total(Total.WANTED);
  }

  public void count(Total total) {
    totals.add(total, 1);
    store.changed();
  }

  public long pending() {
    return pending;
  }

  /** An event arrived and is pending, on its way into the journal. */
  public void take() {
    pending++;
    count(Total.WANTED);
  }

  /** An event arrived that there is no room for. */
  public void drop() {
    totals.add(Total.DROPPED, 1);
    count(Total.WANTED);
  }

  /** So many that were on their way into the journal could not be kept, and are dropped. */
  public void notKept(int events) {
    pending -= events;
    totals.add(Total.DROPPED, events);
    store.changed();
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
      changes.add(event.id(), new Change.Remove());
    }
    pass(event);
    store.changed();
  }

  private void end(Pending event, Total how) {
    cursor.release(event);
    pending--;
    totals.add(how, 1);
  }

  /** It is past, and so is what would hold up the cursor for too long. */
  private void pass(Pending event) {
    cursor.pass(event);
    for (Pending slow = cursor.overdue(); slow != null; slow = cursor.overdue()) {
      straggle(slow);
    }
  }

  private void straggle(Pending event) {
    changes.add(event.id(), new Change.Keep(event.straggle()));
    cursor.hold(event);
    cursor.pass(event);
  }

  /** A straggler that was read is held in memory from now on. */
  public Pending recall(Straggler straggler) {
    Pending event = Pending.of(straggler);
    cursor.hold(event);
    return event;
  }

  /** The oldest pending event that is held in memory, {@code null} for none. */
  public Pending oldestHeld() {
    return cursor.oldest();
  }

  /** The lowest id of the journal that is held in memory and not past, the highest for none. */
  public long firstHeld() {
    return cursor.firstId();
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
    store.changed();
  }

  /** It is given up, which may evict the oldest dead letter. */
  public void bury(Pending event, DeadLetter letter) {
    end(event, Total.FAILED);
    letters.add(event.id());
    changes.add(event.id(), new Change.Bury(letter));
    pass(event);
    evict();
    store.changed();
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
      totals.add(Total.FAILED, 1);
      letters.add(id);
      changes.add(id, new Change.Fail());
    }
    damaged.failed(ids);
    evict();
    store.changed();
  }

  /** From now on so many dead letters are kept. */
  public void dlqCapacity(int most) {
    letters.capacity(most);
    evict();
    store.changed();
  }

  private void evict() {
    for (Long oldest = letters.surplus(); oldest != null; oldest = letters.surplus()) {
      totals.add(Total.DLQ_EVICTED, 1);
      remove(oldest);
    }
  }

  public int letterCount() {
    return letters.count();
  }

  public TreeSet<Long> letters() {
    return letters.all();
  }

  /** Whether a dead letter was found to be damaged: it cannot be redriven. */
  public boolean isDamaged(long id) {
    return damaged.contains(id);
  }

  /** Remembers those of some dead letters, as they were read, that are damaged. */
  public void look(List<DeadLetter> read) {
    damaged.look(read, letters.all());
  }

  /** Whether nothing of an event is yet to be kept. */
  public boolean isKept(long id) {
    return !changes.contains(id);
  }

  /** The dead letters that are not kept yet, of those with these ids. */
  public Map<Long, DeadLetter> unkept(List<Long> ids) {
    return changes.letters(ids);
  }

  /** Moves a dead letter back to the pending events, with fresh attempts. */
  public void redrive(long id, long now) {
    letters.remove(id);
    pending++;
    totals.add(Total.FAILED, -1);
    totals.add(Total.REDRIVEN, 1);
    changes.add(id, new Change.Redrive(now));
    store.changed();
  }

  /** Letters turned out to be damaged when they were to be redriven, and stay where they are. */
  public void notRedriven(List<Long> ids) {
    ids.forEach(letters::add);
    pending -= ids.size();
    totals.add(Total.FAILED, ids.size());
    totals.add(Total.REDRIVEN, -ids.size());
    damaged.found(ids);
    evict();
    store.changed();
  }

  /** Removes a dead letter; it stays counted as failed. */
  public void purge(long id) {
    remove(id);
    store.changed();
  }

  private void remove(long id) {
    letters.remove(id);
    damaged.remove(id);
    changes.add(id, new Change.Remove());
  }

  /** What was set at run time; whoever changes it calls {@link #settingsChanged()}. */
  public JsonObject settings() {
    return settings;
  }

  public void settingsChanged() {
    keptSettings = settings.copy();
    store.changed();
  }

  /** All that is to be kept now. Then {@link #kept()} or {@link #notKept()} is called. */
  public Step step() {
    return new Step(
        endpoint,
        number,
        cursor.position(),
        cursor.ahead(),
        changes.leave(),
        totals.all(),
        keptSettings);
  }

  public void kept() {
    changes.kept();
  }

  /** The step is not kept: its content is part of the next one. */
  public void notKept() {
    changes.notKept();
  }

  /** What an operator must know of the dead letters, {@code null} for nothing. */
  public String warning() {
    return damaged.warning();
  }
}
