package dev.auditwebhook.store;

import io.vertx.core.shareddata.Shareable;

/**
 * An event that was given up.
 *
 * @param event the event, with the number of attempts it took
 * @param status the last status, {@code null} when no answer came
 * @param error the last error in one line
 * @param response the first 1 KiB of the last answer, {@code null} when none came
 * @param failedAt when it was given up, RFC 3339; {@code null} when it {@linkplain #isDamaged() is
 *     damaged}
 */
public record DeadLetter(
    PendingEvent event, Integer status, String error, String response, String failedAt)
    implements Shareable {

  private static final String DAMAGED = "damaged on disk; it can only be purged";

  /** What stands for a letter that cannot be read any more: no more than its number is known. */
  static DeadLetter damaged(long id) {
    return new DeadLetter(new PendingEvent(id, "", new byte[0], 0, 0), null, DAMAGED, null, null);
  }

  /** Whether no more than the number of the event, and what happened to it, is known. */
  public boolean isDamaged() {
    return event.body().length == 0;
  }

  /** About how many bytes it has. */
  long size() {
    return event.body().length
        + event.action().length()
        + error.length()
        + (response == null ? 0 : response.length());
  }
}
