package dev.auditwebhook.security;

import dev.auditwebhook.security.UrlPolicy.Endpoint;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/**
 * Takes what an attempt sent in confidence out of what a receiver answered, in whatever form it is
 * echoed: as it is, percent-encoded or decoded, within JSON (or JSON within JSON) or HTML.
 *
 * <p>Segments of a path count from {@value #SHORTEST_SEGMENT} characters, so that {@code v1} or
 * {@code hooks} does not shred the answer; all else from {@value #SHORTEST}. With very many secrets
 * nothing of the answer is shown.
 */
public final class Concealment {

  /** The shortest secret, and the shortest beginning of one that a cut leaves, in characters. */
  public static final int SHORTEST = 4;

  /** The shortest segment of a path that is a secret, in characters. */
  public static final int SHORTEST_SEGMENT = 6;

  /** With more forms of secrets than this the whole answer is one: to look for all takes long. */
  private static final int MOST_FORMS = 5_000;

  private static final String HEX = "0123456789abcdef";

  private final Set<String> secrets = new HashSet<>();

  /** Adds a URL's path and query, its segments and the values of its query. */
  public Concealment url(Endpoint endpoint) {
    String url = endpoint.url();
    int end = url.indexOf("://") + 3;
    while (end < url.length() && url.charAt(end) != '/' && url.charAt(end) != '?') {
      end++;
    }
    target(url.substring(end));
    target(endpoint.target());
    return this;
  }

  private void target(String target) {
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    addEncoded(target, SHORTEST);
    addEncoded(path, SHORTEST);
    for (String segment : path.split("/")) {
      addEncoded(segment, SHORTEST_SEGMENT);
    }
    if (mark >= 0) {
      String query = target.substring(mark + 1);
      addEncoded(query, SHORTEST);
      for (String pair : query.split("[&;]")) {
        String value = pair.substring(pair.indexOf('=') + 1);
        addEncoded(value, SHORTEST);
        addEncoded(value.replace('+', ' '), SHORTEST);
      }
    }
  }

  private void addEncoded(String text, int shortest) {
    add(text, shortest);
    add(decoded(text), shortest);
  }

  /** Adds the value of a header, and each part between blanks. */
  public Concealment header(String value) {
    add(value, SHORTEST);
    for (String part : value.split("[ \t]")) {
      add(part, SHORTEST);
    }
    return this;
  }

  /** Adds what is redacted in an event's details. */
  public Concealment details(Redaction redaction, Object details) {
    redaction.findSecrets(details, this::addValue);
    return this;
  }

  private void addValue(Object value) {
    add(value.toString(), SHORTEST);
    if (value instanceof BigDecimal decimal) {
      add(Double.toString(decimal.doubleValue()), SHORTEST);
      // The plain form of one such as 1E+1000000 takes a megabyte.
      if (Math.abs(decimal.scale()) <= ExactJson.MAX_NUMBER_LENGTH) {
        add(decimal.toPlainString(), SHORTEST);
      }
    }
  }

  private void add(String secret, int shortest) {
    if (secret.length() < shortest || secrets.size() > MOST_FORMS || !secrets.add(secret)) {
      return;
    }
    String json = json(secret, false);
    secrets.add(json);
    secrets.add(json(json, false));
    secrets.add(json(secret, true));
    secrets.add(json.replace("/", "\\/"));
    secrets.add(json(secret, true).replace("/", "\\/"));
    addHtml(secret);
    String percent = percentEncoded(secret, "-._~");
    secrets.add(percent);
    secrets.add(lowerHex(percent));
    secrets.add(percent.replace("%20", "+"));
    secrets.add(percentEncoded(secret, "-._~!*'()"));
    secrets.add(percentEncoded(secret, "-._~!$&'()*+,;=:@/?"));
  }

  /**
   * A text without the secrets.
   *
   * @param text what a receiver answered
   * @param cut whether it may go on: then the beginning of a secret at its end is taken out too
   * @return the text with {@value Redaction#REDACTED} in their places
   */
  public String conceal(String text, boolean cut) {
    if (secrets.size() > MOST_FORMS) {
      return Redaction.REDACTED;
    }
    BitSet hidden = new BitSet(text.length());
    for (String secret : secrets) {
      String head = secret.substring(0, SHORTEST);
      for (int at = text.indexOf(head); at >= 0; at = text.indexOf(head, at + 1)) {
        int left = text.length() - at;
        if (text.startsWith(secret, at)) {
          hidden.set(at, at + secret.length());
        } else if (cut && left < secret.length() && secret.regionMatches(0, text, at, left)) {
          hidden.set(at, text.length());
        }
      }
    }
    if (hidden.isEmpty()) {
      return text;
    }
    StringBuilder shown = new StringBuilder();
    int at = 0;
    for (int from = hidden.nextSetBit(0); from >= 0; from = hidden.nextSetBit(at)) {
      shown.append(text, at, from).append(Redaction.REDACTED);
      at = hidden.nextClearBit(from);
    }
    return shown.append(text, at, text.length()).toString();
  }

  private static String json(String text, boolean ascii) {
    StringBuilder json = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int named = "\"\\\b\f\n\r\t".indexOf(c);
      if (named >= 0) {
        json.append('\\').append("\"\\bfnrt".charAt(named));
      } else if (c < ' ' || ascii && c > '~') {
        json.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
          json.append(HEX.charAt(c >> shift & 15));
        }
      } else {
        json.append(c);
      }
    }
    return json.toString();
  }

  /** Frameworks differ in whether and how they escape quotes. */
  private void addHtml(String secret) {
    String html = secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    secrets.add(html);
    secrets.add(html.replace("\"", "&quot;"));
    secrets.add(html.replace("\"", "&quot;").replace("'", "&#39;"));
    secrets.add(html.replace("\"", "&quot;").replace("'", "&#x27;"));
    secrets.add(html.replace("\"", "&#34;").replace("'", "&#39;"));
  }

  private static String percentEncoded(String text, String plain) {
    StringBuilder encoded = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      boolean alphanumeric = b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9';
      if (alphanumeric || plain.indexOf(b) >= 0) {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(upperHex(b >> 4)).append(upperHex(b));
      }
    }
    return encoded.toString();
  }

  private static char upperHex(int digit) {
    return Character.toUpperCase(HEX.charAt(digit & 15));
  }

  private static String lowerHex(String percentEncoded) {
    StringBuilder lower = new StringBuilder(percentEncoded);
    for (int i = lower.indexOf("%"); i >= 0; i = lower.indexOf("%", i + 1)) {
      lower.setCharAt(i + 1, Character.toLowerCase(lower.charAt(i + 1)));
      lower.setCharAt(i + 2, Character.toLowerCase(lower.charAt(i + 2)));
    }
    return lower.toString();
  }

  /** What is not percent-encoding stays as it is. */
  private static String decoded(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < encoded.length; i++) {
      int high = encoded[i] == '%' && i + 2 < encoded.length ? digit(encoded[i + 1]) : -1;
      int low = high < 0 ? -1 : digit(encoded[i + 2]);
      if (low >= 0) {
        bytes.write(high << 4 | low);
        i += 2;
      } else {
        bytes.write(encoded[i]);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static int digit(byte b) {
    return Character.digit((char) (b & 0xff), 16);
  }
}
