package dev.auditwebhook.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.metrics.Metrics;
import dev.auditwebhook.security.UrlPolicy;
import dev.auditwebhook.security.UrlPolicy.Endpoint;
import dev.auditwebhook.store.MemoryStore;
import dev.auditwebhook.store.PendingEvent;
import dev.auditwebhook.store.Store;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.Turn;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A store that cannot give what waits in it is asked again. */
class TakingTest {

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final WebhookOptions options = new WebhookOptions();
  private final AtomicInteger failures = new AtomicInteger(2);
  private final List<String> sent = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private MemoryStore store() {
    return new MemoryStore(vertx, "webhook", 100, 100);
  }

  /** A store like any other, which fails to give what waits in it so many times. */
  private Store failing(Store store) {
    return (Store)
        Proxy.newProxyInstance(
            Store.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("take") && failures.getAndDecrement() > 0) {
                return Future.failedFuture(new IllegalStateException());
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private Dispatcher dispatcher(Store store) {
    Settings settings = new Settings(options, new JsonObject(), 0);
    Sender sender =
        new Sender() {
          @Override
          public Future<Answer> send(Endpoint to, int attempt, String messageId, byte[] body) {
            sent.add(new String(body, StandardCharsets.UTF_8));
            return Future.succeededFuture(new Answer(204, null, false, 0, "", 1, false));
          }

          @Override
          public Future<Answer> sendApart(Endpoint to, String messageId, byte[] body) {
            return send(to, 0, messageId, body);
          }
        };
    Outcomes outcomes = new Outcomes(store, new Excerpts(options), attempt -> {}, Metrics.NONE);
    Batching batching = new Batching(options, new MessageIds(store));
    Dispatcher dispatcher =
        new Dispatcher(vertx, options, store, settings, sender, batching, outcomes);
    dispatcher.begin(gone -> {}, () -> {});
    return dispatcher;
  }

  @Test
  void whatWaitsIsDeliveredOnceItCanBeReadAndTheLogSaysItOnce() throws Exception {
    store().add(new PendingEvent(1, "x", "one".getBytes(StandardCharsets.UTF_8), 0, 0));
    try (LogLines log = new LogLines()) {
      Turn.of(
              context,
              () -> {
                Dispatcher dispatcher = dispatcher(failing(store()));
                Endpoint endpoint = UrlPolicy.vet("http://127.0.0.1:1/", true);
                Circuit circuit = new Circuit(vertx, options, dispatcher::pump);
                dispatcher.aim(new Target(endpoint, circuit), false);
                return null;
              })
          .await(10, TimeUnit.SECONDS);

      await().until(() -> !sent.isEmpty());

      assertThat(sent).containsExactly("one");
      assertThat(failures).hasValue(-1);
      assertThat(log.all().stream().filter(line -> line.contains("cannot be read"))).hasSize(1);
    }
  }
}
