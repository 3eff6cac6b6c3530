package dev.auditwebhook.process;

import static dev.auditwebhook.testing.Effect.status;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.testing.Effect;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.SentEvents;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * {@code kill -9}, again and again, while ten endpoints are at ten different places: what was
 * acknowledged arrives at each that wants it, and no endpoint is sent what is another's.
 */
class TenPlacesKillTest {

  private static final int KILLS = 10;
  private static final int PRODUCERS = 16;
  private static final List<String> ACTIONS = List.of("user.login", "node.up", "node.lost");

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final Random random = new Random();
  private final AtomicLong numbers = new AtomicLong();

  /** The number in each acknowledged entry, by event id. */
  private final Map<Long, Long> acknowledged = new ConcurrentHashMap<>();

  /** The event ids that came at each path. */
  private final Map<String, Set<Long>> delivered = new ConcurrentHashMap<>();

  /** From which number on entries are for what was made at run time. */
  private final Map<String, Long> madeAt = new ConcurrentHashMap<>();

  private final Set<String> removed = ConcurrentHashMap.newKeySet();
  private final List<String> wrong = new CopyOnWriteArrayList<>();
  private volatile boolean isParked = true;

  private JsonObject options(String path, String... actions) {
    return new JsonObject()
        .put("url", webhook.receiver().url("/" + path))
        .put("actions", new JsonArray(List.of(actions)))
        .put("initialBackoff", 20)
        .put("maxAttempts", 50)
        .put("queueCapacity", 100)
        .put("circuitBreaker", new JsonObject().put("maxFailures", 100_000));
  }

  private JsonObject configuration() {
    JsonObject batches = new JsonObject().put("maxEvents", 20).put("maxDelay", 20);
    JsonObject endpoints =
        new JsonObject()
            .put("users", options("users", "user.*"))
            .put("nodes", options("nodes", "node.*", "!node.lost"))
            .put("one-by-one", options("one-by-one", "*").put("maxInFlight", 1))
            .put("failing", options("failing", "*"))
            .put("batches", options("batches", "*").put("batch", batches).put("format", "ndjson"))
            .put("paused", options("paused", "*"))
            .put(
                "parked",
                options("parked", "user.*")
                    .put(
                        "circuitBreaker",
                        new JsonObject().put("maxFailures", 3).put("resetTimeout", 100)));
    return options("default", "!node.lost").put("endpoints", endpoints);
  }

  private static boolean wants(String path, String action) {
    return switch (path.replaceAll("-\\d+$", "")) {
      case "default", "nodes" ->
          !action.equals("node.lost") && (path.equals("default") || !action.startsWith("user."));
      case "users", "parked" -> action.startsWith("user.");
      default -> true;
    };
  }

  @Test
  void whatIsAcknowledgedArrivesWhereItIsWantedAndNowhereElse() throws Exception {
    webhook.receiver().recording(false);
    webhook.receiver().usually(this::receive);
    for (int kill = 0; kill < KILLS; kill++) {
      try (StoreService service = start()) {
        if (kill == 0) {
          service.change(
              HttpMethod.PATCH, "/endpoints/paused", new JsonObject().put("paused", true));
          make(service, "made", "made");
        }
        removed.add("gone-" + (kill - 1)); // Not before: a request was perhaps on its way.
        make(service, "gone", "gone-" + kill);
        long before = acknowledged.size();
        for (int i = 0; i < PRODUCERS; i++) {
          produce(service);
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> acknowledged.size() > before + 200);
        webhook.elsewhere().timer(1 + random.nextInt(400), TimeUnit.MILLISECONDS).await();
        service.change(HttpMethod.DELETE, "/endpoints/gone", null);
        service.process().kill();
      }
    }
    assertThat(delivered.keySet()).doesNotContain("paused", "parked");
    isParked = false;
    try (StoreService service = start()) {
      removed.add("gone-" + (KILLS - 1));
      Map<String, JsonObject> states = service.states();
      assertThat(states).hasSize(9).doesNotContainKey("gone").containsKey("made");
      assertThat(states.get("paused").getBoolean("paused")).isTrue();
      service.change(HttpMethod.PATCH, "/endpoints/paused", new JsonObject().put("paused", false));
      await()
          .atMost(Duration.ofSeconds(90))
          .pollInterval(Duration.ofMillis(100))
          .until(() -> service.states().values().stream().allMatch(TenPlacesKillTest::isSettled));
    }

    assertThat(wrong).isEmpty();
    for (String path :
        List.of(
            "default",
            "users",
            "nodes",
            "one-by-one",
            "failing",
            "batches",
            "paused",
            "parked",
            "made")) {
      assertThat(lost(path)).as(path).isEmpty();
    }
    System.out.printf(
        "%d kills, ten endpoints: %d acknowledged, none lost, none astray%n",
        KILLS, acknowledged.size());
  }

  private StoreService start() throws IOException {
    return StoreService.start(webhook.directory(), configuration());
  }

  private static boolean isSettled(JsonObject state) {
    assertThat(state.getLong("failed") + state.getLong("dropped")).as("%s", state).isZero();
    assertThat(state.getString("warning")).isNull();
    return state.getLong("pending") == 0;
  }

  private Set<Long> lost(String path) {
    long from = madeAt.getOrDefault(path, 0L);
    return acknowledged.entrySet().stream()
        .filter(each -> each.getValue() > from && wants(path, action(each.getValue())))
        .map(Map.Entry::getKey)
        .filter(id -> !delivered.getOrDefault(path, Set.of()).contains(id))
        .collect(toCollection(TreeSet::new));
  }

  private void make(StoreService service, String id, String path) {
    long before = numbers.get();
    service.change(HttpMethod.PUT, "/endpoints/" + id, options(path, "*"));
    madeAt.put(path, numbers.get());
    assertThat(numbers.get()).as("nobody posts meanwhile").isEqualTo(before);
  }

  private static String action(long number) {
    return ACTIONS.get((int) (number % ACTIONS.size()));
  }

  /** Posts one entry after the other, until the service is gone. */
  private void produce(StoreService service) {
    long number = numbers.incrementAndGet();
    service
        .post(
            new JsonObject()
                .put("action", action(number))
                .put("details", new JsonObject().put("number", number)))
        .onSuccess(
            answer -> {
              if (answer.statusCode() == 202) {
                acknowledged.put(answer.bodyAsJsonObject().getLong("event_id"), number);
              }
              produce(service);
            });
  }

  private Effect receive(Received request) {
    String path = request.path().substring(1);
    if (path.equals("parked") && isParked || path.equals("failing") && random.nextInt(4) == 0) {
      return status(503);
    }
    if (removed.contains(path)) {
      wrong.add("a request for " + path + ", which was removed");
    }
    SentEvents.inflated(request).toString().lines().forEach(line -> take(path, line));
    return path.equals("one-by-one") ? status(204).after(3) : status(204);
  }

  private void take(String path, String line) {
    JsonObject event = new JsonObject(line);
    long number = event.getJsonObject("details").getLong("number");
    if (!wants(path, event.getString("action"))) {
      wrong.add(path + " was sent " + line);
    }
    if (number <= madeAt.getOrDefault(path, 0L)) {
      wrong.add(path + " was sent what arrived before it was made: " + line);
    }
    delivered
        .computeIfAbsent(path, each -> new ConcurrentSkipListSet<>())
        .add(event.getLong("event_id"));
  }
}
