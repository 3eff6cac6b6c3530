package dev.auditwebhook.bus;

import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.WebhookAddresses;
import dev.auditwebhook.WebhookOptions;
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
import dev.auditwebhook.metrics.Metrics;
import dev.auditwebhook.metrics.MetricsFactory;
import dev.auditwebhook.security.GuardedResolver;
import dev.auditwebhook.security.Redaction;
import dev.auditwebhook.security.VertxResolver;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
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
        .compose(v -> Journal.open(engine(), clock))
        .compose(this::begin)
        .recover(failure -> letGo().transform(v -> Future.failedFuture(failure)));
  }

  private Engine engine() {
    return options.getStore().getType().equals(StoreOptions.FILE)
        ? new FileEngine(vertx, clock, options.getAddress(), options.getStore())
        : new MemoryEngine(vertx, options.getAddress());
  }

  private Future<Void> begin(Journal journal) {
    held.push(journal::close);
    Metrics metrics = MetricsFactory.create(vertx, options.getAddress());
    hold(metrics::close);
    MessageIds ids = new MessageIds(journal.messageIdPrefix());
    Surroundings around =
        new Surroundings(vertx, clock, options, resolver, metrics, attemptsPublisher());
    roster = new Roster(options, around, journal, ids);
    held.push(roster::close);
    roster.takeUp();
    metrics.counter("webhook.rejected", "Entries that were not valid", journal::rejected);
    Acceptance acceptance = new Acceptance(clock, journal, options.getMaxEntryBytes());
    hold(acceptance::close);
    journal.empty(acceptance);
    boolean allowPrivateNetworks = options.isAllowPrivateNetworks();
    EndpointDesk requests = new EndpointDesk(roster, journal, allowPrivateNetworks);
    RosterDesk endpoints = new RosterDesk(roster, requests::report, allowPrivateNetworks);
    HealthDesk health = new HealthDesk(roster, journal);
    DeadLetterDesk letters =
        new DeadLetterDesk(vertx, roster, ids, new Redaction(options.getRedact()));
    held.push(desk::close);
    return Future.all(
            List.of(
                desk.takeInOrder(
                    options.getEntryAddress(),
                    (entry, reply) ->
                        acceptance.accept(
                            entry,
                            reply == null ? null : accepted -> reply.accept(accepted.toJson()))),
                desk.answer(addresses.get(), requests::get),
                desk.answerInOrder(addresses.set(), requests::set),
                desk.answer(addresses.dlq(), letters::dlq),
                desk.answer(addresses.redrive(), letters::redrive),
                desk.answer(addresses.purge(), letters::purge),
                desk.answer(addresses.test(), requests::test),
                desk.answer(addresses.endpoints(), endpoints::list),
                desk.answerInOrder(addresses.put(), endpoints::put),
                desk.answerInOrder(addresses.remove(), endpoints::remove),
                desk.answer(addresses.ready(), health::ready),
                desk.answer(addresses.health(), health::health)))
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
