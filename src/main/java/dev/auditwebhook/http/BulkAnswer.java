package dev.auditwebhook.http;

import dev.auditwebhook.http.guard.ClientLimits;
import dev.auditwebhook.http.guard.Problem;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.function.BooleanSupplier;

/**
 * What becomes of many entries: they go in order, a few at a time, and line n of the answer tells
 * of entry n. One that is refused keeps none from being taken. Lives on one context.
 */
final class BulkAnswer {

  /** How long all of it may take, in milliseconds. */
  static final long LONGEST = ClientLimits.LONGEST_ANSWER;

  /** About the most bytes of a line that tells of an entry which was taken. */
  static final int LINE = 128;

  /** How many entries are on their way at once: none but those is an object in memory. */
  private static final int WINDOW = 64;

  /** The status of an entry in a message of the webhook that it was posted to. */
  private static final int LOOP = 508;

  /** Posts one entry, or throws a {@link Problem}. */
  interface Post {
    Future<JsonObject> post(int number, Buffer entry, long timeout);
  }

  private final EntryLines entries;
  private final Post post;
  private final Buffer[] answers;
  private final Promise<Buffer> whole = Promise.promise();
  private final long deadline = System.nanoTime() + LONGEST * 1_000_000;
  private BooleanSupplier gone;
  private int begun;
  private int settled;
  private boolean beginning;

  BulkAnswer(EntryLines entries, Post post) {
    this.entries = entries;
    this.post = post;
    this.answers = new Buffer[entries.count()];
  }

  /**
   * Posts all entries.
   *
   * @param gone whether nobody waits for the answer any more: then no other entry is begun, as who
   *     has no answer sends all again
   * @return the answer as newline-delimited JSON; a failure when the entries came back to where
   *     they came from, which holds for all of them
   */
  Future<Buffer> whole(BooleanSupplier gone) {
    this.gone = gone;
    begin();
    return whole.future();
  }

  private void begin() {
    // A reply that is there at once must not begin the next one within the one before.
    beginning = true;
    while (begun < answers.length && begun - settled < WINDOW && !isOver()) {
      int number = begun++;
      post(number, entries.next()).onComplete(done -> settled(number, done.result()));
    }
    beginning = false;
    if (settled == answers.length) {
      whole.tryComplete(joined());
    }
  }

  private boolean isOver() {
    return whole.future().isComplete() || gone.getAsBoolean();
  }

  private Future<JsonObject> post(int number, Buffer entry) {
    long left = (deadline - System.nanoTime()) / 1_000_000;
    return Future.<Void>succeededFuture()
        .compose(
            v ->
                left > 0
                    ? post.post(number, entry, left)
                    : Future.failedFuture(
                        new Problem(503, "no time was left for this entry; send it again")))
        .otherwise(failure -> error(Problem.of(failure, 500)));
  }

  private JsonObject error(Problem problem) {
    if (problem.status() == LOOP) {
      whole.tryFail(problem);
    }
    return new JsonObject()
        .put("type", "audit_entry_error")
        .put("status", problem.status())
        .put("detail", problem.getMessage())
        .mergeIn(problem.members());
  }

  private void settled(int number, JsonObject answer) {
    answers[number] = answer.toBuffer();
    settled++;
    if (!beginning) {
      begin();
    }
  }

  private Buffer joined() {
    Buffer joined = Buffer.buffer();
    for (Buffer answer : answers) {
      joined.appendBuffer(answer).appendByte((byte) '\n');
    }
    return joined;
  }
}
