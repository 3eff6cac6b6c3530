package dev.auditwebhook.endpoint.ledger;

import dev.auditwebhook.wire.format.Event;
import io.vertx.core.shareddata.Shareable;

/**
 * An event that was given up.
 *
 * @param attempts how many attempts it took
 * @param status the last status, {@code null} when no answer came
 * @param error the last error in one line
 * @param response the first 1 KiB of the last answer, {@code null} when none came
 * @param failedAt when it was given up, RFC 3339; {@code null} when it {@linkplain #isDamaged() is
 *     damaged}
 */
public record DeadLetter(
    Event event, int attempts, Integer status, String error, String response, String failedAt)
    implements Shareable {

  private static final String DAMAGED = "damaged on disk; it can only be purged";

  /** What stands for a letter that cannot be read any more: no more than its number is known. */
  public static DeadLetter damaged(long id) {
    return new DeadLetter(new Event(id, "", new byte[0], 0), 0, null, DAMAGED, null, null);
  }

  /** Whether no more than the number of the event, and what happened to it, is known. */
  public boolean isDamaged() {
    return event.content().length == 0;
  }

  /** The event as it is when it is sent again, with fresh attempts. */
  public Straggler redriven(long now) {
    return new Straggler(event, 0, now);
  }

  public long size() {
    return event.content().length
        + event.action().length()
        + error.length()
        + (response == null ? 0 : response.length());
  }
}
