package dev.auditwebhook.journal;

import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.EndpointStore;
import dev.auditwebhook.endpoint.ledger.Found;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.journal.pace.Warnings;
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
final class Subscription implements EndpointStore, Nodes.Member {

  /**
   * The journal, as its endpoints see it.
   *
   * @param arrived how many valid entries arrived so far
   * @param changed called when there is a step to keep
   * @param kept keeps all that changed so far
   * @param filterChanged called when an endpoint wants other actions than before
   * @param clock the time
   * @param passed the last id up to which all is past that an endpoint does not need; 0 where its
   *     cursor alone tells
   */
  record Host(
      LongSupplier arrived,
      Runnable changed,
      Supplier<Future<Void>> kept,
      Runnable filterChanged,
      Clock clock,
      LongSupplier passed) {}

  /** What comes for an endpoint counts when it is accepted. */
  static final long AS_ACCEPTED = -1;

  private static final Logger log = LoggerFactory.getLogger(Subscription.class);

  private final String id;
  private final int number;
  private final Engine engine;
  private final StoreHealth health;
  private final Host host;
  private final Warnings<Long> drops;
  private final long since;
  private long droppedSoFar;
  private Endpoint endpoint;
  private boolean changed;

  /** While it leaves, it gets nothing new. */
  private boolean leaving;

  /** While it is being forgotten, there are no steps. */
  private boolean forgotten;

  /**
   * @param id that of the endpoint
   * @param since what comes for it counts as it comes into the journal, above this id; or {@link
   *     #AS_ACCEPTED}
   */
  Subscription(String id, State state, long since, Engine engine, StoreHealth health, Host host) {
    this.id = id;
    this.number = state.number();
    this.since = since;
    droppedSoFar = state.totals().get(Total.DROPPED.ordinal());
    this.engine = engine;
    this.health = health;
    this.host = host;
    drops = new Warnings<>(host.clock(), this::warn);
  }

  /** From now on there are steps. */
  void begin(Endpoint subscriber) {
    endpoint = subscriber;
  }

  String id() {
    return id;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public int number() {
    return number;
  }

  @Override
  public boolean isEnabled() {
    return endpoint.isEnabled();
  }

  @Override
  public boolean wants(String action) {
    return !leaving && endpoint.wants(action);
  }

  @Override
  public boolean hasRoom() {
    return endpoint.hasRoom();
  }

  @Override
  public long pending() {
    return endpoint.pending();
  }

  @Override
  public void received() {
    endpoint.received();
  }

  @Override
  public void dropped() {
    endpoint.dropped();
  }

  @Override
  public void passedOver() {
    endpoint.dropped();
    drops.add(endpoint.pending());
  }

  @Override
  public void notKept(int events) {
    endpoint.notKept(events);
  }

  /** So many entries that it wants were dropped so far, by whichever node. */
  void droppedInAll(long entries) {
    for (; droppedSoFar < entries; droppedSoFar++) {
      endpoint.dropped();
    }
  }

  /** Events for it are in the journal. */
  void arrived(List<Event> events) {
    if (since == AS_ACCEPTED) {
      endpoint.arrived(events);
      return;
    }
    List<Event> later = events.stream().filter(event -> event.id() > since).toList();
    later.forEach(event -> endpoint.received());
    endpoint.arrived(later);
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
    return endpoint.step().upTo(Math.min(endpoint.needed() - 1, host.passed().getAsLong()));
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
  public boolean owns() {
    return engine.owns(id);
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

  /** Where another node may run it by then, only what is kept holds. */
  @Override
  public Future<Void> changeKept() {
    return engine.nodes() == null
        ? EndpointStore.super.changeKept()
        : kept()
            .transform(
                (v, failure) ->
                    changed && (failure != null || forgotten)
                        ? Future.failedFuture(
                            new NotKeptException("the change is not kept", 0, failure))
                        : Future.succeededFuture());
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
