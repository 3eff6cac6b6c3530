package dev.auditwebhook.wire.format;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;

/**
 * Where the values of an event are in its JSON, which is not parsed for it: they are passed on byte
 * by byte, so numbers keep their digits.
 */
final class EventParts {

  private static final int BEFORE_ACTION = before(Event.ACTION);
  private static final int BEFORE_TIMESTAMP = before(Event.TIMESTAMP);
  private static final int BEFORE_DETAILS = before(Event.DETAILS);

  private static final long NANOS = 1_000_000_000;

  private final Event event;
  private final byte[] content;
  private final int actionEnd;
  private final int timestamp;
  private final int timestampEnd;
  private final int details;

  EventParts(Event event) {
    this.event = event;
    content = event.content();
    actionEnd = endOfString(BEFORE_ACTION);
    timestamp = actionEnd + BEFORE_TIMESTAMP;
    timestampEnd = endOfString(timestamp);
    details = timestampEnd + BEFORE_DETAILS;
  }

  /** The length of {@code ,"key":}. */
  private static int before(String key) {
    return key.length() + 4;
  }

  private int endOfString(int quote) {
    int at = quote + 1;
    while (at < content.length && content[at] != '"') {
      at += content[at] == '\\' ? 2 : 1;
    }
    return Math.min(at + 1, content.length);
  }

  void action(BodyWriter body) {
    body.write(content, BEFORE_ACTION, actionEnd);
  }

  int actionSize() {
    return actionEnd - BEFORE_ACTION;
  }

  boolean hasDetails() {
    return details < content.length;
  }

  void details(BodyWriter body) {
    body.write(content, details, content.length - 1);
  }

  /** The timestamp as its entry had it, {@code null} for none. */
  String timestamp() {
    return timestamp + 2 > timestampEnd
        ? null
        : new String(
            content, timestamp + 1, timestampEnd - timestamp - 2, StandardCharsets.US_ASCII);
  }

  /** The time of the timestamp, or else when the event was accepted. */
  Instant time() {
    String text = timestamp();
    try {
      return text == null ? Instant.ofEpochMilli(event.acceptedAt()) : instant(text);
    } catch (DateTimeException | NumberFormatException | IndexOutOfBoundsException e) {
      return Instant.ofEpochMilli(event.acceptedAt());
    }
  }

  /**
   * The {@link #time()} in nanoseconds since 1970, or else when the event was accepted: from 1970
   * to 2262 is what signed and unsigned numbers of 64 bits have in common.
   */
  long nanos() {
    Instant time = time();
    if (time.getEpochSecond() < 0 || time.getEpochSecond() >= Long.MAX_VALUE / NANOS) {
      time = Instant.ofEpochMilli(event.acceptedAt());
    }
    return time.getEpochSecond() * NANOS + time.getNano();
  }

  /**
   * Reads an RFC 3339 date and time. A leap second is the first of the next minute, as in POSIX;
   * digits past nanoseconds are cut.
   */
  private static Instant instant(String text) {
    int zone = 19;
    int nanos = 0;
    if (text.charAt(zone) == '.') {
      int scale = (int) NANOS;
      for (zone++; Character.isDigit(text.charAt(zone)); zone++) {
        scale /= 10;
        nanos += scale * (text.charAt(zone) - '0');
      }
    }
    LocalDate date = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10));
    int offset =
        Character.toUpperCase(text.charAt(zone)) == 'Z'
            ? 0
            : number(text, zone, zone + 3) * 3600
                + number(text, zone + 4, zone + 6) * (text.charAt(zone) == '-' ? -60 : 60);
    return Instant.ofEpochSecond(
        date.toEpochDay() * 86_400
            + number(text, 11, 13) * 3600
            + number(text, 14, 16) * 60
            + number(text, 17, 19)
            - offset,
        nanos);
  }

  private static int number(String text, int from, int to) {
    return Integer.parseInt(text, from, to, 10);
  }
}
