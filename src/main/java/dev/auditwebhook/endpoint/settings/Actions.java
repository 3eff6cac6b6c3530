package dev.auditwebhook.endpoint.settings;

import java.util.List;

/**
 * Which actions an endpoint wants: exact names, or prefixes that end in {@code *}. One with {@code
 * !} before it takes out what the others let in; where all have it, they let in all else.
 */
public final class Actions {

  private final List<String> in;
  private final List<String> out;

  public Actions(List<String> patterns) {
    out = patterns.stream().filter(Actions::takesOut).map(each -> each.substring(1)).toList();
    List<String> named = patterns.stream().filter(each -> !takesOut(each)).toList();
    in = named.isEmpty() && !out.isEmpty() ? List.of("*") : named;
  }

  private static boolean takesOut(String pattern) {
    return pattern.startsWith("!");
  }

  public boolean match(String action) {
    return anyMatches(in, action) && !anyMatches(out, action);
  }

  private static boolean anyMatches(List<String> patterns, String action) {
    for (String pattern : patterns) {
      if (pattern.endsWith("*")
          ? action.startsWith(pattern.substring(0, pattern.length() - 1))
          : action.equals(pattern)) {
        return true;
      }
    }
    return false;
  }
}
