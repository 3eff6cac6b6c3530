package dev.auditwebhook.journal.postgres.database;

import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.PostgresServer;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NotificationsTest {

  @RegisterExtension final OpenDatabases databases = new OpenDatabases();
  private final PostgresServer server = PostgresServer.shared();
  private final String schema = server.freshSchema();
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final AtomicInteger connected = new AtomicInteger();

  private Notifications listen() {
    Database database = databases.open(server.uri() + "?application_name=" + schema, schema);
    return databases.ask(
        () ->
            Future.succeededFuture(
                new Notifications(database, heard::add, connected::incrementAndGet)));
  }

  private void awaitConnected(int times) {
    Awaitility.await().untilAtomic(connected, org.hamcrest.Matchers.is(times));
  }

  private int terminate() {
    return server.terminate("application_name = '" + schema + "'");
  }

  private void notify(String payload) {
    server.sql("NOTIFY " + schema + ", '" + payload + "'");
  }

  private void awaitHeard(String... payloads) {
    Awaitility.await().until(() -> heard.equals(List.of(payloads)));
  }

  @Test
  void payloadsAreHeardInOrder() {
    listen();
    awaitConnected(1);

    notify("journal 1");
    notify("journal 2");

    awaitHeard("journal 1", "journal 2");
  }

  @Test
  void aConnectionThatWasCutIsMadeAgainAndTold() {
    listen();
    awaitConnected(1);

    assertThat(terminate()).isEqualTo(1);
    awaitConnected(2);

    notify("journal 3");
    awaitHeard("journal 3");
  }

  @Test
  void aConnectionOnWhichNothingComesIsAskedWhetherItIsStillOne() {
    listen();
    awaitConnected(1);
    for (int beats = 0; beats < 3; beats++) {
      result(databases.clock.turn(Notifications.BEAT));
      awaitQuery("SELECT 1");
    }

    notify("still there");
    awaitHeard("still there");
    assertThat(connected).hasValue(1);
  }

  private void awaitQuery(String query) {
    Awaitility.await()
        .until(
            () ->
                server.select(
                    "SELECT query FROM pg_stat_activity WHERE application_name = '%s'"
                        .formatted(schema)),
            List.of(query)::equals);
  }

  @Test
  void itEndsWithItsConnection() {
    Notifications notifications = listen();
    awaitConnected(1);

    databases.ask(notifications::close);

    Awaitility.await().until(() -> terminate() == 0);
    assertThat(connected).hasValue(1);
  }
}
