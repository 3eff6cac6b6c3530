package dev.auditwebhook.bus.trail;

import dev.auditwebhook.WebhookAddresses;
import io.vertx.core.MultiMap;
import io.vertx.core.json.JsonObject;

/**
 * Who makes a request, as far as whoever sent it says so: each in one line of at most 100
 * characters.
 *
 * @param principal the name of a token, {@value #HOST} or {@value #BUS}
 * @param peer the address that it came from, {@code null} when it came from no network
 */
public record Author(String principal, String peer) {

  /** Whoever is on the event bus and gives no name. */
  static final String BUS = "bus";

  /** Whoever the host's own router let pass, and who has no name here. */
  static final String HOST = "host";

  private static final int LONGEST = 100;
  private static final String PRINCIPAL = "principal";
  private static final String PEER = "peer";

  public Author {
    principal = line(principal);
    peer = line(peer);
    principal = principal != null ? principal : peer == null ? BUS : HOST;
  }

  /** Reads the headers of a request. */
  public static Author of(MultiMap headers) {
    return new Author(headers.get(WebhookAddresses.PRINCIPAL), headers.get(WebhookAddresses.PEER));
  }

  static Author fromJson(JsonObject json) {
    return new Author(json.getString(PRINCIPAL), json.getString(PEER));
  }

  JsonObject toJson() {
    return new JsonObject().put(PRINCIPAL, principal).put(PEER, peer);
  }

  /** What a line of a log can show without a reader mistaking it; {@code null} for nothing. */
  private static String line(String text) {
    if (text == null) {
      return null;
    }
    StringBuilder line = new StringBuilder();
    text.codePoints().filter(Author::isShown).limit(LONGEST).forEach(line::appendCodePoint);
    return line.toString().isBlank() ? null : line.toString().strip();
  }

  private static boolean isShown(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }

  /** {@code ops from 10.0.0.5}. */
  @Override
  public String toString() {
    return peer == null ? principal : principal + " from " + peer;
  }
}
