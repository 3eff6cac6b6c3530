package dev.auditwebhook.journal.postgres.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.journal.Nodes.Tenancy;
import dev.auditwebhook.testing.PostgresServer;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the tables tell of endpoints: whoever takes one over goes on from there. */
class TenancyReaderTest {

  private final PostgresServer server = PostgresServer.shared();
  private final String schema = server.freshSchema();
  private final StoreOptions options = new StoreOptions();
  private NodeOfTest node;

  @BeforeEach
  void makeEndpoints() {
    node = NodeOfTest.open(server, schema, options);
    node.join("a", "b", "c");
    node.leave();
    server.sql(
        "CREATE TABLE %1$s.journal_1 PARTITION OF %1$s.journal FOR VALUES FROM (1) TO (100001)"
            .formatted(schema),
        "CREATE TABLE %1$s.journal_2 PARTITION OF %1$s.journal FOR VALUES FROM (100001) TO (900001)"
            .formatted(schema));
    node = null;
  }

  @AfterEach
  void close() {
    if (node != null) {
      node.close();
    }
  }

  private void sql(String what) {
    server.sql(what.replace("{}", schema));
  }

  /** Events for the endpoints with these numbers. */
  private void events(long first, long last, int... numbers) {
    BitSet recipients = new BitSet();
    for (int number : numbers) {
      recipients.set(number);
    }
    sql(
        ("INSERT INTO {}.journal SELECT i, 'user.login', '\\x7d', 1, '\\x%s'"
                + " FROM generate_series(%d, %d) i")
            .formatted(HexFormat.of().formatHex(recipients.toByteArray()), first, last));
    sql("UPDATE {}.head SET last_id = " + last);
  }

  private NodeOfTest takeOver() {
    node = NodeOfTest.open(server, schema, options);
    return node.join("a", "b", "c");
  }

  private State state(String id) {
    return node.tenancy(id).state();
  }

  @Test
  void whatIsAboveTheCursorAndNotSettledWaits() {
    events(1, 10, 0, 1);
    events(11, 14, 1);
    events(15, 15, 9);
    sql("UPDATE {}.head SET last_id = 16, arrived = 20");
    sql("UPDATE {}.progress SET position = 4, ahead = '{6,9}' WHERE number = 0");
    sql("UPDATE {}.progress SET position = 11 WHERE number = 1");
    takeOver();
    assertThat(List.of("a", "b", "c"))
        .extracting(id -> state(id).waiting())
        .containsExactly(4L, 3L, 0L);
    assertThat(state("a").cursor()).isEqualTo(4);
    assertThat(state("a").ahead()).containsExactly(6L, 9L);
    assertThat(List.of("a", "b", "c"))
        .extracting(id -> node.tenancy(id).lastId())
        .containsOnly(16L);
  }

  @Test
  void whatTheJournalIsAheadOfItsEndIsNotSeen() {
    events(1, 10, 0);
    sql("UPDATE {}.head SET last_id = 7");
    takeOver();
    assertThat(state("a").waiting()).isEqualTo(7);
    assertThat(node.tenancy("a").lastId()).isEqualTo(7);
  }

  @Test
  void howeverMuchWaitsIsCounted() {
    events(1, 620_000, 0, 2);
    sql("UPDATE {}.progress SET position = 99999 WHERE number = 2");
    takeOver();
    await().until(() -> node.running().size() == 3);
    assertThat(List.of("a", "b", "c"))
        .extracting(id -> state(id).waiting())
        .containsExactly(620_000L, 0L, 520_001L);
  }

  @Test
  void nobodyWaitsForWhatIsCounted() throws SQLException {
    events(1, 300_000, 0);
    sql("UPDATE {}.progress SET position = 300000 WHERE number > 0");
    try (Connection other = server.connect();
        Statement lock = other.createStatement()) {
      other.setAutoCommit(false);
      lock.execute("LOCK TABLE " + schema + ".journal_1 IN ACCESS EXCLUSIVE MODE");
      takeOver();
      assertThat(node.running()).containsExactly("b", "c");
    }
    await().until(() -> node.running().contains("a"));
    assertThat(state("a").waiting()).isEqualTo(300_000);
  }

