package dev.auditwebhook.bench;

import dev.auditwebhook.WebhookAddresses;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.WebhookVerticle;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.json.JsonObject;
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
   * @param options keys of {@code WebhookOptions}
   * @param waiting how many events the producer keeps pending
   */
  ModuleLoad(JsonObject options, long waiting) {
    this.waiting = waiting;
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

  /** Publishes so many entries, never far ahead of the module. */
  void publish(long count) {
    long target = get().getLong("received") + count;
    for (long left = count; left > 0; ) {
      long room = 10_000 - (target - left - get().getLong("received"));
      for (long i = Math.min(room, left); i > 0; i--, left--) {
        publish();
      }
    }
    until(state -> state.getLong("received") == target);
  }

  @Override
  public void start() {
    JsonObject state = get();
    producer.runOnContext(
        v -> {
          published = state.getLong("received");
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
      bus.<JsonObject>request(ADDRESSES.get(), new JsonObject())
          .onComplete(
              reply -> {
                looking = false;
                settled = settled(reply.body());
              },
              failure -> looking = false);
    }
  }

  private static long settled(JsonObject state) {
    return state.getLong("received") - state.getLong("pending");
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
    until(state -> state.getLong("received") == expected);
  }

  JsonObject get() {
    return await(bus.<JsonObject>request(ADDRESSES.get(), new JsonObject())).body();
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
