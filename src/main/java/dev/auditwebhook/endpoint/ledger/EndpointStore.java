package dev.auditwebhook.endpoint.ledger;

import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** What an endpoint asks of whoever keeps the journal and its ledger. */
public interface EndpointStore {

  /** How many valid entries arrived so far, for whichever endpoint; asked from any thread. */
  long arrived();

  /** Whether attempts may begin, and requests go out: what becomes of them can be kept. */
  default boolean owns() {
    return true;
  }

  /** The ledger has something to keep. */
  void changed();

  /** Which actions the endpoint wants has changed. */
  void filterChanged();

  /**
   * Completed when all that is in the ledger is kept, which begins now; failed when it cannot be.
   */
  Future<Void> kept();

  /**
   * As {@link #kept}, after a change that was asked for: completed as well when it cannot be kept
   * now, but holds.
   */
  default Future<Void> changeKept() {
    return kept().otherwiseEmpty();
  }

  /** Reads at most so many events of the journal above an id, those that are for it. */
  Future<Found<Event>> read(long after, int limit);

  /** Reads stragglers; those that are not there are left out. */
  Future<Found<Straggler>> stragglers(Collection<Long> ids);

  /**
   * Reads dead letters.
   *
   * @param ids in order
   * @param unkept letters that are not kept yet, by id
   * @param maxBytes at most so many bytes together, but one letter whatever its size
   * @return those that come first, damaged ones too
   */
  Future<List<DeadLetter>> deadLetters(List<Long> ids, Map<Long, DeadLetter> unkept, long maxBytes);
}
