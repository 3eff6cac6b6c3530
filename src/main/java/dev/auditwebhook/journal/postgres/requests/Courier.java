package dev.auditwebhook.journal.postgres.requests;

import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.journal.Nodes;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Brings requests to the node that runs an endpoint, and looks again while there is none, or when
 * the endpoint went elsewhere before its node began with the request. For one context.
 */
public final class Courier {

  /** Where the endpoints are, as far as this node knows. */
  public interface Places {

    /** Whether there is such an endpoint. */
    boolean isKnown(String endpoint);

    /** The other node that runs it; {@code null} when none does, or this one. */
    String elsewhere(String endpoint);

    /** Whether this node runs it, and is not about to hand it over. */
    boolean isHere(String endpoint);

    /** Whether the lease of a node runs. */
    boolean isLiving(String node);
  }

  /** How often it looks where an endpoint is, in milliseconds. */
  static final long LOOK = 100;

  /** The least time for an answer, in milliseconds: a test waits for a receiver. */
  static final long ANSWER = 30_000;

  private final Mailbox mailbox;
  private final Places places;
  private final Nodes.Host host;
  private final Clock clock;
  private final long patience;

  /** Those that wait until they look again. */
  private final Set<Promise<Void>> waiting = new HashSet<>();

  private boolean closed;

  /**
   * @param host answers for what is here
   * @param patience how long an endpoint may be without a node that answers, in milliseconds
   */
  public Courier(Mailbox mailbox, Places places, Nodes.Host host, Clock clock, long patience) {
    this.mailbox = mailbox;
    this.places = places;
    this.host = host;
    this.clock = clock;
    this.patience = patience;
  }

  /** As {@link Nodes#ask}. */
  public Future<JsonObject> ask(String endpoint, String what, Object body) {
    return new Errand(endpoint, what, body, clock.elapsed() + patience).look();
  }

  /**
   * Asks no more: what waits is refused.
   *
   * @return as {@link Mailbox#close}
   */
  public Future<Void> close() {
    closed = true;
    List.copyOf(waiting).forEach(Promise::tryComplete);
    return mailbox.close();
  }

  private final class Errand {

    private final String endpoint;
    private final String what;
    private final Object body;
    private final long deadline;

    Errand(String endpoint, String what, Object body, long deadline) {
      this.endpoint = endpoint;
      this.what = what;
      this.body = body;
      this.deadline = deadline;
    }

    private long left() {
      return deadline - clock.elapsed();
    }

    Future<JsonObject> look() {
      if (closed) {
        return refused(503, Mailbox.STOPS);
      } else if (!places.isKnown(endpoint)) {
        return refused(404, "there is no endpoint " + endpoint);
      } else if (left() <= 0) {
        return refused(503, "no node runs the endpoint " + endpoint + " now; ask again");
      } else if (places.isHere(endpoint)) {
        return unlessGone(host.answer(what, body));
      }
      String node = places.elsewhere(endpoint);
      return node == null ? lookAgain() : unlessGone(send(node));
    }

    private Future<JsonObject> refused(int code, String message) {
      return Future.failedFuture(Mailbox.refusal(code, message));
    }

    private Future<JsonObject> send(String node) {
      Mailbox.Sent sent = mailbox.send(node, what, body, left(), Math.max(left(), ANSWER));
      watch(node, sent, false);
      return sent.reply();
    }

    /** Looks again and again what becomes of it; its node has taken it, as far as is known. */
    private void watch(String node, Mailbox.Sent sent, boolean taken) {
      clock.timer(
          LOOK,
          () -> {
            if (!sent.reply().isComplete()) {
              check(node, sent, taken).otherwise(taken).onSuccess(now -> watch(node, sent, now));
            }
          });
    }

    /**
     * Takes it back when its node does not run the endpoint any more, or has no time left; gives it
     * up when that took it and is gone.
     *
     * @return whether it is known to be taken
     */
    private Future<Boolean> check(String node, Mailbox.Sent sent, boolean taken) {
      if (taken) {
        return places.isLiving(node)
            ? Future.succeededFuture(true)
            : mailbox.giveUp(sent).map(true);
      }
      return left() <= 0 || sent.isDoubtful() || !node.equals(places.elsewhere(endpoint))
          ? mailbox.withdraw(sent)
          : Future.succeededFuture(false);
    }

    private Future<JsonObject> unlessGone(Future<JsonObject> answer) {
      return answer.recover(
          failure ->
              failure instanceof ReplyException known && known.failureCode() == Nodes.NOT_HERE
                  ? lookAgain()
                  : Future.failedFuture(failure));
    }

    private Future<JsonObject> lookAgain() {
      if (closed) {
        return look();
      }
      Promise<Void> wait = Promise.promise();
      waiting.add(wait);
      long timer = clock.timer(LOOK, wait::tryComplete);
      return wait.future()
          .onComplete(
              v -> {
                waiting.remove(wait);
                clock.cancel(timer);
              })
          .compose(v -> look());
    }
  }
}
