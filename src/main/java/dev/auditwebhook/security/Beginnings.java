package dev.auditwebhook.security;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;

/** Tells which of many texts another one begins with, in a time that hardly grows with them. */
final class Beginnings {

  private final String[] sorted;
  private final BitSet firsts = new BitSet();

  /** Of each text the longest other one that it begins with, -1 for none. */
  private final int[] shorter;

  /**
   * @param texts none of which is empty
   */
  Beginnings(Collection<String> texts) {
    sorted = texts.stream().distinct().sorted().toArray(String[]::new);
    shorter = new int[sorted.length];
    for (int i = 0; i < sorted.length; i++) {
      int candidate = i - 1;
      while (candidate >= 0 && !sorted[i].startsWith(sorted[candidate])) {
        candidate = shorter[candidate];
      }
      shorter[i] = candidate;
      firsts.set(sorted[i].charAt(0));
    }
  }

  /** Whether one of the texts begins with a character. */
  boolean anyBeginsWith(char first) {
    return firsts.get(first);
  }

  /** The length of the longest of the texts that another one begins with, 0 for none. */
  int longest(String of) {
    int found = Arrays.binarySearch(sorted, of);
    int candidate = found < 0 ? -found - 2 : found;
    if (candidate < 0) {
      return 0;
    }
    // Whatever it begins with, the greatest that is not above it begins with too.
    int common = common(of, sorted[candidate]);
    while (candidate >= 0 && sorted[candidate].length() > common) {
      candidate = shorter[candidate];
    }
    return candidate < 0 ? 0 : sorted[candidate].length();
  }

  private static int common(String one, String other) {
    int common = 0;
    while (common < one.length()
        && common < other.length()
        && one.charAt(common) == other.charAt(common)) {
      common++;
    }
    return common;
  }

  /** Whether one of the texts begins so. */
  boolean anyBeginsWith(String beginning) {
    int found = Arrays.binarySearch(sorted, beginning);
    int candidate = found < 0 ? -found - 1 : found;
    return candidate < sorted.length && sorted[candidate].startsWith(beginning);
  }
}
