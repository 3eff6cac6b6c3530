package dev.auditwebhook.delivery;

import dev.auditwebhook.metrics.Metrics.Outcome;
import dev.auditwebhook.store.PendingEvent;
import io.vertx.core.json.JsonObject;
import java.util.function.Supplier;

/** One attempt for one event, and what came of it. */
record Attempt(PendingEvent event, Outcome outcome, Answer answer) implements Supplier<JsonObject> {

  /** The message on {@code webhook.attempts}. */
  @Override
  public JsonObject get() {
    return new JsonObject()
        .put("event_id", event.id())
        .put("action", event.action())
        .put("attempt", event.attempts() + 1)
        .put("outcome", outcome.toString())
        .put("status", answer.status() == 0 ? null : answer.status())
        .put("latency_ms", answer.latency())
        .put("error", outcome == Outcome.DELIVERED ? null : Health.describe(answer));
  }
}