  @Test
  void whatIsKeptOfSingleEventsAndTotalsGoesOn() {
    for (int id : new int[] {7, 3, 5}) {
      sql("INSERT INTO {}.straggler VALUES (0, %d, 'x', '', 1, 2, 3)".formatted(id));
      sql(
          "INSERT INTO {}.dead_letter VALUES (0, %d, 'x', '', 1, 1, 500, 'x', null, null)"
              .formatted(id + 10));
    }
    sql("INSERT INTO {}.straggler VALUES (1, 8, 'x', '', 1, 2, 3)");
    sql("UPDATE {}.intake SET wanted = 41, dropped = 42 WHERE number = 0");
    sql("UPDATE {}.progress SET totals = '{1,2,3,4,5,6}' WHERE number = 0");
    sql("UPDATE {}.endpoint SET settings = '{\"paused\":\"by request\"}' WHERE id = 'a'");
    takeOver();
    State state = state("a");
    assertThat(state.number()).isZero();
    assertThat(state.stragglers()).containsExactly(3L, 5L, 7L);
    assertThat(state.letters()).containsExactly(13L, 15L, 17L);
    assertThat(state.damaged()).isEmpty();
    assertThat(state.damagedLetters()).isEmpty();
    // Wanted, delivered, failed, dropped, before, retried, redriven, evicted.
    assertThat(state.totals()).containsExactly(41L, 1L, 2L, 42L, 3L, 4L, 5L, 6L);
    assertThat(state.settings()).isEqualTo(new JsonObject().put("paused", "by request"));
    assertThat(state("b").stragglers()).containsExactly(8L);
    assertThat(state("b").pending()).isEqualTo(1);
  }

  @Test
  void aTenancyIsThatOfTheEpoch() {
    Tenancy tenancy = takeOver().tenancy("a");
    assertThat(tenancy.id()).isEqualTo("a");
    assertThat(node.turn(() -> node.nodes().leases().epoch("a")))
        .isEqualTo(
            Long.parseLong(
                server
                    .select("SELECT epoch FROM " + schema + ".progress WHERE number = 0")
                    .get(0)));
    assertThat(node.turn(() -> node.nodes().leases().nextStep("a"))).isEqualTo(1);
    assertThat(node.turn(() -> node.nodes().leases().nextStep("a"))).isEqualTo(2);
  }

  @Test
  void aReportIsWhatIsKept() {
    events(1, 6, 0);
    sql("UPDATE {}.head SET last_id = 6, arrived = 30, rejected = 4");
    sql("UPDATE {}.intake SET wanted = 12, dropped = 1 WHERE number = 0");
    sql("UPDATE {}.progress SET position = 3, totals = '{5,2,10,3,1,1}' WHERE number = 0");
    sql("INSERT INTO {}.straggler VALUES (0, 2, 'x', '', 1, 2, 3)");
    sql("INSERT INTO {}.dead_letter VALUES (0, 1, 'x', '', 1, 1, 500, 'x', null, null)");
    takeOver();
    JsonObject report = node.result(() -> node.nodes().reports(List.of("a", "unknown"))).get(0);
    assertThat(report)
        .isEqualTo(
            new JsonObject()
                .put("endpoint", "a")
                .put("node", node.nodes().name())
                .put("enabled", true)
                .put("paused", false)
                .put("url", "http://127.0.0.1:1/a")
                .put("format", "event")
                .put("signed", false)
                .put("delivered", 5L)
                .put("failed", 2L)
                .put("dropped", 1L)
                .put("dlq_size", 1)
                .put("dlq_evicted", 1L)
                .put("received", 20L)
                .put("discarded", 8L)
                .put("rejected", 4L)
                .put("pending", 4L)
                .put("in_flight", 0)
                .put("retried", 3L)
                .putNull("oldest_pending")
                .put("circuit", "closed")
                .putNull("circuit_since")
                .putNull("next_probe")
                .putNull("last_delivery")
                .putNull("last_error")
                .putNull("reason")
                .putNull("warning"));
    assertThat(report.getLong("received"))
        .isEqualTo(
            List.of("delivered", "failed", "dropped", "discarded", "pending").stream()
                .mapToLong(report::getLong)
                .sum());
  }

