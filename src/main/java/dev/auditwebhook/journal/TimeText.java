package dev.auditwebhook.journal;

import java.time.Instant;

/**
 * Times as entries have them: RFC 3339, UTC, to the millisecond. {@link Instant} would take a
 * quarter of the time that an acceptance takes, so it is asked once a second. For one thread.
 */
final class TimeText {

  private long second = -1;
  private String secondText;
  private long millis = -1;
  private String text;

  /**
   * A time as text.
   *
   * @param now milliseconds since the epoch
   */
  String text(long now) {
    if (now != millis) {
      millis = now;
      text = secondText(now / 1000) + fraction((int) (now % 1000)) + "Z";
    }
    return text;
  }

  private String secondText(long now) {
    if (now != second) {
      second = now;
      String whole = Instant.ofEpochSecond(now).toString();
      secondText = whole.substring(0, whole.length() - 1);
    }
    return secondText;
  }

  /** Three digits, or nothing on the full second, as {@link Instant} writes them. */
  private static String fraction(int thousandths) {
    return thousandths == 0 ? "" : "." + Integer.toString(1000 + thousandths).substring(1);
  }
}
