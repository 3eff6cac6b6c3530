package dev.auditwebhook.delivery;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.vertx.core.json.EncodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Writes entries as Vert.x writes JSON, with one generator for all of them: to make one an entry
 * takes as long as to write it. For one thread.
 */
final class EntryEncoder {

  private static final JsonFactory FACTORY = new JsonFactory();

  /** A buffer that grew beyond this for one large entry is not kept. */
  private static final int KEPT = 64 * 1024;

  private ByteArrayOutputStream out;
  private JsonGenerator json;

  /**
   * Writes the body of a request: keys in the order of the contract, no added white space.
   *
   * @param details left out when {@code null}
   * @throws EncodeException when they are not JSON
   */
  byte[] encode(long eventId, String action, String timestamp, Object details) {
    try {
      if (json == null) {
        out = new ByteArrayOutputStream(1024);
        json = FACTORY.createGenerator(out).setRootValueSeparator(null);
      }
      json.writeStartObject();
      json.writeNumberField(Entry.EVENT_ID, eventId);
      json.writeStringField(Entry.ACTION, action);
      json.writeStringField(Entry.TIMESTAMP, timestamp);
      if (details != null) {
        json.writeFieldName(Entry.DETAILS);
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
