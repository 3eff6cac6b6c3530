package dev.auditwebhook.endpoint.attempt;

import dev.auditwebhook.metrics.Metrics.Outcome;
import dev.auditwebhook.wire.Answer;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.json.JsonObject;
import java.util.function.Supplier;

/**
 * One attempt for one event, and what came of it.
 *
 * @param attempt the number of the attempt, from 1
 */
public record AttemptReport(Event event, int attempt, Outcome outcome, Answer answer)
    implements Supplier<JsonObject> {

  /** The message on {@code webhook.attempts}. */
  @Override
  public JsonObject get() {
    return new JsonObject()
        .put("event_id", event.id())
        .put("action", event.action())
        .put("attempt", attempt)
        .put("outcome", outcome.toString())
        .put("status", answer.status() == 0 ? null : answer.status())
        .put("latency_ms", answer.latency())
        .put("error", outcome == Outcome.DELIVERED ? null : answer.problem());
  }
}
