package dev.auditwebhook.http;

import dev.auditwebhook.http.guard.Problem;
import io.vertx.core.buffer.Buffer;

/**
 * The entries of a body of newline-delimited JSON, one after the other, so that no more of them is
 * parsed than is on its way. Blank lines are none.
 */
final class EntryLines {

  /** The most entries of one body. */
  static final int MAX = 1_000;

  private final Buffer body;
  private final int count;
  private int from;
  private int to = -1;

  /** Refuses a body with too many entries, or without any. */
  EntryLines(Buffer body) {
    this.body = body;
    int found = 0;
    while (advance()) {
      found++;
    }
    count = found;
    to = -1;
    if (count == 0) {
      throw Problem.badRequest("the body must have an entry a line, was empty");
    }
    if (count > MAX) {
      throw new Problem(
          413, "the body has %d entries, more than %d; none was taken".formatted(count, MAX));
    }
  }

  int count() {
    return count;
  }

  /** The next entry; {@code null} after the last one. */
  Buffer next() {
    return advance() ? body.slice(from, to) : null;
  }

  private boolean advance() {
    boolean blank = true;
    while (blank && to < body.length()) {
      from = to + 1;
      to = from;
      while (to < body.length() && body.getByte(to) != '\n') {
        blank &= isBlank(body.getByte(to++));
      }
    }
    return !blank;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t' || b == '\r';
  }
}
