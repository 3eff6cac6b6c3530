package dev.auditwebhook.journal.postgres.database;

import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.PostgresServer;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a database does, and what is told when it does not. */
class DatabaseTest {

  @RegisterExtension final OpenDatabases databases = new OpenDatabases();
  private final PostgresServer server = PostgresServer.shared();
  private final String schema = server.freshSchema();

  private Database open() {
    return databases.open(server.uri() + "?application_name=" + schema, schema);
  }

  private Database installed() {
    Database database = open();
    databases.ask(() -> new Schema(database, "msg_").install());
    return database;
  }

  private Future<?> sleep(Database database, double seconds) {
    return databases.begin(() -> database.run("test-sleep", Tuple.of(seconds)));
  }

  /** Waits until so many statements of the module run at the server. */
  private void awaitRunning(int statements) {
    Awaitility.await()
        .until(
            () ->
                server.select(
                    "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND application_name"
                        + " = '%s'".formatted(schema)),
            running -> running.size() == statements);
  }

  private List<String> actions() {
    return server.select("SELECT action FROM " + schema + ".inbox ORDER BY seq");
  }

  private static String where(int port) {
    return "the database at 127.0.0.1:" + port + "/postgres ";
  }

  @Test
  void statementsRunSideBySide() {
    Database database = open();

    List<Future<?>> slow =
        IntStream.range(0, Database.SESSIONS)
            .<Future<?>>mapToObj(session -> sleep(database, 0.5))
            .toList();

    awaitRunning(Database.SESSIONS);
    result(Future.all(slow));
  }

  @Test
  void moreStatementsThanConnectionsWaitForTheirTurn() {
    Database database = open();

    List<Future<String>> many =
        IntStream.range(0, 100)
            .mapToObj(
                i ->
                    databases.begin(
                        () ->
                            database
                                .run("test-echo", Tuple.of("n" + i))
                                .map(rows -> rows.iterator().next().getString("text"))))
            .toList();

    result(Future.all(many));
    assertThat(many.get(99).result()).isEqualTo("n99");
  }

  @Test
  void aTransactionIsDoneAsAWhole() {
    Database database = installed();

    databases.ask(
        () ->
            database.transaction(
                transaction ->
                    transaction
                        .run("test-insert", Tuple.of("a"))
                        .compose(v -> transaction.run("test-insert", Tuple.of("b")))));

    assertThat(actions()).containsExactly("a", "b");
  }

  @Test
  void nothingIsDoneOfATransactionWhoseWorkFails() {
    Database database = installed();

    Future<Void> failed =
        databases.begin(
            () ->
                database.transaction(
                    transaction ->
                        transaction
                            .run("test-insert", Tuple.of("a"))
                            .compose(v -> Future.failedFuture("no"))));

    Awaitility.await().until(failed::failed);
    assertThat(failed.cause()).hasMessage("no");
    assertThat(actions()).isEmpty();
    assertThat(databases.echo(database, "goes on")).isEqualTo("goes on");
  }

  @Test
  void nothingIsDoneOfATransactionThatMakesLightOfAFailure() {
    Database database = installed();

    DatabaseException failure =
        databases.failure(
            () ->
                database.transaction(
                    transaction ->
                        transaction
                            .run("test-insert", Tuple.of("a"))
                            .compose(v -> transaction.run("test-insert", Tuple.of((Object) null)))
                            .otherwiseEmpty()));

    assertThat(failure.sqlState()).isEqualTo("23502");
    assertThat(failure.isAway()).isFalse();
    assertThat(failure.isOutcomeUnknown()).isFalse();
    assertThat(actions()).isEmpty();
  }

  @Test
  void aWrongPasswordIsRefusedWithoutBeingShown() {
    String user = server.freshSchema();
    server.role(user, "right");
    Database database = databases.open(server.uri(user + ":secret"));

    DatabaseException failure = databases.failure(() -> database.run("test-echo", Tuple.of("a")));

    assertThat(failure.isAway()).isFalse();
    assertThat(failure.isOutcomeUnknown()).isFalse();
    assertThat(failure)
        .hasMessage(where(server.port()) + "refuses the password of its user (28P01)")
        .hasStackTraceContaining("28P01");
    assertThat(failure.toString() + failure.getCause()).doesNotContain("secret");
  }

