package dev.auditwebhook.delivery;

import dev.auditwebhook.store.PendingEvent;
import io.vertx.core.json.JsonObject;
import java.util.function.Supplier;

/**
 * One attempt for one event, and what came of it.
 *
 * @param outcome {@code delivered}, {@code retry} or {@code failed}
 */
record Attempt(PendingEvent event, int number, String outcome, Answer answer)
    implements Supplier<JsonObject> {

  static Attempt delivered(PendingEvent event, Answer answer) {
    return new Attempt(event, event.attempts() + 1, "delivered", answer);
  }

  static Attempt retry(PendingEvent event, Answer answer) {
    return new Attempt(event, event.attempts() + 1, "retry", answer);
  }

  static Attempt failed(PendingEvent event, Answer answer) {
    return new Attempt(event, event.attempts() + 1, "failed", answer);
  }

  /** The message on {@code webhook.attempts}. */
  @Override
  public JsonObject get() {
    return new JsonObject()
        .put("event_id", event.id())
        .put("action", event.action())
        .put("attempt", number)
        .put("outcome", outcome)
        .put("status", answer.status() == 0 ? null : answer.status())
        .put("latency_ms", answer.latency())
        .put("error", outcome.equals("delivered") ? null : Health.describe(answer));
  }
}
