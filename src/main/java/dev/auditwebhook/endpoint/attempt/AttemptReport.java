package dev.auditwebhook.endpoint.attempt;

import dev.auditwebhook.metrics.Metrics.Outcome;
import dev.auditwebhook.wire.Answer;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.json.JsonObject;
import java.util.function.Supplier;

/**
 * One attempt for one event, and what came of it.
 *
 * @param endpoint the id of the endpoint
 * @param attempt the number of the attempt, from 1
 * @param problem what was wrong, {@code null} for nothing
 */
public record AttemptReport(
    String endpoint, Event event, int attempt, Outcome outcome, Answer answer, String problem)
    implements Supplier<JsonObject> {

  /** The message on {@code webhook.attempts}. */
  @Override
  public JsonObject get() {
    return new JsonObject()
        .put("endpoint", endpoint)
        .put("event_id", event.id())
        .put("action", event.action())
        .put("attempt", attempt)
        .put("outcome", outcome.toString())
        .put("status", answer.status() == 0 ? null : answer.status())
        .put("latency_ms", answer.latency())
        .put("error", problem);
  }
}
