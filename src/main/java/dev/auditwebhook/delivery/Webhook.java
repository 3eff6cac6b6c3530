package dev.auditwebhook.delivery;

import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.WebhookAddresses;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.metrics.Metrics;
import dev.auditwebhook.security.GuardedResolver;
import dev.auditwebhook.security.VertxResolver;
import dev.auditwebhook.store.FileStore;
import dev.auditwebhook.store.MemoryStore;
import dev.auditwebhook.store.Store;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import io.vertx.core.shareddata.LocalMap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One webhook on the event bus: it puts the parts together and answers the addresses. */
public final class Webhook {

  private static final Logger log = LoggerFactory.getLogger(Webhook.class);

  private final Vertx vertx;
  private final WebhookOptions options;
  private final GuardedResolver resolver;
  private final WebhookAddresses addresses;
  private final LocalMap<String, String> owners;
  private final List<MessageConsumer<Object>> consumers = new ArrayList<>();
  private Store store;
  private WebClientSender sender;
  private Lifecycle lifecycle;
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
    this.owners = vertx.sharedData().getLocalMap("dev.auditwebhook.owners");
  }

  /**
   * Claims the addresses and goes on with what the store holds. To be called on the verticle's
   * context, in its {@code start()}.
   *
   * @return failed when another webhook has the addresses
   */
  public Future<Void> start() {
    if (owners.putIfAbsent(options.getAddress(), "taken") != null) {
      return Future.failedFuture(
          new VertxException(
              "webhook.address: another WebhookVerticle answers on "
                  + options.getAddress()
                  + " already; deploy one instance, or give this one another address",
              true));
    }
    return openStore()
        .compose(this::begin)
        .recover(failure -> letGo().transform(v -> Future.failedFuture(failure)));
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
    metrics = Metrics.of(vertx, options.getAddress());
    Outcomes outcomes = new Outcomes(store, new Excerpts(options), attemptsPublisher(), metrics);
    Dispatcher dispatcher =
        new Dispatcher(vertx, options, store, settings, sender, batching, outcomes);
    lifecycle = new Lifecycle(vertx, options, store, settings, headers, dispatcher);
    Meters.register(metrics, store, lifecycle, dispatcher);
    Intake intake = new Intake(options, store, lifecycle, dispatcher);
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
    lifecycle.start();
    return Future.all(
            List.of(
                answer(options.getEntryAddress(), intake::accept, Intake.Accepted::toJson),
                answer(addresses.get(), requests::get, json -> json),
                answer(addresses.set(), requests::set, json -> json),
                answer(addresses.dlq(), requests::dlq, json -> json),
                answer(addresses.redrive(), requests::redrive, json -> json),
                answer(addresses.purge(), requests::purge, json -> json),
                answer(addresses.test(), requests::test, json -> json),
                answer(addresses.ready(), requests::ready, json -> json),
                answer(addresses.health(), requests::health, json -> json)))
        .mapEmpty();
  }

  private Consumer<Attempt> attemptsPublisher() {
    EventBus bus = vertx.eventBus();
    String address = addresses.attempts();
    DeliveryOptions lazily = AttemptCodec.register(vertx);
    return attempt -> bus.publish(address, attempt, lazily);
  }

  /**
   * Answers one address. Whatever is sent there, and whatever goes wrong, the sender hears of it.
   *
   * @param json makes the reply, if one is asked for
   */
  private <R> Future<Void> answer(
      String address, Function<Object, Future<R>> handler, Function<R, JsonObject> json) {
    MessageConsumer<Object> consumer = vertx.eventBus().consumer(address);
    consumers.add(consumer);
    consumer.handler(
        message -> {
          Future<R> reply;
          try {
            reply = handler.apply(message.body());
          } catch (Throwable e) {
            reply = Future.failedFuture(e);
          }
          reply.onComplete(
              result -> {
                if (message.replyAddress() != null) {
                  message.reply(json.apply(result));
                }
              },
              e -> fail(address, message, e));
        });
    return consumer.completion();
  }

  private static void fail(String address, Message<Object> message, Throwable failure) {
    if (failure instanceof ReplyException known) {
      message.reply(known);
    } else if (failure instanceof IllegalArgumentException) {
      message.reply(new ReplyException(ReplyFailure.RECIPIENT_FAILURE, 400, failure.getMessage()));
    } else {
      log.error("A request on {} could not be answered", address, failure);
      message.reply(
          new ReplyException(ReplyFailure.RECIPIENT_FAILURE, 500, "internal error, see the log"));
    }
  }

  /** Stops accepting, drains, and lets go of the addresses. A second stop is harmless. */
  public Future<Void> stop() {
    List<Future<Void>> silent = consumers.stream().map(MessageConsumer::unregister).toList();
    consumers.clear();
    return Future.join(silent)
        .otherwiseEmpty()
        .compose(v -> lifecycle.stop())
        .compose(v -> sender.close())
        .eventually(this::letGo);
  }

  private Future<Void> letGo() {
    metrics.close();
    Future<Void> closed = store == null ? Future.succeededFuture() : store.close();
    return closed.onComplete(v -> owners.remove(options.getAddress()));
  }
}
