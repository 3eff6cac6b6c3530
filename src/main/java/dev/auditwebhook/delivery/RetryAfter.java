package dev.auditwebhook.delivery;

import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/** The header {@code Retry-After} of RFC 9110, section 10.2.3. */
final class RetryAfter {

  private RetryAfter() {}

  /**
   * How long a receiver asks to wait.
   *
   * @param value the header's value, {@code null} when there is none
   * @param now milliseconds since the epoch
   * @return milliseconds; 0 for none, for a past date and for what is not of the two forms
   */
  static long millis(String value, long now) {
    if (value == null) {
      return 0;
    }
    String text = value.trim();
    if (text.matches("[0-9]+")) {
      return text.length() > 10 ? Long.MAX_VALUE : Long.parseLong(text) * 1000;
    }
    try {
      long at =
          ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
              .toInstant()
              .toEpochMilli();
      return Math.max(0, at - now);
    } catch (DateTimeException e) {
      return 0;
    }
  }
}
