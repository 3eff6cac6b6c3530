package dev.auditwebhook.delivery;

import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.WebhookAddresses;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.metrics.Metrics;
import dev.auditwebhook.metrics.MetricsFactory;
import dev.auditwebhook.security.GuardedResolver;
import dev.auditwebhook.security.Redaction;
import dev.auditwebhook.security.VertxResolver;
import dev.auditwebhook.store.FileStore;
import dev.auditwebhook.store.MemoryStore;
import dev.auditwebhook.store.Store;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** One webhook on the event bus: it puts the parts together and answers the addresses. */
public final class Webhook {

  private final Vertx vertx;
  private final WebhookOptions options;
  private final GuardedResolver resolver;
  private final WebhookAddresses addresses;
  private final Ownership ownership;
  private final Desk desk;
  private Store store;
  private WebClientSender sender;
  private Lifecycle lifecycle;
  private Intake intake;
  private Metrics metrics = Metrics.NONE;

  /**
   * @param vertx whose event bus
   * @param options checked options
   */
  public Webhook(Vertx vertx, WebhookOptions options) {
    this(
        vertx,
        options,
        new GuardedResolver(
            new VertxResolver(vertx), options.isAllowPrivateNetworks(), System::currentTimeMillis));
  }

  /**
   * @param resolver finds the addresses that connections go to
   */
  Webhook(Vertx vertx, WebhookOptions options, GuardedResolver resolver) {
    this.vertx = vertx;
    this.options = options;
    this.resolver = resolver;
    this.addresses = WebhookAddresses.of(options.getAddress());
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
        .compose(v -> openStore())
        .compose(this::begin)
        .recover(failure -> giveUp().transform(v -> Future.failedFuture(failure)));
  }

  private Future<Void> giveUp() {
    if (lifecycle == null) {
      return letGo();
    }
    lifecycle.abandon();
    return sender.close().eventually(this::letGo);
  }

  private Future<Store> openStore() {
    StoreOptions chosen = options.getStore();
    if (!chosen.getType().equals(StoreOptions.FILE)) {
      return Future.succeededFuture(
          new MemoryStore(
              vertx, options.getAddress(), options.getQueueCapacity(), options.getDlqCapacity()));
    }
    return FileStore.open(
        vertx,
        options.getAddress(),
        new FileStore.Options(
            chosen.getPath(),
            chosen.getSyncInterval(),
            chosen.getMaxEvents(),
            options.getQueueCapacity(),
            options.getDlqCapacity()));
  }

  private Future<Void> begin(Store opened) {
    store = opened;
    Settings settings = new Settings(options, store.settings(), System.currentTimeMillis());
    RequestHeaders headers = new RequestHeaders(options, settings);
    Credentials credentials = new Credentials(options);
    sender = new WebClientSender(vertx, options, headers, credentials, resolver);
    MessageIds ids = new MessageIds(store);
    Batching batching = new Batching(options, ids);
    metrics = MetricsFactory.create(vertx, options.getAddress());
    Outcomes outcomes = new Outcomes(store, new Excerpts(options), attemptsPublisher(), metrics);
    Dispatcher dispatcher =
        new Dispatcher(vertx, options, store, settings, sender, batching, outcomes);
    lifecycle = new Lifecycle(vertx, options, store, settings, headers, dispatcher);
    Meters.register(metrics, store, lifecycle, dispatcher);
    intake = new Intake(vertx, options, store, lifecycle, dispatcher);
    Requests requests =
        new Requests(
            options,
            store,
            settings,
            headers,
            credentials,
            lifecycle,
            dispatcher,
            outcomes.health(),
            new TestDelivery(ids, batching, sender));
    DeadLetterRequests deadLetters =
        new DeadLetterRequests(
            vertx, store, lifecycle, dispatcher, new Redaction(options.getRedact()));
    lifecycle.start();
    return Future.all(
            List.of(
                desk.answerInOrder(
                    options.getEntryAddress(), intake::accept, Intake.Accepted::reply),
                answer(addresses.get(), requests::get),
                desk.answerInOrder(addresses.set(), requests::set, Future::succeededFuture),
                answer(addresses.dlq(), deadLetters::dlq),
                answer(addresses.redrive(), deadLetters::redrive),
                answer(addresses.purge(), deadLetters::purge),
                answer(addresses.test(), requests::test),
                answer(addresses.ready(), requests::ready),
                answer(addresses.health(), requests::health)))
        .mapEmpty();
  }

  private Consumer<Attempt> attemptsPublisher() {
    EventBus bus = vertx.eventBus();
    String address = addresses.attempts();
    DeliveryOptions lazily = AttemptCodec.register(vertx);
    return attempt -> bus.publish(address, attempt, lazily);
  }

  private Future<Void> answer(String address, Function<Object, Future<JsonObject>> handler) {
    return desk.answer(address, handler, Future::succeededFuture);
  }

  /** Stops accepting, drains, and lets go of the addresses. A second stop is harmless. */
  public Future<Void> stop() {
    return desk.close()
        .compose(v -> lifecycle.stop())
        .compose(v -> sender.close())
        .eventually(this::letGo);
  }

  private Future<Void> letGo() {
    if (intake != null) {
      intake.close();
    }
    metrics.close();
    Future<Void> closed = store == null ? Future.succeededFuture() : store.close();
    return desk.close().eventually(() -> closed).eventually(ownership::release);
  }
}
