package dev.auditwebhook.wire.format;

import dev.auditwebhook.json.StrictJson;
import io.vertx.core.json.Json;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.function.LongFunction;

/**
 * CloudEvents 1.0 in structured mode: the JSON event format, and its batch format when batches are
 * on. The data are the details; without them there are no data, and nothing says of what type they
 * are. The {@code sequence} is the extension of that name: its texts are in the order of the
 * numbers.
 *
 * <p>Option {@code source}: a URI reference (CloudEvents 1.0, "source").
 */
final class CloudEventsFormat implements Format {

  private static final byte[] END = BodyWriter.utf8("]");
  private static final byte[] ID = BodyWriter.utf8("{\"specversion\":\"1.0\",\"id\":\"");
  private static final byte[] TIME = BodyWriter.utf8(",\"time\":\"");
  private static final byte[] TYPE_OF_DATA =
      BodyWriter.utf8(",\"datacontenttype\":\"application/json\"");
  private static final byte[] SEQUENCE = BodyWriter.utf8(",\"sequence\":\"");
  private static final byte[] ZEROS = BodyWriter.utf8("0".repeat(20));
  private static final byte[] DATA = BodyWriter.utf8(",\"data\":");

  private final boolean batches;
  private final byte[] source;
  private final int overhead;

  /**
   * @param batches whether batches are on
   */
  CloudEventsFormat(StrictJson options, boolean batches) {
    this.batches = batches;
    String given = options.string("source", "urn:vertx-audit-webhook");
    options.require(
        isUriReference(given), "source", "must be a URI reference such as urn:vertx-audit-webhook");
    source = BodyWriter.utf8("\",\"source\":" + Json.encode(given) + ",\"type\":");
    overhead =
        ID.length
            + BodyWriter.MESSAGE_ID_SIZE
            + source.length
            + TIME.length
            + TYPE_OF_DATA.length
            + SEQUENCE.length
            + ZEROS.length
            + DATA.length
            + "\"\"},".length();
  }

  private static boolean isUriReference(String text) {
    try {
      return !new URI(text).toString().isEmpty();
    } catch (URISyntaxException e) {
      return false;
    }
  }

  @Override
  public String contentType() {
    return batches ? "application/cloudevents-batch+json" : "application/cloudevents+json";
  }

  @Override
  public byte[] body(List<Event> events, LongFunction<String> messageIds) {
    BodyWriter body = new BodyWriter(events, overhead);
    if (!batches && events.size() == 1) {
      write(events.get(0), messageIds, body);
      return body.toBytes();
    }
    body.write('[');
    for (Event event : events) {
      write(event, messageIds, body);
      body.write(',');
    }
    return body.endList(END).toBytes();
  }

  private void write(Event event, LongFunction<String> messageIds, BodyWriter body) {
    EventParts parts = new EventParts(event);
    body.write(ID).write(messageIds.apply(event.id())).write(source);
    parts.action(body);
    String timestamp = parts.timestamp();
    if (timestamp != null) {
      body.write(TIME).write(timestamp).write('"');
    }
    if (parts.hasDetails()) {
      body.write(TYPE_OF_DATA);
    }
    String number = Long.toString(event.id());
    body.write(SEQUENCE).write(ZEROS, number.length(), ZEROS.length).write(number).write('"');
    if (parts.hasDetails()) {
      body.write(DATA);
      parts.details(body);
    }
    body.write('}');
  }

  @Override
  public int sizeOf(Event event) {
    return overhead + event.content().length;
  }
}
