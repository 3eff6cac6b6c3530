package dev.auditwebhook.endpoint.ledger;

import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Counts what a ledger tells it, and is asked for nothing that is kept. */
final class NoStore implements EndpointStore {

  /** How many valid entries arrived. */
  long arrived;

  /** How often there was something to keep. */
  int changes;

  @Override
  public long arrived() {
    return arrived;
  }

  @Override
  public void changed() {
    changes++;
  }

  @Override
  public void filterChanged() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> kept() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Found<Event>> read(long after, int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Found<Straggler>> stragglers(Collection<Long> ids) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<List<DeadLetter>> deadLetters(
      List<Long> ids, Map<Long, DeadLetter> unkept, long maxBytes) {
    throw new UnsupportedOperationException();
  }
}
