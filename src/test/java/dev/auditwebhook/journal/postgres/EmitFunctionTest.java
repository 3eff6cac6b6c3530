package dev.auditwebhook.journal.postgres;

import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.auditwebhook.endpoint.VertxClock;
import dev.auditwebhook.journal.postgres.database.ConnectionUri;
import dev.auditwebhook.journal.postgres.database.Database;
import dev.auditwebhook.journal.postgres.database.Schema;
import dev.auditwebhook.testing.PostgresServer;
import dev.auditwebhook.testing.Turn;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** The SQL function {@code emit}: what it takes, what it refuses, and whom it lets do what. */
class EmitFunctionTest {

  private static final String ENTRIES =
      "SELECT concat_ws(' ', action, details, occurred_at AT TIME ZONE 'UTC', idempotency_key) FROM"
          + " %s.inbox ORDER BY seq";

  private final PostgresServer server = PostgresServer.shared();
  private final String schema = server.freshSchema();
  private final String owner = schema + "_owner";
  private final String caller = schema + "_caller";
  private Connection session;

  @BeforeEach
  void install() throws SQLException {
    server.sql(
        "CREATE ROLE " + owner + " LOGIN",
        "CREATE ROLE " + caller + " LOGIN",
        "CREATE SCHEMA " + schema + " AUTHORIZATION " + owner);
    Vertx vertx = Vertx.vertx();
    Database database =
        new Database(vertx, new VertxClock(vertx), ConnectionUri.of(server.uri(owner)), schema);
    Schema tables = new Schema(database, "msg_1_");
    result(Turn.of(vertx.getOrCreateContext(), tables::install).compose(installed -> installed));
    result(vertx.close());
    server.sql("GRANT USAGE ON SCHEMA " + schema + " TO " + caller);
    server.sql("GRANT EXECUTE ON FUNCTION " + schema + ".emit TO " + caller);
    session = connect(caller);
  }

  @AfterEach
  void close() throws SQLException {
    session.close();
  }

  private Connection connect(String role) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres", role, "");
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = session.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Calls it with arguments as they are written in SQL. */
  private void emit(String arguments) throws SQLException {
    run("SELECT " + schema + ".emit(" + arguments + ")");
  }

  private List<String> inbox() {
    return server.select(ENTRIES.formatted(schema));
  }

  /** How a statement fails. */
  private ServerErrorMessage failure(String sql) {
    try {
      run(sql);
    } catch (SQLException e) {
      return ((PSQLException) e).getServerErrorMessage();
    }
    throw new AssertionError("went well: " + sql);
  }

  /** How a call fails. */
  private ServerErrorMessage refusal(String arguments) {
    return failure("SELECT " + schema + ".emit(" + arguments + ")");
  }

  @Test
  void anEntryIsInTheInboxAsItWasGiven() throws SQLException {
    emit("'node.seen'");
    emit("'user.login', '{\"user\":\"mara\",\"at\":12345678901234567890.10}'");
    emit("'user.gone', '\"as text\"', '2026-01-01T01:00:00.123456+01', 'a1'");
    emit("action => 'user.named', idempotency_key => 'b2'");
    emit("'Überfall 😀', '[\"\\n\", \"😀\"]'");

    assertThat(inbox())
        .containsExactly(
            "node.seen",
            "user.login {\"at\": 12345678901234567890.10, \"user\": \"mara\"}",
            "user.gone \"as text\" 2026-01-01 00:00:00.123456 a1",
            "user.named b2",
            "Überfall 😀 [\"\\n\", \"😀\"]");
    assertThat(
            server.select(
                "SELECT count(*) FROM "
                    + schema
                    + ".inbox WHERE emitted_at <= clock_timestamp() AND emitted_at > now() -"
                    + " interval '1 minute'"))
        .containsExactly("5");
  }

  private static final String NO_ACTION = "action: must be a non-empty string";
  private static final String NOT_IN_TIME = "occurred_at: must be in the years 1 to 9999";
  private static final String KEY_LENGTH = "idempotency_key: must have 1 to 256 characters";
  private static final String TOO_DEEP = "details: must have at most 899 levels";
  private static final String TOO_LONG = "details: a number must have at most 1000 characters";

