package dev.auditwebhook.bus;

import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.WebhookAddresses;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.bus.trail.Request;
import dev.auditwebhook.bus.trail.Trail;
import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.endpoint.Surroundings;
import dev.auditwebhook.endpoint.VertxClock;
import dev.auditwebhook.endpoint.attempt.AttemptReport;
import dev.auditwebhook.endpoint.attempt.MessageIds;
import dev.auditwebhook.journal.Acceptance;
import dev.auditwebhook.journal.Engine;
import dev.auditwebhook.journal.Journal;
import dev.auditwebhook.journal.file.FileEngine;
import dev.auditwebhook.journal.memory.MemoryEngine;
import dev.auditwebhook.journal.postgres.PostgresEngine;
import dev.auditwebhook.metrics.Metrics;
import dev.auditwebhook.metrics.MetricsFactory;
import dev.auditwebhook.security.GuardedResolver;
import dev.auditwebhook.security.Redaction;
import dev.auditwebhook.security.VertxResolver;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** One webhook on the event bus: it puts the parts together and answers the addresses. */
public final class Webhook {

  private final Vertx vertx;
  private final WebhookOptions options;
  private final GuardedResolver resolver;
  private final WebhookAddresses addresses;
  private final Clock clock;
  private final Ownership ownership;
  private final Desk desk;

  /** What is to be let go of, the last one first. */
  private final Deque<Supplier<Future<Void>>> held = new ArrayDeque<>();

  private Roster roster;

  /** {@code null} when this node has the store for itself. */
  private Tenancies tenancies;

  /**
   * @param options checked options
   */
  public Webhook(Vertx vertx, WebhookOptions options) {
    this(
        vertx,
        options,
        new GuardedResolver(
            new VertxResolver(vertx), options.isAllowPrivateNetworks(), System::currentTimeMillis),
        new VertxClock(vertx));
  }

  Webhook(Vertx vertx, WebhookOptions options, GuardedResolver resolver, Clock clock) {
    this.vertx = vertx;
    this.options = options;
    this.resolver = resolver;
    this.addresses = WebhookAddresses.of(options.getAddress());
    this.clock = clock;
    this.ownership = new Ownership(vertx, options);
    this.desk = new Desk(vertx, options.getScope().equals(WebhookOptions.CLUSTER));
  }

  /**
   * Claims the addresses and goes on with what the store holds. To be called on the verticle's
   * context, in its {@code start()}.
   *
   * @return failed when another webhook has the addresses
   */
  public Future<Void> start() {
    return ownership
        .claim()
        .compose(v -> begin(engine()))
        .recover(failure -> letGo().transform(v -> Future.failedFuture(failure)));
  }

  /** That of the jar, which alone knows it. */
  private static String version() {
    String version = Webhook.class.getPackage().getImplementationVersion();
    return version == null ? "unknown" : version;
  }

  private Engine engine() {
    StoreOptions store = options.getStore();
    return switch (store.getType()) {
      case StoreOptions.FILE -> new FileEngine(vertx, clock, options.getAddress(), store);
      case StoreOptions.POSTGRES -> postgresEngine(store);
      default -> new MemoryEngine(vertx, options.getAddress());
    };
  }

  private Engine postgresEngine(StoreOptions store) {
    try {
      return new PostgresEngine(vertx, clock, store);
    } catch (NoClassDefFoundError e) {
      throw new IllegalArgumentException(
          "webhook.store.type: \"postgres\" needs io.vertx:vertx-pg-client on the class path", e);
    }
  }

  private Future<Void> begin(Engine engine) {
    return Journal.open(engine, clock).compose(journal -> begin(engine, journal));
  }

  private Future<Void> begin(Engine engine, Journal journal) {
    held.push(journal::close);
    Metrics metrics = MetricsFactory.create(vertx, options.getAddress());
    hold(metrics::close);
    MessageIds ids = new MessageIds(journal.messageIdPrefix());
    Surroundings around =
        new Surroundings(vertx, clock, options, resolver, metrics, attemptsPublisher());
    roster = new Roster(options, around, journal, ids);
    held.push(roster::close);
    engine.register(metrics);
    metrics
        .counter("webhook.rejected", "Entries that were not valid", journal::rejected)
        .gauge(
            "webhook.store.fault",
            "1 while the store does not keep or give back what it should",
            () -> journal.isFaulty() ? 1 : 0)
        .gauge("webhook.build.info", "1", () -> 1, "version", version());
    Acceptance acceptance = new Acceptance(clock, journal, options.getMaxEntryBytes());
    hold(acceptance::close);
    EntryDesk entries = new EntryDesk(acceptance, journal.messageIdPrefix());
    Trail trail = new Trail(metrics, options.isAdminEvents() ? acceptance::acceptOwn : null);
    Map<String, Function<Request, Future<JsonObject>>> desks = desks(journal, ids, trail);
    roster.look();
    return takeUp(journal, desks)
        .compose(v -> serve(entries, desks))
        .onSuccess(v -> engine.empty(acceptance));
  }

