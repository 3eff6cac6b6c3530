package dev.auditwebhook.store;

import java.util.ArrayList;
import java.util.List;

/** The dead letters of one reading: not more of them than are asked for, and not too many bytes. */
final class Reading {

  private final int limit;
  private final long maxBytes;
  private final List<DeadLetter> letters = new ArrayList<>();
  private long bytes;

  /**
   * @param limit at most so many
   * @param maxBytes at most so many bytes together, but one letter whatever its size
   */
  Reading(int limit, long maxBytes) {
    this.limit = limit;
    this.maxBytes = maxBytes;
  }

  /** Adds the next letter, or says that it is one too many. */
  boolean add(DeadLetter letter) {
    bytes += letter.size();
    if (letters.size() == limit || bytes > maxBytes && !letters.isEmpty()) {
      return false;
    }
    letters.add(letter);
    return true;
  }

  List<DeadLetter> letters() {
    return letters;
  }
}
