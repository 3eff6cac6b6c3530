package dev.auditwebhook.security;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.stream.IntStream;

/** One way to read a text, which knows where in the original each of its characters stands. */
final class Reading {

  /** JSON within JSON within HTML, say. */
  private static final int DEPTH = 3;

  private final String text;

  /** Where each character begins in the original, and where the last one ends. */
  private final int[] places;

  private Reading(String text, int[] places) {
    this.text = text;
    this.places = places;
  }

  static Reading of(String text) {
    return new Reading(text, IntStream.rangeClosed(0, text.length()).toArray());
  }

  /** What a text may mean, unescaped again and again; where it is cut, an escape may be too. */
  static List<Reading> all(String text, boolean cut) {
    Set<String> known = new HashSet<>();
    List<Reading> all = new ArrayList<>();
    List<Reading> last = new ArrayList<>(List.of(of(text)));
    for (int depth = 0; ; depth++) {
      last.removeIf(reading -> !known.add(reading.text));
      all.addAll(last);
      if (depth == DEPTH) {
        return all;
      }
      List<Reading> next = new ArrayList<>();
      for (Reading reading : last) {
        for (Escaping escaping : Escaping.values()) {
          if (escaping.mayBeIn(reading.text)) {
            next.add(reading.unescaped(escaping, cut));
          }
        }
      }
      last = next;
    }
  }

  Reading unescaped(Escaping escaping, boolean cut) {
    StringBuilder read = new StringBuilder(text.length());
    int[] from = new int[text.length() + 1];
    Matcher escape = escaping.in(text, cut);
    int at = 0;
    while (escape.find()) {
      at = copy(at, escape.start(), read, from);
      for (char c : escaping.read(escape).toCharArray()) {
        from[read.length()] = places[at];
        read.append(c);
      }
      at = escape.end();
    }
    copy(at, text.length(), read, from);
    from[read.length()] = places[text.length()];
    return new Reading(read.toString(), from);
  }

  private int copy(int begin, int end, StringBuilder read, int[] from) {
    for (int i = begin; i < end; i++) {
      from[read.length()] = places[i];
      read.append(text.charAt(i));
    }
    return end;
  }

  String text() {
    return text;
  }

  /** Where in the original a place of this text is. */
  int original(int place) {
    return places[place];
  }
}
