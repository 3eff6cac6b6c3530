package dev.auditwebhook.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Answers as the HTTP Event Collector of Splunk does: all events of a request are taken, or none
 * and the answer has the number of the first that is not valid, from 0.
 */
public final class SplunkCollector implements Function<Received, Effect> {

  private static final JsonMapper MAPPER = new JsonMapper();

  private final String token;
  private final Predicate<JsonObject> invalid;
  private final List<JsonObject> taken = new CopyOnWriteArrayList<>();

  /**
   * @param token of the {@code Authorization} header
   * @param invalid which events it refuses
   */
  public SplunkCollector(String token, Predicate<JsonObject> invalid) {
    this.token = token;
    this.invalid = invalid;
  }

  /** The events that it took, in their order. */
  public List<JsonObject> taken() {
    return taken;
  }

  @Override
  public Effect apply(Received request) {
    if (!("Splunk " + token).equals(request.headers().get("authorization"))) {
      return answer(403, 4, "Invalid token", null);
    }
    List<JsonObject> events = events(request);
    for (int i = 0; i < events.size(); i++) {
      if (invalid.test(events.get(i).getJsonObject("event"))) {
        return answer(400, 6, "Invalid data format: " + events.get(i).encode(), i);
      }
    }
    taken.addAll(events);
    return answer(200, 0, "Success", null);
  }

  private static List<JsonObject> events(Received request) {
    try {
      return MAPPER
          .readerFor(JsonNode.class)
          .<JsonNode>readValues(request.body().getBytes())
          .readAll()
          .stream()
          .map(event -> new JsonObject(event.toString()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its answer while its queues are full. */
  public static Effect busy() {
    return answer(503, 9, "Server is busy", null);
  }

  private static Effect answer(int status, int code, String text, Integer invalidEvent) {
    JsonObject body = new JsonObject().put("text", text).put("code", code);
    if (invalidEvent != null) {
      body.put("invalid-event-number", invalidEvent);
    }
    return Effect.status(status, Map.of("content-type", "application/json"), body.encode());
  }
}
