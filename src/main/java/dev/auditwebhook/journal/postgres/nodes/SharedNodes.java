package dev.auditwebhook.journal.postgres.nodes;

import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.journal.Nodes;
import dev.auditwebhook.journal.postgres.database.Database;
import dev.auditwebhook.journal.postgres.database.DatabaseException;
import dev.auditwebhook.journal.postgres.nodes.Enrolment.Made;
import dev.auditwebhook.journal.postgres.nodes.Leases.Lease;
import dev.auditwebhook.journal.postgres.requests.Courier;
import dev.auditwebhook.journal.postgres.requests.Mailbox;
import dev.auditwebhook.metrics.Metrics;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiPredicate;

/** This node among those that share the journal. For one context. */
public final class SharedNodes implements Nodes {

  /** A notification: endpoints or nodes are others than before. */
  public static final String ENDPOINTS = "endpoints";

  /** How often the tables are looked at though no notification came, in milliseconds. */
  private static final long POLL = 1_000;

  /** How long a stop waits for what is under way, in milliseconds. */
  private static final long ENDING = 2_000;

  /** How long other nodes have to say how they are, in milliseconds. */
  private static final long SOON = 1_500;

  /** One of so many looks is for idle endpoints, too. */
  private static final int TOUCH = 10;

  /** One of so many looks is for what is old, too. */
  private static final int TIDY = 60;

  private final Database database;
  private final Clock clock;
  private final StoreOptions options;
  private final JournalTail tail;
  private final Membership membership;
  private final Directory directory;
  private final Leases leases;
  private final TenancyReader states;
  private final Enrolment enrolment;
  private Follower follower;

  /** From the moment on that this node runs endpoints. */
  private Rebalancing rebalancing;

  private Host host;
  private Mailbox mailbox;
  private Courier courier;
  private Map<String, JsonObject> configured = Map.of();
  private long timer = -1;
  private int looks;

  /**
   * @param database for all but leases
   * @param renewals another one, so that no renewal, nor the look at the endpoints that comes
   *     before a lease runs again, waits behind other statements
   */
  public SharedNodes(
      Database database, Database renewals, Clock clock, StoreOptions options, JournalTail tail) {
    this.database = database;
    this.clock = clock;
    this.options = options;
    this.tail = tail;
    membership = new Membership(renewals, clock, options.getLease(), this::look, this::goOn);
    directory = new Directory(renewals, clock, options.getMaxEvents(), this::membersChanged);
    leases = new Leases(database, membership);
    states = new TenancyReader(database);
    enrolment = new Enrolment(database, membership);
  }

  private void membersChanged() {
    if (follower != null) {
      follower.membersChanged();
    }
  }

  private Future<Void> look() {
    return rebalancing == null ? Future.succeededFuture() : rebalancing.look();
  }

  private void goOn() {
    if (host != null) {
      host.goOn();
    }
  }

  /** This node is there from now on, and knows the endpoints. Comes before all else. */
  public Future<Void> open() {
    return membership.start().compose(v -> directory.refresh()).onSuccess(v -> poll());
  }

  private void poll() {
    timer = clock.timer(POLL, this::poll);
    looks++;
    refresh();
    if (looks % TOUCH == 0 && host != null) {
      touch();
    }
    if (looks % TIDY == 0) {
      membership.tidy();
    }
  }

  /** Has idle endpoints keep where they are: else the journal keeps what they do not need. */
  Future<Void> touch() {
    return leases.behind().onSuccess(ids -> ids.forEach(follower::touch)).mapEmpty();
  }

  private Future<Void> refresh() {
    return rebalancing == null ? directory.refresh() : rebalancing.go();
  }

  public Membership membership() {
    return membership;
  }

  public Leases leases() {
    return leases;
  }

  public Directory directory() {
    return directory;
  }

  /** Whether this is the node to do what one alone does: the one that is there longest. */
  public boolean isFirst() {
    return membership.holds() && membership.id().equals(directory.first());
  }

  /** Registers what is measured of all of them. */
  public void register(Metrics metrics) {
    leases.register(metrics);
    metrics.gauge("webhook.nodes", "Living nodes", () -> directory.living().size());
  }

