package dev.auditwebhook.journal.postgres.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.PostgresServer;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Endpoints as those see them that accept entries for all. */
class DirectoryTest {

  private final PostgresServer server = PostgresServer.shared();
  private final String schema = server.freshSchema();
  private final StoreOptions options = new StoreOptions().setMaxEvents(10);
  private final NodeOfTest owner = NodeOfTest.open(server, schema, options).join("a", "b");

  /** Accepts, and runs nothing. */
  private final NodeOfTest node = NodeOfTest.open(server, schema, options);

  private final Directory directory = node.nodes().directory();

  @AfterEach
  void close() {
    owner.close();
    node.close();
  }

  private <T> T turn(Callable<T> work) {
    return node.turn(work);
  }

  private void run(Runnable work) {
    node.turn(
        () -> {
          work.run();
          return null;
        });
  }

  private Share share(String id) {
    return directory.find(id);
  }

  private void set(String id, JsonObject settings) {
    server.sql(
        "UPDATE %s.endpoint SET settings = '%s', version = version + 1 WHERE id = '%s'"
            .formatted(schema, settings.encode(), id));
  }

  /** What was set of an option, and the configured value that it replaced. */
  private static JsonObject set(String key, Object value, Object configured) {
    JsonObject set = new JsonObject().put("value", value).put("configured", configured);
    return new JsonObject().put("set", new JsonObject().put(key, set));
  }

  private static JsonObject onlyUsers() {
    return set("actions", List.of("user.*"), List.of("*"));
  }

  private void refresh() {
    node.result(directory::refresh);
  }

  @Test
  void allEndpointsAreKnownWithTheirOwners() {
    assertThat(turn(directory::members)).extracting(Share::id).containsExactly("a", "b");
    assertThat(turn(() -> directory.numberOf("b"))).isEqualTo(1);
    assertThat(turn(() -> directory.ownerOf("b"))).isEqualTo(owner.id());
    assertThat(turn(() -> directory.numberOf("c"))).isNull();
    assertThat(turn(() -> directory.ownerOf("c"))).isNull();
  }

  @Test
  void whoeverDoesNotLiveOwnsNothing() {
    server.sql("UPDATE " + schema + ".progress SET owner = 'dead' WHERE number = 1");
    refresh();
    assertThat(turn(() -> directory.ownerOf("b"))).isNotEqualTo("dead");
  }

  /** Else entries would be accepted for what is not there any more, or not for what is new. */
  @Test
  void whatIsNewIsKnownThoughOwnersAreNotSettled() throws SQLException {
    server.sql(
        "INSERT INTO %s.node (id, name, until) VALUES ('dead', 'dead', clock_timestamp())"
            .formatted(schema));
    try (Connection other = server.connect();
        Statement lock = other.createStatement()) {
      other.setAutoCommit(false);
      lock.execute("SELECT FROM %s.node WHERE id = 'dead' FOR UPDATE".formatted(schema));
      server.sql("UPDATE " + schema + ".progress SET owner = 'dead' WHERE number = 1");
      await().until(() -> waitsForALock());
      set("a", set("url", "", "http://127.0.0.1:1/a"));
      Directory known = owner.nodes().directory();
      await().until(() -> !owner.turn(() -> known.find("a").isEnabled()));
      assertThat(waitsForALock()).isTrue();
    }
    await().until(() -> owner.owns("b"));
  }

  private boolean waitsForALock() {
    return server
        .select(
            "SELECT count(*) FROM pg_stat_activity"
                + " WHERE wait_event_type = 'Lock' AND query LIKE '%"
                + schema
                + "%'")
        .equals(List.of("1"));
  }

  @Test
  void theLaterWordIsInForce() {
    set("a", set("url", "", "http://127.0.0.1:1/a"));
    refresh();
    assertThat(turn(() -> share("a").isEnabled())).isFalse();
    set("a", set("url", "", "http://127.0.0.1:1/before"));
    refresh();
    assertThat(turn(() -> share("a").isEnabled())).isTrue();
    set("a", onlyUsers());
    refresh();
    assertThat(turn(() -> share("a").wants("user.login"))).isTrue();
    assertThat(turn(() -> share("a").wants("node.join"))).isFalse();
  }

