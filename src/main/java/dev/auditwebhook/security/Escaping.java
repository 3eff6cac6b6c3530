package dev.auditwebhook.security;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How characters are written within another text, one pattern for each way. */
enum Escaping {

  /** Of a string of JSON or JavaScript. */
  JSON(
      '\\',
      "\\\\(?:u[0-9a-f]{4}|x[0-9a-f]{2}|[\"'\\\\/bfnrt])",
      "\\\\(?:u[0-9a-f]{0,3}|x[0-9a-f]?)?") {
    @Override
    String read(String escape) {
      if (escape.length() > 2) {
        return Character.toString(Integer.parseInt(escape, 2, escape.length(), 16));
      }
      int named = "bfnrt".indexOf(escape.charAt(1));
      return named < 0 ? escape.substring(1) : "\b\f\n\r\t".substring(named, named + 1);
    }
  },

  /** Of a URL: a character in UTF-8, and a byte that is none as one of ISO-8859-1. */
  PERCENT(
      '%',
      "%[cd][0-9a-f]%[89ab][0-9a-f]|%e[0-9a-f](?:%[89ab][0-9a-f]){2}"
          + "|%f[0-7](?:%[89ab][0-9a-f]){3}|%[0-9a-f]{2}",
      "(?:%[c-f][0-9a-f](?:%[89ab][0-9a-f]){0,2})?(?:%[0-9a-f]?)?") {
    @Override
    String read(String escape) {
      byte[] bytes = HexFormat.of().parseHex(escape.replace("%", ""));
      return new String(
          bytes, bytes.length == 1 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    }
  },

  /** Of HTML and XML: numbers, and the names that both have. */
  HTML(
      '&',
      "&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|amp|lt|gt|quot|apos);",
      "&(?:#[0-9]*|#x[0-9a-f]*|[a-z]{0,4})") {
    @Override
    String read(String escape) {
      String name = escape.substring(1, escape.length() - 1).toLowerCase(Locale.ROOT);
      return switch (name) {
        case "amp" -> "&";
        case "lt" -> "<";
        case "gt" -> ">";
        case "quot" -> "\"";
        case "apos" -> "'";
        default -> {
          boolean hex = name.charAt(1) == 'x';
          int codePoint = Integer.parseInt(name, hex ? 2 : 1, name.length(), hex ? 16 : 10);
          yield Character.isValidCodePoint(codePoint) ? Character.toString(codePoint) : escape;
        }
      };
    }
  };

  private static final String NEVER = "(?!)";

  private final char first;
  private final Pattern inWhole;
  private final Pattern inCut;

  Escaping(char first, String whole, String beginning) {
    this.first = first;
    inWhole = pattern(NEVER, whole);
    inCut = pattern("(?:" + beginning + ")\\z", whole);
  }

  private static Pattern pattern(String cut, String whole) {
    return Pattern.compile("(?<cut>" + cut + ")|" + whole, Pattern.CASE_INSENSITIVE);
  }

  /** Whether there is a character that escapes begin with. */
  boolean mayBeIn(String text) {
    return text.indexOf(first) >= 0;
  }

  /** Finds escapes; in a text that may go on ({@code cut}) also one whose end is missing. */
  Matcher in(String text, boolean cut) {
    return (cut ? inCut : inWhole).matcher(text);
  }

  /** What an escape stands for; nothing where its end is missing. */
  String read(Matcher found) {
    return found.group("cut") == null ? read(found.group()) : "";
  }

  abstract String read(String escape);
}
