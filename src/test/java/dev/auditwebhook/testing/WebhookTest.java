package dev.auditwebhook.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.AuditEvent;
import dev.auditwebhook.CircuitOptions;
import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.WebhookVerticle;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A webhook on a real bus and a scripted receiver on a real socket. After each test the ledger must
 * be balanced.
 *
 * <p>With {@code -Dwebhook.test.store=file} every webhook keeps its events on disk, with the same
 * bounds.
 */
public abstract class WebhookTest {

  @TempDir protected Path directory;

  protected Vertx vertx;

  /** Where receivers live, so that they outlive the webhook's Vert.x. */
  protected Vertx elsewhere;

  protected ScriptedReceiver receiver;
  protected WebhookClient client;
  protected String deployment;

  @BeforeEach
  void startReceiver() {
    vertx = newVertx();
    elsewhere = Vertx.vertx();
    receiver = ScriptedReceiver.start(elsewhere);
    client = WebhookClient.create(vertx);
  }

  /** The Vert.x of the webhook. */
  protected Vertx newVertx() {
    return Vertx.vertx();
  }

  @AfterEach
  void checkLedgerAndClose() {
    try {
      if (deployment != null) {
        assertThat(state().isBalanced()).as("ledger %s", state().json()).isTrue();
      }
    } finally {
      result(Future.join(vertx.close(), elsewhere.close()));
    }
  }

  /** Options with short times, and the receiver's URL. */
  protected WebhookOptions options() {
    return new WebhookOptions()
        .setUrl(receiver.url())
        .setInitialBackoff(20)
        .setJitter(0)
        .setCircuitBreaker(new CircuitOptions().setMaxFailures(1000))
        .setDrainTimeout(300);
  }

  protected void deploy(WebhookOptions options) {
    deployment = result(vertx.deployVerticle(new WebhookVerticle(onStore(options, directory))));
  }

  /** The options with the store that this run tests, unless they have chosen one. */
  public static WebhookOptions onStore(WebhookOptions options, Path directory) {
    boolean chosen = options.getStore().getType().equals(StoreOptions.FILE);
    return chosen || !"file".equals(System.getProperty("webhook.test.store"))
        ? options
        : options.setStore(
            new StoreOptions()
                .setType(StoreOptions.FILE)
                .setPath(directory.resolve(options.getAddress()).toString())
                .setSyncInterval(1)
                .setMaxEvents(options.getQueueCapacity()));
  }

  protected void undeploy() {
    String id = deployment;
    deployment = null;
    result(vertx.undeploy(id));
  }

  protected void publish(String action, Object details) {
    client.publish(AuditEvent.of(action, details));
  }

  protected void publish(int events) {
    for (int i = 1; i <= events; i++) {
      publish("node.registered", new JsonObject().put("n", i));
    }
  }

  protected WebhookClient.State state() {
    return result(client.get());
  }

  /** Waits until the state is as wanted, and checks the ledger at every look. */
  protected WebhookClient.State awaitState(Predicate<WebhookClient.State> wanted) {
    return await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(10))
        .until(
            () -> {
              WebhookClient.State state = state();
              assertThat(state.isBalanced()).as("ledger %s", state.json()).isTrue();
              return state;
            },
            wanted);
  }

  /** Waits until nothing is pending after so many entries arrived. */
  protected WebhookClient.State awaitSettled(long received) {
    return awaitState(state -> state.received() == received && state.pending() == 0);
  }

  protected JsonObject request(String address, Object body) {
    return result(vertx.eventBus().<JsonObject>request(address, body)).body();
  }

  /** The failure that a request must end in. */
  protected ReplyException refusal(Future<?> request) {
    try {
      result(request);
    } catch (ReplyException e) {
      return e;
    }
    throw new AssertionError("the request was served");
  }

  protected static <T> T result(Future<T> future) {
    try {
      return future.await(20, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no result in time", e);
    }
  }
}
