package dev.auditwebhook.journal.postgres.database;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.function.Function;

/** Statements that are done together or not at all. */
public final class Transaction {

  private final Session session;
  private final SqlConnection connection;
  private final Statements statements;
  private final long patience;
  private DatabaseException failure;

  private Transaction(
      Session session, SqlConnection connection, Statements statements, long patience) {
    this.session = session;
    this.connection = connection;
    this.statements = statements;
    this.patience = patience;
  }

  static <T> Future<T> of(
      Session session,
      Statements statements,
      long patience,
      Function<Transaction, Future<T>> work) {
    return session
        .connection(patience)
        .map(connection -> new Transaction(session, connection, statements, patience))
        .compose(transaction -> transaction.whole(work));
  }

  private <T> Future<T> whole(Function<Transaction, Future<T>> work) {
    return plain("BEGIN", false)
        .compose(
            v ->
                done(work)
                    .recover(
                        why ->
                            plain("ROLLBACK", false).transform(ended -> Future.failedFuture(why))))
        .compose(result -> plain("COMMIT", true).map(v -> result));
  }

  /** Fails when a statement did, whatever the work made of that. */
  private <T> Future<T> done(Function<Transaction, Future<T>> work) {
    return work.apply(this)
        .compose(
            result ->
                failure == null ? Future.succeededFuture(result) : Future.failedFuture(failure));
  }

  /** Runs the prepared statement of a name. */
  public Future<RowSet<Row>> run(String statement, Tuple parameters) {
    return noted(connection.preparedQuery(statements.sql(statement)).execute(parameters), false);
  }

  /** Runs all statements of a name's text, which have no parameters. */
  Future<Void> script(String name) {
    return plain(statements.sql(name), false);
  }

  private Future<Void> plain(String sql, boolean ends) {
    return noted(connection.query(sql).execute(), ends).mapEmpty();
  }

  /** Until it ends, nothing of it is done when no answer comes. */
  private <T> Future<T> noted(Future<T> answer, boolean ends) {
    return session
        .answer(answer, patience, ends)
        .onFailure(
            why -> {
              if (failure == null) {
                failure = (DatabaseException) why;
              }
            });
  }
}
