package dev.auditwebhook.process;

import static dev.auditwebhook.testing.Effect.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.testing.Effect;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code kill -9} under load, again and again: what was acknowledged arrives. */
class KillTest {

  private static final int KILLS = 20;
  private static final int PRODUCERS = 16;

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();
  private final Random random = new Random();
  private final AtomicLong numbers = new AtomicLong();

  /** The number in each acknowledged entry, by event id. */
  private final Map<Long, Long> acknowledged = new ConcurrentHashMap<>();

  private final Map<Long, Long> delivered = new ConcurrentHashMap<>();
  private final Map<Long, String> messageIds = new ConcurrentHashMap<>();
  private final Map<Long, Integer> times = new ConcurrentHashMap<>();
  private final List<String> wrong = new CopyOnWriteArrayList<>();

  @Test
  void everyAcknowledgedEntryArrivesAndNoIdIsUsedTwice() throws Exception {
    receiver.recording(false);
    receiver.usually(this::receive);
    JsonObject options =
        new JsonObject()
            .put("url", receiver.url())
            .put("initialBackoff", 20)
            .put("maxAttempts", 50)
            .put("queueCapacity", 100)
            .put("circuitBreaker", new JsonObject().put("maxFailures", 100_000));

    for (int kill = 0; kill < KILLS; kill++) {
      try (StoreService service = StoreService.start(webhook.directory(), options)) {
        service.state();
        long before = acknowledged.size();
        for (int i = 0; i < PRODUCERS; i++) {
          produce(service);
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> acknowledged.size() > before);
        webhook.elsewhere().timer(1 + random.nextInt(500), TimeUnit.MILLISECONDS).await();
        service.process().kill();
      }
    }
    try (StoreService service = StoreService.start(webhook.directory(), options)) {
      await().atMost(Duration.ofSeconds(60)).until(() -> service.state().getLong("pending") == 0);
      assertThat(service.state().getLong("failed")).isZero();
      assertThat(service.state().getValue("warning")).isNull();
    }

    List<Long> lost =
        acknowledged.keySet().stream().filter(id -> !delivered.containsKey(id)).toList();
    System.out.printf(
        "%d kills: %d acknowledged, %d delivered more than once, %d lost%n",
        KILLS,
        acknowledged.size(),
        times.values().stream().filter(n -> n > 1).count(),
        lost.size());
    assertThat(lost).isEmpty();
    assertThat(wrong).isEmpty();
    acknowledged.forEach((id, number) -> assertThat(delivered.get(id)).isEqualTo(number));
    assertThat(messageIds.values()).doesNotHaveDuplicates();
  }

  /** Posts one entry after the other, until the service is gone. */
  private void produce(StoreService service) {
    long number = numbers.incrementAndGet();
    service
        .post(
            new JsonObject()
                .put("action", "node.registered")
                .put("details", new JsonObject().put("number", number)))
        .onSuccess(
            answer -> {
              if (answer.statusCode() == 202) {
                Long other =
                    acknowledged.put(answer.bodyAsJsonObject().getLong("event_id"), number);
                if (other != null) {
                  wrong.add("event id given to entries " + other + " and " + number);
                }
              }
              produce(service);
            });
  }

  private Effect receive(ScriptedReceiver.Received request) {
    if (random.nextInt(10) == 0) {
      return status(503);
    }
    long id = request.eventId();
    long number = request.json().getJsonObject("details").getLong("number");
    Long otherNumber = delivered.put(id, number);
    if (otherNumber != null && otherNumber != number) {
      wrong.add("event " + id + " is entries " + otherNumber + " and " + number);
    }
    String messageId = request.messageId();
    String otherId = messageIds.put(id, messageId);
    if (otherId != null && !otherId.equals(messageId)) {
      wrong.add("event " + id + " has message ids " + otherId + " and " + messageId);
    }
    times.merge(id, 1, Integer::sum);
    return status(204);
  }
}
