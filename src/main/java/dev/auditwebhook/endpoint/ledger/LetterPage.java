package dev.auditwebhook.endpoint.ledger;

import java.util.ArrayList;
import java.util.List;

/** The dead letters of one reading: not too many bytes of them. */
public final class LetterPage {

  private final long maxBytes;
  private final List<DeadLetter> letters = new ArrayList<>();
  private long bytes;

  /**
   * @param maxBytes at most so many bytes together, but one letter whatever its size
   */
  public LetterPage(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Adds the next letter, or says that it is one too many. */
  public boolean add(DeadLetter letter) {
    bytes += letter.size();
    if (bytes > maxBytes && !letters.isEmpty()) {
      return false;
    }
    letters.add(letter);
    return true;
  }

  public List<DeadLetter> letters() {
    return letters;
  }
}
