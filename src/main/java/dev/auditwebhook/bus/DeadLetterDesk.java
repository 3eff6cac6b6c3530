package dev.auditwebhook.bus;

import dev.auditwebhook.bus.trail.Deed;
import dev.auditwebhook.bus.trail.Request;
import dev.auditwebhook.bus.trail.Trail;
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
  private final Roster roster;
  private final MessageIds messageIds;
  private final Redaction redaction;
  private final Trail trail;

  DeadLetterDesk(
      Vertx vertx, Roster roster, MessageIds messageIds, Redaction redaction, Trail trail) {
    this.vertx = vertx;
    this.roster = roster;
    this.messageIds = messageIds;
    this.redaction = redaction;
    this.trail = trail;
  }

  /** {@code webhook.dlq}. */
  Future<JsonObject> dlq(Request request) {
    StrictJson json = StrictJson.of("", request.body());
    DeadLetterQueue letters = roster.of(json).deadLetters();
    int limit = json.whole("limit", 100, 1, 10_000);
    long after = json.whole("after", 0L, 0, Long.MAX_VALUE);
    json.end();
    return page(letters, after, limit);
  }

  private Future<JsonObject> page(DeadLetterQueue letters, long after, int limit) {
    return letters
        .read(after, limit, DeadLetterPage.MAX_BYTES)
        .compose(
            read -> {
              if (read.isEmpty() && hasMoreAbove(letters, after)) {
                return page(
                    letters, after, limit); // All that were to be read were evicted meanwhile.
              }
              // To read and redact megabytes of JSON takes long.
              return vertx
                  .executeBlocking(
                      () -> DeadLetterPage.of(read, messageIds::ofEvent, redaction), false)
                  .map(page -> page.toJson(id -> hasMoreAbove(letters, id)));
            });
  }

  private static boolean hasMoreAbove(DeadLetterQueue letters, long id) {
    return !letters.ids().tailSet(id + 1).isEmpty();
  }

  /** {@code webhook.dlq.redrive}. */
  Future<JsonObject> redrive(Request request) {
    StrictJson json = StrictJson.of("", request.body());
    Endpoint endpoint = roster.of(json);
    List<Long> ids = ids(json, endpoint.deadLetters());
    Refusal.unlessEnabled(endpoint);
    return trail
        .note(
            request.author(),
            Deed.of("redrive", endpoint.id(), endpoint.configuration()),
            endpoint.deadLetters().redrive(ids),
            redriven -> new JsonObject().put("redriven", redriven))
        .map(
            redriven ->
                new JsonObject().put("type", "redrive_webhook_dlq_ok").put("redriven", redriven));
  }

  /** {@code webhook.dlq.purge}. */
  Future<JsonObject> purge(Request request) {
    StrictJson json = StrictJson.of("", request.body());
    Endpoint endpoint = roster.of(json);
    List<Long> ids = ids(json, endpoint.deadLetters());
    return trail
        .note(
            request.author(),
            Deed.of("purge", endpoint.id(), endpoint.configuration()),
            endpoint.deadLetters().purge(ids),
            v -> new JsonObject().put("purged", ids.size()))
        .map(new JsonObject().put("type", "purge_webhook_dlq_ok").put("purged", ids.size()));
  }

  /** The ids that a request names, each once and in order, or all. */
  private static List<Long> ids(StrictJson json, DeadLetterQueue letters) {
    List<Long> ids = json.wholes("event_ids");
    json.end();
    if (ids == null) {
      return List.copyOf(letters.ids());
    }
    for (long id : ids) {
      if (!letters.ids().contains(id)) {
        throw Refusal.of(404, "event_ids: there is no dead letter " + id + "; nothing was done");
      }
    }
    return ids.stream().distinct().sorted().toList();
  }
}
