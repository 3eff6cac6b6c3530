package dev.auditwebhook.endpoint;

import java.util.List;

/** Which actions are delivered: exact names, or prefixes that end in {@code *}. */
final class Actions {

  private final List<String> patterns;
  private final boolean all;

  Actions(List<String> patterns) {
    this.patterns = patterns;
    this.all = patterns.contains("*");
  }

  boolean match(String action) {
    return all || patterns.stream().anyMatch(pattern -> matches(pattern, action));
  }

  private static boolean matches(String pattern, String action) {
    return pattern.endsWith("*")
        ? action.startsWith(pattern.substring(0, pattern.length() - 1))
        : action.equals(pattern);
  }
}
