package dev.auditwebhook.journal.postgres.requests;

import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.journal.Nodes;
import dev.auditwebhook.journal.postgres.database.Database;
import dev.auditwebhook.journal.postgres.database.DatabaseException;
import dev.auditwebhook.journal.postgres.database.Round;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;

/**
 * Requests that nodes make of each other, by a table and notifications. Each is carried out once or
 * not at all, and not once its time is over by the database's clock. For one context.
 */
public final class Mailbox {

  /** What is refused on a node that stops. */
  static final String STOPS = "this node stops; ask another one";

  /** How often it looks for what no notification told of, in milliseconds. */
  static final long POLL = 1_000;

  /** How often it removes what was left behind, in milliseconds. */
  private static final long TIDY = 30_000;

  private static final String NOT_KNOWN = ": whether it was done is not known";

  /**
   * A request on its way.
   *
   * @param answer what came of it, as soon as that is known
   * @param arrived whether it is known to be in the table; failed when it is known not to be
   * @param reply as the node replies or refuses; fails with 503 when it cannot be asked, and with
   *     504 when it does not answer
   */
  record Sent(
      String id, Promise<JsonObject> answer, Future<Boolean> arrived, Future<JsonObject> reply) {

    /** Whether it may have got lost on its way into the table. */
    boolean isDoubtful() {
      return arrived.succeeded() && !arrived.result();
    }

    private void fail(int code, String message) {
      answer.tryFail(refusal(code, message));
    }
  }

  private final Database database;
  private final Clock clock;
  private final String node;
  private final Duties duties;
  private final Map<String, Sent> asked = new HashMap<>();
  private final Round fetching;
  private long poll = -1;
  private long tidy = -1;
  private boolean closed;

  /**
   * @param node the id of this node
   * @param host answers what this node is asked
   */
  public Mailbox(Database database, Clock clock, String node, Nodes.Host host) {
    this.database = database;
    this.clock = clock;
    this.node = node;
    duties = new Duties(database, clock, node, host);
    fetching =
        new Round(() -> database.run("request-replies", Tuple.of(node)).onSuccess(this::read));
    poll();
    tidy();
  }

  private void poll() {
    duties.take();
    fetch();
    poll = clock.timer(POLL, this::poll);
  }

  private void tidy() {
    tidy =
        clock.timer(
            TIDY,
            () -> {
              database.run("request-tidy", Tuple.tuple());
              tidy();
            });
  }

  /** Takes a notification: {@code request <target node>} or {@code reply <sender node>}. */
  public void heard(String payload) {
    if (payload.equals("request " + node)) {
      duties.take();
    } else if (payload.equals("reply " + node)) {
      fetch();
    }
  }

  /**
   * Asks a node.
   *
   * @param begin how long it has to begin with it, in milliseconds
   * @param end how long it has to answer, in milliseconds
   */
  Sent send(String target, String what, Object body, long begin, long end) {
    String id = UUID.randomUUID().toString();
    Promise<JsonObject> answer = Promise.promise();
    Future<JsonObject> reply =
        clock
            .within(end, answer.future())
            .recover(failure -> Future.failedFuture(told(failure)))
            .onComplete(v -> asked.remove(id));
    Future<Boolean> arrived =
        closed
            ? notSent(answer, STOPS)
            : database
                .run(
                    "request-send",
                    Tuple.of(
                        id,
                        node,
                        target,
                        what,
                        ((JsonObject) body).encode(),
                        begin,
                        database.schema()))
                .map(true)
                .recover(failure -> notSent(answer, failure));
    Sent sent = new Sent(id, answer, arrived, reply);
    if (!reply.isComplete()) {
      asked.put(id, sent);
    }
    return sent;
  }

  /** When it is not known whether it was sent, an answer may come all the same. */
  private static Future<Boolean> notSent(Promise<JsonObject> answer, Throwable failure) {
    return failure instanceof DatabaseException known && known.isOutcomeUnknown()
        ? Future.succeededFuture(false)
        : notSent(answer, failure.getMessage());
  }

