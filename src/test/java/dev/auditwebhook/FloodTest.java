package dev.auditwebhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.ScriptedReceiver.Answer;
import dev.auditwebhook.testing.WebhookTest;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.core.shareddata.Shareable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** More entries than can be delivered, as fast as they can be published. */
class FloodTest extends WebhookTest {

  private static final int FLOOD = 200_000;
  private static final int CAPACITY = 64;

  /** Shared on the bus without a copy, and nothing that JSON has. */
  private record Opaque() implements Shareable {}

  private void flood(int entries) {
    for (int i = 0; i < entries; i++) {
      vertx
          .eventBus()
          .publish(
              "audit.entry", new JsonObject().put("action", "node.registered").put("details", i));
    }
  }

  @Test
  void eventsGoOutWhileAFloodComesInAndEachEntryIsCounted() {
    receiver.recording(false);
    deploy(options().setQueueCapacity(CAPACITY));

    flood(FLOOD);

    WebhookClient.State state = awaitSettled(FLOOD);
    assertThat(state.delivered()).isGreaterThan(10 * CAPACITY);
    assertThat(state.delivered() + state.dropped()).isEqualTo(FLOOD);
  }

  @Test
  void everyRequestGetsItsReplyDuringAFlood() {
    receiver.recording(false);
    deploy(options().setQueueCapacity(CAPACITY));

    CompletableFuture<Void> flood = CompletableFuture.runAsync(() -> flood(FLOOD));
    List<Future<WebhookClient.Accepted>> replies = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      replies.add(client.request(AuditEvent.of("asked", i)));
      state();
    }
    flood.join();

    Set<Long> ids = new HashSet<>();
    for (Future<WebhookClient.Accepted> reply : replies) {
      WebhookClient.Accepted accepted = result(reply);
      assertThat(accepted.status()).isIn("queued", "dropped");
      ids.add(accepted.eventId());
    }
    assertThat(ids).hasSize(500);
    awaitSettled(FLOOD + 500);
  }

  @Test
  void whatWasPublishedBeforeAnUndeployIsCounted() {
    receiver.recording(false);
    deploy(options().setQueueCapacity(CAPACITY));

    flood(50_000);
    undeploy();

    deploy(options().setQueueCapacity(CAPACITY));
    assertThat(state().received()).isEqualTo(50_000);
  }

  @Test
  void anEntryThatThereIsNoRoomForIsNotEncoded() {
    receiver.usually(Answer.silence());
    deploy(options().setQueueCapacity(1).setMaxEntryBytes(100));
    Object[] notFit = {new Opaque(), "x".repeat(100)};
    for (Object details : notFit) {
      assertThat(refusal(client.request(AuditEvent.of("asked", details))).failureCode())
          .isEqualTo(400);
    }
    publish(1);

    for (Object details : notFit) {
      assertThat(result(client.request(AuditEvent.of("asked", details))).status())
          .isEqualTo("dropped");
    }

    assertThat(refusal(vertx.eventBus().request("audit.entry", new JsonObject())).failureCode())
        .isEqualTo(400);
    assertThat(state())
        .extracting(s -> s.received(), s -> s.dropped(), s -> s.json().getLong("rejected"))
        .isEqualTo(tuple(3L, 2L, 3L).toList());
  }

  @Test
  void droppedEntriesThatNobodyAsksAboutTakeNoMemory() {
    receiver.usually(Answer.silence());
    deploy(
        options()
            .setStore(
                new StoreOptions()
                    .setType(StoreOptions.FILE)
                    .setPath(directory.resolve("rarelyWritten").toString())
                    .setSyncInterval(10_000)
                    .setMaxEvents(10)));
    publish(10);
    awaitState(state -> state.pending() == 10);
    long before = usedMemory();

    flood(FLOOD);
    awaitState(state -> state.dropped() == FLOOD);

    assertThat(usedMemory() - before).isLessThan(FLOOD * 50L);
  }

  private static long usedMemory() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void anEntryThatNobodyWantsIsNotEncoded() {
    deploy(options().setActions(List.of("user.*")));

    assertThat(result(client.request(AuditEvent.of("asked", new Opaque()))).status())
        .isEqualTo("discarded");
    assertThat(state().discarded()).isEqualTo(1);
  }

  @Test
  void dropsAreReportedOnceAnIntervalWithTheirNumber() {
    try (LogLines log = new LogLines()) {
      long start = System.nanoTime();
      deploy(options().setQueueCapacity(10));
      for (int burst = 1; burst <= 5; burst++) {
        publish(200);
        awaitSettled(200L * burst);
      }
      long dropped = state().dropped();
      undeploy();

      List<Long> counts =
          counts(log, start, "WARN No room with 10 pending events: (\\d+) entr.* dropped.*");
      assertThat(warnings(log)).hasSameSizeAs(counts);
      assertThat(counts).startsWith(1L);
      assertThat(counts.stream().mapToLong(count -> count).sum()).isEqualTo(dropped);
    }
  }

  @Test
  void rejectedEntriesAreReportedOnceAnIntervalWithTheirNumber() {
    try (LogLines log = new LogLines()) {
      long start = System.nanoTime();
      deploy(options());
      for (int i = 0; i < 300; i++) {
        vertx.eventBus().publish("audit.entry", new JsonObject().put("action", i));
      }
      awaitState(state -> state.json().getLong("rejected") == 300);
      undeploy();

      assertThat(warnings(log))
          .startsWith("WARN Entry rejected: action: must be a string, was a number");
      List<Long> counts =
          counts(
              log,
              start,
              "WARN (\\d+) entries rejected, the last one: action: must be a string, was a number");
      assertThat(warnings(log)).hasSize(1 + counts.size());
      assertThat(counts.stream().mapToLong(count -> count).sum()).isEqualTo(299);
    }
  }

  private static List<String> warnings(LogLines log) {
    return log.all().stream().filter(line -> line.startsWith("WARN")).toList();
  }

  /** The counts of matching lines: one at once, one an interval, one at the end. */
  private static List<Long> counts(LogLines log, long start, String line) {
    Pattern pattern = Pattern.compile(line);
    List<Long> counts =
        warnings(log).stream()
            .map(pattern::matcher)
            .filter(Matcher::matches)
            .map(matcher -> Long.parseLong(matcher.group(1)))
            .toList();
    long intervals = (System.nanoTime() - start) / 10_000_000_000L;
    assertThat(counts.size()).as("%s", warnings(log)).isBetween(1, (int) intervals + 2);
    return counts;
  }

  @Test
  void whatWasPublishedBeforeASetIsNotJudgedAfterIt() {
    deploy(options().setQueueCapacity(100_000).setDrainTimeout(50));
    publish(20_000);

    request("webhook.set", new JsonObject().put("url", ""));

    WebhookClient.State state = awaitState(s -> s.received() == 20_000);
    assertThat(state.discarded()).isZero();
  }
}
