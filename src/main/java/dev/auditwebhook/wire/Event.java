package dev.auditwebhook.wire;

import io.vertx.core.shareddata.Shareable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * An accepted event.
 *
 * @param id the {@code event_id}
 * @param action its action
 * @param content the JSON that is sent, in UTF-8, from what comes after the number on: {@code
 *     ,"action":...}}; not to be changed
 * @param acceptedAt when it was accepted, in milliseconds since the epoch
 */
public record Event(long id, String action, byte[] content, long acceptedAt) implements Shareable {

  /** The keys of the JSON, in their order. */
  public static final String ID = "event_id";

  public static final String ACTION = "action";
  public static final String TIMESTAMP = "timestamp";
  public static final String DETAILS = "details";

  private static final byte[] BEGINNING =
      ("{\"" + ID + "\":").getBytes(StandardCharsets.US_ASCII);

  /** The JSON of the event, the same at every attempt. */
  public byte[] body() {
    byte[] number = Long.toString(id).getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(BEGINNING.length + number.length + content.length)
        .put(BEGINNING)
        .put(number)
        .put(content)
        .array();
  }

  /** How many bytes its {@link #body()} has, or a few more. */
  public int size() {
    return BEGINNING.length + 19 + content.length;
  }
}