  private static Future<Boolean> notSent(Promise<JsonObject> answer, String why) {
    answer.tryFail(refusal(503, why));
    return Future.failedFuture(why);
  }

  private static Throwable told(Throwable failure) {
    return failure instanceof TimeoutException
        ? refusal(504, "the node that was asked did not answer; it may have done it all the same")
        : failure;
  }

  /**
   * Asks nodes.
   *
   * @param millis how long they have, in milliseconds
   * @return what those reply that reply in time
   */
  public Future<List<JsonObject>> sendAll(
      Collection<String> targets, String what, Object body, long millis) {
    List<JsonObject> replies = new ArrayList<>();
    List<Future<JsonObject>> all = new ArrayList<>();
    for (String target : targets) {
      all.add(send(target, what, body, millis, millis).reply().onSuccess(replies::add));
    }
    return Future.join(all).transform(v -> Future.succeededFuture(replies));
  }

  /**
   * Takes a request back, unless its node took it: then it fails with {@link Nodes#NOT_HERE}.
   *
   * @return whether its node took it; failed when that is not known, then it is to be asked again
   */
  Future<Boolean> withdraw(Sent sent) {
    return sent.arrived()
        .compose(v -> database.run("request-withdraw", Tuple.of(sent.id, node)))
        .map(rows -> isTaken(sent, rows.iterator().next()));
  }

  private boolean isTaken(Sent sent, Row row) {
    if (row.getBoolean("back")) {
      remove(List.of(sent.id));
      sent.fail(closed ? 503 : Nodes.NOT_HERE, closed ? STOPS : "it was not begun with");
      return false;
    } else if (!row.getBoolean("there")) {
      sent.fail(
          504, "the database lost the request to the node that runs the endpoint" + NOT_KNOWN);
      return false;
    }
    return true;
  }

  /** Waits no longer for a node that took a request and is gone, unless it answered before. */
  Future<Void> giveUp(Sent sent) {
    return fetching
        .go()
        .onSuccess(v -> sent.fail(504, "the node that took the request is gone" + NOT_KNOWN));
  }

  private void fetch() {
    if (!asked.isEmpty() && !closed) {
      fetching.go();
    }
  }

  private void read(RowSet<Row> replies) {
    if (replies.size() > 0) {
      List<String> ids = new ArrayList<>();
      for (Row row : replies) {
        ids.add(row.getString("id"));
        Sent sent = asked.get(row.getString("id"));
        if (sent != null) {
          answered(sent, row.getInteger("code"), row.getString("reply"));
        }
      }
      remove(ids);
    }
  }

  private static void answered(Sent sent, int code, String text) {
    if (code == Duties.OK) {
      sent.answer.handle(Future.succeededFuture(text).map(Duties::json));
    } else {
      sent.fail(code, text);
    }
  }

  private void remove(List<String> ids) {
    database.run("request-remove", Tuple.of(ids.toArray(String[]::new)));
  }

  /** What a requester hears. */
  public static ReplyException refusal(int code, String message) {
    return new ReplyException(ReplyFailure.RECIPIENT_FAILURE, code, message);
  }

  /**
   * Asks and takes no more. What was asked fails, with 503 only what is taken back.
   *
   * @return completed when that is so, and what was taken is answered
   */
  public Future<Void> close() {
    closed = true;
    clock.cancel(poll);
    clock.cancel(tidy);
    List<Future<?>> ended = new ArrayList<>();
    List.copyOf(asked.values()).forEach(sent -> ended.add(end(sent)));
    ended.add(duties.close());
    return Future.join(ended).<Void>mapEmpty().otherwiseEmpty();
  }

  private Future<Boolean> end(Sent sent) {
    return withdraw(sent)
        .onComplete(
            v ->
                sent.fail(504, "this node stops before the one that it asked answers" + NOT_KNOWN));
  }
}
