package dev.auditwebhook.bench;

import dev.auditwebhook.WebhookAddresses;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.WebhookVerticle;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * The module on one event loop, and a producer that publishes entries from another, so that there
 * are always some waiting: it knows from {@code webhook.get}, asked every few milliseconds, how
 * many are settled.
 */
final class ModuleLoad implements Load {

  private static final String ENTRY = WebhookAddresses.DEFAULT_ENTRY_ADDRESS;
  private static final WebhookAddresses ADDRESSES =
      WebhookAddresses.of(WebhookAddresses.DEFAULT_PREFIX);
  private static final int TICKS_A_LOOK = 2;
  private static final int LIMIT_SECONDS = 60;

  final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
  private final EventBus bus = vertx.eventBus();
  private final Context producer;
  private final long producerThread;
  private final long waiting;

  /** How many endpoints get each entry. */
  private final int recipients;

  private long kept;
  private final Entries entries = new Entries();
  private String deliveryThread;
  private long timer = -1;
  private long published;
  private long settled;
  private boolean looking;
  private int tick;

  /**
   * Deploys the module.
   *
   * @param options keys of {@code WebhookOptions}; all endpoints get each entry
   * @param waiting how many events the producer keeps pending at each
   */
  ModuleLoad(JsonObject options, long waiting) {
    this.waiting = waiting;
    recipients = 1 + options.getJsonObject("endpoints", new JsonObject()).size();
    try {
      await(vertx.deployVerticle(new Watched(new WebhookOptions(options))));
      producer = vertx.getOrCreateContext();
      CompletableFuture<Long> thread = new CompletableFuture<>();
      producer.runOnContext(v -> thread.complete(Thread.currentThread().getId()));
      producerThread = thread.join();
    } catch (RuntimeException e) {
      vertx.close().await();
      throw e;
    }
  }

  /** Tells on which thread it was started. */
  private final class Watched extends WebhookVerticle {
    Watched(WebhookOptions options) {
      super(options);
    }

    @Override
    public Future<?> start() {
      deliveryThread = Thread.currentThread().getName();
      return super.start();
    }
  }

  /** The name of the event loop's thread on which the module runs. */
  String deliveryThread() {
    return deliveryThread;
  }

  /** So many events that are pending now stay so for good. */
  void keep(long events) {
    kept = events;
  }

  /** The context on which the producer publishes. */
  Context producer() {
    return producer;
  }

  @Override
  public long producerThread() {
    return producerThread;
  }

  /** Publishes one entry. */
  void publish() {
    bus.publish(ENTRY, entries.next());
  }

  /** Publishes one entry of an action. */
  void publish(String action) {
    bus.publish(ENTRY, entries.next().copy().put("action", action));
  }

  /** Publishes so many entries, never far ahead of the module. */
  void publish(long count) {
    long target = received(get()) + count;
    for (long left = count; left > 0; ) {
      long room = 10_000 - (target - left - received(get()));
      for (long i = Math.min(room, left); i > 0; i--, left--) {
        publish();
      }
    }
    until(state -> received(state) == target);
  }

  /** How many entries all endpoints have received. */
  private long received(JsonObject state) {
    return state.getLong("received") / recipients;
  }

  @Override
  public void start() {
    JsonObject state = get();
    producer.runOnContext(
        v -> {
          published = received(state);
          settled = settled(state);
          timer = vertx.setPeriodic(1, id -> produce());
        });
  }

  private void produce() {
    while (published - settled < waiting + kept) {
      publish();
      published++;
    }
    if (!looking && ++tick % TICKS_A_LOOK == 0) {
      looking = true;
      look()
          .onComplete(
              state -> {
                looking = false;
                settled = settled(state);
              },
              failure -> looking = false);
    }
  }

  private long settled(JsonObject state) {
    return (state.getLong("received") - state.getLong("pending")) / recipients;
  }

  @Override
  public long delivered() {
    return get().getLong("delivered");
  }

  @Override
  public void stop() {
    halt();
    JsonObject end = until(state -> state.getLong("pending") == kept);
    if (end.getLong("delivered") + kept != end.getLong("received")) {
      throw new IllegalStateException("not every event was delivered: " + end.encode());
    }
  }

  /** Publishes nothing more, and returns when what was published has arrived. */
  void halt() {
    CompletableFuture<Long> total = new CompletableFuture<>();
    producer.runOnContext(
        v -> {
          vertx.cancelTimer(timer);
          total.complete(published);
        });
    long expected = total.join();
    until(state -> received(state) == expected);
  }

  /** The state of all endpoints together. */
  JsonObject get() {
    return await(look());
  }

  private Future<JsonObject> look() {
    return recipients == 1 ? ofDefault() : request(ADDRESSES.endpoints()).map(ModuleLoad::sum);
  }

  private Future<JsonObject> ofDefault() {
    return request(ADDRESSES.get());
  }

  private Future<JsonObject> request(String address) {
    return bus.<JsonObject>request(address, new JsonObject()).map(Message::body);
  }

  private static JsonObject sum(JsonObject list) {
    JsonObject sum = new JsonObject().put("circuit", "open");
    for (Object each : list.getJsonArray("endpoints")) {
      JsonObject state = (JsonObject) each;
      for (String total : List.of("received", "delivered", "pending")) {
        sum.put(total, sum.getLong(total, 0L) + state.getLong(total));
      }
      if (!state.getString("circuit").equals("open")) {
        sum.put("circuit", "not open");
      }
    }
    return sum;
  }

  /** The state of the endpoint {@code default}. */
  JsonObject getDefault() {
    return await(ofDefault());
  }

  /** Gives the module another URL. */
  void set(String url) {
    await(bus.request(ADDRESSES.set(), new JsonObject().put("url", url)));
  }

  /** Asks for the state until it is as wanted. */
  JsonObject until(Predicate<JsonObject> wanted) {
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    JsonObject state = get();
    while (!wanted.test(state)) {
      if (System.nanoTime() > limit) {
        throw new IllegalStateException("not so in time: " + state.encode());
      }
      Sample.pause(1);
      state = get();
    }
    return state;
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException("no answer from the module in " + LIMIT_SECONDS + " s", e);
    }
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