  /** Who answers which request, by its address without the prefix, for what this node runs. */
  private Map<String, Function<Request, Future<JsonObject>>> desks(
      Journal journal, MessageIds ids, Trail trail) {
    boolean allowPrivateNetworks = options.isAllowPrivateNetworks();
    EndpointDesk requests = new EndpointDesk(roster, journal, trail, allowPrivateNetworks);
    RosterDesk endpoints = new RosterDesk(roster, requests::report, trail, allowPrivateNetworks);
    HealthDesk health = new HealthDesk(roster, journal);
    DeadLetterDesk letters =
        new DeadLetterDesk(vertx, roster, ids, new Redaction(options.getRedact()), trail);
    Map<String, Function<Request, Future<JsonObject>>> desks = new HashMap<>();
    desks.put("get", requests::get);
    desks.put("set", requests::set);
    desks.put("dlq", letters::dlq);
    desks.put("dlq.redrive", letters::redrive);
    desks.put("dlq.purge", letters::purge);
    desks.put("test", requests::test);
    desks.put("endpoints", request -> journal.upToDate().compose(v -> endpoints.list(request)));
    desks.put("endpoint.put", endpoints::put);
    desks.put("endpoint.remove", endpoints::remove);
    desks.put("ready", health::ready);
    desks.put("health", health::health);
    desks.put("health.own", health::own);
    return desks;
  }

  /** Goes on with what is kept: with all of it, or with a share of what all nodes have. */
  private Future<Void> takeUp(
      Journal journal, Map<String, Function<Request, Future<JsonObject>>> desks) {
    NodesDesk nodes = new NodesDesk(journal.nodes(), roster, clock);
    desks.put("nodes", nodes::list);
    if (journal.nodes() == null) {
      roster.takeUp();
      return Future.succeededFuture();
    }
    Switchboard switchboard = new Switchboard(journal, roster, clock, Map.copyOf(desks), nodes);
    desks.replaceAll((what, desk) -> switchboard.to(what));
    tenancies = new Tenancies(journal, roster, switchboard);
    hold(tenancies::retire);
    return tenancies.join();
  }

  private Future<Void> serve(
      EntryDesk entries, Map<String, Function<Request, Future<JsonObject>>> desks) {
    held.push(desk::close);
    return Future.all(
            List.of(
                desk.takeInOrder(options.getEntryAddress(), entries::take),
                desk.answer(addresses.get(), desks.get("get")),
                desk.answerInOrder(addresses.set(), desks.get("set")),
                desk.answer(addresses.dlq(), desks.get("dlq")),
                desk.answer(addresses.redrive(), desks.get("dlq.redrive")),
                desk.answer(addresses.purge(), desks.get("dlq.purge")),
                desk.answer(addresses.test(), desks.get("test")),
                desk.answer(addresses.endpoints(), desks.get("endpoints")),
                desk.answerInOrder(addresses.put(), desks.get("endpoint.put")),
                desk.answerInOrder(addresses.remove(), desks.get("endpoint.remove")),
                desk.answer(addresses.ready(), desks.get("ready")),
                desk.answer(addresses.health(), desks.get("health")),
                desk.answer(addresses.nodes(), desks.get("nodes"))))
        .mapEmpty();
  }

  private void hold(Runnable close) {
    held.push(
        () -> {
          close.run();
          return Future.succeededFuture();
        });
  }

  private Consumer<AttemptReport> attemptsPublisher() {
    EventBus bus = vertx.eventBus();
    String address = addresses.attempts();
    DeliveryOptions lazily = AttemptCodec.register(vertx);
    return attempt -> bus.publish(address, attempt, lazily);
  }

  /** Stops accepting, drains, and lets go of the addresses. A second stop is harmless. */
  public Future<Void> stop() {
    if (tenancies != null) {
      tenancies.retire();
    }
    Future<Void> drained =
        roster == null ? Future.succeededFuture() : desk.close().compose(v -> roster.stop());
    return drained.eventually(this::letGo);
  }

  private Future<Void> letGo() {
    Future<Void> closed = Future.succeededFuture();
    while (!held.isEmpty()) {
      closed = closed.eventually(held.pop());
    }
    return closed.eventually(ownership::release);
  }
}
