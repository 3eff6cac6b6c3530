package dev.auditwebhook.delivery;

import dev.auditwebhook.AuditEvent;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.EncodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * A valid entry, its details encoded once.
 *
 * @param event the entry
 * @param details its details as JSON, {@code null} when there are none
 */
record Entry(AuditEvent event, Buffer details) {

  /**
   * Reads what arrived on the bus.
   *
   * @param message anything
   * @param maxBytes the longest entry, as JSON in UTF-8
   * @throws IllegalArgumentException in one line that says what is wrong
   */
  static Entry read(Object message, int maxBytes) {
    AuditEvent event = AuditEvent.fromJson(message);
    try {
      Map<String, Object> map = ((JsonObject) message).getMap();
      Buffer details = Json.encodeToBuffer(event.details());
      // Braces, and a colon and a comma a key, less the comma that the last one does not have.
      long bytes = 1 + 2L * map.size();
      for (Map.Entry<String, Object> pair : map.entrySet()) {
        bytes += Json.encodeToBuffer(pair.getKey()).length();
        bytes +=
            pair.getKey().equals("details")
                ? details.length()
                : Json.encodeToBuffer(pair.getValue()).length();
      }
      if (bytes > maxBytes) {
        throw new IllegalArgumentException(
            "an entry may have "
                + maxBytes
                + " bytes as JSON (maxEntryBytes), this one has "
                + bytes);
      }
      return new Entry(event, isNothing(event.details()) ? null : details);
    } catch (EncodeException | StackOverflowError e) {
      throw new IllegalArgumentException(
          "an entry must be encodable as JSON, at most 1000 levels deep");
    }
  }

  /** The entry of a test. */
  static Entry test() {
    return new Entry(AuditEvent.of("webhook.test", null), null);
  }

  private static boolean isNothing(Object details) {
    return details == null
        || details instanceof JsonObject object && object.isEmpty()
        || details instanceof Map<?, ?> map && map.isEmpty();
  }

  /** The body of the request: keys in the order of the contract, no added white space. */
  Buffer body(long eventId, Instant acceptedAt) {
    String timestamp =
        event.timestamp() != null
            ? event.timestamp()
            : acceptedAt.truncatedTo(ChronoUnit.MILLIS).toString();
    Buffer body =
        Buffer.buffer(128 + (details == null ? 0 : details.length()))
            .appendString("{\"event_id\":" + eventId + ",\"action\":")
            .appendBuffer(Json.encodeToBuffer(event.action()))
            .appendString(",\"timestamp\":\"" + timestamp + "\"");
    if (details != null) {
      body.appendString(",\"details\":").appendBuffer(details);
    }
    return body.appendString("}");
  }
}
