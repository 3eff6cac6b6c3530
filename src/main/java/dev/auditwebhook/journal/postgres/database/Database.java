package dev.auditwebhook.journal.postgres.database;

import dev.auditwebhook.endpoint.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A database, by a few connections that are made when they are needed. Statements are named as
 * their resources, {@code dev/auditwebhook/postgres/NAME.sql}. All that fails, fails with a {@link
 * DatabaseException}. For one context.
 */
public final class Database {

  /** How many statements run side by side. */
  static final int SESSIONS = 4;

  /** How long a statement may take at the server, in milliseconds. */
  static final long STATEMENT_TIMEOUT = 10_000;

  /** How much longer its answer may take to come, in milliseconds. */
  private static final long ON_THE_WAY = 2_000;

  /**
   * A statement is planned once, when the tables may be empty, and is to cost the same when they
   * are not: so it goes by indexes. To compile it would take longer than to run it.
   */
  private static final Map<String, String> PLANS =
      Map.of("plan_cache_mode", "force_generic_plan", "enable_seqscan", "off", "jit", "off");

  private final Vertx vertx;
  private final Clock clock;
  private final ConnectionUri uri;
  private final String schema;
  private final long patience;
  private final Statements statements;
  private final Diagnosis diagnosis;
  private final List<PgConnectOptions> ways;
  private final List<Session> sessions = new ArrayList<>();
  private final Deque<Session> idle = new ArrayDeque<>();
  private final Queue<Promise<Session>> waiting = new ArrayDeque<>();
  private boolean closed;

  /**
   * @param schema the name of the schema that {@code {schema}} in statements stands for
   */
  public Database(Vertx vertx, Clock clock, ConnectionUri uri, String schema) {
    this(vertx, clock, uri, schema, STATEMENT_TIMEOUT);
  }

  /**
   * @param statementTimeout how long a statement may take at the server, in milliseconds
   */
  Database(Vertx vertx, Clock clock, ConnectionUri uri, String schema, long statementTimeout) {
    this.vertx = vertx;
    this.clock = clock;
    this.uri = uri;
    this.schema = schema;
    patience = statementTimeout + ON_THE_WAY;
    statements = new Statements(schema);
    diagnosis = new Diagnosis(uri);
    ways = uri.ways().stream().map(way -> limited(way, statementTimeout)).toList();
    for (int i = 0; i < SESSIONS; i++) {
      sessions.add(session());
    }
    idle.addAll(sessions);
  }

  private static PgConnectOptions limited(PgConnectOptions way, long statementTimeout) {
    PLANS.forEach(way::addProperty);
    return way.setCachePreparedStatements(true)
        .setPreparedStatementCacheSqlLimit(Integer.MAX_VALUE)
        .addProperty("statement_timeout", Long.toString(statementTimeout))
        .addProperty("lock_timeout", Long.toString(statementTimeout / 2))
        .addProperty("idle_in_transaction_session_timeout", Long.toString(statementTimeout));
  }

  /** One more session, which only its maker uses. */
  Session session() {
    return new Session(vertx, clock, ways, diagnosis);
  }

  Clock clock() {
    return clock;
  }

  long patience() {
    return patience;
  }

  ConnectionUri uri() {
    return uri;
  }

  /** The name of the schema. */
  public String schema() {
    return schema;
  }

  /** Runs a statement in a transaction of its own. */
  public Future<RowSet<Row>> run(String statement, Tuple parameters) {
    return run(statement, parameters, patience);
  }

  /**
   * Runs a statement in a transaction of its own.
   *
   * @param patience how long a turn, a connection and the answer are waited for, each, in
   *     milliseconds; then the connection is cut
   */
  public Future<RowSet<Row>> run(String statement, Tuple parameters, long patience) {
    String sql = statements.sql(statement);
    return lend(patience, session -> session.run(sql, parameters, patience));
  }

  /**
   * Runs statements in one transaction, which is rolled back when the work or any of them fails.
   */
  public <T> Future<T> transaction(Function<Transaction, Future<T>> work) {
    return lend(patience, session -> Transaction.of(session, statements, patience, work));
  }

  /**
   * Does what a start needs of the database, again each second while it is away.
   *
   * @param wait for how long, in milliseconds
   * @return failed in one line that begins with the key when that did not help
   */
  public <T> Future<T> open(long wait, Supplier<Future<T>> work) {
    return new Opening<>(clock, wait, work).result();
  }

  private <T> Future<T> lend(long patience, Function<Session, Future<T>> work) {
    if (closed) {
      return Future.failedFuture(diagnosis.closed());
    }
    return free(patience)
        .compose(session -> work.apply(session).onComplete(v -> giveBack(session)));
  }

  private Future<Session> free(long patience) {
    if (!idle.isEmpty()) {
      return Future.succeededFuture(idle.pop());
    }
    Promise<Session> turn = Promise.promise();
    waiting.add(turn);
    long timer = clock.timer(patience, () -> turn.tryFail(diagnosis.silence(patience, false)));
    return turn.future().onComplete(v -> clock.cancel(timer));
  }

  private void giveBack(Session session) {
    while (!waiting.isEmpty()) {
      if (waiting.poll().tryComplete(session)) {
        return;
      }
    }
    idle.push(session);
  }

  /** Ends all connections, whatever is under way on them. */
  public Future<Void> close() {
    closed = true;
    waiting.forEach(turn -> turn.tryFail(diagnosis.closed()));
    waiting.clear();
    return Future.join(sessions.stream().map(Session::close).toList()).mapEmpty();
  }
}
