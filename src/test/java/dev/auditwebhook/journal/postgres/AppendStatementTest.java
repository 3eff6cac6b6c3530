package dev.auditwebhook.journal.postgres;

import static dev.auditwebhook.testing.Events.entry;
import static dev.auditwebhook.testing.Events.ids;
import static dev.auditwebhook.testing.Events.recipients;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.postgres.database.Database;
import dev.auditwebhook.journal.postgres.database.DatabaseException;
import dev.auditwebhook.journal.postgres.nodes.Delta;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the statement that appends keeps, and when it keeps nothing. */
class AppendStatementTest {

  private static final List<EncodedEntry> TWO =
      List.of(entry(11, recipients(0)), entry(12, recipients(0, 9)));

  private static final List<Delta> COUNTED = List.of(new Delta(0, 3, 1), new Delta(9, 1, 0));

  @RegisterExtension final Tables tables = new Tables();
  private Database database;

  @BeforeEach
  void makeTables() {
    database = tables.database();
    tables.sql(
        "INSERT INTO {s}.intake (number) VALUES (0), (9)",
        "INSERT INTO {s}.progress (number, position, totals) VALUES (0, 0, '{1,0,0,0,0,0}')",
        "INSERT INTO {s}.inbox (action) VALUES ('a'), ('b'), ('c')");
    node("n");
    tables.ask(() -> new Partitions(database, tables.clock, new Tally()).make(0));
  }

  private void node(String id) {
    tables.sql(
        "INSERT INTO {s}.node (id, name, until) VALUES ('%s', 'x', now() + interval '1 hour')"
            .formatted(id));
  }

  private Future<RowSet<Row>> append(
      Database by, String node, long groupNo, List<EncodedEntry> entries, List<Long> emitted) {
    Addendum addendum = new Addendum(entries, 5, 1, emitted);
    return tables.begin(
        () -> by.run("append", addendum.parameters(node, 0, groupNo, tables.schema, COUNTED)));
  }

  private List<Row> append(List<EncodedEntry> entries, Long... emitted) {
    List<Row> rows = new ArrayList<>();
    result(append(database, "n", 1, entries, List.of(emitted))).forEach(rows::add);
    return rows;
  }

  private Future<Row> fence() {
    return tables
        .begin(() -> database.run("fence", Tuple.of("n")))
        .map(rows -> rows.iterator().next());
  }

  private void assertNothingKept() {
    assertThat(tables.select("SELECT id FROM {s}.journal")).isEmpty();
    assertThat(tables.value("SELECT last_id + arrived + rejected FROM {s}.head")).isEqualTo("0");
    assertThat(tables.value("SELECT sum(wanted + dropped) FROM {s}.intake")).isEqualTo("0");
    assertThat(tables.value("SELECT group_no + first_id FROM {s}.node")).isEqualTo("0");
  }

  @Test
  void itKeepsEventsAndCountsAndTellsWhatThereIsThen() {
    List<Row> rows = append(Arrays.asList(TWO.get(0), null, TWO.get(1)));

    assertThat(tables.select("SELECT id || ' ' || accepted_at FROM {s}.journal ORDER BY id"))
        .containsExactly("1 11", "3 12");
    assertThat(tables.select("SELECT recipients FROM {s}.journal ORDER BY id"))
        .containsExactly("\\x01", "\\x0102");
    assertThat(tables.value("SELECT (last_id, arrived, rejected) FROM {s}.head"))
        .isEqualTo("(3,5,1)");
    assertThat(tables.value("SELECT (group_no, first_id) FROM {s}.node")).isEqualTo("(1,1)");
    assertThat(rows).hasSize(2);
    Row first = rows.stream().filter(row -> row.getInteger("number") == 0).findAny().orElseThrow();
    assertThat(first.getLong("first_id")).isEqualTo(1);
    assertThat(first.getLong("arrived")).isEqualTo(5);
    assertThat(first.getLong("rejected")).isEqualTo(1);
    assertThat(first.getLong("wanted")).isEqualTo(3);
    assertThat(first.getLong("dropped")).isEqualTo(1);
    assertThat(first.getLong("pending")).isEqualTo(1);
  }

  @Test
  void whatIsCountedForNobodyKnownTellsOfTheJournalAlone() {
    tables.sql("DELETE FROM {s}.intake");

    List<Row> rows = append(TWO);

    assertThat(rows).hasSize(1);
    assertThat(rows.get(0).getLong("first_id")).isEqualTo(1);
    assertThat(rows.get(0).getInteger("number")).isNull();
  }

  @Test
  void fourNodesAtOnceGiveEachNumberOnceAndLeaveNoneOut() {
    int groups = 40;
    List<Future<?>> all = new ArrayList<>();
    List<Long> firstIds = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 4; i++) {
      String id = "node" + i;
      node(id);
      Database own = tables.database();
      Future<?> last = Future.succeededFuture();
      for (int group = 1; group <= groups; group++) {
        int no = group;
        last =
            last.compose(
                v ->
                    append(own, id, no, TWO, List.of())
                        .onSuccess(
                            rows -> firstIds.add(rows.iterator().next().getLong("first_id"))));
      }
      all.add(last);
    }

