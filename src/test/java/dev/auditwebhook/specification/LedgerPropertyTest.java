package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.batches;
import static dev.auditwebhook.testing.Webhooks.circuit;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.AuditEvent;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

/** Whatever happens in whatever order, every event is in one place of the ledger. */
@EveryStore
class LedgerPropertyTest {

  enum Step {
    ENTRY,
    BURST,
    BAD_ENTRY,
    SET_URL,
    SET_OTHER_URL,
    REFUSED_URL,
    DISABLE,
    REDEPLOY,
    RECEIVER_STOPS,
    RECEIVER_STARTS,
    WAIT_FOR_AN_ATTEMPT
  }

  private static final int[] STATUSES = {
    200, 204, 204, 204, 303, 400, 404, 408, 410, 429, 500, 503
  };

  private WebhookExtension webhook;
  private ScriptedReceiver receiver;
  private ScriptedReceiver other;
  private boolean receiving;
  private long rejected;
  private long sent;
  private int batch;

  @BeforeTry
  void start() {
    webhook = new WebhookExtension();
    receiver = webhook.receiver();
    other = webhook.anotherReceiver();
    receiving = true;
    rejected = 0;
    sent = 0;
  }

  @AfterTry
  void close() {
    webhook.close();
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return Arbitraries.of(Step.class).list().ofMinSize(5).ofMaxSize(40);
  }

  @Property(tries = 30, shrinking = ShrinkingMode.OFF)
  void theLedgerBalancesAfterEachStep(@ForAll("steps") List<Step> steps, @ForAll long seed) {
    Random random = new Random(seed);
    receiver.usually(request -> status(STATUSES[random.nextInt(STATUSES.length)]));
    batch = random.nextBoolean() ? 1 : 1 + random.nextInt(8);
    deploy();
    for (Step step : steps) {
      take(step);
      WebhookClient.State state = webhook.state();
      assertThat(state.rejected()).as("after %s: %s", step, state.json()).isEqualTo(rejected);
      assertThat(state.received()).isEqualTo(sent);
      assertThat(state.pending()).isBetween(0L, 20L);
    }
    other.usually(status(204));
    result(webhook.client().setUrl(other.url("/end")));
    WebhookClient.State end = webhook.awaitSettled(sent);
    assertThat(end.dlqSize() + end.dlqEvicted()).isEqualTo(end.failed());
  }

  private void deploy() {
    webhook.deploy(
        batches(circuit(webhook.options(), 3, 10), batch, 2)
            .setAttemptTimeout(2_000)
            .setInitialBackoff(3)
            .setJitter(0.1)
            .setDrainTimeout(20)
            .setQueueCapacity(20)
            .setMaxInFlight(4)
            .setDlqCapacity(5));
  }

  private void take(Step step) {
    switch (step) {
      case ENTRY -> entry();
      case BURST -> {
        for (int i = 0; i < 12; i++) {
          entry();
        }
      }
      case BAD_ENTRY -> {
        webhook.vertx().eventBus().publish("audit.entry", new JsonObject().put("action", ""));
        rejected++;
      }
      case SET_URL -> result(webhook.client().setUrl(receiver.url()));
      case SET_OTHER_URL -> result(webhook.client().setUrl(other.url()));
      case REFUSED_URL -> result(webhook.client().setUrl("nowhere").otherwiseEmpty());
      case DISABLE -> result(webhook.client().disable());
      case REDEPLOY -> {
        webhook.undeploy();
        deploy();
      }
      case RECEIVER_STOPS -> {
        if (receiving) {
          receiver.stop();
          receiving = false;
        }
      }
      case RECEIVER_STARTS -> {
        if (!receiving) {
          receiver.start();
          receiving = true;
        }
      }
      case WAIT_FOR_AN_ATTEMPT -> {
        WebhookClient.State before = webhook.state();
        if (before.pending() > 0 && before.enabled()) {
          webhook.awaitState(
              now -> now.retried() > before.retried() || now.pending() < before.pending());
        }
      }
    }
  }

  private void entry() {
    result(webhook.client().request(AuditEvent.of("node.registered", "x")));
    sent++;
  }
}
