package dev.auditwebhook.journal;

import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.EndpointStore;
import dev.auditwebhook.endpoint.ledger.Found;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What one endpoint has to do with the journal. */
final class Subscription implements EndpointStore {

  private final String id;
  private final Engine engine;
  private final StoreHealth health;
  private final Runnable someChanged;
  private final Supplier<Future<Void>> allKept;
  private Endpoint endpoint;
  private boolean changed;

  /**
   * @param id that of the endpoint
   * @param someChanged called when there is a step to keep
   * @param allKept keeps all that changed so far
   */
  Subscription(
      String id,
      Engine engine,
      StoreHealth health,
      Runnable someChanged,
      Supplier<Future<Void>> allKept) {
    this.id = id;
    this.engine = engine;
    this.health = health;
    this.someChanged = someChanged;
    this.allKept = allKept;
  }

  /** From now on there are steps. */
  void begin(Endpoint subscriber) {
    endpoint = subscriber;
  }

  boolean hasStep() {
    return changed;
  }

  Step step() {
    changed = false;
    return endpoint.step();
  }

  /**
   * @param notRedriven the letters that were not redriven, by endpoint
   */
  void stepKept(Map<String, List<Long>> notRedriven) {
    endpoint.stepKept(notRedriven.getOrDefault(id, List.of()));
  }

  void stepNotKept() {
    endpoint.stepNotKept();
    changed();
  }

  @Override
  public void changed() {
    if (!changed) {
      changed = true;
      someChanged.run();
    }
  }

  @Override
  public Future<Void> kept() {
    return allKept.get();
  }

  @Override
  public Future<Found<Event>> read(long after, int limit) {
    return health.noted(engine.read(after, limit));
  }

  @Override
  public Future<Found<Straggler>> stragglers(Collection<Long> ids) {
    return health.noted(engine.stragglers(id, ids));
  }

  @Override
  public Future<List<DeadLetter>> deadLetters(
      List<Long> ids, Map<Long, DeadLetter> unkept, long maxBytes) {
    return engine.deadLetters(id, ids, unkept, maxBytes);
  }
}
