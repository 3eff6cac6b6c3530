package dev.auditwebhook.wire.format;

import java.util.List;
import java.util.function.LongFunction;

/** The JSON of each event on a line of its own, which ends with a line feed. */
final class NdjsonFormat implements Format {

  @Override
  public String contentType() {
    return "application/x-ndjson";
  }

  @Override
  public byte[] body(List<Event> events, LongFunction<String> messageIds) {
    BodyWriter body = new BodyWriter(events, 1);
    for (Event event : events) {
      body.object(event).write('\n');
    }
    return body.toBytes();
  }

  @Override
  public int sizeOf(Event event) {
    return event.size() + 1;
  }
}