  @Test
  void theRightPasswordIsTaken() {
    String user = server.freshSchema();
    server.role(user, "right");

    assertThat(databases.echo(databases.open(server.uri(user + ":right")), "a")).isEqualTo("a");
  }

  @Test
  void aPasswordThatIsMissingIsRefused() {
    String user = server.freshSchema();
    server.role(user, "right");
    Database database = databases.open(server.uri(user));

    DatabaseException failure = databases.failure(() -> database.run("test-echo", Tuple.of("a")));

    assertThat(failure.isAway()).isFalse();
    assertThat(failure).hasMessage(where(server.port()) + "asks for a password of its user");
  }

  @Test
  void aDatabaseThatIsNotThereIsRefused() {
    Database database = databases.open(server.uri().replaceFirst("postgres$", "nowhere"));

    DatabaseException failure = databases.failure(() -> database.run("test-echo", Tuple.of("a")));

    assertThat(failure.isAway()).isFalse();
    assertThat(failure)
        .hasMessage("the database at 127.0.0.1:%d/nowhere does not exist (3D000)", server.port());
  }

  @Test
  void aServerWithoutTlsIsRefusedWhereTlsIsAskedFor() {
    Database database = databases.open(server.uri() + "?sslmode=require");

    DatabaseException failure = databases.failure(() -> database.run("test-echo", Tuple.of("a")));

    assertThat(failure.isAway()).isFalse();
    assertThat(failure)
        .hasMessage(where(server.port()) + "does not speak TLS, which the sslmode asks for");
  }

  @ParameterizedTest
  @ValueSource(strings = {"disable", "allow", "prefer"})
  void aServerWithoutTlsIsTakenWhereTlsIsNotAskedFor(String mode) {
    Database database = databases.open(server.uri() + "?sslmode=" + mode);

    assertThat(databases.echo(database, "a")).isEqualTo("a");
  }

  @Test
  void aServerThatIsNotThereIsAway() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Database database = databases.open("postgresql://a@127.0.0.1:" + port + "/postgres");

    DatabaseException failure = databases.failure(() -> database.run("test-echo", Tuple.of("a")));

