package dev.auditwebhook.journal.postgres.requests;

import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.journal.Nodes;
import dev.auditwebhook.journal.postgres.database.Database;
import dev.auditwebhook.journal.postgres.database.DatabaseException;
import dev.auditwebhook.journal.postgres.database.Round;
import dev.auditwebhook.json.ExactJson;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** What other nodes ask of this one. For one context. */
final class Duties {

  /** From one try to write a reply to the next, in milliseconds. */
  private static final long TRY_AGAIN = 1_000;

  /** How often a reply is written that could not be at first. */
  private static final int TRIES = 3;

  static final int OK = 200;

  private final Database database;
  private final Clock clock;
  private final String node;
  private final Nodes.Host host;
  private final Round taking = new Round(this::takeAll);

  /**
   * Takes whose answers were lost, and which may be done all the same, or later: what they take
   * nobody began with. No more than connections that were cut just then.
   */
  private final Set<String> lost = new HashSet<>();

  /** What this node does for others, and has not answered yet. */
  private final Set<Future<Void>> answering = new HashSet<>();

  private boolean closed;

  /**
   * @param node the id of this node
   * @param host answers what this node is asked
   */
  Duties(Database database, Clock clock, String node, Nodes.Host host) {
    this.database = database;
    this.clock = clock;
    this.node = node;
    this.host = host;
  }

  /** Takes what there is, and carries it out. */
  void take() {
    if (!closed) {
      taking.go();
    }
  }

  private Future<?> takeAll() {
    if (closed) {
      return Future.succeededFuture();
    }
    String take = UUID.randomUUID().toString();
    return database
        .run("request-take", Tuple.of(node, take).addArrayOfString(lost.toArray(String[]::new)))
        .onSuccess(this::carryOut)
        .onFailure(
            failure -> {
              if (failure instanceof DatabaseException known && known.isOutcomeUnknown()) {
                lost.add(take);
              }
            });
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

  static JsonObject json(String text) {
    return (JsonObject) ExactJson.parseReply(Buffer.buffer(text));
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
              return clock.after(TRY_AGAIN).compose(v -> reply(id, code, text, tries - 1));
            });
  }

  /**
   * Takes no more.
   *
   * @return completed when what was taken is answered: who asked would wait for it in vain
   */
  Future<Void> close() {
    closed = true;
    return taking
        .ended()
        .compose(v -> Future.join(List.copyOf(answering)))
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }
}
