package dev.auditwebhook.journal;

import dev.auditwebhook.wire.format.Event;
import java.util.ArrayList;
import java.util.List;

/**
 * A valid entry that has no number yet.
 *
 * @param action what happened
 * @param content the {@link Event#content()} that it will have
 * @param acceptedAt in milliseconds since the epoch
 * @param recipients whom it is for
 */
public record EncodedEntry(String action, byte[] content, long acceptedAt, Recipients recipients) {

  /** The event that it becomes. */
  public Event numbered(long id) {
    return new Event(id, action, content, acceptedAt);
  }

  /** The events that entries become, numbered in their order; {@code null} takes a number alone. */
  public static List<Event> numbered(long firstId, List<EncodedEntry> entries) {
    List<Event> events = new ArrayList<>(entries.size());
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i) != null) {
        events.add(entries.get(i).numbered(firstId + i));
      }
    }
    return events;
  }
}
