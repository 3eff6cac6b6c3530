package dev.auditwebhook.journal.postgres;

import static dev.auditwebhook.testing.Webhooks.result;

import dev.auditwebhook.journal.postgres.database.ConnectionUri;
import dev.auditwebhook.journal.postgres.database.Database;
import dev.auditwebhook.journal.postgres.database.Schema;
import dev.auditwebhook.testing.HastenedClock;
import dev.auditwebhook.testing.PostgresServer;
import dev.auditwebhook.testing.Turn;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The tables of one webhook, in a schema of the test's own, and what asks them on a context. */
final class Tables implements BeforeEachCallback, AfterEachCallback {

  final PostgresServer server = PostgresServer.shared();
  final String schema = server.freshSchema();
  final Vertx vertx = Vertx.vertx();
  final HastenedClock clock = new HastenedClock(vertx);
  private final Context context = vertx.getOrCreateContext();

  @Override
  public void beforeEach(ExtensionContext test) {
    Database database = database();
    ask(() -> new Schema(database, "msg_").install());
    ask(database::close);
  }

  @Override
  public void afterEach(ExtensionContext test) {
    result(vertx.close());
  }

  String uri() {
    return server.uri() + "?application_name=" + schema;
  }

  /** A way to them, as each node has one. */
  Database database() {
    return new Database(vertx, clock, ConnectionUri.of(uri()), schema);
  }

  /** Begins something on the context. */
  <T> Future<T> begin(Callable<Future<T>> work) {
    return Turn.of(context, work).compose(begun -> begun);
  }

  /** What comes of something on the context. */
  <T> T ask(Callable<Future<T>> work) {
    return result(begin(work));
  }

  /** Runs statements on the tables, where {@code {s}} stands for the schema. */
  void sql(String... statements) {
    for (String statement : statements) {
      server.sql(named(statement));
    }
  }

  /** The first column of what a query finds. */
  List<String> select(String query) {
    return server.select(named(query));
  }

  /** The one value that a query finds. */
  String value(String query) {
    return select(query).get(0);
  }

  private String named(String sql) {
    return sql.replace("{s}", schema);
  }

  /** A transaction of somebody else's, which has done something and is not at its end. */
  Connection transaction(String statement) throws SQLException {
    Connection connection = server.connect();
    connection.setAutoCommit(false);
    connection.createStatement().execute(named(statement));
    return connection;
  }

  /** Waits until so many statements wait for a lock, or more. */
  void awaitBlocked(int statements) {
    Awaitility.await()
        .until(
            () ->
                select(
                        "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND"
                            + " application_name = '{s}'")
                    .size(),
            blocked -> blocked >= statements);
  }
}
