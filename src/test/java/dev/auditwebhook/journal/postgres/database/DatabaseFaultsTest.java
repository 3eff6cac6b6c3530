package dev.auditwebhook.journal.postgres.database;

import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.PostgresServer;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that stops, starts again, freezes. */
class DatabaseFaultsTest {

  private static PostgresServer server;

  @RegisterExtension final OpenDatabases databases = new OpenDatabases();

  @BeforeAll
  static void start() {
    server = PostgresServer.own();
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private Database open() {
    return databases.open(server.uri() + "?sslmode=disable");
  }

  private Future<String> begin(Database database, long wait) {
    return databases.begin(
        () ->
            database.open(
                wait,
                () ->
                    database
                        .run("test-echo", Tuple.of("there"))
                        .map(rows -> rows.iterator().next().getString("text"))));
  }

  private static String where() {
    return "the database at 127.0.0.1:" + server.port() + "/postgres ";
  }

  @ParameterizedTest
  @EnumSource
  void aServerThatWasStartedAgainIsTakenAgain(PostgresServer.Stop how) {
    Database database = open();
    databases.echo(database, "a");
    Future<?> underway = databases.begin(() -> database.run("test-sleep", Tuple.of(60.0)));
    Awaitility.await()
        .until(
            () ->
                server.select("SELECT 1 FROM pg_stat_activity WHERE state = 'active'").size() > 1);

    server.stop(how);
    DatabaseException cut = OpenDatabases.failure(underway);
    assertThat(cut.isAway()).isTrue();
    assertThat(cut.isOutcomeUnknown()).isTrue();
    DatabaseException away = databases.failure(() -> database.run("test-echo", Tuple.of("b")));
    assertThat(away.isAway()).isTrue();

    server.start();
    assertThat(result(begin(database, 60_000))).isEqualTo("there");
  }

  @Test
  void aStartWaitsForAServerThatIsAwayAndSaysSoOnce() {
    Database database = open();
    server.stop(PostgresServer.Stop.FAST);
    try (LogLines log = new LogLines()) {
      Future<String> opening = begin(database, 86_400_000);
      for (int tries = 0; tries < 3; tries++) {
        awaitTimer();
        result(databases.clock.turn(Opening.TRY_AGAIN));
      }
      server.start();
      awaitTimerOr(opening);
      while (!opening.isComplete()) {
        result(databases.clock.turn(Opening.TRY_AGAIN));
        awaitTimerOr(opening);
      }

      assertThat(opening.result()).isEqualTo("there");
      assertThat(log.all())
          .satisfiesExactly(
              line ->
                  assertThat(line)
                      .startsWith(
                          "WARN webhook.store.uri: "
                              + where()
                              + "cannot be reached: Connection refused")
                      .endsWith("; waiting up to 86400000 ms for it"),
              line -> assertThat(line).isEqualTo("WARN webhook.store.uri: the database is there"));
    }
  }

  /** Until a try has failed, and the next one has its time. */
  private void awaitTimer() {
    Awaitility.await().until(() -> result(databases.clock.timers()) == 1);
  }

  private void awaitTimerOr(Future<?> opening) {
    Awaitility.await().until(() -> opening.isComplete() || result(databases.clock.timers()) == 1);
  }

  @Test
  void aStartThatHasWaitedLongEnoughEndsInOneLine() {
    Database database = open();
    server.stop(PostgresServer.Stop.FAST);
    try {
      Future<String> opening = begin(database, 0);

      assertThatThrownBy(() -> result(opening))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("webhook.store.uri: " + where() + "cannot be reached: ")
          .hasMessageNotContaining("\n");
    } finally {
      server.start();
    }
  }

  @Test
  void aStartDoesNotWaitForWhatSomebodyHasToPutRight() {
    server.role("locked_out", "right");
    Database database = databases.open(server.uri("locked_out:wrong"));

    assertThatThrownBy(() -> result(begin(database, 86_400_000)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("webhook.store.uri: " + where() + "refuses the password of its user (28P01)");
  }

  @Test
  void aServerThatIsFrozenIsGivenUpAndItsOutcomeIsUnknown() {
    Database database = open();
    databases.echo(database, "a");
    server.freeze();
    try {
      Future<?> asked = databases.begin(() -> database.run("test-echo", Tuple.of("b")));
      result(databases.clock.turn(12_000));

      DatabaseException failure = OpenDatabases.failure(asked);
      assertThat(failure.isAway()).isTrue();
      assertThat(failure.isOutcomeUnknown()).isTrue();
      assertThat(failure).hasMessage(where() + "did not answer within 12000 ms");
    } finally {
      server.thaw();
    }
    assertThat(databases.echo(database, "c")).isEqualTo("c");
  }

  @Test
  void aStandbyIsWaitedForUntilItIsThePrimary() {
    Database database = databases.open(server.uri() + "?sslmode=disable", "standby");
    databases.ask(() -> new Schema(database, "msg_").install());
    server.stop(PostgresServer.Stop.FAST);
    server.startAsStandby();

    DatabaseException failure = failureOnceConnected(() -> new Schema(database, "msg_").install());
    assertThat(failure.isAway()).isTrue();
    assertThat(failure)
        .hasMessage(where() + "is read-only: webhook.store.uri must name the primary (25006)");

    server.promote();
    databases.ask(() -> new Schema(database, "msg_").install());
  }

  /** A connection from before may be found to be lost first. */
  private DatabaseException failureOnceConnected(Callable<Future<?>> work) {
    return Awaitility.await()
        .until(() -> databases.failure(work), failure -> "25006".equals(failure.sqlState()));
  }

  @Test
  void theEndDoesNotWaitForAServerThatIsFrozen() {
    Database database = open();
    databases.echo(database, "a");
    server.freeze();
    try {
      databases.begin(() -> database.run("test-echo", Tuple.of("b")));

      databases.ask(database::close);
      result(databases.vertx.close());
    } finally {
      server.thaw();
    }
  }

  @Test
  void aServerThatIsFrozenDoesNotHearButIsFoundAgain() {
    AtomicInteger connected = new AtomicInteger();
    List<String> heard = new CopyOnWriteArrayList<>();
    Database database = databases.open(server.uri() + "?sslmode=disable", "channel");
    databases.ask(
        () ->
            Future.succeededFuture(
                new Notifications(database, heard::add, connected::incrementAndGet)));
    Awaitility.await().until(() -> connected.get() == 1);
    server.freeze();
    try {
      result(databases.clock.turn(Notifications.BEAT));
      result(databases.clock.turn(12_000));
      awaitTimer();
    } finally {
      server.thaw();
    }
    result(databases.clock.turn(Notifications.TRY_AGAIN));

    Awaitility.await().until(() -> connected.get() == 2);
    server.sql("NOTIFY channel, 'again'");
    Awaitility.await().until(() -> heard.equals(List.of("again")));
  }
}