    assertThat(failure.isAway()).isTrue();
    assertThat(failure.isOutcomeUnknown()).isFalse();
    assertThat(failure)
        .hasMessageStartingWith(where(port) + "cannot be reached: Connection refused");
  }

  @Test
  void aServerWithoutAConnectionLeftIsAway() {
    String user = server.freshSchema();
    server.sql("CREATE ROLE " + user + " LOGIN CONNECTION LIMIT 0");
    Database database = databases.open(server.uri(user));

    DatabaseException failure = databases.failure(() -> database.run("test-echo", Tuple.of("a")));

    assertThat(failure.isAway()).isTrue();
    assertThat(failure).hasMessage(where(server.port()) + "has no connection left (53300)");
  }

  @Test
  void aServerThatIsReadOnlyIsAwayAndLookedForAgain() {
    installed();
    String user = server.freshSchema();
    server.sql(
        "CREATE ROLE " + user + " LOGIN IN ROLE postgres",
        "ALTER ROLE " + user + " SET default_transaction_read_only = on");
    Database database = databases.open(server.uri(user), schema);

    DatabaseException failure =
        databases.failure(() -> database.run("test-insert", Tuple.of("early")));

    assertThat(failure.isAway()).isTrue();
    assertThat(failure.isOutcomeUnknown()).isFalse();
    assertThat(failure)
        .hasMessage(
            where(server.port()) + "is read-only: webhook.store.uri must name the primary (25006)");

    server.sql("ALTER ROLE " + user + " RESET default_transaction_read_only");
    databases.ask(() -> database.run("test-insert", Tuple.of("late")));
    assertThat(actions()).containsExactly("late");
  }

  @Test
  void aStatementThatTakesTooLongIsCancelledByTheServer() {
    Database database = databases.open(server.uri(), schema, 100);

    DatabaseException failure = databases.failure(() -> database.run("test-sleep", Tuple.of(60.0)));

    assertThat(failure.isAway()).isTrue();
    assertThat(failure.isOutcomeUnknown()).isFalse();
    assertThat(failure)
        .hasMessage(where(server.port()) + "is slow: a statement took too long (57014)");
    assertThat(databases.echo(database, "goes on")).isEqualTo("goes on");
  }

  @Test
  void theOutcomeOfAStatementIsUnknownWhenItsConnectionIsCut() {
    Database database = open();
    Future<?> cut = sleep(database, 60);
    awaitRunning(1);

    server.terminate("application_name = '" + schema + "'");

    DatabaseException failure = OpenDatabases.failure(cut);
    assertThat(failure.isAway()).isTrue();
    assertThat(failure.isOutcomeUnknown()).isTrue();
    assertThat(failure).hasMessageStartingWith(where(server.port()));
    assertThat(databases.echo(database, "goes on")).isEqualTo("goes on");
  }

  @Test
  void theOutcomeOfATransactionIsKnownWhenItsConnectionIsCutBeforeTheEnd() {
    Database database = installed();
    Future<?> cut =
        databases.begin(
            () ->
                database.transaction(
                    transaction ->
                        transaction
                            .run("test-insert", Tuple.of("a"))
                            .compose(v -> transaction.run("test-sleep", Tuple.of(60.0)))));
    awaitRunning(1);

    server.terminate("application_name = '" + schema + "'");

    DatabaseException failure = OpenDatabases.failure(cut);
    assertThat(failure.isAway()).isTrue();
    assertThat(failure.isOutcomeUnknown()).isFalse();
    assertThat(actions()).isEmpty();
  }

  @Test
  void aConnectionThatWasCutWhileIdleIsMadeAgain() {
    Database database = open();
    databases.echo(database, "a");

    assertThat(server.terminate("application_name = '" + schema + "'")).isEqualTo(1);

    Awaitility.await()
        .ignoreExceptionsInstanceOf(DatabaseException.class)
        .until(() -> databases.echo(database, "b").equals("b"));
  }

  @Test
  void aSocketThatNeverAnswersIsGivenUp() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      Database database =
          databases.open(
              "postgresql://a@127.0.0.1:" + silent.getLocalPort() + "/postgres?sslmode=disable");
      Future<?> asked = databases.begin(() -> database.run("test-echo", Tuple.of("a")));
      try (Socket connection = silent.accept()) {
        assertThat(connection.getInputStream().read()).as("it was spoken to").isNotNegative();

        result(databases.clock.turn(12_000));

        DatabaseException failure = OpenDatabases.failure(asked);
        assertThat(failure.isAway()).isTrue();
        assertThat(failure.isOutcomeUnknown()).isFalse();
        assertThat(failure)
            .hasMessage(where(silent.getLocalPort()) + "did not answer within 12000 ms");
        Awaitility.await().until(() -> isClosedByTheOtherSide(connection));
      }
    }
  }

  /** Closed, and not only for what comes from there. */
  private static boolean isClosedByTheOtherSide(Socket connection) {
    try {
      connection.getOutputStream().write(0);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void aStatementThatGetsNoTurnIsGivenUpAndWasNotSent() {
    Database database = open();
    for (int i = 0; i < Database.SESSIONS; i++) {
      sleep(database, 60);
    }
    awaitRunning(Database.SESSIONS);
    Future<?> waiting = databases.begin(() -> database.run("test-echo", Tuple.of("a"), 1_000));

    result(databases.clock.turn(1_000));

    DatabaseException failure = OpenDatabases.failure(waiting);
    assertThat(failure.isAway()).isTrue();
    assertThat(failure.isOutcomeUnknown()).isFalse();
    server.terminate("application_name = '" + schema + "'");
  }

  @Test
  void afterTheEndNothingIsDone() {
    Database database = open();
    databases.echo(database, "a");

    databases.ask(database::close);

    assertThat(databases.failure(() -> database.run("test-echo", Tuple.of("a"))).isAway()).isTrue();
    Awaitility.await()
        .until(
            () ->
                server.select(
                    "SELECT 1 FROM pg_stat_activity WHERE application_name = '" + schema + "'"),
            List::isEmpty);
  }
}
