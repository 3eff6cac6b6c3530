package dev.auditwebhook.journal;

import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.endpoint.ledger.EndpointStore;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.journal.Distribution.Audience;
import dev.auditwebhook.journal.Engine.Addition;
import dev.auditwebhook.journal.Engine.Counts;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Numbers and keeps what was accepted, and then gives it to the endpoints; their steps are kept
 * along with it. What is accepted in one turn of the event loop, or while something is being kept,
 * is one group. For one context.
 *
 * <p>When a group cannot be kept its events are dropped, and so is what comes after it, until the
 * engine keeps steps again.
 */
public final class Journal {

  /** How long a step waits for a group that it can go along with, in milliseconds. */
  static final long STEP_DELAY = 100;

  /** From one try to the next while nothing can be kept, in milliseconds. */
  static final long TRY_AGAIN = 1_000;

  private final Engine engine;
  private final Engine.Opened opened;
  private final Clock clock;
  private final Pace pace;
  private final Distribution distribution = new Distribution();
  private final Subscription.Host host;
  private final StoreHealth health;
  private final Intake intake;
  private Promise<Void> nextKept = Promise.promise();
  private Future<Void> underway = Future.succeededFuture();
  private boolean changed;
  // Volatile, as metrics are read from any thread.
  private volatile long arrived;
  private volatile long rejected;

  private Journal(Engine engine, Clock clock, Engine.Opened opened) {
    this.engine = engine;
    this.clock = clock;
    this.opened = opened;
    arrived = opened.counts().arrived();
    rejected = opened.counts().rejected();
    opened.endpoints().values().forEach(distribution::expect);
    host =
        new Subscription.Host(
            () -> arrived, this::changed, this::allKept, distribution::filterChanged);
    health = new StoreHealth(engine);
    pace = new Pace(clock, engine.interval(), this::write);
    intake = new Intake(clock, opened.lastId());
  }

  /**
   * Opens a journal, which closes its engine.
   *
   * @return failed in one line when it cannot be opened
   */
  public static Future<Journal> open(Engine engine, Clock clock) {
    return engine.open().map(opened -> new Journal(engine, clock, opened));
  }

  /** Starts every message id. */
  public String messageIdPrefix() {
    return opened.messageIdPrefix();
  }

  /** What was kept, when it was opened, of all endpoints, by id. */
  public Map<String, State> kept() {
    return opened.endpoints();
  }

  /** How an endpoint begins that is made now: it gets all that arrives from now on. */
  public State ofNew() {
    return State.ofNew(distribution.freeNumber(), intake.lastId(), arrived);
  }

  /**
   * Adds an endpoint: from now on it gets what it wants, and its steps are kept.
   *
   * @param state one that was {@link #kept}, or {@link #ofNew}
   * @param make makes it, given where it keeps its ledger
   */
  public Endpoint add(String id, State state, Function<EndpointStore, Endpoint> make) {
    Subscription subscription = new Subscription(id, state.number(), engine, health, host, clock);
    subscription.begin(make.apply(subscription));
    distribution.add(subscription);
    return subscription.endpoint();
  }

  /**
   * Removes an endpoint: it gets nothing more, and all that is kept of it is forgotten.
   *
   * @param remains settings that are left of it, {@code null} for none
   * @return failed when that cannot be kept: then it stays
   */
  public Future<Void> remove(Endpoint endpoint, JsonObject remains) {
    Subscription left = distribution.leave(endpoint);
    changed = true; // What is on its way to it is not to meet another one with its number.
    return allKept()
        .compose(
            v -> {
              left.forget();
              return engine.forget(endpoint.id(), remains);
            })
        .onComplete(v -> distribution.remove(left), failure -> distribution.stay(left));
  }

  /**
   * Forgets an endpoint of those that were {@link #kept} and is not added.
   *
   * @param remains settings that are left of it, {@code null} for none
   */
  public Future<Void> forget(String id, JsonObject remains) {
    State state = opened.endpoints().get(id);
    distribution.expectNoMore(state);
    return engine.forget(id, remains).onSuccess(v -> distribution.free(state));
  }

  /** Whether new events can be taken now. */
  public boolean hasRoom() {
    return health.unkept() == null && intake.bytes() < engine.maxUnkept();
  }

  /** How many entries were not valid. */
  public long rejected() {
    return rejected;
  }

