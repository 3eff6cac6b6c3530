package dev.auditwebhook;

import dev.auditwebhook.json.Rfc3339;
import dev.auditwebhook.json.StrictJson;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/**
 * An audit event as its producer publishes it.
 *
 * @param action what happened, such as {@code node.registered}; never empty
 * @param timestamp when, in RFC 3339; {@code null} for the time of acceptance
 * @param details any JSON value; {@code null} for none
 */
public record AuditEvent(String action, String timestamp, Object details) {

  /**
   * What the actions of the webhook's own entries begin with ({@code adminEvents}); any other entry
   * that has such an action is not valid, as it would forge the trail.
   */
  public static final String ADMIN_ACTIONS = "webhook.admin.";

  /** Checks the fields; {@link IllegalArgumentException} in one line when one is wrong. */
  public AuditEvent {
    if (action == null || action.isEmpty()) {
      throw new IllegalArgumentException(
          "action: must be a non-empty string, was " + StrictJson.typeOf(action));
    }
    if (timestamp != null && !Rfc3339.isValid(timestamp)) {
      throw new IllegalArgumentException(
          "timestamp: must be an RFC 3339 date and time such as 2026-01-01T00:00:00Z");
    }
  }

  /** An event of now. */
  public static AuditEvent of(String action, Object details) {
    return new AuditEvent(action, null, details);
  }

  /**
   * Reads an entry: {@code {"action": "...", "details": ..., "timestamp": "..."}}. Unknown keys are
   * ignored; an {@link IllegalArgumentException} says in one line what is wrong.
   */
  public static AuditEvent fromJson(Object body) {
    if (!(body instanceof JsonObject json)) {
      throw new IllegalArgumentException(
          "an entry must be a JSON object, was " + StrictJson.typeOf(body));
    }
    // The map, not getValue: that copies maps and lists into new JSON objects at each call.
    Map<String, Object> map = json.getMap();
    return new AuditEvent(
        text("action", map.get("action")),
        text("timestamp", map.get("timestamp")),
        map.get("details"));
  }

  /** The entry: keys without a value are left out. */
  public JsonObject toJson() {
    JsonObject json = new JsonObject().put("action", action);
    if (details != null) {
      json.put("details", details);
    }
    if (timestamp != null) {
      json.put("timestamp", timestamp);
    }
    return json;
  }

  private static String text(String key, Object value) {
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw new IllegalArgumentException(key + ": must be a string, was " + StrictJson.typeOf(value));
  }
}