  /**
   * Takes a notification that is for this room.
   *
   * @param payload {@code endpoints}, {@code request <target node>} or {@code reply <sender node>}
   */
  public void heard(String payload) {
    if (payload.equals(ENDPOINTS)) {
      refresh();
    } else if (mailbox != null) {
      mailbox.heard(payload);
    }
  }

  /** An endpoint that this node ran is forgotten by the tables. */
  public void forgotten(String endpoint) {
    leases.forgotten(endpoint);
    directory.forgotten(endpoint);
  }

  /** Hands all endpoints back, and leaves. */
  public Future<Void> close() {
    clock.cancel(timer);
    directory.close();
    List<Future<Void>> ended = new ArrayList<>(List.of(membership.stop()));
    if (rebalancing != null) {
      ended.add(mailbox.close());
      ended.add(rebalancing.stop());
    }
    return clock
        .within(ENDING, Future.join(ended))
        .<Void>mapEmpty()
        .eventually(membership::leave)
        .otherwiseEmpty();
  }

  @Override
  public void follow(Follower follower) {
    this.follower = follower;
    tail.follow(follower);
  }

  @Override
  public Collection<Share> members() {
    return directory.members();
  }

  @Override
  public Future<Void> join(
      Host host, Map<String, JsonObject> configured, BiPredicate<String, JsonObject> removed) {
    Takeover takeover = new Takeover(states, tail, leases, host, membership.id());
    return database
        .open(options.getWaitForDatabase(), () -> enrolment.of(configured, removed))
        .compose(
            v -> {
              this.host = host;
              this.configured = configured;
              mailbox = new Mailbox(database, clock, membership.id(), host);
              courier =
                  new Courier(
                      mailbox,
                      new Whereabouts(directory, leases, membership.id()),
                      host,
                      clock,
                      2 * options.getLease());
              rebalancing = new Rebalancing(clock, membership, directory, leases, takeover, host);
              return database.open(options.getWaitForDatabase(), rebalancing::go);
            });
  }

  @Override
  public void retire() {
    membership.claims(false);
  }

  @Override
  public Future<Tenancy> create(String endpoint) {
    leases.begin(endpoint);
    JsonObject config = configured.get(endpoint);
    return told(
        tail.still(
                () ->
                    enrolment
                        .make(Collections.singletonMap(endpoint, config), membership.id())
                        .map(made -> made.isEmpty() ? null : begin(made.get(endpoint), config)))
            .onComplete(v -> leases.end(endpoint)));
  }

  private Tenancy begin(Made made, JsonObject config) {
    leases.add(new Lease(made.id(), made.number(), 1, made.lastId(), config));
    directory.made(made.id(), made.number(), membership.id(), config);
    State state = State.ofNew(made.number(), made.lastId(), made.arrived());
    return new Tenancy(made.id(), state, made.lastId(), config);
  }

  /** What the database does not do is told those who asked, in one line. */
  private static <T> Future<T> told(Future<T> asked) {
    return asked.recover(
        failure ->
            Future.failedFuture(
                failure instanceof DatabaseException
                    ? Mailbox.refusal(503, failure.getMessage())
                    : failure));
  }

  @Override
  public Future<Boolean> has(String endpoint) {
    return directory.find(endpoint) == null
        ? told(directory.refresh()).map(v -> directory.find(endpoint) != null)
        : Future.succeededFuture(true);
  }

  @Override
  public Future<Set<String>> endpoints() {
    return told(directory.refresh()).map(v -> directory.ids());
  }

  @Override
  public Future<JsonObject> ask(String endpoint, String what, Object body) {
    return courier.ask(endpoint, what, body);
  }

  @Override
  public Future<List<JsonObject>> askOthers(String what, Object body) {
    List<String> others = new ArrayList<>(directory.living());
    others.remove(membership.id());
    return mailbox.sendAll(others, what, body, SOON);
  }

  @Override
  public Future<List<JsonObject>> list() {
    return told(new Roll(database).of(membership.id()));
  }

  @Override
  public String name() {
    return membership.name();
  }

  @Override
  public Future<List<JsonObject>> reports(Collection<String> endpoints) {
    return told(
        new Reports(states, clock)
            .of(endpoints.stream().map(directory::numberOf).filter(Objects::nonNull).toList()));
  }

  @Override
  public Future<Void> upToDate() {
    return tail.upToDate();
  }
}
