package dev.auditwebhook.endpoint;

import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.EndpointStore;
import dev.auditwebhook.endpoint.ledger.Ledger;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.function.LongSupplier;

/** The dead-letter queue of an endpoint. */
public final class DeadLetterQueue {

  private final Ledger ledger;
  private final EndpointStore store;
  private final ReadAhead readAhead;
  private final Dispatcher dispatcher;
  private final Clock clock;
  private final LongSupplier capacity;

  /**
   * @param capacity how many events may be pending
   */
  DeadLetterQueue(
      Ledger ledger,
      EndpointStore store,
      ReadAhead readAhead,
      Dispatcher dispatcher,
      Clock clock,
      LongSupplier capacity) {
    this.ledger = ledger;
    this.store = store;
    this.readAhead = readAhead;
    this.dispatcher = dispatcher;
    this.clock = clock;
    this.capacity = capacity;
  }

  /** The ids of its dead letters, in order. */
  public SortedSet<Long> ids() {
    return ledger.letters();
  }

  /**
   * Reads dead letters.
   *
   * @param after only ids above this one
   * @param limit at most so many
   * @param maxBytes at most so many bytes together, but one letter whatever its size
   * @return those that come first, in the order of {@code event_id}
   */
  public Future<List<DeadLetter>> read(long after, int limit, long maxBytes) {
    return store
        .kept()
        .transform(
            v -> {
              List<Long> ids = ids().tailSet(after + 1).stream().limit(limit).toList();
              return store.deadLetters(ids, ledger.unkept(ids), maxBytes);
            })
        .onSuccess(ledger::look);
  }

  /**
   * Sends dead letters again, the lowest id first, as far as there is room.
   *
   * @return how many, once that is kept, or cannot be now
   */
  public Future<Long> redrive(List<Long> ids) {
    List<Long> redriven = new ArrayList<>();
    for (long letter : ids) {
      if (ledger.pending() < capacity.getAsLong() && !ledger.isDamaged(letter)) {
        ledger.redrive(letter, clock.now());
        readAhead.redriven(letter);
        redriven.add(letter);
      }
    }
    dispatcher.pump();
    return store
        .changeKept()
        .map(v -> redriven.stream().filter(letter -> !ledger.isDamaged(letter)).count());
  }

  /**
   * Removes dead letters; they stay counted as failed.
   *
   * @return completed when that is kept, or cannot be now
   */
  public Future<Void> purge(List<Long> ids) {
    ids.forEach(ledger::purge);
    return store.changeKept();
  }
}
