package dev.auditwebhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookTest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.awaitility.Awaitility;

/** Whatever happens in whatever order, every event is in one place of the ledger. */
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

  private Path directory;
  private Vertx vertx;
  private WebhookClient client;
  private ScriptedReceiver receiver;
  private ScriptedReceiver other;
  private boolean receiving;
  private long rejected;
  private long sent;
  private int batch;
  private String deployment;

  @BeforeTry
  void start() throws IOException {
    directory = Files.createTempDirectory("ledger");
    vertx = Vertx.vertx();
    client = WebhookClient.create(vertx);
    receiver = ScriptedReceiver.start(vertx);
    other = ScriptedReceiver.start(vertx);
    receiving = true;
    rejected = 0;
    sent = 0;
  }

  @AfterTry
  void close() throws IOException {
    result(vertx.close());
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return Arbitraries.of(Step.class).list().ofMinSize(5).ofMaxSize(40);
  }

  @Property(tries = 30, shrinking = ShrinkingMode.OFF)
  void theLedgerBalancesAfterEachStep(@ForAll("steps") List<Step> steps, @ForAll long seed) {
    Random random = new Random(seed);
    receiver.usually(
        request -> ScriptedReceiver.Answer.status(STATUSES[random.nextInt(STATUSES.length)]));
    batch = random.nextBoolean() ? 1 : 1 + random.nextInt(8);
    deploy();
    for (Step step : steps) {
      take(step);
      WebhookClient.State state = state();
      assertThat(state.isBalanced()).as("after %s: %s", step, state.json()).isTrue();
      assertThat(state.json().getLong("rejected")).isEqualTo(rejected);
      assertThat(state.received()).isEqualTo(sent);
      assertThat(state.pending()).isBetween(0L, 20L);
    }
    other.usually(ScriptedReceiver.Answer.status(204));
    result(client.setUrl(other.url("/end")));
    Awaitility.await().until(() -> state().pending() == 0);
    WebhookClient.State end = state();
    assertThat(end.isBalanced()).as("at the end: %s", end.json()).isTrue();
    assertThat(end.json().getLong("dlq_size") + end.json().getLong("dlq_evicted"))
        .isEqualTo(end.failed());
  }

  private void deploy() {
    deployment =
        result(
            vertx.deployVerticle(
                new WebhookVerticle(
                    WebhookTest.onStore(
                        new WebhookOptions()
                            .setUrl(receiver.url())
                            .setAttemptTimeout(2_000)
                            .setInitialBackoff(3)
                            .setCircuitBreaker(
                                new CircuitOptions().setMaxFailures(3).setResetTimeout(10))
                            .setDrainTimeout(20)
                            .setQueueCapacity(20)
                            .setMaxInFlight(4)
                            .setBatch(new BatchOptions().setMaxEvents(batch).setMaxDelay(2))
                            .setDlqCapacity(5),
                        directory))));
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
        vertx.eventBus().publish("audit.entry", new JsonObject().put("action", ""));
        rejected++;
      }
      case SET_URL -> result(client.setUrl(receiver.url()));
      case SET_OTHER_URL -> result(client.setUrl(other.url()));
      case REFUSED_URL -> result(client.setUrl("nowhere").otherwiseEmpty());
      case DISABLE -> result(client.disable());
      case REDEPLOY -> {
        result(vertx.undeploy(deployment));
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
        WebhookClient.State state = state();
        if (state.pending() > 0 && state.enabled()) {
          Awaitility.await()
              .until(
                  () -> {
                    JsonObject now = state().json();
                    return now.getLong("retried") > state.json().getLong("retried")
                        || now.getLong("pending") < state.pending();
                  });
        }
      }
    }
  }

  private void entry() {
    result(client.request(AuditEvent.of("node.registered", "x")));
    sent++;
  }

  private WebhookClient.State state() {
    return result(client.get());
  }

  private static <T> T result(Future<T> future) {
    try {
      return future.await(20, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no result in time", e);
    }
  }
}
