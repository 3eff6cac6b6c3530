package dev.auditwebhook.json;

import java.time.YearMonth;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The grammar and ranges of an RFC 3339 {@code date-time} such as {@code 2026-01-01T00:00:00.123Z},
 * with at most nine digits of a second. A leap second is one at 23:59:60 UTC only.
 */
public final class Rfc3339 {

  private static final Pattern GRAMMAR =
      Pattern.compile(
          "(\\d{4})-(0[1-9]|1[0-2])-(\\d\\d)T([01]\\d|2[0-3]):([0-5]\\d):([0-5]\\d|60)"
              + "(?:\\.\\d{1,9})?(?:Z|([+-])([01]\\d|2[0-3]):([0-5]\\d))",
          Pattern.CASE_INSENSITIVE);

  private static final int DAY = 24 * 60;

  private Rfc3339() {}

  /** Whether a text is an RFC 3339 date and time, and so can be passed on as it is. */
  public static boolean isValid(String text) {
    Matcher found = GRAMMAR.matcher(text);
    return found.matches()
        && YearMonth.of(number(found, 1), number(found, 2)).isValidDay(number(found, 3))
        && (number(found, 6) < 60 || isLastMinute(found));
  }

  /** Whether a time of day is 23:59 in UTC. */
  private static boolean isLastMinute(Matcher found) {
    int ahead = found.group(7) == null ? 0 : number(found, 8) * 60 + number(found, 9);
    int minutes = number(found, 4) * 60 + number(found, 5);
    int utc = "-".equals(found.group(7)) ? minutes + ahead : minutes - ahead;
    return Math.floorMod(utc, DAY) == DAY - 1;
  }

  private static int number(Matcher found, int group) {
    return Integer.parseInt(found.group(group));
  }
}
