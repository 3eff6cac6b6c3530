package dev.auditwebhook.journal;

import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.endpoint.ledger.EndpointStore;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.journal.Distribution.Audience;
import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.journal.Group.Moved;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
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

  /** How long it may take to learn what other nodes kept, in milliseconds. */
  private static final long UP_TO_DATE = 1_000;

  private final Engine engine;
  private final Clock clock;
  private final Engine.Opened opened;
  private final Nodes nodes;
  private final Distribution distribution;
  private final Intake intake;
  private final Writer writer;
  private final Subscription.Host host;

  /** Of all entries of all nodes, {@code null} when there is one. */
  private volatile Counts ofAll;

  /** The last id of the last cut. */
  private long followed;

  private Journal(Engine engine, Clock clock, Engine.Opened opened) {
    this.engine = engine;
    this.clock = clock;
    this.opened = opened;
    nodes = engine.nodes();
    distribution = new Distribution(nodes);
    opened.endpoints().values().forEach(distribution::expect);
    intake = new Intake(clock, opened.lastId(), opened.counts());
    writer = new Writer(engine, clock, intake, distribution);
    host =
        new Subscription.Host(
            () -> counts().arrived(),
            writer::changed,
            writer::allKept,
            distribution::filterChanged,
            clock,
            () -> followed);
    if (nodes != null) {
      ofAll = opened.counts();
      nodes.follow(new Following());
    }
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

  /** The nodes that share it, {@code null} when it is for one. */
  public Nodes nodes() {
    return nodes;
  }

  /** Whether what happens to an endpoint on this node can be kept. */
  public boolean owns(String endpoint) {
    return engine.owns(endpoint);
  }

  /** How an endpoint begins that is made now: it gets all that arrives from now on. */
  public State ofNew() {
    return State.ofNew(distribution.freeNumber(), intake.lastId(), intake.counts().arrived());
  }

  /**
   * Adds an endpoint: from now on it gets what it wants, and its steps are kept.
   *
   * @param state one that was {@link #kept}, or {@link #ofNew}
   * @param make makes it, given where it keeps its ledger
   */
  public Endpoint add(String id, State state, Function<EndpointStore, Endpoint> make) {
    return add(id, state, Subscription.AS_ACCEPTED, make);
  }

  /** As {@link #add}, one that this node runs from now on. */
  public Endpoint add(Nodes.Tenancy tenancy, Function<EndpointStore, Endpoint> make) {
    return add(tenancy.id(), tenancy.state(), tenancy.lastId(), make);
  }

  private Endpoint add(String id, State state, long since, Function<EndpointStore, Endpoint> make) {
    Subscription subscription = new Subscription(id, state, since, engine, writer.health(), host);
    subscription.begin(make.apply(subscription));
    distribution.add(subscription);
    return subscription.endpoint();
  }

  /** An endpoint is run by this node no more. Nothing more of it is kept, and nothing forgotten. */
  public void letGo(Endpoint endpoint) {
    Subscription left = distribution.leave(endpoint);
    left.forget();
    distribution.remove(left);
  }

  /**
   * Completed soon, when all that was kept by now, by whatever node, is known here if it can be.
   */
  public Future<Void> upToDate() {
    return nodes == null || isFaulty()
        ? Future.succeededFuture()
        : clock.within(UP_TO_DATE, writer.counted(nodes::upToDate)).otherwiseEmpty();
  }

  /** Keeps all that changed so far, now. */
  public Future<Void> keep() {
    return writer.allKept();
  }

  /**
   * Removes an endpoint: it gets nothing more, and all that is kept of it is forgotten.
   *
   * @param remains settings that are left of it, {@code null} for none
   * @return failed when that cannot be kept: then it stays
   */
  public Future<Void> remove(Endpoint endpoint, JsonObject remains) {
    Subscription left = distribution.leave(endpoint);
    // What is on its way to it is not to meet another one with its number.
    return writer
        .allWritten()
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
    return writer.health().unkept() == null && intake.bytes() < engine.maxUnkept();
  }

  /** Whether there are endpoints that want entries, and none of them has room. */
  public boolean isFull() {
    return !hasRoom() || distribution.isFull();
  }

  /** How many entries were not valid. */
  public long rejected() {
    return counts().rejected();
  }

  private Counts counts() {
    Counts all = ofAll;
    return all == null ? intake.counts() : all;
  }

  /** An entry was not valid. */
  void reject() {
    intake.addRejected();
    writer.changed();
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
    audience.received(entry.recipients());
    intake.add(entry, answered);
    writer.taken();
  }

  /** Takes an entry for which there is no room: it has a number and is no event. */
  void drop(Audience audience, Consumer<Accepted> answered) {
    audience.dropped();
    intake.addDropped(answered, distribution.pending());
    writer.dropped();
  }

  /** Takes no notice of an entry that no endpoint wants, but that it arrived. */
  void discard(Consumer<Accepted> answered) {
    intake.addDiscarded();
    writer.changed();
    if (answered != null) {
      answered.accept(Accepted.DISCARDED);
    }
  }

  /**
   * Takes an entry from the inbox, for which there is room if it needs any.
   *
   * @return completed when it is kept, failed when it stays there
   */
  Future<Void> move(Moved one, Audience audience) {
    if (one.entry() != null) {
      audience.received(one.entry().recipients());
    }
    writer.taken();
    return intake.move(one);
  }

  /** What an operator must know, {@code null} when all is well. */
  public String warning() {
    return writer.health().warning();
  }

  /** Whether nothing can be kept or read now. */
  public boolean isFaulty() {
    return writer.health().isFaulty();
  }

  /** Whether this start found what was kept damaged, put it aside and began anew. */
  public boolean isSetAside() {
    return engine.damage() != null;
  }

  /** Keeps what is left, and lets go. */
  public Future<Void> close() {
    intake.close();
    distribution.all().forEach(Subscription::close);
    engine.hasten();
    return writer.close().eventually(engine::close).otherwiseEmpty();
  }

  /** Goes along with what all nodes keep. */
  private final class Following implements Nodes.Follower {

    @Override
    public void cut(Nodes.Cut cut) {
      ofAll = new Counts(cut.arrived(), cut.rejected());
      followed = cut.lastId();
      distribution.arrived(cut.events(), cut.recipients());
      distribution.dropped(cut.dropped());
    }

    @Override
    public void membersChanged() {
      distribution.filterChanged();
    }

    @Override
    public void trouble(Throwable failure) {
      writer.trouble(failure);
    }

    @Override
    public void touch(String endpoint) {
      distribution.touch(endpoint);
    }
  }
}