    result(Future.all(all));

    assertThat(tables.select("SELECT id FROM {s}.journal ORDER BY id"))
        .isEqualTo(ids(1, 8 * groups).stream().map(String::valueOf).toList());
    assertThat(firstIds).doesNotHaveDuplicates().hasSize(4 * groups);
    assertThat(tables.value("SELECT (last_id, arrived, rejected) FROM {s}.head"))
        .isEqualTo("(%d,%d,%d)".formatted(8 * groups, 20 * groups, 4 * groups));
    assertThat(tables.value("SELECT (wanted, dropped) FROM {s}.intake WHERE number = 0"))
        .isEqualTo("(%d,%d)".formatted(12 * groups, 4 * groups));
    assertThat(tables.value("SELECT (wanted, dropped) FROM {s}.intake WHERE number = 9"))
        .isEqualTo("(%d,0)".formatted(4 * groups));
  }

  @Test
  void afterTheFenceAnEarlierGenerationKeepsNothing() {
    result(fence());

    assertThat(append(TWO, 1L)).isEmpty();

    assertNothingKept();
    assertThat(tables.select("SELECT seq FROM {s}.inbox")).hasSize(3);
  }

  @Test
  void aStatementThatWaitsWhileTheFenceComesDownKeepsNothing() throws SQLException {
    Future<RowSet<Row>> late;
    try (Connection fence = tables.transaction("UPDATE {s}.node SET generation = generation + 1")) {
      late = append(database, "n", 1, TWO, List.of(1L));
      tables.awaitBlocked(1);
      fence.commit();
    }

    assertThat(result(late)).isEmpty();
    assertNothingKept();
    assertThat(tables.select("SELECT seq FROM {s}.inbox")).hasSize(3);
  }

  @Test
  void theFenceWaitsForAStatementThatIsUnderWayAndTellsOfIt() throws SQLException {
    Future<RowSet<Row>> slow;
    Future<Row> fence;
    try (Connection head = tables.transaction("SELECT FROM {s}.head FOR UPDATE")) {
      slow = append(database, "n", 7, TWO, List.of());
      tables.awaitBlocked(1);
      fence = fence();
      tables.awaitBlocked(2);
      head.commit();
    }

    assertThat(result(slow)).isNotEmpty();
    assertThat(result(fence).getLong("group_no")).isEqualTo(7);
    assertThat(result(fence).getLong("first_id")).isEqualTo(1);
    assertThat(result(fence).getLong("generation")).isEqualTo(1);
  }

  @Test
  void theLeaseIsRenewedMeanwhileAndTheGroupKept() throws SQLException {
    Future<RowSet<Row>> group;
    try (Connection renewal = tables.transaction("UPDATE {s}.node SET until = now()")) {
      group = append(database, "n", 1, TWO, List.of());
      tables.awaitBlocked(1);
      renewal.commit();
    }

    assertThat(result(group)).isNotEmpty();
    assertThat(tables.value("SELECT group_no FROM {s}.node")).isEqualTo("1");
  }

  @Test
  void whatItIsMadeOfLeavesTheInbox() {
    append(TWO, 1L, 3L);

    assertThat(tables.select("SELECT seq FROM {s}.inbox")).containsExactly("2");
    assertThat(tables.select("SELECT id FROM {s}.journal")).hasSize(2);
  }

  @Test
  void whereSomeOfTheInboxIsGoneNothingIsKept() {
    tables.sql("DELETE FROM {s}.inbox WHERE seq = 2");

    DatabaseException failure =
        catchThrowableOfType(DatabaseException.class, () -> append(TWO, 1L, 2L, 3L));

    assertThat(failure.sqlState()).isEqualTo(Appender.INBOX_MOVED);
    assertNothingKept();
    assertThat(tables.select("SELECT seq FROM {s}.inbox")).containsExactly("1", "3");
  }

  @Test
  void whatAnotherNodeIsMovingIsNotMovedTwice() throws SQLException {
    Future<RowSet<Row>> late;
    try (Connection other = tables.transaction("DELETE FROM {s}.inbox WHERE seq = 1")) {
      late = append(database, "n", 1, TWO, List.of(1L));
      tables.awaitBlocked(1);
      other.commit();
    }

    assertThat(catchThrowableOfType(DatabaseException.class, () -> result(late)).sqlState())
        .isEqualTo(Appender.INBOX_MOVED);
    assertNothingKept();
  }

  @Test
  void withoutAPartitionNothingIsKept() {
    tables.sql("UPDATE {s}.head SET last_id = 10000000");

    DatabaseException failure = catchThrowableOfType(DatabaseException.class, () -> append(TWO));

    assertThat(failure.sqlState()).isEqualTo(Appender.NO_PARTITION);
    assertThat(tables.value("SELECT last_id FROM {s}.head")).isEqualTo("10000000");
  }
}
