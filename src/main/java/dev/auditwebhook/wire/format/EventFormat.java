package dev.auditwebhook.wire.format;

import java.util.List;
import java.util.function.LongFunction;

/** The JSON of an event as it is; with batches on, an array of them, also of one. */
final class EventFormat implements Format {

  private static final byte[] END = BodyWriter.utf8("]");

  private final boolean arrays;

  /**
   * @param arrays whether batches are on
   */
  EventFormat(boolean arrays) {
    this.arrays = arrays;
  }

  @Override
  public String contentType() {
    return "application/json";
  }

  @Override
  public byte[] body(List<Event> events, LongFunction<String> messageIds) {
    if (!arrays && events.size() == 1) {
      return events.get(0).body();
    }
    BodyWriter body = new BodyWriter(events, 1).write('[');
    for (Event event : events) {
      body.object(event).write(',');
    }
    return body.endList(END).toBytes();
  }

  @Override
  public int sizeOf(Event event) {
    return event.size() + 1;
  }
}
