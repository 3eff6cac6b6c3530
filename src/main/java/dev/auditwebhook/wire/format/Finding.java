package dev.auditwebhook.wire.format;

/**
 * What the body of an answer says of an event.
 *
 * @param problem what was wrong, in our own words and codes alone, such as {@code 429 in a 200};
 *     {@code null} when it is delivered
 * @param said what the receiver said of it, which may echo what it was sent; {@code null} for
 *     nothing
 */
public record Finding(Verdict verdict, String problem, String said) {

  public static final Finding DELIVERED = new Finding(Verdict.DELIVERED, null, null);
}
