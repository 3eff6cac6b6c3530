package dev.auditwebhook.delivery;

import dev.auditwebhook.json.StrictJson;
import dev.auditwebhook.security.Redaction;
import dev.auditwebhook.store.Store;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Reads the requests that concern the dead-letter queue and makes their replies. */
final class DeadLetterRequests {

  private final Vertx vertx;
  private final Store store;
  private final Lifecycle lifecycle;
  private final Dispatcher dispatcher;
  private final Redaction redaction;

  DeadLetterRequests(
      Vertx vertx, Store store, Lifecycle lifecycle, Dispatcher dispatcher, Redaction redaction) {
    this.vertx = vertx;
    this.store = store;
    this.lifecycle = lifecycle;
    this.dispatcher = dispatcher;
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
    return store
        .deadLetters(after, limit, DeadLetterPage.MAX_BYTES)
        .compose(
            letters -> {
              if (letters.isEmpty() && store.hasDeadLetterAbove(after)) {
                return page(after, limit); // All that were to be read were evicted meanwhile.
              }
              // To read and redact megabytes of JSON takes long.
              return vertx
                  .executeBlocking(
                      () -> DeadLetterPage.of(letters, store::messageId, redaction), false)
                  .map(page -> page.toJson(store::hasDeadLetterAbove));
            });
  }

  /** {@code webhook.dlq.redrive}. */
  Future<JsonObject> redrive(Object body) {
    List<Long> ids = ids(body);
    if (!lifecycle.isEnabled()) {
      throw Requests.refusal(409, "no webhook is set: set a URL first");
    }
    List<Long> redriven = dispatcher.redrive(ids);
    return kept()
        .map(
            v ->
                new JsonObject()
                    .put("type", "redrive_webhook_dlq_ok")
                    .put("redriven", redriven.stream().filter(id -> !store.isDamaged(id)).count()));
  }

  /** {@code webhook.dlq.purge}. */
  Future<JsonObject> purge(Object body) {
    List<Long> ids = ids(body);
    ids.forEach(store::purge);
    return kept()
        .map(new JsonObject().put("type", "purge_webhook_dlq_ok").put("purged", ids.size()));
  }

  /** Completed when the store has kept what was done, or cannot now: it is done all the same. */
  private Future<Void> kept() {
    return store.kept().otherwiseEmpty();
  }

  /** The ids that a request names, each once and in order, or all. */
  private List<Long> ids(Object body) {
    StrictJson json = StrictJson.of("", body);
    List<Long> ids = json.wholes("event_ids");
    json.end();
    if (ids == null) {
      return store.deadLetterIds();
    }
    for (long id : ids) {
      if (!store.isDeadLetter(id)) {
        throw Requests.refusal(
            404, "event_ids: there is no dead letter " + id + "; nothing was done");
      }
    }
    return ids.stream().distinct().sorted().toList();
  }
}
