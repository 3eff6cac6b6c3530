package dev.auditwebhook.journal.postgres.database;

import static dev.auditwebhook.testing.Webhooks.result;

import dev.auditwebhook.testing.HastenedClock;
import dev.auditwebhook.testing.Turn;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Databases on a context of the test's own, which end with it. */
final class OpenDatabases implements AfterEachCallback {

  final Vertx vertx = Vertx.vertx();
  final HastenedClock clock = new HastenedClock(vertx);
  private final Context context = vertx.getOrCreateContext();

  @Override
  public void afterEach(ExtensionContext test) {
    result(vertx.close());
  }

  Database open(String uri) {
    return open(uri, "webhook", Database.STATEMENT_TIMEOUT);
  }

  Database open(String uri, String schema) {
    return open(uri, schema, Database.STATEMENT_TIMEOUT);
  }

  /**
   * @param statementTimeout in milliseconds
   */
  Database open(String uri, String schema, long statementTimeout) {
    return new Database(vertx, clock, ConnectionUri.of(uri), schema, statementTimeout);
  }

  /** Begins something on the context of the databases. */
  <T> Future<T> begin(Callable<Future<T>> work) {
    return Turn.of(context, work).compose(begun -> begun);
  }

  /** What comes of something on the context of the databases. */
  <T> T ask(Callable<Future<T>> work) {
    return result(begin(work));
  }

  /** What a database says, when it is asked to say it. */
  String echo(Database database, String text) {
    return ask(() -> database.run("test-echo", Tuple.of(text))).iterator().next().getString("text");
  }

  /** How something must fail. */
  DatabaseException failure(Callable<Future<?>> work) {
    return failure(begin(() -> work.call().mapEmpty()));
  }

  static DatabaseException failure(Future<?> begun) {
    try {
      result(begun);
    } catch (DatabaseException e) {
      return e;
    }
    throw new AssertionError("it went well");
  }
}
