package dev.auditwebhook.store;

import io.vertx.core.shareddata.Shareable;

/**
 * An event that was given up.
 *
 * @param event the event, with the number of attempts it took
 * @param status the last status, {@code null} when no answer came
 * @param error the last error in one line
 * @param response the first 1 KiB of the last answer, {@code null} when none came
 * @param failedAt when it was given up, RFC 3339
 */
public record DeadLetter(
    PendingEvent event, Integer status, String error, String response, String failedAt)
    implements Shareable {

  /** About how many bytes it has. */
  long size() {
    return event.body().length
        + event.action().length()
        + error.length()
        + (response == null ? 0 : response.length());
  }
}
