package dev.auditwebhook.security;

import dev.auditwebhook.json.ExactJson;
import dev.auditwebhook.security.UrlPolicy.Destination;
import java.math.BigDecimal;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * Takes what an attempt sent in confidence out of what a receiver answered, as it is or escaped:
 * percent-encoded, within JSON or HTML, also one within the other.
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

  /** With more secrets than this the whole answer is one: to look for all takes long. */
  private static final int MOST_SECRETS = 20_000;

  private final TreeSet<String> secrets = new TreeSet<>();

  /** Adds a URL's path and query, its segments and the values of its query. */
  public Concealment url(Destination destination) {
    target(destination.url().replaceFirst("[^:]*://[^/?]*", ""));
    target(destination.target());
    return this;
  }

  private void target(String target) {
    String[] pathAndQuery = target.split("\\?", 2);
    addEncoded(target, SHORTEST);
    addEncoded(pathAndQuery[0], SHORTEST);
    for (String segment : pathAndQuery[0].split("/")) {
      addEncoded(segment, SHORTEST_SEGMENT);
    }
    if (pathAndQuery.length == 2) {
      addEncoded(pathAndQuery[1], SHORTEST);
      for (String pair : pathAndQuery[1].split("[&;]")) {
        addEncoded(pair.substring(pair.indexOf('=') + 1), SHORTEST);
      }
    }
  }

  private void addEncoded(String text, int shortest) {
    add(text, shortest);
    add(Reading.of(text).unescaped(Escaping.PERCENT, false).text(), shortest);
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
    if (secret.length() >= shortest && secrets.size() <= MOST_SECRETS) {
      secrets.add(blanks(secret));
    }
  }

  /** In a form that was posted, and in queries, a plus is a blank. */
  private static String blanks(String text) {
    return text.replace('+', ' ');
  }

  /**
   * What a receiver answered, with {@value Redaction#REDACTED} for each secret; where the answer
   * was cut, the beginning of one at its end is taken out too.
   */
  public String conceal(String text, boolean cut) {
    if (secrets.size() > MOST_SECRETS) {
      return Redaction.REDACTED;
    }
    Map<String, String> shorter = shorter();
    BitSet hidden = new BitSet(text.length());
    for (Reading reading : Reading.all(text, cut)) {
      String read = blanks(reading.text());
      for (int at = 0; at + SHORTEST <= read.length(); at++) {
        if (anyBeginsWith(read.substring(at, at + 1))) {
          String rest = read.substring(at);
          int length = cut && anyBeginsWith(rest) ? rest.length() : longest(rest, shorter);
          hidden.set(reading.original(at), reading.original(at + length));
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

  private boolean anyBeginsWith(String beginning) {
    String first = secrets.ceiling(beginning);
    return first != null && first.startsWith(beginning);
  }

  /** For each secret the longest other one that it begins with. */
  private Map<String, String> shorter() {
    Map<String, String> shorter = new HashMap<>();
    String candidate = null;
    for (String secret : secrets) {
      while (candidate != null && !secret.startsWith(candidate)) {
        candidate = shorter.get(candidate);
      }
      shorter.put(secret, candidate);
      candidate = secret;
    }
    return shorter;
  }

  /** The length of the longest secret that a text begins with, 0 for none. */
  private int longest(String text, Map<String, String> shorter) {
    // Whatever the text begins with, the greatest that is not above it begins with too.
    String candidate = secrets.floor(text);
    while (candidate != null && !text.startsWith(candidate)) {
      candidate = shorter.get(candidate);
    }
    return candidate == null ? 0 : candidate.length();
  }
}
