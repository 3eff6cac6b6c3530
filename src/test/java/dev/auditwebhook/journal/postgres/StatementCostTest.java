package dev.auditwebhook.journal.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A statement that was planned on empty tables touches a few rows, when a hundred thousand events
 * wait as when a thousand do.
 */
class StatementCostTest {

  private static final String APPEND =
      "EXECUTE kept('n', 0, 1, 'x', 1, 1, 0, '{1}', '{a}', '{x}', '{1}', '{\"\\\\x01\"}',"
          + " '{0}', '{1}', '{0}', '{}')";

  private static final String STEP =
      "EXECUTE kept('n', 'x', '{0}', '{0}', '{%d}', '{5}', '{\"{}\"}', '{\"{0,0,0,0,0,0}\"}',"
          + " '{0}', '{0}', '{5}', '{a}', '{x}', '{1}', '{1}', '{1}', '{0}', '{6}', '{a}',"
          + " '{x}', '{1}', '{1}', '{1}', '{e}', '{r}', '{f}', '{0}', '{7}', '{1}',"
          + " '{0}', '{8}', '{}', '{}')";

  @RegisterExtension final Tables tables = new Tables();

  private String statement(String name) throws IOException {
    try (InputStream in =
        PostgresEngine.class.getResourceAsStream("/dev/auditwebhook/postgres/" + name + ".sql")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .replace("{schema}", tables.schema);
    }
  }

  private void pending(int from, int to) {
    String rows = " FROM generate_series(%d, %d) n".formatted(from, to);
    tables.sql(
        "INSERT INTO {s}.straggler SELECT 0, n, 'a', 'x', 1, 1, 1" + rows,
        "INSERT INTO {s}.dead_letter SELECT 0, n, 'a', 'x', 1, 1, 1, 'e', 'r', 'f'" + rows,
        "INSERT INTO {s}.journal SELECT n, 'a', 'x', 1, '\\x01'" + rows,
        "INSERT INTO {s}.progress (number, position, totals)"
            + " SELECT n, 0, '{0,0,0,0,0,0}'"
            + rows,
        "INSERT INTO {s}.intake (number) SELECT n" + rows,
        "UPDATE {s}.head SET last_id = " + to);
  }

  /** The rows that a statement touches, which is rolled back. */
  private long touched(Statement session, String execution) throws SQLException {
    session.execute("BEGIN");
    session.execute(execution);
    try (ResultSet sum =
        session.executeQuery(
            "SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_xact_user_tables"
                + " WHERE schemaname = '"
                + tables.schema
                + "'")) {
      sum.next();
      return sum.getLong(1);
    } finally {
      session.execute("ROLLBACK");
    }
  }

  private void assertCostStays(String name, String execution) throws Exception {
    tables.sql(
        "CREATE TABLE {s}.journal_1 PARTITION OF {s}.journal FOR VALUES FROM (1) TO (1000000)",
        "INSERT INTO {s}.node (id, name, until) VALUES ('n', 'n', now())",
        "INSERT INTO {s}.progress (number, owner, position, totals)"
            + " VALUES (0, 'n', 0, '{0,0,0,0,0,0}')",
        "INSERT INTO {s}.intake (number) VALUES (0)",
        "VACUUM ANALYZE");
    try (Connection connection = tables.server.connect();
        Statement session = connection.createStatement()) {
      session.execute("SET plan_cache_mode = force_generic_plan");
      session.execute("SET enable_seqscan = off");
      session.execute("PREPARE kept AS " + statement(name));
      touched(session, execution);

      pending(1, 1_000);
      assertThat(touched(session, execution)).isBetween(2L, 50L);
      pending(1_001, 100_000);
      assertThat(touched(session, execution)).isBetween(2L, 50L);
    }
  }

  @Test
  void anAppendCostsTheSame() throws Exception {
    assertCostStays("append", APPEND);
  }

  @Test
  void aStepCostsTheSame() throws Exception {
    assertCostStays("step", STEP.formatted(1));
  }
}
