package dev.auditwebhook.journal;

import dev.auditwebhook.wire.Event;

/**
 * A valid entry that has no number yet.
 *
 * @param action what happened
 * @param content the {@link Event#content()} that it will have
 * @param acceptedAt in milliseconds since the epoch
 */
public record EncodedEntry(String action, byte[] content, long acceptedAt) {

  /** The event that it becomes. */
  public Event numbered(long id) {
    return new Event(id, action, content, acceptedAt);
  }
}
