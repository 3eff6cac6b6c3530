package dev.auditwebhook.journal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.auditwebhook.AuditEvent;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.json.EncodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Writes entries as Vert.x writes JSON, with one generator for all of them: to make one an entry
 * takes as long as to write it. For one thread.
 */
final class EntryEncoder {

  /** What one more key adds to an object: the quotes around it, a colon and a comma. */
  private static final int AROUND_KEY = 4;

  private static final int NULL = 4;
  private static final int EMPTY_OBJECT = 2;

  private static final JsonFactory FACTORY = new JsonFactory();

  /** A buffer that grew beyond this for one large entry is not kept. */
  private static final int KEPT = 64 * 1024;

  private final int maxBytes;
  private long lastTime = -1;
  private String lastTimestamp;
  private ByteArrayOutputStream out;
  private JsonGenerator json;

  /**
   * @param maxBytes the longest entry, as JSON in UTF-8
   */
  EntryEncoder(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * Encodes an entry whose shape is right.
   *
   * @param event what was read of the message
   * @param message what arrived on the bus, {@code null} when its size was looked at before
   * @param now milliseconds since the epoch, the timestamp of an entry without one
   * @param recipients whom it is for
   * @throws IllegalArgumentException in one line that says what is wrong
   */
  EncodedEntry encode(AuditEvent event, JsonObject message, long now, Recipients recipients) {
    try {
      boolean nothing = isNothing(event.details());
      String timestamp = event.timestamp() == null ? timestamp(now) : event.timestamp();
      byte[] content = encode(event.action(), timestamp, nothing ? null : event.details());
      if (message != null) {
        long bytes = content.length + added(message.getMap(), nothing);
        if (event.timestamp() == null) {
          bytes -= AROUND_KEY + Event.TIMESTAMP.length() + 2 + timestamp.length();
        }
        checkSize(bytes);
      }
      return new EncodedEntry(event.action(), content, now, recipients);
    } catch (EncodeException | StackOverflowError e) {
      throw new IllegalArgumentException(
          "an entry must be encodable as JSON, at most 1000 levels deep");
    }
  }

  private void checkSize(long bytes) {
    if (bytes > maxBytes) {
      throw new IllegalArgumentException(
          "an entry may have "
              + maxBytes
              + " bytes as JSON (maxEntryBytes), this one has "
              + bytes);
    }
  }

  /** A time as RFC 3339, of which thousands may be asked for within a millisecond. */
  private String timestamp(long now) {
    if (now != lastTime) {
      lastTime = now;
      lastTimestamp = Instant.ofEpochMilli(now).toString();
    }
    return lastTimestamp;
  }

  /** The bytes of what an entry has and its event has not. */
  private static long added(Map<String, Object> entry, boolean nothing) {
    long bytes = 0;
    for (Map.Entry<String, Object> pair : entry.entrySet()) {
      bytes +=
          switch (pair.getKey()) {
            case Event.ACTION -> 0;
            case Event.TIMESTAMP ->
                pair.getValue() == null ? AROUND_KEY + Event.TIMESTAMP.length() + NULL : 0;
            case Event.DETAILS ->
                nothing
                    ? AROUND_KEY
                        + Event.DETAILS.length()
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

  /** What comes after the number: keys in the order of the contract, no added white space. */
  private byte[] encode(String action, String timestamp, Object details) {
    try {
      if (json == null) {
        out = new ByteArrayOutputStream(1024);
        json = FACTORY.createGenerator(out).setRootValueSeparator(null);
      }
      json.writeStartObject();
      json.writeStringField(Event.ACTION, action);
      json.writeStringField(Event.TIMESTAMP, timestamp);
      if (details != null) {
        json.writeFieldName(Event.DETAILS);
        write(details);
      }
      json.writeEndObject();
      json.flush();
    } catch (IOException e) {
      json = null;
      throw new EncodeException(e.getMessage(), e);
    } catch (RuntimeException | StackOverflowError e) {
      json = null;
      throw e;
    }
    byte[] encoded = out.toByteArray();
    encoded[0] = ','; // In place of the brace, as the number comes before.
    out.reset();
    if (encoded.length > KEPT) {
      json = null;
    }
    return encoded;
  }

  private void write(Object value) throws IOException {
    if (value instanceof String text) {
      json.writeString(text);
    } else if (value instanceof JsonObject object) {
      writeObject(object.getMap());
    } else if (value instanceof Map<?, ?> map) {
      writeObject(map);
    } else if (value instanceof Integer number) {
      json.writeNumber(number);
    } else if (value instanceof Long number) {
      json.writeNumber(number);
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else if (value == null) {
      json.writeNull();
    } else if (value instanceof JsonArray array) {
      writeArray(array.getList());
    } else if (value instanceof List<?> list) {
      writeArray(list);
    } else {
      json.writeRawValue(Json.encode(value));
    }
  }

  private void writeObject(Map<?, ?> map) throws IOException {
    json.writeStartObject();
    for (Map.Entry<?, ?> pair : map.entrySet()) {
      json.writeFieldName(String.valueOf(pair.getKey()));
      write(pair.getValue());
    }
    json.writeEndObject();
  }

  private void writeArray(List<?> list) throws IOException {
    json.writeStartArray();
    for (Object item : list) {
      write(item);
    }
    json.writeEndArray();
  }
}
