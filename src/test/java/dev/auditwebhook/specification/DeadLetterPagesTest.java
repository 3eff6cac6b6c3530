package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import dev.auditwebhook.testing.Webhooks;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The dead-letter queue is read page by page, and no page is larger than 4 MiB. */
@EveryStore
class DeadLetterPagesTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private static final int MAX_BYTES = 4 << 20;

  private void deployWithDeadLetters(Object... details) {
    receiver.usually(status(400));
    receiver.recording(false);
    webhook.deploy(webhook.options().setMaxEntryBytes(16 << 20).setDlqCapacity(1_000));
    for (int i = 0; i < details.length; i++) {
      webhook.publish("node.registered", details[i]);
      webhook.awaitSettled(i + 1);
    }
  }

  private JsonObject page(int limit, long after) {
    JsonObject page =
        webhook.request("webhook.dlq", new JsonObject().put("limit", limit).put("after", after));
    assertThat(page.toBuffer().length()).isLessThanOrEqualTo(MAX_BYTES);
    assertThat(page.getInteger("count")).isEqualTo(events(page).size());
    return page;
  }

  private static List<JsonObject> events(JsonObject page) {
    return page.getJsonArray("events").stream().map(JsonObject.class::cast).toList();
  }

  private static List<Long> ids(JsonObject page) {
    return events(page).stream().map(event -> event.getLong("event_id")).toList();
  }

  /** Reads on from page to page, to the end. */
  private List<List<Long>> pages(int limit) {
    List<List<Long>> pages = new ArrayList<>();
    for (Long after = 0L; after != null; ) {
      JsonObject page = page(limit, after);
      pages.add(ids(page));
      after = page.getLong("next_after");
    }
    return pages;
  }

  private static Object[] times(int n, Object details) {
    return java.util.Collections.nCopies(n, details).toArray();
  }

  @Test
  void aPageThatItsLimitCutsSaysWhereToReadOn() {
    deployWithDeadLetters(times(5, null));

    assertThat(page(2, 0).fieldNames()).containsExactly("type", "count", "next_after", "events");
    assertThat(page(2, 0).getLong("next_after")).isEqualTo(2);
    assertThat(page(2, 3).getValue("next_after")).isNull();
    assertThat(page(2, 5).getValue("next_after")).isNull();
    assertThat(pages(2)).containsExactly(List.of(1L, 2L), List.of(3L, 4L), List.of(5L));
    assertThat(pages(5)).hasSize(1);
  }

  @Test
  void largeLettersAreSpreadOverPages() {
    deployWithDeadLetters(times(12, new JsonObject().put("text", "x".repeat(1_000_000))));

    List<List<Long>> pages = pages(10_000);

    assertThat(pages).extracting(List::size).containsExactly(4, 4, 4);
    assertThat(pages.stream().flatMap(List::stream)).isEqualTo(Webhooks.ids(1, 12));
  }

  @Test
  void whatRedactionMakesLongerCountsAsItIsShown() {
    Object tokens = new JsonArray(List.of(times(100_000, new JsonObject().put("token", 1))));
    deployWithDeadLetters(times(4, tokens));

    assertThat(pages(10_000)).containsExactly(List.of(1L), List.of(2L), List.of(3L), List.of(4L));
  }

  @Test
  void aLetterThatIsTooLargeForAReplyIsShownWithoutItsDetails() {
    JsonArray longerWhenRedacted =
        new JsonArray(List.of(times(300_000, new JsonObject().put("token", 1))));
    deployWithDeadLetters("small", "x".repeat(10_000_000), longerWhenRedacted, "last");

    List<JsonObject> events = new ArrayList<>();
    pages(1).forEach(ids -> events.addAll(events(page(1, ids.get(0) - 1))));

    assertThat(events)
        .extracting(event -> event.getValue("details"))
        .containsExactly("small", "<too large to show>", "<too large to show>", "last");
    assertThat(events).extracting(event -> event.getString("timestamp")).doesNotContainNull();
    assertThat(pages(10_000)).last().isEqualTo(List.of(3L, 4L));
  }

  @Test
  void anActionThatIsTooLargeIsNotShownEither() {
    receiver.usually(status(400));
    receiver.recording(false);
    webhook.deploy(webhook.options().setMaxEntryBytes(16 << 20));
    webhook.publish("\"".repeat(3_000_000), null);
    webhook.awaitSettled(1);

    JsonObject event = events(page(10, 0)).get(0);

    assertThat(event.getString("action")).isEqualTo("<too large to show>");
    assertThat(event.getString("timestamp")).isNotNull();
    assertThat(event.getInteger("status")).isEqualTo(400);
  }
}
