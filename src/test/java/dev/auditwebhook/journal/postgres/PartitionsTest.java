package dev.auditwebhook.journal.postgres;

import static dev.auditwebhook.testing.Events.entry;
import static dev.auditwebhook.testing.Events.ids;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.journal.postgres.database.Database;
import dev.auditwebhook.journal.postgres.database.DatabaseException;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The parts of the journal come before what is appended, and go after what is done. */
class PartitionsTest {

  @RegisterExtension final Tables tables = new Tables();

  @BeforeEach
  void makeThemSmall() {
    tables.sql("UPDATE {s}.head SET partition_size = 10");
  }

  private List<String> ranges() {
    return tables.select(
        "SELECT pg_get_expr(c.relpartbound, c.oid) FROM pg_class c JOIN pg_inherits i"
            + " ON i.inhrelid = c.oid WHERE i.inhparent = '{s}.journal'::regclass"
            + " AND c.relkind = 'r' ORDER BY c.oid");
  }

  private static List<String> ranges(int first, int last) {
    List<String> ranges = new ArrayList<>();
    for (int from = first; from < last; from += 10) {
      ranges.add("FOR VALUES FROM ('%d') TO ('%d')".formatted(from, from + 10));
    }
    return ranges;
  }

  private static Step step(long cursor) {
    List<Long> totals = Collections.nCopies(Total.values().length, 0L);
    return new Step("a", 0, cursor, List.of(), Map.of(), totals, new JsonObject());
  }

  private void append(Node node, int events) {
    result(node.begin(Collections.nCopies(events, entry(1))));
  }

  private void upkeep() {
    result(tables.clock.turn(Partitions.UPKEEP));
  }

  private void awaitRanges(int first, int last) {
    Awaitility.await().untilAsserted(() -> assertThat(ranges()).isEqualTo(ranges(first, last)));
  }

  @Test
  void twoAreAhead() {
    Node node = Node.open(tables).runs("a");
    assertThat(ranges()).isEqualTo(ranges(1, 21));

    append(node, 15);
    upkeep();

    awaitRanges(1, 41);
  }

  @Test
  void aGroupThatGoesBeyondThemIsKept() {
    Node node = Node.open(tables).runs("a");

    append(node, 35);

    assertThat(tables.value("SELECT count(*) FROM {s}.journal")).isEqualTo("35");
    awaitRanges(1, 61);
  }

  @Test
  void thoseThatAllHavePassedAreDropped() {
    Node node = Node.open(tables).runs("a", "b");
    append(node, 35);

    node.step(step(30));
    upkeep();
    awaitRanges(1, 61); // The other one needs all.

    tables.sql("UPDATE {s}.progress SET position = 29");
    upkeep();

    awaitRanges(21, 61);
    assertThat(node.ask(() -> node.engine.read(0, 0, 99)).found())
        .extracting(event -> event.id())
        .isEqualTo(ids(21, 35));
  }

  @Test
  void whereNobodyIsLeftNothingIsNeeded() {
    Node node = Node.open(tables);
    append(node, 35);

    upkeep();

    awaitRanges(31, 61);
  }

  @Test
  void aJournalGoesOnAfterAllOfThemWereDropped() {
    Node node = Node.open(tables).runs("a");
    append(node, 20);
    tables.sql("DROP TABLE {s}.journal_1", "DROP TABLE {s}.journal_11");

    append(node, 5);

    assertThat(tables.select("SELECT id FROM {s}.journal ORDER BY id"))
        .containsExactly("21", "22", "23", "24", "25");
  }

  @Test
  void othersAreNotHeldUpByADropThatCannotBe() throws SQLException {
    Node node = Node.open(tables).runs("a");
    append(node, 35);
    Database database = tables.database();
    try (Connection dump = tables.transaction("SELECT FROM {s}.journal")) {
      tables.sql("UPDATE {s}.progress SET position = 30");

      assertThatThrownBy(() -> tables.ask(() -> database.run("partitions-drop", Tuple.tuple())))
          .isInstanceOfSatisfying(
              DatabaseException.class,
              failure -> assertThat(failure.sqlState()).isEqualTo("55P03"));
      upkeep();
      append(node, 5);

      assertThat(ranges().get(0)).contains("'1'");
      dump.commit();
    }
    result(tables.clock.turn(Partitions.DROP_AGAIN + Partitions.UPKEEP));

    Awaitility.await().untilAsserted(() -> assertThat(ranges().get(0)).contains("'31'"));
  }

  @Test
  void theyComeAndGoWhileAllNodesAppend() {
    List<Node> nodes = List.of(Node.open(tables).runs("a"), Node.open(tables), Node.open(tables));
    List<Future<?>> all = new ArrayList<>();
    for (Node node : nodes) {
      Future<?> last = Future.succeededFuture();
      for (int group = 0; group < 100; group++) {
        last = last.compose(v -> node.begin(Collections.nCopies(7, entry(1))));
      }
      all.add(last);
    }
    Future<?> appended = Future.all(all);
    while (!appended.isComplete()) {
      tables.sql("UPDATE {s}.progress SET position = " + nodes.get(0).tail().lastId());
      upkeep();
    }
    result(appended);

    Awaitility.await()
        .untilAsserted(() -> assertThat(nodes.get(0).seen()).isEqualTo(ids(1, 2_100)));
    upkeep();
    Awaitility.await().untilAsserted(() -> assertThat(ranges()).hasSizeLessThan(10));
  }

  @Test
  void howFarTheSlowestIsBehindIsMeasured() {
    Node node = Node.open(tables).runs("a", "b");
    Measured measured = new Measured();
    node.engine.register(measured);
    append(node, 35);
    node.step(step(30));
    tables.sql("UPDATE {s}.intake SET wanted = 35");

    upkeep();

    Awaitility.await().until(() -> measured.value("webhook.store.lag") == 35);
    assertThat(measured.value("webhook.store.rows")).isEqualTo(36);
    assertThat(measured.times("webhook.store.commit")).isEqualTo(2);
  }
}
