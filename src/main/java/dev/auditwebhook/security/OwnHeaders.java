package dev.auditwebhook.security;

import java.util.Locale;
import java.util.Set;

/** The headers that the webhook sets itself, and the grammar of those that a user adds. */
public final class OwnHeaders {

  private static final Set<String> OURS =
      Set.of(
          """
          content-type content-length content-encoding transfer-encoding connection host expect te
          trailer upgrade webhook-id webhook-timestamp webhook-signature"""
              .split("\\s+"));

  private OwnHeaders() {}

  /** Whether a header's name is one that the webhook, or HTTP itself, sets. */
  public static boolean isOurs(String name) {
    return OURS.contains(name.toLowerCase(Locale.ROOT));
  }

  /** Checks the name of a header that is to be set beside ours. */
  public static void checkForeign(String name) {
    check(name, "");
    if (isOurs(name)) {
      throw new IllegalArgumentException("is a header that the webhook sets itself");
    }
  }

  /** Checks a header against RFC 9110, section 5; the refusal does not show the value. */
  public static void check(String name, String value) {
    if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")) {
      throw new IllegalArgumentException("has a header with a name that HTTP does not allow");
    }
    if (value.chars().anyMatch(c -> c != '\t' && (c < ' ' || c == 127 || c > 255))) {
      throw new IllegalArgumentException(name + ": has a value that HTTP does not allow");
    }
  }
}
