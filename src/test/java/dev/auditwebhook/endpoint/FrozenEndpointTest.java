package dev.auditwebhook.endpoint;

import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.journal.Acceptance;
import dev.auditwebhook.journal.Journal;
import dev.auditwebhook.testing.Endpoints;
import dev.auditwebhook.testing.ScriptedEngine;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.Turn;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node is frozen while an attempt is on its way to the wire, and wakes up without its lease. */
class FrozenEndpointTest {

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Clock clock = new VertxClock(vertx);
  private final ScriptedEngine engine = new ScriptedEngine();
  private final ScriptedReceiver receiver = ScriptedReceiver.start(vertx);
  private final Promise<List<InetAddress>> addresses = Promise.promise();
  private final WebhookOptions options =
      new WebhookOptions()
          .setUrl("http://siem.example:" + receiver.port() + "/in")
          .setMaxAttempts(1)
          .setAllowPrivateNetworks(true);
  private Endpoint endpoint;

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private <T> T onContext(Callable<T> work) {
    return result(Turn.of(context, work));
  }

  private void accept(int events) {
    Journal journal = result(onContext(() -> Journal.open(engine, clock)));
    onContext(
        () -> {
          endpoint = Endpoints.reaching(vertx, clock, options, journal, addresses.future());
          Acceptance acceptance = new Acceptance(clock, journal, options.getMaxEntryBytes());
          for (int i = 0; i < events; i++) {
            acceptance.accept(new JsonObject().put("action", "user.login"), null);
          }
          return null;
        });
  }

  private long reported(String key) {
    return result(onContext(() -> endpoint.report(0))).getLong(key);
  }

  @Test
  void itsAttemptsAreMadeOnceItHasTheEndpointAgain() {
    accept(3);
    await().until(() -> reported("in_flight") == 3);

    onContext(
        () -> {
          engine.disown(EndpointOptions.DEFAULT_ID, true);
          return addresses.tryComplete(List.of(InetAddress.getLoopbackAddress()));
        });
    await().until(() -> reported("in_flight") == 0);
    assertThat(receiver.requests()).isEmpty();
    assertThat(reported("pending")).isEqualTo(3);

    onContext(
        () -> {
          engine.disown(EndpointOptions.DEFAULT_ID, false);
          endpoint.goOn();
          return null;
        });
    receiver.takeRequests(3);
    await().until(() -> reported("delivered") == 3);
    assertThat(receiver.eventIds()).containsExactlyInAnyOrder(1L, 2L, 3L);
    assertThat(reported("retried")).isZero();
    assertThat(reported("failed")).isZero();
  }
}
