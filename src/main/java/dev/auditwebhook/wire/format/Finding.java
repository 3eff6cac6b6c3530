package dev.auditwebhook.wire.format;

import java.nio.charset.StandardCharsets;

/**
 * What the body of an answer says of an event.
 *
 * @param problem what was wrong, in our own words and codes alone, such as {@code 429 in a 200};
 *     {@code null} when it is delivered
 * @param said what the receiver said of it, which may echo what it was sent: its first {@value
 *     #SAID_LIMIT} bytes in UTF-8; {@code null} for nothing
 */
public record Finding(Verdict verdict, String problem, String said) {

  public static final Finding DELIVERED = new Finding(Verdict.DELIVERED, null, null);

  /** So many bytes of what was said are kept. */
  public static final int SAID_LIMIT = 1024;

  public Finding {
    said = said == null ? null : beginning(said.getBytes(StandardCharsets.UTF_8));
  }

  /** Whole characters alone; half of a surrogate pair has become a question mark. */
  private static String beginning(byte[] text) {
    int end = Math.min(text.length, SAID_LIMIT);
    while (end < text.length && (text[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(text, 0, end, StandardCharsets.UTF_8);
  }
}
