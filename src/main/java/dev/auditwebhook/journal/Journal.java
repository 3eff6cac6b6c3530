package dev.auditwebhook.journal;

import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.EndpointStore;
import dev.auditwebhook.endpoint.ledger.Found;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.wire.Event;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Numbers and keeps what was accepted, and then gives it to the endpoints; their steps are kept
 * along with it. What is accepted in one turn of the event loop, or while something is being kept,
 * is one group. For one context.
 *
 * <p>When a group cannot be kept its events are dropped, and so is what comes after it, until the
 * engine keeps steps again.
 */
public final class Journal {

  private static final Logger log = LoggerFactory.getLogger(Journal.class);

  /** How long a step waits for a group that it can go along with, in milliseconds. */
  static final long STEP_DELAY = 100;

  /** From one try to the next while nothing can be kept, in milliseconds. */
  static final long TRY_AGAIN = 1_000;

  /** The most bytes of new events that are on their way. */
  private static final long MAX_UNKEPT = 32 << 20;

  private final Engine engine;
  private final Engine.Opened opened;
  private final Pace pace;
  private final Map<String, Part> parts = new LinkedHashMap<>();
  private final Warnings<Long> drops;
  private Group next = new Group();
  private Promise<Void> nextKept = Promise.promise();
  private Future<Void> underway = Future.succeededFuture();
  private boolean changed;
  private long unkept;
  private long rejected;
  private long pendingAtDrop;
  private String fault;
  private String unreadable;

  private Journal(Engine engine, Clock clock, Engine.Opened opened) {
    this.engine = engine;
    this.opened = opened;
    rejected = opened.rejected();
    pace = new Pace(clock, engine.interval(), this::write);
    drops = new Warnings<>(clock, this::warnOfDropped);
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

  /** Where an endpoint keeps its ledger. */
  public EndpointStore storeOf(String endpoint) {
    return parts.computeIfAbsent(endpoint, Part::new);
  }

  /** From now on an endpoint gets all that is kept, and its steps are kept. */
  public void add(Endpoint endpoint) {
    parts.computeIfAbsent(endpoint.id(), Part::new).endpoint = endpoint;
  }

  /** Whether new events can be taken now. */
  public boolean hasRoom() {
    return fault == null && unkept < MAX_UNKEPT;
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

  /**
   * Takes an event, for which the endpoints have room.
   *
   * @param answered hears what became of it, {@code null} when nobody asks
   */
  void append(EncodedEntry entry, Consumer<Accepted> answered) {
    next.add(entry, answered);
    unkept += entry.content().length;
    pace.want();
  }

  /**
   * Takes an entry for which there is no room: it has a number and is no event.
   *
   * @param pending how many events are pending
   */
  void drop(long pending, Consumer<Accepted> answered) {
    pendingAtDrop = pending;
    next.add(null, answered);
    if (fault == null) {
      pace.want();
    } else {
      refuse();
    }
  }

  private void changed() {
    changed = true;
    pace.wantWithin(STEP_DELAY);
  }

  /** Completed when all that changed so far is kept, which begins now. */
  private Future<Void> kept() {
    if (fault != null) {
      return Future.failedFuture(fault);
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
    List<Part> leaving = parts.values().stream().filter(part -> part.changed).toList();
    List<Step> steps = leaving.stream().map(Part::step).toList();
    next = new Group();
    nextKept = Promise.promise();
    underway = kept.future();
    changed = false;
    engine
        .append(group.entries(), rejected, steps)
        .onComplete(
            appended -> {
              pace.ended();
              kept(group, leaving, appended);
              kept.complete();
            },
            failure -> {
              pace.ended();
              notKept(group, leaving, failure);
              kept.fail(failure);
            });
  }

  private void kept(Group group, List<Part> left, Engine.Appended appended) {
    if (fault != null) {
      fault = null;
      pace.interval(engine.interval());
      log.warn("{}: events are kept again", engine.key());
    }
    for (Part part : left) {
      part.endpoint.stepKept(appended.notRedriven().getOrDefault(part.id, List.of()));
    }
    unkept -= group.bytes();
    if (!appended.events().isEmpty()) {
      parts.values().forEach(part -> part.endpoint.arrived(appended.events()));
    }
    group.kept(appended.firstId());
    tellOfDropped(group, appended.firstId(), group.entries().size() - group.events());
  }

  private void notKept(Group group, List<Part> left, Throwable failure) {
    if (fault == null) {
      fault = failure.getMessage() + "; new events are dropped until it can";
      pace.interval(TRY_AGAIN);
      log.error("{}: {}", engine.key(), fault);
    }
    left.forEach(Part::stepNotKept);
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
    parts.values().forEach(part -> part.endpoint.notKept(group.events()));
    group.notKept(firstId);
    tellOfDropped(group, firstId, group.entries().size());
  }

  private void tellOfDropped(Group group, long firstId, int dropped) {
    if (dropped > 0) {
      boolean all = dropped == group.entries().size();
      drops.add(firstId + (all ? 0 : group.firstDropped()), dropped);
    }
  }

  private void warnOfDropped(Warnings.Times<Long> times) {
    log.warn(
        "No room with {} pending events: {} dropped, from event {} on",
        pendingAtDrop,
        times.count() == 1 ? "1 entry" : times.count() + " entries",
        times.first());
  }

  /** What an operator must know, {@code null} when all is well. */
  public String warning() {
    return Stream.of(fault, unreadable, engine.damage())
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  /** Whether nothing can be kept or read now. */
  public boolean isFaulty() {
    return fault != null || unreadable != null;
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

  private <T> Future<T> noted(Future<T> read) {
    return read.onComplete(
        found -> unreadable = null,
        failure -> {
          String problem = Objects.requireNonNullElse(failure.getMessage(), failure.toString());
          if (!problem.equals(unreadable)) {
            unreadable = problem;
            log.error("{}: {}", engine.key(), unreadable);
          }
        });
  }

  /** What one endpoint has to do with the journal. */
  private final class Part implements EndpointStore {

    private final String id;
    private Endpoint endpoint;
    private boolean changed;

    Part(String id) {
      this.id = id;
    }

    private Step step() {
      changed = false;
      return endpoint.step();
    }

    private void stepNotKept() {
      endpoint.stepNotKept();
      changed();
    }

    @Override
    public void changed() {
      if (!changed) {
        changed = true;
        Journal.this.changed();
      }
    }

    @Override
    public Future<Void> kept() {
      return Journal.this.kept();
    }

    @Override
    public Future<Found<Event>> read(long after, int limit) {
      return noted(engine.read(after, limit));
    }

    @Override
    public Future<Found<Straggler>> stragglers(Collection<Long> ids) {
      return noted(engine.stragglers(id, ids));
    }

    @Override
    public Future<List<DeadLetter>> deadLetters(
        List<Long> ids, Map<Long, DeadLetter> unkeptLetters, long maxBytes) {
      return noted(engine.deadLetters(id, ids, unkeptLetters, maxBytes));
    }
  }
}
