package dev.auditwebhook.delivery;

import dev.auditwebhook.AuditEvent;
import io.vertx.core.json.EncodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/**
 * A valid entry.
 *
 * @param action what happened
 * @param body what is sent to the receiver
 */
record Entry(String action, byte[] body) {

  static final String EVENT_ID = "event_id";
  static final String ACTION = "action";
  static final String TIMESTAMP = "timestamp";
  static final String DETAILS = "details";

  /** What one more key adds to an object: the quotes around it, a colon and a comma. */
  private static final int AROUND_KEY = 4;

  private static final int NULL = 4;
  private static final int EMPTY_OBJECT = 2;

  /**
   * Reads what arrived on the bus.
   *
   * @param message anything
   * @param maxBytes the longest entry, as JSON in UTF-8
   * @param encoder writes the body
   * @param eventId the number that it will have
   * @param acceptedAt the timestamp of an entry without one, RFC 3339
   * @throws IllegalArgumentException in one line that says what is wrong
   */
  static Entry read(
      Object message, int maxBytes, EntryEncoder encoder, long eventId, String acceptedAt) {
    AuditEvent event = AuditEvent.fromJson(message);
    return of(event, (JsonObject) message, maxBytes, encoder, eventId, acceptedAt);
  }

  /**
   * As {@link #read}, of an entry whose shape is right.
   *
   * @param event what was read of the message
   */
  static Entry of(
      AuditEvent event,
      JsonObject message,
      int maxBytes,
      EntryEncoder encoder,
      long eventId,
      String acceptedAt) {
    try {
      boolean nothing = isNothing(event.details());
      byte[] body =
          encoder.encode(
              eventId,
              event.action(),
              event.timestamp() == null ? acceptedAt : event.timestamp(),
              nothing ? null : event.details());
      long bytes = body.length + added(message.getMap(), nothing);
      bytes -= AROUND_KEY + EVENT_ID.length() + Long.toString(eventId).length();
      if (event.timestamp() == null) {
        bytes -= AROUND_KEY + TIMESTAMP.length() + 2 + acceptedAt.length();
      }
      if (bytes > maxBytes) {
        throw new IllegalArgumentException(
            "an entry may have "
                + maxBytes
                + " bytes as JSON (maxEntryBytes), this one has "
                + bytes);
      }
      return new Entry(event.action(), body);
    } catch (EncodeException | StackOverflowError e) {
      throw new IllegalArgumentException(
          "an entry must be encodable as JSON, at most 1000 levels deep");
    }
  }

  /** The bytes of what an entry has and its body has not. */
  private static long added(Map<String, Object> entry, boolean nothing) {
    long bytes = 0;
    for (Map.Entry<String, Object> pair : entry.entrySet()) {
      bytes +=
          switch (pair.getKey()) {
            case ACTION -> 0;
            case TIMESTAMP -> pair.getValue() == null ? AROUND_KEY + TIMESTAMP.length() + NULL : 0;
            case DETAILS ->
                nothing
                    ? AROUND_KEY
                        + DETAILS.length()
                        + (pair.getValue() == null ? NULL : EMPTY_OBJECT)
                    : 0;
            default ->
                2L
                    + Json.encodeToBuffer(pair.getKey()).length()
                    + Json.encodeToBuffer(pair.getValue()).length();
          };
    }
    return bytes;
  }

  private static boolean isNothing(Object details) {
    return details == null
        || details instanceof JsonObject object && object.isEmpty()
        || details instanceof Map<?, ?> map && map.isEmpty();
  }

  /** The entry of a test. */
  static Entry test(String now) {
    JsonObject message = new JsonObject().put(ACTION, "webhook.test");
    return read(message, Integer.MAX_VALUE, new EntryEncoder(), 0, now);
  }
}
