package dev.auditwebhook.journal;

import dev.auditwebhook.endpoint.Clock;
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
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one endpoint has to do with the journal. */
final class Subscription implements EndpointStore {

  /**
   * The journal, as its endpoints see it.
   *
   * @param arrived how many valid entries arrived so far
   * @param changed called when there is a step to keep
   * @param kept keeps all that changed so far
   * @param filterChanged called when an endpoint wants other actions than before
   */
  record Host(
      LongSupplier arrived,
      Runnable changed,
      Supplier<Future<Void>> kept,
      Runnable filterChanged) {}

  private static final Logger log = LoggerFactory.getLogger(Subscription.class);

  private final String id;
  private final int number;
  private final Engine engine;
  private final StoreHealth health;
  private final Host host;
  private final Warnings<Long> drops;
  private Endpoint endpoint;
  private boolean changed;

  /** While it leaves, it gets nothing new. */
  private boolean leaving;

  /** While it is being forgotten, there are no steps. */
  private boolean forgotten;

  /**
   * @param id that of the endpoint
   * @param number that of the endpoint among recipients
   */
  Subscription(String id, int number, Engine engine, StoreHealth health, Host host, Clock clock) {
    this.id = id;
    this.number = number;
    this.engine = engine;
    this.health = health;
    this.host = host;
    drops = new Warnings<>(clock, this::warn);
  }

  /** From now on there are steps. */
  void begin(Endpoint subscriber) {
    endpoint = subscriber;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  int number() {
    return number;
  }

  /** An entry is not for it, as it has no room, but for others. */
  void dropped() {
    endpoint.dropped();
    drops.add(endpoint.pending());
  }

  private void warn(Warnings.Times<Long> times) {
    log.warn(
        "Endpoint {} has no room with {} pending events: {} dropped for it",
        id,
        times.last(),
        times.count() == 1 ? "1 entry" : times.count() + " entries");
  }

  void leave() {
    leaving = true;
  }

  void forget() {
    forgotten = true;
  }

  void stay() {
    leaving = false;
    forgotten = false;
    if (changed) {
      host.changed().run();
    }
  }

  boolean isLeaving() {
    return leaving;
  }

  /**
   * The lowest id that it needs of the journal, the highest for none. While there are no steps, it
   * needs all: should it stay, what it did meanwhile is not kept yet.
   */
  long needed() {
    return forgotten ? 0 : endpoint.needed();
  }

  /** Speaks of the last drops. */
  void close() {
    drops.close();
  }

  boolean hasStep() {
    return changed && !forgotten;
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
      host.changed().run();
    }
  }

  @Override
  public long arrived() {
    return host.arrived().getAsLong();
  }

  @Override
  public void filterChanged() {
    host.filterChanged().run();
  }

  @Override
  public Future<Void> kept() {
    return host.kept().get();
  }

  @Override
  public Future<Found<Event>> read(long after, int limit) {
    return health.noted(engine.read(number, after, limit));
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