  /** An entry was not valid. */
  void reject() {
    rejected++;
    changed();
  }

  /** The endpoints that want an action. */
  Audience audience(String action) {
    return distribution.of(action);
  }

  /** The recipients of an entry that arrives now: none when there is no room. */
  Recipients recipients(Audience audience) {
    return hasRoom() ? audience.withRoom() : Recipients.NONE;
  }

  /**
   * Takes an event, for which there is room.
   *
   * @param answered hears what became of it, {@code null} when nobody asks
   */
  void append(EncodedEntry entry, Audience audience, Consumer<Accepted> answered) {
    arrived++;
    audience.received(entry.recipients());
    intake.add(entry, answered);
    pace.want();
  }

  /** Takes an entry for which there is no room: it has a number and is no event. */
  void drop(Audience audience, Consumer<Accepted> answered) {
    arrived++;
    audience.dropped();
    intake.addDropped(answered, distribution.pending());
    if (health.unkept() == null) {
      pace.want();
    } else {
      refuse();
    }
  }

  /** Takes no notice of an entry that no endpoint wants, but that it arrived. */
  void discard(Consumer<Accepted> answered) {
    arrived++;
    changed();
    if (answered != null) {
      answered.accept(Accepted.DISCARDED);
    }
  }

  private void changed() {
    changed = true;
    if (health.unkept() == null) {
      pace.wantWithin(STEP_DELAY);
    } else {
      pace.want();
    }
  }

  /** Completed when all that changed so far is kept, which begins now. */
  private Future<Void> allKept() {
    if (health.unkept() != null) {
      return Future.failedFuture(health.unkept());
    }
    if (!changed && intake.isEmpty()) {
      return underway;
    }
    pace.wantNow();
    return nextKept.future();
  }

  private void write() {
    Group group = intake.leave();
    Promise<Void> kept = nextKept;
    List<Subscription> leaving = distribution.all().stream().filter(Subscription::hasStep).toList();
    List<Step> steps = leaving.stream().map(Subscription::step).toList();
    Counts counts = new Counts(arrived, rejected);
    nextKept = Promise.promise();
    underway = kept.future();
    changed = false;
    engine
        .append(new Addition(group.entries(), counts, steps, distribution.needed()))
        .onComplete(
            (appended, failure) -> {
              pace.ended();
              try {
                if (failure == null) {
                  kept(group, leaving, appended);
                } else {
                  notKept(group, leaving, failure);
                }
              } finally {
                kept.complete(null, failure);
              }
            });
  }

  private void kept(Group group, List<Subscription> left, Engine.Appended appended) {
    health.kept();
    pace.interval(engine.interval());
    left.forEach(each -> each.stepKept(appended.notRedriven()));
    intake.number(group, appended.firstId());
    distribution.arrived(group.entries(), appended.events());
    intake.kept(group, appended.firstId());
  }

  private void notKept(Group group, List<Subscription> left, Throwable failure) {
    health.notKept(failure);
    pace.interval(TRY_AGAIN);
    left.forEach(Subscription::stepNotKept);
    changed();
    drop(group, failure instanceof NotKeptException known ? known.firstId() : 0);
    refuse();
  }

  /** What was not given to the engine is dropped. */
  private void refuse() {
    if (!intake.isEmpty()) {
      Group refused = intake.leave();
      drop(refused, engine.refuse(refused.entries().size()));
    }
  }

  private void drop(Group group, long firstId) {
    intake.number(group, firstId);
    distribution.notKept(group.entries());
    intake.notKept(group, firstId, distribution.pending());
  }

  /** What an operator must know, {@code null} when all is well. */
  public String warning() {
    return health.warning();
  }

  /** Whether nothing can be kept or read now. */
  public boolean isFaulty() {
    return health.isFaulty();
  }

  /** Whether this start found what was kept damaged, put it aside and began anew. */
  public boolean isSetAside() {
    return engine.damage() != null;
  }

  /** Keeps what is left, and lets go. */
  public Future<Void> close() {
    intake.close();
    distribution.all().forEach(Subscription::close);
    return underway.transform(
        v -> {
          if (changed || !intake.isEmpty()) {
            write();
          }
          pace.stop();
          return underway.eventually(engine::close).otherwiseEmpty();
        });
  }
}
