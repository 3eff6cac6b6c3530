package dev.auditwebhook.journal.postgres.database;

import dev.auditwebhook.endpoint.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
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

  /** A pool of one connection: only the close of a pool ends one that is still being made. */
  private Pool pool;

  private SqlConnection connection;
  private boolean closed;

  /**
   * @param ways how the server is reached, the preferred way first
   */
  Session(Vertx vertx, Clock clock, List<PgConnectOptions> ways, Diagnosis diagnosis) {
    this.vertx = vertx;
    this.clock = clock;
    this.ways = ways;
    this.diagnosis = diagnosis;
  }

  /**
   * Its connection, made if there is none.
   *
   * @param patience how long that may take, in milliseconds
   */
  Future<SqlConnection> connection(long patience) {
    return connection == null
        ? connect(ways.iterator(), patience)
        : Future.succeededFuture(connection);
  }

  private Future<SqlConnection> connect(Iterator<PgConnectOptions> ways, long patience) {
    if (closed) {
      return Future.failedFuture(diagnosis.closed());
    }
    Pool made =
        PgBuilder.pool()
            .with(new PoolOptions().setMaxSize(1).setConnectionTimeout(0))
            .connectingTo(ways.next())
            .using(vertx)
            .build();
    pool = made;
    return answer(made.getConnection(), patience, false)
        .transform(
            (it, failure) -> {
              if (failure == null) {
                // What it says when it ends is said to whoever waits for it, too.
                connection = it.exceptionHandler(said -> {}).closeHandler(v -> cut(made));
                return Future.succeededFuture(it);
              }
              cut(made);
              return ways.hasNext() && ((DatabaseException) failure).isOfTheWay()
                  ? connect(ways, patience)
                  : Future.failedFuture(failure);
            });
  }

  /** Runs a prepared statement in a transaction of its own. */
  Future<RowSet<Row>> run(String sql, Tuple parameters, long patience) {
    return connection(patience)
        .compose(it -> answer(it.preparedQuery(sql).execute(parameters), patience, true));
  }

  /** Waits for an answer so long and no longer. */
  <T> Future<T> answer(Future<T> answer, long patience, boolean sent) {
    Promise<T> promise = Promise.promise();
    Pool asked = pool;
    long timer =
        clock.timer(
            patience,
            () -> {
              leave(asked);
              promise.tryFail(diagnosis.silence(patience, sent));
              asked.close();
            });
    answer.onComplete(
        (result, failure) -> {
          clock.cancel(timer);
          if (failure == null) {
            promise.tryComplete(result);
            return;
          }
          if (Diagnosis.cuts(failure)) {
            cut(asked);
          }
          promise.tryFail(diagnosis.of(failure, sent));
        });
    return promise.future();
  }

  private void leave(Pool asked) {
    if (asked == pool) {
      pool = null;
      connection = null;
    }
  }

  private Future<Void> cut(Pool asked) {
    leave(asked);
    return asked == null ? Future.succeededFuture() : asked.close();
  }

  /** Ends the connection, whatever is under way on it; the next use makes another one. */
  Future<Void> cut() {
    return cut(pool);
  }

  /** Ends the connection for good. */
  Future<Void> close() {
    closed = true;
    return cut();
  }
}
