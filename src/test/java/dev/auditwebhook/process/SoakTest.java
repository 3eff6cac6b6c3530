package dev.auditwebhook.process;

import static dev.auditwebhook.testing.Effect.close;
import static dev.auditwebhook.testing.Effect.silence;
import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.circuit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.testing.Effect;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A long run against a receiver that misbehaves in every way and recovers. {@code
 * -Dsoak.events=100000} makes it as long as wanted.
 */
class SoakTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private static final int EVENTS = Integer.getInteger("soak.events", 6_000);
  private static final Buffer HUGE = Buffer.buffer(new byte[16 << 20]);

  private static Effect huge() {
    return (vertx, request) -> request.response().setStatusCode(200).end(HUGE);
  }

  @Test
  void theHeapStaysFlatAndTheLedgerBalances() {
    AtomicInteger seen = new AtomicInteger();
    receiver.recording(false);
    receiver.usually(
        request ->
            switch (seen.incrementAndGet() / (EVENTS / 12)) {
              case 1 -> seen.get() % 10 == 0 ? huge() : status(204);
              case 3 -> seen.get() % 50 == 0 ? silence() : status(204);
              case 5 -> seen.get() % 3 == 0 ? close() : status(204);
              case 7 -> status(503);
              default -> status(204);
            });
    webhook.deploy(
        circuit(webhook.options(), 20, 5)
            .setAttemptTimeout(500)
            .setQueueCapacity(2_000)
            .setMaxAttempts(20));
    long early = 0;
    for (int sent = 0; sent < EVENTS; sent += 500) {
      for (int i = 0; i < 500; i++) {
        webhook.publish("node.registered", new JsonObject().put("text", "x".repeat(500)));
      }
      long received = sent + 500;
      await()
          .atMost(Duration.ofSeconds(60))
          .until(webhook::state, state -> state.received() == received && state.pending() < 1_000);
      if (sent == 500) {
        early = usedHeap();
      }
    }
    WebhookClient.State end = webhook.awaitSettled(EVENTS);
    long late = usedHeap();

    assertThat(end.dropped()).isZero();
    assertThat(end.delivered() + end.failed()).isEqualTo(EVENTS);
    assertThat(late - early).as("heap from %d to %d bytes", early, late).isLessThan(48 << 20);
    System.out.printf(
        "soak: %d events, %d delivered, %d failed, %d retried; heap %.1f MiB early, %.1f MiB at the end%n",
        EVENTS, end.delivered(), end.failed(), end.retried(), early / 1048576.0, late / 1048576.0);
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
