package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Webhooks.refusal;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.auditwebhook.AuditEvent;
import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.testing.Effect;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.OneStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
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
import org.junit.jupiter.api.extension.RegisterExtension;

/** More entries than can be delivered, as fast as they can be published. */
@EveryStore
class FloodTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private static final int FLOOD = 200_000;
  private static final int CAPACITY = 64;

  /** Shared on the bus without a copy, and nothing that JSON has. */
  private record Opaque() implements Shareable {}

  private void flood(int entries) {
    for (int i = 0; i < entries; i++) {
      webhook
          .vertx()
          .eventBus()
          .publish(
              "audit.entry", new JsonObject().put("action", "node.registered").put("details", i));
    }
  }

  @Test
  void eventsGoOutWhileAFloodComesInAndEachEntryIsCounted() {
    assumeThat(System.getProperty("webhook.test.store"))
        .as("room is known once a commit there, and 64 events are soon out")
        .isNotEqualTo("postgres");
    receiver.recording(false);
    webhook.deploy(webhook.options().setQueueCapacity(CAPACITY));

    flood(FLOOD);

    WebhookClient.State state = webhook.awaitSettled(FLOOD);
    assertThat(state.delivered()).isGreaterThan(10 * CAPACITY);
    assertThat(state.delivered() + state.dropped()).isEqualTo(FLOOD);
  }

  @Test
  void everyRequestGetsItsReplyDuringAFlood() {
    receiver.recording(false);
    webhook.deploy(webhook.options().setQueueCapacity(CAPACITY));

    CompletableFuture<Void> flood = CompletableFuture.runAsync(() -> flood(FLOOD));
    List<Future<WebhookClient.Accepted>> replies = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      replies.add(webhook.client().request(AuditEvent.of("asked", i)));
      webhook.state();
    }
    flood.join();

    Set<Long> ids = new HashSet<>();
    for (Future<WebhookClient.Accepted> reply : replies) {
      WebhookClient.Accepted accepted = result(reply);
      assertThat(accepted.status()).isIn("queued", "dropped");
      ids.add(accepted.eventId());
    }
    assertThat(ids).hasSize(500);
    webhook.awaitSettled(FLOOD + 500);
  }

  @Test
  void whatWasPublishedBeforeAnUndeployIsCounted() {
    receiver.recording(false);
    webhook.deploy(webhook.options().setQueueCapacity(CAPACITY));

    flood(50_000);
    webhook.undeploy();

    webhook.deploy(webhook.options().setQueueCapacity(CAPACITY));
    assertThat(webhook.state().received()).isEqualTo(50_000);
  }

  @Test
  void anEntryThatThereIsNoRoomForIsNotEncoded() {
    receiver.usually(Effect.silence());
    webhook.deploy(webhook.options().setQueueCapacity(1).setMaxEntryBytes(100));
    Object[] notFit = {new Opaque(), "x".repeat(100)};
    for (Object details : notFit) {
      assertThat(refusal(webhook.client().request(AuditEvent.of("asked", details))).failureCode())
          .isEqualTo(400);
    }
    webhook.publish(1);

    for (Object details : notFit) {
      assertThat(result(webhook.client().request(AuditEvent.of("asked", details))).status())
          .isEqualTo("dropped");
    }

    assertThat(webhook.refusal("audit.entry", new JsonObject()).failureCode()).isEqualTo(400);
    assertThat(webhook.state())
        .extracting(s -> s.received(), s -> s.dropped(), s -> s.rejected())
        .isEqualTo(tuple(3L, 2L, 3L).toList());
  }

  @Test
  @OneStore("it is on disk in any run")
  void droppedEntriesThatNobodyAsksAboutTakeNoMemory() {
    receiver.usually(Effect.silence());
    webhook.deploy(
        webhook
            .options()
            .setStore(
                new StoreOptions()
                    .setType(StoreOptions.FILE)
                    .setPath(webhook.directory().resolve("rarelyWritten").toString())
                    .setSyncInterval(10_000)
                    .setMaxEvents(10)));
    webhook.publish(10);
    webhook.awaitState(state -> state.pending() == 10);
    long before = usedMemory();

    flood(FLOOD);
    webhook.awaitState(state -> state.dropped() == FLOOD);

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
    webhook.deploy(webhook.options().setActions(List.of("user.*")));

    assertThat(result(webhook.client().request(AuditEvent.of("asked", new Opaque()))).status())
        .isEqualTo("discarded");
    assertThat(webhook.state().discarded()).isEqualTo(1);
  }

  @Test
  void dropsAreReportedOnceAnIntervalWithTheirNumber() {
    try (LogLines log = new LogLines()) {
      webhook.deploy(webhook.options().setQueueCapacity(10));
      for (int burst = 1; burst <= 5; burst++) {
        webhook.publish(200);
        webhook.awaitSettled(200L * burst);
      }
      long dropped = webhook.state().dropped();
      webhook.undeploy();

      List<Long> counts =
          counts(log, "WARN No room with 10 pending events: (\\d+) entr.* dropped.*");
      assertThat(warnings(log)).hasSameSizeAs(counts);
      assertThat(counts).startsWith(1L);
      assertThat(counts.stream().mapToLong(count -> count).sum()).isEqualTo(dropped);
    }
  }

  @Test
  void rejectedEntriesAreReportedOnceAnIntervalWithTheirNumber() {
    try (LogLines log = new LogLines()) {
      webhook.deploy();
      for (int i = 0; i < 300; i++) {
        webhook.vertx().eventBus().publish("audit.entry", new JsonObject().put("action", i));
      }
      webhook.awaitState(state -> state.rejected() == 300);
      webhook.undeploy();

      assertThat(warnings(log))
          .startsWith("WARN Entry rejected: action: must be a string, was a number");
      List<Long> counts =
          counts(
              log,
              "WARN (\\d+) entries rejected, the last one: action: must be a string, was a number");
      assertThat(warnings(log)).hasSize(1 + counts.size());
      assertThat(counts.stream().mapToLong(count -> count).sum()).isEqualTo(299);
    }
  }

  private static List<String> warnings(LogLines log) {
    return log.all().stream().filter(line -> line.startsWith("WARN")).toList();
  }

  /** The counts of matching lines: one at once, one an interval, one at the end. */
  private static List<Long> counts(LogLines log, String line) {
    Pattern pattern = Pattern.compile(line);
    List<Long> counts =
        warnings(log).stream()
            .map(pattern::matcher)
            .filter(Matcher::matches)
            .map(matcher -> Long.parseLong(matcher.group(1)))
            .toList();
    assertThat(counts.size()).as("%s", warnings(log)).isBetween(1, 10);
    return counts;
  }

  @Test
  void whatWasPublishedBeforeASetIsNotJudgedAfterIt() {
    webhook.deploy(webhook.options().setQueueCapacity(100_000).setDrainTimeout(50));
    webhook.publish(20_000);

    webhook.set("url", "");

    WebhookClient.State state = webhook.awaitState(s -> s.received() == 20_000);
    assertThat(state.discarded()).isZero();
  }

  @Test
  @OneStore("on disk, no more is on its way than 32 MiB")
  void aFloodThatFitsIntoMemoryIsNotDroppedByAWorker() {
    webhook.deploy(
        webhook.verticle(webhook.options().setQueueCapacity(2_000)),
        new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER));
    webhook.set("paused", true);

    for (int i = 0; i < 1_000; i++) {
      webhook.publish("large", "x".repeat(60_000));
    }

    WebhookClient.State state = webhook.awaitState(now -> now.received() == 1_000);
    assertThat(state.dropped()).isZero();
  }
}