  @Test
  void aReportOfWhatNobodyRunsNamesNoNode() {
    sql(
        "UPDATE {}.endpoint SET settings = '{\"paused\":\"410 Gone\",\"lastUrl\":\"http://127.0.0.1:1/b\"}'");
    node = NodeOfTest.open(server, schema, options);
    JsonObject report = node.result(() -> node.nodes().reports(List.of("b"))).get(0);
    assertThat(report.getString("node")).isNull();
    assertThat(report.getBoolean("enabled")).isFalse();
    assertThat(report.getBoolean("paused")).isTrue();
    assertThat(report.getString("reason")).isEqualTo("410 Gone");
  }

  @Test
  void aReportOfOptionsThatAreNotKnownHereHasTheTotals() {
    sql("UPDATE {}.endpoint SET configured = '{\"newer\":1}' WHERE id = 'b'");
    node = NodeOfTest.open(server, schema, options);
    JsonObject report = node.result(() -> node.nodes().reports(List.of("b"))).get(0);
    assertThat(report.getLong("delivered")).isZero();
    assertThat(report.getString("url")).isNull();
  }

  @Test
  void theListTellsOfAllNodesThatWereThereLately() {
    takeOver();
    sql(
        "INSERT INTO {}.node (id, name, started, seen, until) VALUES"
            + " ('x', 'gone/1', '2026-01-01T00:00:00.1234Z', '2026-01-01T00:00:01Z', clock_timestamp())");
    List<JsonObject> nodes = node.result(() -> node.nodes().list());
    assertThat(nodes.get(0))
        .isEqualTo(
            new JsonObject()
                .put("id", "x")
                .put("name", "gone/1")
                .put("self", false)
                .put("alive", false)
                .put("started", "2026-01-01T00:00:00.123Z")
                .put("seen", "2026-01-01T00:00:01Z")
                .put("endpoints", 0L));
    assertThat(nodes.get(1).getString("id")).isEqualTo(node.id());
    assertThat(nodes.get(1).getString("name")).isEqualTo(node.nodes().name());
    assertThat(nodes.get(1).getBoolean("self")).isTrue();
    assertThat(nodes.get(1).getBoolean("alive")).isTrue();
    assertThat(nodes.get(1).getLong("endpoints")).isEqualTo(3);
    assertThat(nodes).hasSize(2);
  }

  @Test
  void nodesThatAreGoneForAnHourAreForgottenUnlessTheyHaveEndpoints() {
    sql(
        "INSERT INTO {}.node (id, name, until) VALUES"
            + " ('x', 'x', clock_timestamp() - interval '61 minutes'),"
            + " ('y', 'y', clock_timestamp() - interval '59 minutes')");
    sql(
        "INSERT INTO {}.node (id, name, until) VALUES"
            + " ('z', 'z', clock_timestamp() - interval '61 minutes')");
    sql("UPDATE {}.progress SET owner = 'z'");
    node = NodeOfTest.open(server, schema, options);
    node.result(() -> node.nodes().membership().tidy());
    assertThat(server.select("SELECT id FROM " + schema + ".node ORDER BY id"))
        .containsExactlyInAnyOrder(node.id(), "y", "z");
  }

  @Test
  void endpointsThatAreFarBehindTheJournalKeepAStepNowAndThen() {
    takeOver();
    sql("UPDATE {}.head SET last_id = 30000, partition_size = 200000");
    sql("UPDATE {}.progress SET position = 9999 WHERE number = 0");
    sql("UPDATE {}.progress SET position = 10000 WHERE number = 1");
    sql("UPDATE {}.progress SET position = 30000 WHERE number = 2");
    node.result(() -> node.nodes().touch());
    assertThat(node.touched()).containsExactly("a");
  }
}
