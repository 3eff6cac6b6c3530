package dev.auditwebhook.wire;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;

/** The header {@code Retry-After} of RFC 9110, section 10.2.3. */
final class RetryAfter {

  private static final DateTimeFormatter ASCTIME =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss uuuu", Locale.US);

  private RetryAfter() {}

  /**
   * How long a receiver asks to wait, in milliseconds; 0 for none, for a past date and for what is
   * neither seconds nor a date.
   *
   * @param now milliseconds since the epoch
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
      return Math.max(0, date(text, now).toEpochMilli() - now);
    } catch (DateTimeException | ArithmeticException e) {
      return 0;
    }
  }

  /** Any of the three forms of RFC 9110, section 5.6.7, of which two are obsolete. */
  private static Instant date(String text, long now) {
    int comma = text.indexOf(',');
    if (comma < 0) {
      return LocalDateTime.parse(text, ASCTIME).toInstant(ZoneOffset.UTC);
    } else if (comma == "Sun".length()) {
      return DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
    }
    return ofTwoDigits(text, LocalDateTime.ofEpochSecond(now / 1000, 0, ZoneOffset.UTC));
  }

  /** RFC 850: what seems to be more than 50 years ahead is past. */
  private static Instant ofTwoDigits(String text, LocalDateTime now) {
    DateTimeFormatter rfc850 =
        new DateTimeFormatterBuilder()
            .appendPattern("EEEE, dd-MMM-")
            .appendValueReduced(ChronoField.YEAR, 2, 2, now.getYear() - 49)
            .appendPattern(" HH:mm:ss 'GMT'")
            .toFormatter(Locale.US);
    LocalDateTime date = LocalDateTime.parse(text, rfc850);
    return (date.isAfter(now.plusYears(50)) ? date.minusYears(100) : date)
        .toInstant(ZoneOffset.UTC);
  }
}
