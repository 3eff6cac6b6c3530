package dev.auditwebhook.wire.format;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.function.LongFunction;

/** The JSON of an event as it is; with batches on, an array of them, also of one. */
final class EventFormat implements Format {

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
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (Event event : events) {
      body.write(body.size() == 0 ? '[' : ',');
      body.writeBytes(event.body());
    }
    body.write(']');
    return body.toByteArray();
  }

  @Override
  public int sizeOf(Event event) {
    return event.size() + 1;
  }
}
