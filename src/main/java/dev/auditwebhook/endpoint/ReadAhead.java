package dev.auditwebhook.endpoint;

import dev.auditwebhook.endpoint.ledger.EndpointStore;
import dev.auditwebhook.endpoint.ledger.Found;
import dev.auditwebhook.endpoint.ledger.Ledger;
import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;

/**
 * Which pending events are held in memory, and which wait where they are kept. What waits is read
 * ahead of its need in the order of {@code event_id}: stragglers first, then on through the
 * journal.
 */
final class ReadAhead {

  /** The most events that are read at once: delivery goes on with the first of many soon. */
  private static final int MAX_READ = 1_024;

  /** How soon the store is asked again when it did not give what waits in it, in milliseconds. */
  private static final long ASK_AGAIN = 1_000;

  /** How long the oldest event is looked for, in milliseconds. */
  private static final long SOON = 1_000;

  private final EndpointStore store;
  private final Ledger ledger;
  private final Clock clock;
  private final IntSupplier capacity;

  private final TreeSet<Long> stragglers;

  /** Events of the journal that are not held, all above {@link #readUpTo}. */
  private long unread;

  private long readUpTo;
  private int held;
  private boolean reading;

  /**
   * The last look for the oldest event: a store that does not answer is not asked more and more.
   */
  private Future<Event> looking = Future.succeededFuture();

  private boolean lookedForStraggler;

  /**
   * @param state what waits at first
   * @param capacity how many events may be held
   */
  ReadAhead(EndpointStore store, Ledger ledger, Clock clock, State state, IntSupplier capacity) {
    this.store = store;
    this.ledger = ledger;
    this.clock = clock;
    this.capacity = capacity;
    stragglers = new TreeSet<>(state.stragglers());
    unread = state.waiting();
    readUpTo = state.cursor();
  }

  /** Whether attempts may begin for what is held. */
  boolean owns() {
    return store.owns();
  }

  /** A new event is in the journal: gives it back to be held, unless others wait before it. */
  Pending arrived(Event event) {
    if (waiting() > 0 || held >= capacity.getAsInt()) {
      unread++;
      return null;
    }
    return hold(event);
  }

  private Pending hold(Event event) {
    readUpTo = event.id();
    Pending pending = Pending.untried(event);
    if (!ledger.reach(pending)) {
      return null;
    }
    held++;
    return pending;
  }

  void redriven(long id) {
    stragglers.add(id);
  }

  /** A redriven event is a dead letter after all. */
  void notRedriven(Collection<Long> ids) {
    stragglers.removeAll(ids);
  }

  /** So many that were held are not pending any more. */
  void ended(int events) {
    held -= events;
  }

  /** The lowest id of the journal that it may read yet, the highest for none. */
  long needed() {
    return unread == 0 ? Long.MAX_VALUE : readUpTo + 1;
  }

  /**
   * The oldest pending event, of those that can be read soon; {@code null} for none. Completed in a
   * second.
   */
  Future<Event> oldest() {
    Pending oldestHeld = ledger.oldestHeld();
    Event held = oldestHeld == null ? null : oldestHeld.event();
    long first = Math.min(held == null ? Long.MAX_VALUE : held.id(), needed());
    boolean isStraggler = !stragglers.isEmpty() && stragglers.first() < first;
    boolean isUnread = unread > 0 && needed() == first;
    if (!isStraggler && !isUnread) {
      return Future.succeededFuture(held);
    }
    if (looking.isComplete() && !isKnown(isStraggler)) {
      lookedForStraggler = isStraggler;
      looking =
          isStraggler
              ? first(store.stragglers(List.of(stragglers.first())), Straggler::event)
              : first(store.read(readUpTo, 1), event -> event);
    }
    return clock.within(SOON, looking).map(it -> older(it, held)).otherwise(held);
  }

  /** Whether the last look found what is first now, too. */
  private boolean isKnown(boolean isStraggler) {
    Event found = looking.result();
    return found != null
        && isStraggler == lookedForStraggler
        && (isStraggler ? found.id() == stragglers.first() : found.id() > readUpTo);
  }

  private static Event older(Event one, Event other) {
    return one == null || other != null && other.id() < one.id() ? other : one;
  }

  private static <T> Future<Event> first(Future<Found<T>> read, Function<T, Event> event) {
    return read.map(it -> it.found().isEmpty() ? null : event.apply(it.found().get(0)));
  }

  long waiting() {
    return unread + stragglers.size();
  }

  /**
   * Reads, unless it does so already, or nothing waits, or there is little room for much.
   *
   * @param taken gets what was read; none when it is time to ask again
   */
  void take(Consumer<List<Pending>> taken) {
    if (reading || waiting() == 0) {
      return;
    }
    int room = capacity.getAsInt() - held;
    boolean little = held > capacity.getAsInt() / 4 * 3 && waiting() > room;
    if (room <= 0 || little) {
      return;
    }
    reading = true;
    int limit = Math.min(MAX_READ, room);
    // Handed over together: of both, the first may be one of the journal.
    recall(limit)
        .compose(
            recalled ->
                readOn(limit - recalled.found().size())
                    .onSuccess(read -> take(recalled, read, taken)))
        .onFailure(failure -> askAgain(taken));
  }

  /** Stragglers first; while nothing can be kept, those that are surely read as they are. */
  private Future<Found<Straggler>> recall(int limit) {
    if (stragglers.isEmpty()) {
      return Future.succeededFuture(Found.nothing());
    }
    List<Long> ids = stragglers.stream().limit(limit).toList();
    return store
        .kept()
        .transform(
            (v, failure) ->
                store.stragglers(
                    failure == null ? ids : ids.stream().filter(ledger::isKept).toList()));
  }

  private Future<Found<Event>> readOn(int limit) {
    return unread == 0 || limit <= 0
        ? Future.succeededFuture(Found.nothing())
        : store.read(readUpTo, limit);
  }

  private void take(Found<Straggler> recalled, Found<Event> read, Consumer<List<Pending>> taken) {
    if (recalled.isEmpty() && read.isEmpty()) {
      askAgain(taken);
      return;
    }
    List<Pending> events = new ArrayList<>();
    takeStragglers(recalled, events);
    takeOfJournal(read, events);
    give(events, taken);
  }

  private void askAgain(Consumer<List<Pending>> taken) {
    clock.timer(ASK_AGAIN, () -> give(List.of(), taken));
  }

  private void give(List<Pending> events, Consumer<List<Pending>> taken) {
    reading = false;
    taken.accept(events);
  }

  private void takeOfJournal(Found<Event> read, List<Pending> events) {
    // What a damaged record says of their number is not to cost what others hold.
    long most = Math.max(0, unread - read.found().size());
    unread -= ledger.failUnread(read.damaged().stream().limit(most).toList()).size();
    for (Event event : read.found()) {
      Pending pending = hold(event);
      if (pending != null) {
        events.add(pending);
        unread--;
      }
    }
    for (long id : read.damaged()) {
      readUpTo = Math.max(readUpTo, id);
    }
  }

  private void takeStragglers(Found<Straggler> read, List<Pending> events) {
    List<Long> damaged = read.damaged().stream().filter(stragglers::remove).toList();
    if (!damaged.isEmpty()) {
      ledger.fail(damaged);
    }
    for (Straggler straggler : read.found()) {
      if (stragglers.remove(straggler.event().id())) {
        events.add(ledger.recall(straggler));
        held++;
      }
    }
  }
}
