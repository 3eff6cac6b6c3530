package dev.auditwebhook.bus;

import dev.auditwebhook.endpoint.DeadLetterQueue;
import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.endpoint.attempt.MessageIds;
import dev.auditwebhook.json.StrictJson;
import dev.auditwebhook.security.Redaction;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Reads the requests that concern dead letters and makes their replies. */
final class DeadLetterDesk {

  private final Vertx vertx;
  private final Endpoint endpoint;
  private final DeadLetterQueue letters;
  private final MessageIds messageIds;
  private final Redaction redaction;

  DeadLetterDesk(Vertx vertx, Endpoint endpoint, MessageIds messageIds, Redaction redaction) {
    this.vertx = vertx;
    this.endpoint = endpoint;
    this.letters = endpoint.deadLetters();
    this.messageIds = messageIds;
    this.redaction = redaction;
  }

  /** {@code webhook.dlq}. */
  Future<JsonObject> dlq(Object body) {
    StrictJson json = StrictJson.of("", body);
    int limit = json.whole("limit", 100, 1, 10_000);
    long after = json.whole("after", 0L, 0, Long.MAX_VALUE);
    json.end();
    return page(after, limit);
  }

  private Future<JsonObject> page(long after, int limit) {
    return letters
        .read(after, limit, DeadLetterPage.MAX_BYTES)
        .compose(
            read -> {
              if (read.isEmpty() && hasMoreAbove(after)) {
                return page(after, limit); // All that were to be read were evicted meanwhile.
              }
              // To read and redact megabytes of JSON takes long.
              return vertx
                  .executeBlocking(
                      () -> DeadLetterPage.of(read, messageIds::ofEvent, redaction), false)
                  .map(page -> page.toJson(this::hasMoreAbove));
            });
  }

  private boolean hasMoreAbove(long id) {
    return !letters.ids().tailSet(id + 1).isEmpty();
  }

  /** {@code webhook.dlq.redrive}. */
  Future<JsonObject> redrive(Object body) {
    List<Long> ids = ids(body);
    EndpointDesk.requireEnabled(endpoint);
    return letters
        .redrive(ids)
        .map(
            redriven ->
                new JsonObject().put("type", "redrive_webhook_dlq_ok").put("redriven", redriven));
  }

  /** {@code webhook.dlq.purge}. */
  Future<JsonObject> purge(Object body) {
    List<Long> ids = ids(body);
    return letters
        .purge(ids)
        .map(new JsonObject().put("type", "purge_webhook_dlq_ok").put("purged", ids.size()));
  }

  /** The ids that a request names, each once and in order, or all. */
  private List<Long> ids(Object body) {
    StrictJson json = StrictJson.of("", body);
    List<Long> ids = json.wholes("event_ids");
    json.end();
    if (ids == null) {
      return List.copyOf(letters.ids());
    }
    for (long id : ids) {
      if (!letters.ids().contains(id)) {
        throw EndpointDesk.refusal(
            404, "event_ids: there is no dead letter " + id + "; nothing was done");
      }
    }
    return ids.stream().distinct().sorted().toList();
  }
}
