package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.AuditEvent;
import dev.auditwebhook.BatchOptions;
import dev.auditwebhook.CircuitOptions;
import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookClient.Accepted;
import dev.auditwebhook.WebhookClient.State;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.SentEvents;
import dev.auditwebhook.testing.WebhookExtension;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

/**
 * Whatever happens to several endpoints in whatever order, every event is in one place of the
 * ledger of each, and none is sent what it did not want or what came before it.
 */
@EveryStore
class ManyLedgersPropertyTest {

  enum Step {
    ENTRY,
    BURST,
    PUT,
    REMOVE,
    PAUSE,
    RESUME,
    DISABLE,
    SET_URL,
    REDRIVE,
    PURGE,
    REDEPLOY,
    WAIT_FOR_AN_ATTEMPT
  }

  private static final List<String> IDS = List.of("default", "configured", "a", "b", "c");
  private static final List<String> ACTIONS = List.of("user.login", "user.read", "node.lost");
  private static final List<List<String>> FILTERS =
      List.of(List.of("*"), List.of("user.*"), List.of("user.*", "!user.read"), List.of("!node.*"));
  private static final int[] STATUSES = {
    200, 204, 204, 204, 204, 303, 400, 404, 408, 410, 413, 429, 500, 503
  };

  private WebhookExtension webhook;
  private ScriptedReceiver receiver;
  private Random random;
  private long sent;

  /** How many entries had come when each endpoint was made. */
  private final Map<String, Long> madeAt = new HashMap<>();

  /** Which event was the last one when each endpoint was made. */
  private final Map<String, Long> lastBefore = new HashMap<>();

  private long lastId;

  /** What the configuration says of its endpoint; it may be taken out. */
  private EndpointOptions configured;

  private boolean isConfigured;

  @BeforeTry
  void start() {
    webhook = new WebhookExtension();
    receiver = webhook.receiver();
    madeAt.clear();
    lastBefore.clear();
    sent = 0;
    lastId = 0;
    configured = null;
  }

  @AfterTry
  void close() {
    webhook.close();
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return Arbitraries.of(Step.class).list().ofMinSize(10).ofMaxSize(60);
  }

  @Property(tries = 25, shrinking = ShrinkingMode.OFF)
  void allBalanceAfterEachStep(@ForAll("steps") List<Step> steps, @ForAll long seed) {
    random = new Random(seed);
    receiver.usually(request -> status(STATUSES[random.nextInt(STATUSES.length)]));
    isConfigured = true;
    made("default");
    made("configured");
    edit();
    deploy();
    for (Step step : steps) {
      take(step);
      Map<String, State> states = webhook.states();
      assertThat(states.keySet()).as("after %s", step).isEqualTo(madeAt.keySet());
      states.forEach(
          (id, state) ->
              assertThat(state.received())
                  .as("after %s: %s", step, state.json())
                  .isEqualTo(sent - madeAt.get(id)));
    }
    receiver.usually(status(204));
    for (String id : madeAt.keySet()) {
      webhook.put(id, options(id).setActions(List.of("*")));
      result(webhook.client().endpoint(id).resume());
    }
    for (String id : madeAt.keySet()) {
      State end = webhook.awaitSettled(id, sent - madeAt.get(id));
      assertThat(end.dlqSize() + end.dlqEvicted()).isLessThanOrEqualTo((int) end.failed());
    }
    receiver.requests().forEach(this::check);
  }

  private EndpointOptions options(String id) {
    return new EndpointOptions()
        .setUrl(url(id))
        .setActions(FILTERS.get(random.nextInt(FILTERS.size())))
        .setFormat(random.nextBoolean() ? "event" : "ndjson")
        .setBatch(new BatchOptions().setMaxEvents(1 + random.nextInt(4)).setMaxDelay(2))
        .setInitialBackoff(3)
        .setAttemptTimeout(2_000)
        .setQueueCapacity(5 + random.nextInt(20))
        .setMaxInFlight(1 + random.nextInt(4))
        .setDlqCapacity(random.nextInt(6))
        .setCircuitBreaker(new CircuitOptions().setMaxFailures(3).setResetTimeout(10));
  }

