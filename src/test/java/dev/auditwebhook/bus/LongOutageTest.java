package dev.auditwebhook.bus;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.ids;
import static dev.auditwebhook.testing.Webhooks.onStore;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.auditwebhook.CircuitOptions;
import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookClient.State;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.security.GuardedResolver;
import dev.auditwebhook.security.VertxResolver;
import dev.auditwebhook.testing.Effect;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.HastenedClock;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One endpoint is down for an hour while nine others go on. */
@EveryStore
class LongOutageTest {

  private static final int TURNS = 120;
  private static final int EVENTS_A_TURN = 10;
  private static final int EVENTS = TURNS * EVENTS_A_TURN;
  private static final long HOUR = 3_600_000;
  private static final int CAPACITY_IN_MEMORY = 500;
  private static final List<String> NINE =
      Stream.concat(Stream.of("default"), IntStream.range(1, 9).mapToObj(n -> "e" + n)).toList();

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();
  private final ScriptedReceiver down = webhook.anotherReceiver();
  private final HastenedClock clock = new HastenedClock(webhook.vertx());
  private final Map<String, Set<Long>> taken = new ConcurrentHashMap<>();

  private final class HastenedVerticle extends VerticleBase {
    private final WebhookOptions options;
    private Webhook hastened;

    HastenedVerticle(WebhookOptions options) {
      this.options = options;
    }

    @Override
    public Future<?> start() {
      GuardedResolver resolver =
          new GuardedResolver(new VertxResolver(vertx), true, System::currentTimeMillis);
      hastened = new Webhook(vertx, options, resolver, clock);
      return hastened.start();
    }

    @Override
    public Future<?> stop() {
      return hastened.stop();
    }
  }

  private void deploy() {
    WebhookOptions options = webhook.options().setUrl(receiver.url("/default"));
    options.setQueueCapacity(2 * EVENTS);
    NINE.stream().skip(1).forEach(id -> options.putEndpoint(id, one(receiver.url("/" + id))));
    options.putEndpoint(
        "down",
        one(down.url("/down"))
            .setQueueCapacity(CAPACITY_IN_MEMORY)
            .setInitialBackoff(1_000)
            .setCircuitBreaker(new CircuitOptions().setMaxFailures(5).setResetTimeout(100)));
    webhook.deploy(
        new HastenedVerticle(onStore(options, webhook.directory())), new DeploymentOptions());
  }

  private EndpointOptions one(String url) {
    return webhook.endpoint(receiver).setUrl(url);
  }

  private Effect take(ScriptedReceiver.Received request) {
    taken
        .computeIfAbsent(request.path().substring(1), path -> new ConcurrentSkipListSet<>())
        .add(request.eventId());
    return status(204);
  }

  @Test
  void theOthersDoNotNotice() {
    assumeThat(System.getProperty("webhook.test.store"))
        .as("leases of a database's clock do not outlast an hour that is turned")
        .isNotEqualTo("postgres");
    for (ScriptedReceiver each : List.of(receiver, down)) {
      each.recording(false);
      each.usually(this::take);
    }
    down.stop();
    deploy();
    Instant start = Instant.ofEpochMilli(clock.now());
    try (LogLines log = new LogLines()) {
      for (long turn = 1; turn <= TURNS; turn++) {
        webhook.publish(EVENTS_A_TURN);
        for (String id : NINE) {
          webhook.awaitSettled(id, turn * EVENTS_A_TURN);
        }
        result(clock.turn(HOUR / TURNS));
      }
      assertThat(log.all().stream().filter(line -> line.contains("Endpoint down has no room")))
          .as("a line in 10 s at most")
          .hasSizeLessThanOrEqualTo((int) (HOUR / 10_000) + 1);
    }

    Map<String, State> states = webhook.states();
    for (String id : NINE) {
      State state = states.get(id);
      assertThat(state.delivered()).as("%s", state.json()).isEqualTo(EVENTS);
      assertThat(state.dropped() + state.retried() + state.failed()).isZero();
      assertThat(taken.get(id)).isEqualTo(new TreeSet<>(ids(1, EVENTS)));
    }
    State waiting = states.get("down");
    assertThat(waiting.circuit()).isNotEqualTo("closed");
    assertThat(waiting.failed()).as("an outage costs no event its attempts").isZero();
    assertThat(waiting.pending() + waiting.dropped()).isEqualTo(EVENTS);
    assertThat(waiting.oldestPending()).isBetween(start, start.plusSeconds(60));
    assertThat(clock.now()).isGreaterThan(start.toEpochMilli() + HOUR);
    assertThat(result(clock.timers())).as("timers of ten endpoints").isLessThan(30);

    down.start();
    State end = webhook.awaitSettled("down", EVENTS);
    assertThat(end.delivered()).isEqualTo(waiting.pending());
    assertThat(taken.get("down"))
        .as("the oldest are kept")
        .isEqualTo(new TreeSet<>(ids(1, waiting.pending())));
  }
}
