package dev.auditwebhook.wire.format;

import io.vertx.core.shareddata.Shareable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

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

  static final String BEGINNING = "{\"" + ID + "\":";

  /** The JSON of the event, the same at every attempt. */
  public byte[] body() {
    byte[] head = (BEGINNING + id).getBytes(StandardCharsets.US_ASCII);
    byte[] body = Arrays.copyOf(head, head.length + content.length);
    System.arraycopy(content, 0, body, head.length, content.length);
    return body;
  }

  /** How many bytes its {@link #body()} has. */
  public int size() {
    return BEGINNING.length() + Long.toString(id).length() + content.length;
  }
}