  /** Says since when the endpoint is there. */
  private String url(String id) {
    return receiver.url("/" + id + "/" + lastBefore.getOrDefault(id, lastId));
  }

  private void check(Received request) {
    long before = Long.parseLong(request.path().split("/")[2]);
    boolean lines = "application/x-ndjson".equals(request.headers().get("content-type"));
    assertThat(SentEvents.ids(lines ? "ndjson" : "event", request))
        .as(request.path())
        .isNotEmpty()
        .doesNotHaveDuplicates()
        .isSorted()
        .allMatch(id -> id > before, "arrived after the endpoint was made");
  }

  private void deploy() {
    WebhookOptions all =
        webhook
            .options()
            .setUrl(url("default"))
            .setDrainTimeout(20)
            .setQueueCapacity(30)
            .setInitialBackoff(3);
    if (isConfigured) {
      all.putEndpoint("configured", configured);
    }
    webhook.deploy(all);
  }

  private void edit() {
    int backoff = configured == null ? 3 : (int) configured.getInitialBackoff() + 1;
    configured = new EndpointOptions().setUrl(url("configured")).setInitialBackoff(backoff);
  }

  private void made(String id) {
    madeAt.putIfAbsent(id, sent);
    lastBefore.putIfAbsent(id, lastId);
  }

  private void gone(String id) {
    madeAt.remove(id);
    lastBefore.remove(id);
  }

  private String any() {
    return IDS.get(random.nextInt(IDS.size()));
  }

  private void take(Step step) {
    String id = any();
    WebhookClient one = webhook.client().endpoint(id);
    boolean isThere = madeAt.containsKey(id);
    switch (step) {
      case ENTRY -> entry();
      case BURST -> {
        for (int i = 0; i < 12; i++) {
          entry();
        }
      }
      case PUT -> {
        assertThat(webhook.put(id, options(id))).isEqualTo(!isThere);
        made(id);
      }
      case REMOVE -> {
        if (isThere && !id.equals("default")) {
          result(webhook.client().remove(id));
          gone(id);
        }
      }
      case PAUSE -> result(one.pause().otherwiseEmpty());
      case RESUME -> result(one.resume().otherwiseEmpty());
      case DISABLE -> result(one.disable().otherwiseEmpty());
      case SET_URL -> result(one.setUrl(url(id) + "/set").otherwiseEmpty());
      case REDRIVE -> result(one.redrive().otherwiseEmpty());
      case PURGE -> result(one.purgeAll().otherwiseEmpty());
      case REDEPLOY -> redeploy();
      case WAIT_FOR_AN_ATTEMPT -> {
        if (isThere) {
          State before = webhook.state(id);
          if (before.pending() > 0 && before.enabled()) {
            webhook.awaitState(
                id,
                now ->
                    now.paused()
                        || now.retried() > before.retried()
                        || now.pending() < before.pending());
          }
        }
      }
    }
  }

  /** Sometimes the configuration has lost its endpoint, or has it again, or has edited it. */
  private void redeploy() {
    webhook.undeploy();
    boolean was = isConfigured;
    isConfigured = random.nextInt(3) > 0;
    boolean isAnother = isConfigured && (!was || random.nextBoolean());
    if (isAnother) {
      made("configured"); // If it was not there: removed at run time, or not configured.
      edit();
    } else if (!isConfigured && was) {
      gone("configured");
    }
    deploy();
  }

  private void entry() {
    String action = ACTIONS.get(random.nextInt(ACTIONS.size()));
    Accepted accepted = result(webhook.client().request(AuditEvent.of(action, "x")));
    assertThat(accepted.status()).isIn("queued", "dropped", "discarded");
    sent++;
    lastId = accepted.eventId() == null ? lastId : accepted.eventId();
  }
}
