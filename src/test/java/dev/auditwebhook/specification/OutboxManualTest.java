package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Webhooks.inDatabase;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.testing.OneStore;
import dev.auditwebhook.testing.PostgresServer;
import dev.auditwebhook.testing.Readme;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.util.PSQLException;

/** The examples of the README's chapter on entries in one's own transaction. */
@OneStore("it is about the store in PostgreSQL")
@Timeout(60)
class OutboxManualTest {

  private static final String CHAPTER = "In your own transaction";
  private static final Path SOURCE =
      Path.of("src/test/java/dev/auditwebhook/specification/OutboxManualTest.java");
  private static final Pattern EXAMPLE =
      Pattern.compile("// README begins\n(.*?)\\s*// README ends\n", Pattern.DOTALL);

  private static PostgresServer database;

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();

  @BeforeAll
  static void start() {
    database = PostgresServer.own();
    database.sql(
        "CREATE ROLE app LOGIN", "CREATE TABLE account (id bigint PRIMARY KEY, balance numeric)");
    database.sql("GRANT ALL ON account TO app");
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void deploy() throws SQLException {
    database.sql("TRUNCATE account", "INSERT INTO account VALUES (7, 100)");
    webhook.deploy(
        inDatabase(webhook.options(), database.uri(), StoreOptions.DEFAULT_SCHEMA)
            .setMaxInFlight(1));
    String grants = Readme.blocks(Readme.section(CHAPTER, "Who may"), "sql").get(0);
    for (String grant : grants.split(";\n")) {
      database.sql(grant);
    }
  }

  private static DataSource dataSource() {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setURL("jdbc:postgresql://127.0.0.1:" + database.port() + "/postgres");
    dataSource.setUser("app");
    return dataSource;
  }

  private void awaitSent(String... bodies) {
    await()
        .untilAsserted(
            () ->
                assertThat(
                        webhook.receiver().requests().stream()
                            .map(each -> each.json())
                            .map(each -> each.getString("action") + " " + each.getValue("details")))
                    .containsExactly(bodies));
  }

  private static void assertBalance(int balance) {
    assertThat(database.select("SELECT balance FROM account WHERE id = 7"))
        .containsExactly(Integer.toString(balance));
  }

  @Test
  void theStatementsDoWhatTheySay() throws SQLException {
    try (Connection connection = dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      for (String example : Readme.blocks(Readme.chapter(CHAPTER), "sql")) {
        if (!example.contains("GRANT")) {
          statement.execute(example);
        }
      }
    }

    awaitSent("account.charged {\"amount\":10,\"account\":7}", "user.login null", "user.left null");
    assertBalance(90);
  }

  @Test
  void jdbc() throws SQLException {
    DataSource dataSource = dataSource();
    // README begins
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try (PreparedStatement charge =
              connection.prepareStatement("UPDATE account SET balance = balance - ? WHERE id = ?");
          PreparedStatement emit =
              connection.prepareStatement("SELECT audit_webhook.emit(?, ?::jsonb)")) {
        charge.setInt(1, 10);
        charge.setLong(2, 7);
        charge.executeUpdate();
        emit.setString(1, "account.charged");
        emit.setString(2, "{\"account\": 7, \"amount\": 10}");
        emit.execute();
      }
      connection.commit();
    }
    // README ends

    awaitSent("account.charged {\"amount\":10,\"account\":7}");
    assertBalance(90);
  }

  @Test
  void vertxSqlClient() {
    Pool pool =
        PgBuilder.pool()
            .connectingTo(PgConnectOptions.fromUri(database.uri("app")).setPassword(""))
            .using(webhook.vertx())
            .build();
    // README begins
    Future<RowSet<Row>> charged =
        pool.withTransaction(
            connection ->
                connection
                    .preparedQuery("UPDATE account SET balance = balance - $1 WHERE id = $2")
                    .execute(Tuple.of(10, 7L))
                    .compose(
                        updated ->
                            connection
                                .preparedQuery("SELECT audit_webhook.emit($1, $2)")
                                .execute(
                                    Tuple.of(
                                        "account.charged",
                                        new JsonObject().put("account", 7).put("amount", 10)))));
    // README ends

    result(charged);
    awaitSent("account.charged {\"amount\":10,\"account\":7}");
    assertBalance(90);
  }

  @Test
  void badEntriesFailAsTheTableSays() throws SQLException {
    List<List<String>> rows =
        Readme.rows(Readme.section(CHAPTER, "Entries that are refused")).stream()
            .filter(row -> row.get(0).startsWith("`"))
            .toList();

    assertThat(rows).hasSize(7);
    for (List<String> row : rows) {
      String call = Readme.quoted(row.get(0).replace("\\|", "|")).get(0);
      assertThat(refusal("SELECT audit_webhook." + call))
          .as(call)
          .isEqualTo("22023 " + Readme.quoted(row.get(1)).get(0));
    }
  }

  private static String refusal(String sql) throws SQLException {
    try (Connection connection = dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
      return "none";
    } catch (PSQLException e) {
      return e.getSQLState() + " " + e.getServerErrorMessage().getMessage();
    }
  }

  @Test
  void itSaysWhatTheArgumentsAre() {
    List<List<String>> rows =
        Readme.rows(Readme.chapter(CHAPTER)).stream()
            .filter(row -> row.size() == 3 && row.get(0).startsWith("`"))
            .toList();

    String arguments =
        String.join(
            ", ",
            rows.stream()
                .map(
                    row ->
                        Readme.quoted(row.get(0)).get(0) + " " + Readme.quoted(row.get(1)).get(0))
                .toList());
    assertThat(arguments.replace("timestamptz", "timestamp with time zone"))
        .isEqualTo(
            database
                .select("SELECT pg_get_function_identity_arguments('audit_webhook.emit'::regproc)")
                .get(0));
  }

  @Test
  void theReadmeShowsTheseVeryExamples() throws IOException {
    List<String> examples =
        EXAMPLE
            .matcher(Files.readString(SOURCE))
            .results()
            .map(example -> example.group(1).stripIndent())
            .toList();

    assertThat(examples).hasSize(2);
    assertThat(Readme.blocks(Readme.chapter(CHAPTER), "java"))
        .isEqualTo(examples.stream().map(example -> example + "\n").toList());
  }
}
