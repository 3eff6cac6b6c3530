package dev.auditwebhook.journal.postgres.requests;

import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.journal.Nodes;
import dev.auditwebhook.journal.postgres.database.Database;
import dev.auditwebhook.journal.postgres.database.DatabaseException;
import dev.auditwebhook.journal.postgres.database.Round;
import dev.auditwebhook.json.ExactJson;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeoutException;

/**
 * Requests that nodes make of each other, by a table and notifications. Each is carried out once or
 * not at all, and not once its time is over by the database's clock. For one context.
 */
public final class Mailbox {

  /** How often it looks for what no notification told of, in milliseconds. */
  static final long POLL = 1_000;

  /** How often it removes what was left behind, in milliseconds. */
  private static final long TIDY = 30_000;

  /** How often a reply is written that could not be at first. */
  private static final int TRIES = 3;

  private static final int OK = 200;

  /**
   * A request on its way.
   *
   * @param reply as the node replies or refuses; fails with 503 when it cannot be asked, and with
   *     504 when it does not answer
   */
  record Sent(String id, Future<JsonObject> reply) {}

  private final Database database;
  private final Clock clock;
  private final String node;
  private final Nodes.Host host;
  private final Map<String, Promise<JsonObject>> asked = new HashMap<>();

  /** What this node does for others, and has not answered yet. */
  private final Set<Future<Void>> answering = new HashSet<>();

  private final Round taking;
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
    this.host = host;
    taking =
        new Round(
            () ->
                closed
                    ? Future.succeededFuture()
                    : database.run("request-take", Tuple.of(node)).onSuccess(this::carryOut));
    fetching =
        new Round(() -> database.run("request-replies", Tuple.of(node)).onSuccess(this::read));
    poll();
    tidy();
  }

  private void poll() {
    take();
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
      take();
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
    Promise<JsonObject> reply = Promise.promise();
    asked.put(id, reply);
    String text = ((JsonObject) body).encode();
    database
        .run("request-send", Tuple.of(id, node, target, what, text, begin, database.schema()))
        .onFailure(failure -> notSent(reply, failure));
    return new Sent(
        id,
        clock
            .within(end, reply.future())
            .recover(failure -> Future.failedFuture(told(failure)))
            .onComplete(v -> asked.remove(id)));
  }

  /** When it is not known whether it was sent, an answer may come all the same. */
  private static void notSent(Promise<JsonObject> reply, Throwable failure) {
    if (!(failure instanceof DatabaseException known && known.isOutcomeUnknown())) {
      reply.tryFail(refusal(503, failure.getMessage()));
    }
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
   * Takes a request back, unless its node has begun with it: then it fails with {@link
   * Nodes#NOT_HERE}.
   */
  void withdraw(Sent sent) {
    Promise<JsonObject> reply = asked.get(sent.id);
    if (reply != null) {
      database
          .run("request-withdraw", Tuple.of(sent.id))
          .onSuccess(
              rows -> {
                if (rows.size() > 0) {
                  reply.tryFail(refusal(Nodes.NOT_HERE, "it was not begun with"));
                }
              });
    }
  }

  private void take() {
    if (!closed) {
      taking.go();
    }
  }

  private void carryOut(RowSet<Row> requests) {
    List<Row> inOrder = new ArrayList<>();
    requests.forEach(inOrder::add);
    inOrder.sort(Comparator.comparing((Row row) -> row.get(OffsetDateTime.class, "made")));
    for (Row row : inOrder) {
      String id = row.getString("id");
      Future<Void> answered =
          Future.succeededFuture()
              .compose(v -> host.answer(row.getString("what"), json(row.getString("body"))))
              .transform(
                  (reply, failure) ->
                      failure == null
                          ? reply(id, OK, reply.encode(), TRIES)
                          : reply(id, code(failure), failure.getMessage(), TRIES));
      answering.add(answered);
      answered.onComplete(v -> answering.remove(answered));
    }
  }

  private static int code(Throwable failure) {
    return failure instanceof ReplyException known ? known.failureCode() : 500;
  }

  private Future<Void> reply(String id, int code, String text, int tries) {
    // The columns of the database hold no U+0000; in JSON it is escaped.
    String fit = String.valueOf(text).replace('\u0000', '\ufffd');
    return database
        .run("request-reply", Tuple.of(id, code, fit, database.schema()))
        .<Void>mapEmpty()
        .recover(
            failure -> {
              if (tries == 1 || closed) {
                return Future.failedFuture(failure);
              }
              return clock.after(POLL).compose(v -> reply(id, code, text, tries - 1));
            });
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
        Promise<JsonObject> reply = asked.get(row.getString("id"));
        if (reply != null) {
          answered(reply, row.getInteger("code"), row.getString("reply"));
        }
      }
      database.run("request-remove", Tuple.of(ids.toArray(String[]::new)));
    }
  }

  private static void answered(Promise<JsonObject> reply, int code, String text) {
    if (code == OK) {
      reply.handle(Future.succeededFuture(text).map(Mailbox::json));
    } else {
      reply.tryFail(refusal(code, text));
    }
  }

  /** What a requester hears. */
  public static ReplyException refusal(int code, String message) {
    return new ReplyException(ReplyFailure.RECIPIENT_FAILURE, code, message);
  }

  private static JsonObject json(String text) {
    return (JsonObject) ExactJson.parseReply(Buffer.buffer(text));
  }

  /**
   * Asks and takes no more.
   *
   * @return completed when what was taken is answered: who asked would wait for it in vain
   */
  public Future<Void> close() {
    closed = true;
    clock.cancel(poll);
    clock.cancel(tidy);
    List.copyOf(asked.values()).forEach(each -> each.tryFail(refusal(503, "this node stops")));
    return taking
        .ended()
        .compose(v -> Future.join(List.copyOf(answering)))
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }
}