  @Test
  void whatWasMadeAtRunTimeIsAsItWasSet() {
    assertThat(owner.result(() -> owner.nodes().create("made"))).isNotNull();
    refresh();
    assertThat(turn(() -> share("made").isEnabled())).isFalse();
    set("made", set("url", "http://127.0.0.1:1/made", "(not named)"));
    refresh();
    assertThat(turn(() -> share("made").isEnabled() && share("made").wants("any"))).isTrue();
  }

  @Test
  void optionsThatAreNotKnownHereDoNotMatter() {
    server.sql(
        "UPDATE %s.endpoint SET version = 2, configured = '%s' WHERE id = 'a'"
            .formatted(
                schema,
                "{\"url\":\"http://127.0.0.1:1/a\",\"actions\":[\"user.*\"],\"newer\":{\"x\":1}}"));
    refresh();
    assertThat(turn(() -> share("a").isEnabled() && share("a").wants("user.login"))).isTrue();
    assertThat(turn(() -> share("a").wants("node.join"))).isFalse();
  }

  @Test
  void changesAreToldAndSoonSeen() {
    int before = node.memberChanges();
    set("a", onlyUsers());
    server.sql("NOTIFY " + schema + ", 'endpoints'");
    await().until(() -> node.memberChanges() > before);
    assertThat(turn(() -> share("a").wants("node.join"))).isFalse();
  }

  @Test
  void withoutANotificationChangesAreSeenAllTheSame() {
    set("a", onlyUsers());
    await().until(() -> !turn(() -> share("a").wants("node.join")));
  }

  @Test
  void whatIsSetHereHoldsAtOnceWhateverIsBeingRead() {
    run(
        () -> {
          directory.refresh();
          directory.settingsKept("a", onlyUsers());
        });
    // The tables have it otherwise, in the version that was known.
    refresh();
    assertThat(turn(() -> share("a").wants("node.join"))).isFalse();
  }

  @Test
  void whatArrivesIsPendingUntilTheTablesTell() {
    run(
        () -> {
          share("a").received();
          share("a").received();
          share("b").dropped();
        });
    assertThat(turn(() -> share("a").pending())).isEqualTo(2);
    assertThat(turn(() -> share("b").pending())).isZero();
    assertThat(turn(directory::leave)).containsExactly(new Delta(0, 2, 0), new Delta(1, 1, 1));
    assertThat(turn(directory::leave)).isEmpty();
    assertThat(turn(() -> share("a").pending())).isEqualTo(2);
    long pending =
        turn(
            () -> {
              share("a").received();
              directory.pending(0, 7);
              return share("a").pending();
            });
    assertThat(pending).isEqualTo(8);
  }

  @Test
  void whatIsNotKeptIsDroppedAndSaidLater() {
    run(
        () -> {
          share("a").received();
          share("a").received();
          directory.giveBack(directory.leave());
          share("a").notKept(2);
          share("a").received();
        });
    assertThat(turn(() -> share("a").pending())).isEqualTo(1);
    assertThat(turn(directory::leave)).containsExactly(new Delta(0, 3, 2));
  }

  @Test
  void thereIsRoomForAsManyAsMayBePending() {
    server.sql(
        "UPDATE " + schema + ".intake SET wanted = 12, dropped = 1 WHERE number = 0",
        "UPDATE " + schema + ".progress SET totals = '{1,1,0,0,0,0}' WHERE number = 0");
    refresh();
    assertThat(turn(() -> share("a").pending())).isEqualTo(9);
    assertThat(turn(() -> share("a").hasRoom())).isTrue();
    run(() -> share("a").received());
    assertThat(turn(() -> share("a").hasRoom())).isFalse();
  }

  @Test
  void whoeverIsPassedOverIsSaidOnceInAWhile() {
    try (LogLines lines = new LogLines()) {
      run(
          () -> {
            share("a").passedOver();
            share("a").passedOver();
          });
      assertThat(lines.all())
          .containsExactly(
              "WARN Endpoint a has no room with 0 pending events: 1 entry dropped for it");
    }
    assertThat(turn(directory::leave)).containsExactly(new Delta(0, 2, 2));
  }
}