  static Stream<Arguments> badEntries() {
    return Stream.of(
        arguments("NULL", NO_ACTION),
        arguments("''", NO_ACTION),
        arguments("'', NULL, 'infinity', ''", NO_ACTION),
        arguments("'a', occurred_at => 'infinity'", NOT_IN_TIME),
        arguments("'a', occurred_at => '-infinity'", NOT_IN_TIME),
        arguments("'a', occurred_at => '10000-01-01T00:00:00Z'", NOT_IN_TIME),
        arguments("'a', occurred_at => '9999-12-31T23:59:59.9999999Z'", NOT_IN_TIME),
        arguments("'a', occurred_at => '9999-12-31T23:59:59-00:01'", NOT_IN_TIME),
        arguments("'a', occurred_at => '0001-01-01T00:00:00+00:01'", NOT_IN_TIME),
        arguments("'a', occurred_at => '0001-12-31 23:59:59+00 BC'", NOT_IN_TIME),
        arguments("'a', idempotency_key => ''", KEY_LENGTH),
        arguments("'a', idempotency_key => repeat('x', 257)", KEY_LENGTH),
        arguments("'a', idempotency_key => repeat('ö', 257)", KEY_LENGTH),
        arguments("'a', (repeat('[', 900) || repeat(']', 900))::jsonb", TOO_DEEP),
        arguments("'a', (repeat('{\"a\":', 900) || 1 || repeat('}', 900))::jsonb", TOO_DEEP),
        arguments("'a', (repeat('[', 5000) || repeat(']', 5000))::jsonb", TOO_DEEP),
        arguments("'a', to_jsonb(repeat('1', 1001)::numeric)", TOO_LONG),
        arguments("'a', '{\"a\": [1, {\"b\": 1e1000}]}'", TOO_LONG),
        arguments("'a', '[-1e999]'", TOO_LONG),
        arguments("'a', '[1e-999]'", TOO_LONG),
        arguments("'a', '1e131071'", "details: an entry may have 65536 bytes"),
        arguments("repeat('a', 65524)", "details: an entry may have 65536 bytes"));
  }

  @ParameterizedTest
  @MethodSource("badEntries")
  void aBadEntryIsRefusedInOneLineThatNamesTheArgument(String arguments, String message) {
    ServerErrorMessage refusal = refusal(arguments);

    assertThat(refusal.getSQLState()).isEqualTo("22023");
    assertThat(refusal.getMessage()).startsWith(message).hasLineCount(1);
    assertThat(inbox()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'a', NULL, NULL, NULL",
        "'a', 'null'",
        "' '",
        "'a', occurred_at => '0001-01-01T00:00:00Z'",
        "'a', occurred_at => '9999-12-31T23:59:59.999999Z'",
        "'a', occurred_at => '9999-12-31T23:59:59+00:01'",
        "'a', idempotency_key => repeat('😀', 256)",
        "'a', (repeat('[', 899) || repeat(']', 899))::jsonb",
        "'a', (repeat('{\"a\":', 899) || 1 || repeat('}', 899))::jsonb",
        "'a', to_jsonb(repeat('1', 1000)::numeric)",
        "'a', '[1e999]'",
        "'a', '[-1e998]'",
        "'a', '[1e-998]'",
        "'a', to_jsonb(repeat('1', 5000))",
        "repeat('a', 65523)",
      })
  void whatIsJustRightIsTaken(String arguments) throws SQLException {
    emit(arguments);

    assertThat(inbox()).hasSize(1);
  }

  @Test
  void thereIsNoWayForAZeroCharacterOrHalfACharacterIn() {
    assertThat(refusal("'a', '\"\\u0000\"'").getSQLState()).isEqualTo("22P05");
    assertThat(refusal("'a', '\"\\ud800\"'").getSQLState()).isEqualTo("22P02");
    assertThat(refusal("chr(0)").getSQLState()).isEqualTo("54000");
  }

