package dev.auditwebhook.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AttemptCodecTest {

  private static final String ADDRESS = "webhook.attempts";

  private final AtomicInteger made = new AtomicInteger();
  private final Supplier<JsonObject> attempt =
      () -> new JsonObject().put("made", made.incrementAndGet());
  private Vertx vertx;
  private DeliveryOptions options;

  @BeforeEach
  void register() {
    vertx = Vertx.vertx();
    options = AttemptCodec.register(vertx);
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private CompletableFuture<Object> listen() {
    CompletableFuture<Object> body = new CompletableFuture<>();
    vertx.eventBus().consumer(ADDRESS, message -> body.complete(message.body()));
    return body;
  }

  @Test
  void noJsonIsMadeWhileNobodyListens() {
    vertx.eventBus().publish(ADDRESS, attempt, options);
    assertThat(made).hasValue(0);
  }

  @Test
  void everyConsumerReceivesAJsonObjectOfItsOwn() throws Exception {
    var first = listen();
    var second = listen();
    vertx.eventBus().publish(ADDRESS, attempt, options);
    Object one = first.get(10, TimeUnit.SECONDS);
    Object two = second.get(10, TimeUnit.SECONDS);
    assertThat(one).isInstanceOf(JsonObject.class).isNotSameAs(two);
    assertThat(two).isInstanceOf(JsonObject.class);
    assertThat(made).hasValue(2);
  }

  @Test
  void severalWebhooksOfOneVertxShareIt() throws Exception {
    DeliveryOptions again = AttemptCodec.register(vertx);
    var body = listen();
    vertx.eventBus().publish(ADDRESS, attempt, again);
    assertThat(body.get(10, TimeUnit.SECONDS)).isEqualTo(new JsonObject().put("made", 1));
  }
}
