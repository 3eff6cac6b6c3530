package dev.auditwebhook.json;

import java.time.YearMonth;

/**
 * The grammar and ranges of an RFC 3339 {@code date-time}, with at most {@value #MAX_FRACTION}
 * digits of a second. A leap second is one at 23:59:60 UTC only.
 */
public final class Rfc3339 {

  /** The most digits after the point: nanoseconds. */
  public static final int MAX_FRACTION = 9;

  private static final int DAY = 24 * 60;

  private Rfc3339() {}

  /**
   * Whether a text is an RFC 3339 date and time, such as {@code 2026-01-01T00:00:00.123Z}.
   *
   * @param text any text
   * @return true when it can be passed on as it is
   */
  public static boolean isValid(String text) {
    if (text.length() < 20 || !matches(text, "dddd-dd-ddTdd:dd:dd")) {
      return false;
    }
    int month = number(text, 5);
    if (month < 1
        || month > 12
        || number(text, 8) < 1
        || number(text, 8)
            > YearMonth.of(Integer.parseInt(text.substring(0, 4)), month).lengthOfMonth()
        || number(text, 11) > 23
        || number(text, 14) > 59
        || number(text, 17) > 60) {
      return false;
    }
    int zone = 19;
    if (text.charAt(zone) == '.') {
      do {
        zone++;
      } while (zone < text.length() && isDigit(text.charAt(zone)));
      int digits = zone - 20;
      if (digits == 0 || digits > MAX_FRACTION) {
        return false;
      }
    }
    String offset = text.substring(zone);
    return isOffset(offset)
        && (number(text, 17) < 60 || isLastMinute(number(text, 11), number(text, 14), offset));
  }

  private static boolean isOffset(String offset) {
    return isUtc(offset)
        || offset.length() == 6
            && (matches(offset, "+dd:dd") || matches(offset, "-dd:dd"))
            && number(offset, 1) <= 23
            && number(offset, 4) <= 59;
  }

  private static boolean isUtc(String offset) {
    return offset.equalsIgnoreCase("Z");
  }

  /** Whether a time of day is 23:59 in UTC. */
  private static boolean isLastMinute(int hour, int minute, String offset) {
    int ahead = isUtc(offset) ? 0 : number(offset, 1) * 60 + number(offset, 4);
    int minutes = hour * 60 + minute + (offset.startsWith("-") ? ahead : -ahead);
    return Math.floorMod(minutes, DAY) == DAY - 1;
  }

  private static boolean matches(String text, String pattern) {
    for (int i = 0; i < pattern.length(); i++) {
      char wanted = pattern.charAt(i);
      char found = text.charAt(i);
      if (wanted == 'd'
          ? !isDigit(found)
          : wanted == 'T' ? found != 'T' && found != 't' : found != wanted) {
        return false;
      }
    }
    return true;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static int number(String text, int at) {
    return (text.charAt(at) - '0') * 10 + text.charAt(at + 1) - '0';
  }
}
