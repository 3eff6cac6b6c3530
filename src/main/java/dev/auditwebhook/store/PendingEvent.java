package dev.auditwebhook.store;

import io.vertx.core.shareddata.Shareable;
import java.util.Arrays;

/**
 * An accepted event on its way.
 *
 * @param id the {@code event_id}
 * @param action its action
 * @param body the JSON that is sent, in UTF-8, the same at every attempt; not to be changed
 * @param attempts how many attempts it has used up
 * @param since when it began to wait for its next attempt, in milliseconds since the epoch
 */
public record PendingEvent(long id, String action, byte[] body, int attempts, long since)
    implements Shareable {

  /** The same event after an attempt. */
  public PendingEvent waiting(int attemptsUsed, long now) {
    return new PendingEvent(id, action, body, attemptsUsed, now);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PendingEvent event
        && id == event.id
        && attempts == event.attempts
        && since == event.since
        && action.equals(event.action)
        && Arrays.equals(body, event.body);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(id);
  }
}