  @Test
  void theBytesOfTheWholeEntryCountAsPostgresWritesThem() throws SQLException {
    server.sql("UPDATE " + schema + ".inbox_limit SET max_entry_bytes = 100");
    String entry =
        "{\"action\":\"a\",\"details\":\"%s\",\"timestamp\":\"2026-01-01T00:00:00+00:00\""
            + ",\"idempotency_key\":\"k\"}";
    int room = 100 - (entry.length() - 2);
    run("SET TimeZone = 'UTC'");

    emit("'a', to_jsonb(repeat('x', " + room + ")), '2026-01-01', 'k'");
    assertThat(refusal("'a', to_jsonb(repeat('x', " + (room + 1) + ")), '2026-01-01', 'k'"))
        .extracting(ServerErrorMessage::getMessage)
        .isEqualTo(
            "details: an entry may have 100 bytes as JSON (maxEntryBytes), this one has 101");
    assertThat(refusal("'a', to_jsonb(repeat('ö', " + room + ")), '2026-01-01', 'k'").getMessage())
        .endsWith("this one has " + (100 + room));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DateStyle = 'SQL, DMY'",
        "DateStyle = 'German'",
        "TimeZone = 'Pacific/Auckland'",
        "IntervalStyle = 'sql_standard'",
        "standard_conforming_strings = off",
        "bytea_output = 'escape'",
        "search_path = ''",
      })
  void whatASessionHasSetDoesNotMatter(String setting) throws SQLException {
    String within = "DO $$ BEGIN SET LOCAL %s; PERFORM %s.emit(%s); RESET ALL; END $$";

    run(
        within.formatted(
            setting,
            schema,
            "'a', '{\"b\": [1, \"x\"]}', timestamptz '2026-01-01 00:00:00+00', 'k'"));
    ServerErrorMessage refusal =
        failure(within.formatted(setting, schema, "'a', occurred_at => 'infinity'"));

    assertThat(refusal.getSQLState()).isEqualTo("22023");
    assertThat(inbox()).containsExactly("a {\"b\": [1, \"x\"]} 2026-01-01 00:00:00 k");
  }

  @Test
  void anEntryExistsIfAndOnlyIfItsTransactionCommits() throws SQLException {
    session.setAutoCommit(false);
    emit("'a'");
    assertThat(inbox()).isEmpty();
    session.rollback();
    emit("'b'");
    Savepoint before = session.setSavepoint();
    emit("'c'");
    session.rollback(before);
    emit("'d'");
    before = session.setSavepoint();
    refusal("''");
    session.rollback(before);
    emit("'e'");
    session.commit();

    assertThat(inbox()).containsExactly("b", "d", "e");
  }

  @Test
  void nobodyIsNotifiedAsPostgresCommitsOneAfterTheOtherThen() throws SQLException {
    try (Connection listener = server.connect()) {
      listener.createStatement().execute("LISTEN " + schema);
      emit("'a'");
      server.sql("NOTIFY " + schema + ", 'end'");

      List<String> heard = new ArrayList<>();
      while (!heard.contains("end")) {
        PGNotification[] some = listener.unwrap(PGConnection.class).getNotifications(20_000);
        Arrays.stream(some).map(PGNotification::getParameter).forEach(heard::add);
      }
      assertThat(heard).containsExactly("end");
    }
  }

  @Test
  void nobodyMayEmitWhoWasNotLet() throws SQLException {
    String other = schema + "_other";
    server.sql("CREATE ROLE " + other + " LOGIN");
    try (Connection stranger = connect(other)) {
      session.close();
      session = stranger;
      assertThat(refusal("'a'").getMessage()).isEqualTo("permission denied for schema " + schema);
      server.sql("GRANT USAGE ON SCHEMA " + schema + " TO " + other);
      ServerErrorMessage refusal = refusal("'a'");
      assertThat(refusal.getMessage()).isEqualTo("permission denied for function emit");
      assertThat(refusal.getSQLState()).isEqualTo("42501");
    }
  }

  @Test
  void whoMayEmitMayDoNothingElse() throws SQLException {
    emit("'a'");
    List<String> relations =
        server.select(
            "SELECT relname FROM pg_class WHERE relnamespace = '"
                + schema
                + "'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')");
    assertThat(relations).contains("inbox", "inbox_limit", "head", "journal", "inbox_seq_seq");
    for (String relation : relations) {
      String name = schema + "." + relation;
      for (String attempt : List.of("SELECT FROM ", "DELETE FROM ", "TRUNCATE ", "DROP TABLE ")) {
        assertThat(failure(attempt + name).getSQLState()).as(attempt + name).isIn("42501", "42809");
      }
    }
    for (String attempt :
        List.of(
            "INSERT INTO %s.inbox (action) VALUES ('b')",
            "INSERT INTO %s.inbox DEFAULT VALUES RETURNING seq",
            "SELECT nextval('%s.inbox_seq_seq')",
            "UPDATE %s.inbox_limit SET max_entry_bytes = 1",
            "CREATE TABLE %s.mine ()",
            "CREATE FUNCTION %s.emit(a text) RETURNS void LANGUAGE sql AS ''",
            "DROP FUNCTION %s.emit",
            "ALTER FUNCTION %s.emit RESET search_path",
            "GRANT EXECUTE ON FUNCTION %s.emit TO PUBLIC; SELECT 1 / 0")) {
      assertThat(failure(attempt.formatted(schema)).getSQLState())
          .as(attempt)
          .isIn("42501", "22012");
    }
    assertThat(
            server.select(
                "SELECT has_function_privilege('public', '"
                    + schema
                    + ".emit(text, jsonb, timestamptz, text)', 'EXECUTE')"))
        .containsExactly("f");
    assertThat(inbox()).containsExactly("a");
  }

  /** Everything that the function does could be someone else's doing, if names were looked up. */
  @Test
  void whatItDoesCannotBeReplacedByItsCaller() throws SQLException {
    String trap = schema + "_trap";
    server.sql("CREATE SCHEMA " + trap + " AUTHORIZATION " + caller);
    server.sql("GRANT TEMPORARY ON DATABASE postgres TO " + caller);
    run("CREATE TABLE " + trap + ".caught (who text DEFAULT current_user)");
    String trapped =
        " LANGUAGE plpgsql AS $$ BEGIN INSERT INTO %s.caught DEFAULT VALUES; RAISE 'caught'; END $$"
            .formatted(trap);
    for (String function :
        List.of(
            "octet_length(text) RETURNS integer",
            "char_length(text) RETURNS integer",
            "btrim(text, text) RETURNS text",
            "pg_notify(text, text) RETURNS void",
            "to_json(anyelement) RETURNS json",
            "concat(VARIADIC text[]) RETURNS text",
            "format(text, VARIADIC text[]) RETURNS text",
            "jsonb_path_exists(jsonb, jsonpath) RETURNS boolean",
            "jsonb_path_query(jsonb, jsonpath) RETURNS SETOF jsonb",
            "clock_timestamp() RETURNS timestamptz")) {
      run("CREATE FUNCTION " + trap + "." + function + trapped);
    }
    for (String type : List.of("text", "timestamptz", "bigint", "integer")) {
      run(
          "CREATE FUNCTION %1$s.compare(a %2$s, b %2$s) RETURNS boolean".formatted(trap, type)
              + trapped);
      for (String operator : List.of("=", "<", ">", ">=")) {
        run(
            "CREATE OPERATOR %1$s.%3$s (FUNCTION = %1$s.compare, LEFTARG = %2$s, RIGHTARG = %2$s)"
                .formatted(trap, type, operator));
      }
    }
    run(
        "CREATE TEMP TABLE inbox (action text, details text, occurred_at timestamptz, idempotency_key text)");
    run("CREATE TEMP TABLE inbox_limit AS SELECT 1 AS max_entry_bytes");
    run("CREATE TABLE " + trap + ".inbox (LIKE pg_temp.inbox)");

    run("SET search_path = " + trap + ", pg_temp, pg_catalog");
    emit("'a', '[1]', '2026-01-01T00:00:00Z', 'k'");
    assertThat(refusal("'a', idempotency_key => ''").getSQLState()).isEqualTo("22023");

    assertThat(inbox()).containsExactly("a [1] 2026-01-01 00:00:00 k");
    assertThat(server.select("SELECT who FROM " + trap + ".caught")).isEmpty();
    try (ResultSet caught = session.createStatement().executeQuery("TABLE pg_temp.inbox")) {
      assertThat(caught.next()).isFalse();
    }
  }

  @Test
  void aTransactionThatIsOpenForLongKeepsNobodyFromEmitting() throws SQLException {
    session.setAutoCommit(false);
    emit("'slow'");
    try (Connection other = connect(caller);
        Statement statement = other.createStatement()) {
      statement.execute("SET lock_timeout = '1s'");
      assertThatCode(() -> statement.execute("SELECT " + schema + ".emit('quick')"))
          .doesNotThrowAnyException();
      assertThat(inbox()).containsExactly("quick");
    }
    session.commit();

    assertThat(inbox()).containsExactly("slow", "quick");
  }
}
