package dev.auditwebhook.http.guard;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The answers that are made or unread, which together keep within a budget of memory. One that
 * nobody reads ends after a time, and before it where there is no room for another. May be used
 * from any thread.
 */
final class AnswerBudget {

  /** Below it, an answer is not worth counting: sockets hold as much. */
  private static final int SMALL = 4096;

  private final Vertx vertx;
  private final ClientLimits limits;
  private final ByteBudget bytes;
  private final Queue<Answer> unread = new ConcurrentLinkedQueue<>();

  AnswerBudget(Vertx vertx, ClientLimits limits, long bytes) {
    this.vertx = vertx;
    this.limits = limits;
    this.bytes = new ByteBudget(bytes);
  }

  Answer answer(HttpServerRequest request) {
    return new Answer(request);
  }

  /** Ends the answer that has been unread for longest, if there was some time to read it. */
  private boolean giveWay() {
    Answer longest = unread.peek();
    return longest != null
        && System.nanoTime() - longest.since >= limits.quietTimeout() * 1_000_000 / 10
        && longest.end();
  }

  /** The answer to one request, on the context of its exchange. */
  final class Answer {

    private final HttpServerRequest request;
    private final Context context = vertx.getOrCreateContext();
    private final ByteBudget.Hold hold = bytes.hold();
    private boolean expected;
    private volatile long since;

    private Answer(HttpServerRequest request) {
      this.request = request;
    }

    /** Whether there is room for an answer to come. */
    boolean expect(int size) {
      expected = become(size);
      return expected;
    }

    /** Whether an answer that was made may be sent; one that was expected always may. */
    boolean isAdmitted(int size) {
      return become(size) || expected;
    }

    private boolean become(int size) {
      int counted = size < SMALL ? 0 : size;
      boolean fits = hold.become(counted);
      while (!fits && giveWay()) {
        fits = hold.become(counted);
      }
      return fits;
    }

    /** Counts it until it is taken, which ends within a time. */
    void sent(int size, Future<Void> taken) {
      if (size >= SMALL && !taken.isComplete()) {
        since = System.nanoTime();
        unread.add(this);
        long timer = vertx.setTimer(limits.readTimeout(), late -> end());
        taken.onComplete(
            done -> {
              vertx.cancelTimer(timer);
              unread.remove(this);
            });
      }
      taken.onComplete(done -> release());
    }

    void release() {
      hold.release();
    }

    /** Ends it unread; false if that has been done. */
    private boolean end() {
      boolean ending = unread.remove(this);
      if (ending) {
        release();
        context.runOnContext(now -> WatchedConnection.cut(request));
      }
      return ending;
    }
  }
}
