package dev.auditwebhook.process;

import static dev.auditwebhook.testing.Effect.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.testing.Effect;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * An outage in which many more events come than memory holds, a kill, and the end of the outage.
 * {@code -Dstore.parked=1000000} makes a trial run of it, whose figures are printed.
 */
class ParkedEventsTest {

  private static final int EVENTS = Integer.getInteger("store.parked", 5_000);
  private static final int PRODUCERS = 64;
  private static final Duration LIMIT = Duration.ofMinutes(15);
  private static final Pattern HEAP = Pattern.compile("(\\d+)M->(\\d+)M\\((\\d+)M\\)");

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();
  private final BitSet delivered = new BitSet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicLong firstDelivery = new AtomicLong();

  @Test
  void allAreAcceptedInBoundedMemoryAndDeliveredAfterTheOutage() throws Exception {
    receiver.recording(false);
    receiver.usually(status(503));
    JsonObject options = new JsonObject().put("url", receiver.url());

    try (StoreService service = start(options, "parked")) {
      long start = System.nanoTime();
      for (int i = 0; i < PRODUCERS; i++) {
        produce(service);
      }
      await().atMost(LIMIT).until(() -> accepted.get() == EVENTS);
      tell("accepted", EVENTS, "events in", seconds(start), "s");
      JsonObject state = service.state();
      assertThat(state.getLong("pending")).isEqualTo(EVENTS);
      assertThat(state.getLong("failed")).isZero();
      service.process().kill();
    }
    tellHeap("parked");
    tell("file size", fileSize(), "bytes,", fileSize() / EVENTS, "an event");

    receiver.usually(this::receive);
    long start = System.nanoTime();
    try (StoreService service = start(options, "after")) {
      await().atMost(LIMIT).until(() -> firstDelivery.get() != 0);
      tell("first delivery", (firstDelivery.get() - start) / 1_000_000, "ms after the start");
      service
          .process()
          .err()
          .lines()
          .filter(line -> line.contains("Recovered"))
          .forEach(line -> tell(line));
      await()
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(100))
          .until(() -> service.state().getLong("pending") == 0);
      tell("all delivered", seconds(start), "s after the start");
      assertThat(delivered.cardinality()).isEqualTo(EVENTS);

      long empty = System.nanoTime();
      await().atMost(LIMIT).until(() -> fileSize() < 8 << 20);
      tell("file size", fileSize(), "bytes", seconds(empty), "s after that");
    }
    tellHeap("after");
  }

  private StoreService start(JsonObject options, String name) throws IOException {
    return StoreService.start(
        webhook.directory(),
        options,
        List.of(),
        List.of("-Xmx256m", "-Xlog:gc:file=" + webhook.directory().resolve(name + ".log")));
  }

  private void produce(StoreService service) {
    int number = begun.incrementAndGet();
    if (number > EVENTS) {
      return;
    }
    JsonObject details =
        new JsonObject().put("node", "edge-" + number).put("zone", "north").put("healthy", true);
    service
        .post(new JsonObject().put("action", "node.registered").put("details", details))
        .onComplete(
            answer -> {
              if (answer.statusCode() == 202) {
                accepted.incrementAndGet();
              }
              produce(service);
            },
            failure -> tell("not accepted:", failure));
  }

  private Effect receive(ScriptedReceiver.Received request) {
    firstDelivery.compareAndSet(0, System.nanoTime());
    delivered.set((int) request.eventId());
    return status(204);
  }

  private long fileSize() throws IOException {
    return Files.size(webhook.directory().resolve("data/events.mv"));
  }

  private static long seconds(long since) {
    return (System.nanoTime() - since) / 1_000_000_000;
  }

  private static void tell(Object... words) {
    StringBuilder line = new StringBuilder("parked:");
    for (Object word : words) {
      line.append(' ').append(word);
    }
    System.out.println(line);
  }

  private void tellHeap(String name) throws IOException {
    int before = 0;
    int after = 0;
    Matcher matcher = HEAP.matcher(Files.readString(webhook.directory().resolve(name + ".log")));
    while (matcher.find()) {
      before = Math.max(before, Integer.parseInt(matcher.group(1)));
      after = Math.max(after, Integer.parseInt(matcher.group(2)));
    }
    tell("heap", name, "at most", before, "MiB, after a collection at most", after, "MiB");
  }
}
