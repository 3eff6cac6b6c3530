package dev.auditwebhook.journal.postgres.database;

import dev.auditwebhook.endpoint.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import io.vertx.sqlclient.spi.ConnectionFactory;
import java.util.Iterator;
import java.util.List;

/**
 * One session with the server, for one user at a time. Its connection is made when it is needed,
 * and cut when it does not answer in time.
 */
final class Session {

  private final Vertx vertx;
  private final Clock clock;
  private final List<PgConnectOptions> ways;
  private final Diagnosis diagnosis;
  private final Transport transport;
  private final ConnectionFactory<PgConnectOptions> factory;
  private PgConnection connection;
  private int cuts;
  private boolean closed;

  /**
   * @param ways how the server is reached, the preferred way first
   */
  Session(Vertx vertx, Clock clock, List<PgConnectOptions> ways, Diagnosis diagnosis) {
    this.vertx = vertx;
    this.clock = clock;
    this.ways = ways;
    this.diagnosis = diagnosis;
    transport = new Transport(vertx);
    factory = transport.factory();
  }

  /**
   * Its connection, made if there is none.
   *
   * @param patience how long that may take, in milliseconds
   */
  Future<PgConnection> connection(long patience) {
    return connection == null
        ? connect(ways.iterator(), patience)
        : Future.succeededFuture(connection);
  }

  private Future<PgConnection> connect(Iterator<PgConnectOptions> ways, long patience) {
    if (closed) {
      return Future.failedFuture(diagnosis.closed());
    }
    int before = cuts;
    return answer(factory.connect(vertx.getOrCreateContext(), ways.next()), patience, false)
        .transform(
            (made, failure) -> {
              if (failure == null) {
                connection = prepared(made, before);
                return Future.succeededFuture(connection);
              }
              cut(before);
              return ways.hasNext() && ((DatabaseException) failure).isOfTheWay()
                  ? connect(ways, patience)
                  : Future.failedFuture(failure);
            });
  }

  private PgConnection prepared(SqlConnection made, int before) {
    // What a server says at the end is told to whoever waits for an answer, too.
    made.exceptionHandler(said -> {}).closeHandler(v -> cut(before));
    return PgConnection.cast(made).noticeHandler(notice -> {});
  }

  /** Runs a prepared statement in a transaction of its own. */
  Future<RowSet<Row>> run(String sql, Tuple parameters, long patience) {
    return connection(patience)
        .compose(it -> answer(it.preparedQuery(sql).execute(parameters), patience, true));
  }

  /** Waits for an answer so long and no longer. */
  <T> Future<T> answer(Future<T> answer, long patience, boolean sent) {
    Promise<T> promise = Promise.promise();
    int before = cuts;
    long timer =
        clock.timer(
            patience,
            () -> {
              cut(before);
              promise.tryFail(diagnosis.silence(patience, sent));
            });
    answer.onComplete(
        (result, failure) -> {
          clock.cancel(timer);
          if (failure == null) {
            promise.tryComplete(result);
            return;
          }
          if (Diagnosis.cuts(failure)) {
            cut(before);
          }
          promise.tryFail(diagnosis.of(failure, sent));
        });
    return promise.future();
  }

  private void cut(int before) {
    if (before == cuts) {
      cut();
    }
  }

  /** Ends the connection, whatever is under way on it; the next use makes another one. */
  void cut() {
    cuts++;
    connection = null;
    transport.cut();
  }

  /** Ends the connection for good. */
  Future<Void> close() {
    closed = true;
    cut();
    return Future.future(factory::close);
  }
}
