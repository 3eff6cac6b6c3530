package dev.auditwebhook.journal;

import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.endpoint.ledger.EndpointStore;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.journal.Accepted.Status;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
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
  private final Pace pace;
  private final List<Subscription> subscriptions = new ArrayList<>();
  private final List<Endpoint> endpoints = new ArrayList<>();
  private final StoreHealth health;
  private final Drops drops;
  private Group next = new Group();
  private Promise<Void> nextKept = Promise.promise();
  private Future<Void> underway = Future.succeededFuture();
  private boolean changed;
  private long unkept;
  // Volatile, as metrics are read from any thread.
  private volatile long rejected;

  private Journal(Engine engine, Clock clock, Engine.Opened opened) {
    this.engine = engine;
    this.opened = opened;
    rejected = opened.rejected();
    health = new StoreHealth(engine);
    pace = new Pace(clock, engine.interval(), this::write);
    drops = new Drops(clock);
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

  /** What is kept of an endpoint, or how a new one begins. */
  public State stateOf(String endpoint) {
    State state = opened.endpoints().get(endpoint);
    return state == null ? State.ofNew(opened.lastId()) : state;
  }

  /**
   * Adds an endpoint: it gets all that is kept from now on, and its steps are kept.
   *
   * @param make makes it, given where it keeps its ledger
   */
  public Endpoint add(String id, Function<EndpointStore, Endpoint> make) {
    Subscription subscription = new Subscription(id, engine, health, this::changed, this::kept);
    Endpoint endpoint = make.apply(subscription);
    subscription.begin(endpoint);
    subscriptions.add(subscription);
    endpoints.add(endpoint);
    return endpoint;
  }

  /** Whether new events can be taken now. */
  public boolean hasRoom() {
    return health.unkept() == null && unkept < engine.maxUnkept();
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

  /** What becomes of a valid entry with such an action, if it arrives now. */
  Status offered(String action) {
    Status status = Status.DISCARDED;
    for (Endpoint endpoint : endpoints) {
      if (endpoint.wants(action)) {
        if (hasRoom() && endpoint.hasRoom()) {
          return Status.QUEUED;
        }
        status = Status.DROPPED;
      }
    }
    return status;
  }

  /**
   * Takes an event, for which there is room.
   *
   * @param answered hears what became of it, {@code null} when nobody asks
   */
  void append(EncodedEntry entry, Consumer<Accepted> answered) {
    endpoints.forEach(Endpoint::received);
    next.add(entry, answered);
    unkept += entry.content().length;
    pace.want();
  }

  /** Takes an entry for which there is no room: it has a number and is no event. */
  void drop(Consumer<Accepted> answered) {
    endpoints.forEach(Endpoint::dropped);
    drops.whilePending(pending());
    next.add(null, answered);
    if (health.unkept() == null) {
      pace.want();
    } else {
      refuse();
    }
  }

  /** Takes no notice of an entry that no endpoint wants, but that it arrived. */
  void discard(Consumer<Accepted> answered) {
    endpoints.forEach(Endpoint::discarded);
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
  private Future<Void> kept() {
    if (health.unkept() != null) {
      return Future.failedFuture(health.unkept());
    }
    if (!changed && next.isEmpty()) {
      return underway;
    }
    pace.wantNow();
    return nextKept.future();
  }

  private void write() {
    Group group = next;
    Promise<Void> kept = nextKept;
    List<Subscription> leaving = subscriptions.stream().filter(Subscription::hasStep).toList();
    List<Step> steps = leaving.stream().map(Subscription::step).toList();
    next = new Group();
    nextKept = Promise.promise();
    underway = kept.future();
    changed = false;
    engine
        .append(group.entries(), rejected, steps)
        .onComplete(
            appended -> {
              pace.ended();
              try {
                kept(group, leaving, appended);
              } finally {
                kept.complete();
              }
            },
            failure -> {
              pace.ended();
              try {
                notKept(group, leaving, failure);
              } finally {
                kept.fail(failure);
              }
            });
  }

  private void kept(Group group, List<Subscription> left, Engine.Appended appended) {
    health.kept();
    pace.interval(engine.interval());
    left.forEach(each -> each.stepKept(appended.notRedriven()));
    unkept -= group.bytes();
    if (!appended.events().isEmpty()) {
      endpoints.forEach(endpoint -> endpoint.arrived(appended.events()));
    }
    group.kept(appended.firstId());
    drops.add(group, appended.firstId(), false);
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
    if (!next.isEmpty()) {
      Group refused = next;
      next = new Group();
      drop(refused, engine.refuse(refused.entries().size()));
    }
  }

  private void drop(Group group, long firstId) {
    unkept -= group.bytes();
    endpoints.forEach(endpoint -> endpoint.notKept(group.events()));
    drops.whilePending(pending());
    group.notKept(firstId);
    drops.add(group, firstId, true);
  }

  private long pending() {
    return endpoints.stream().mapToLong(Endpoint::pending).max().orElse(0);
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
    drops.close();
    return underway.transform(
        v -> {
          if (changed || !next.isEmpty()) {
            write();
          }
          pace.stop();
          return underway.eventually(engine::close).otherwiseEmpty();
        });
  }
}
