package dev.auditwebhook.journal.postgres.database;

import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.journal.postgres.database.Schema.Migration;
import dev.auditwebhook.testing.PostgresServer;
import io.vertx.core.Future;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SchemaTest {

  private static final Migration FIRST = new Migration(1, "001-first", 1);

  @RegisterExtension final OpenDatabases databases = new OpenDatabases();
  private final PostgresServer server = PostgresServer.shared();
  private final String schema = server.freshSchema();

  private Database database(String user) {
    return databases.open(server.uri(user), schema);
  }

  private void install(String prefix, Migration... known) {
    databases.ask(() -> new Schema(database("postgres"), prefix, List.of(known)).install());
  }

  private DatabaseException refusal(String user) {
    Database database = database(user);
    return databases.failure(() -> new Schema(database, "msg_").install());
  }

  private List<String> versions() {
    return server.select("SELECT number FROM " + schema + ".version ORDER BY number");
  }

  private List<String> prefixes() {
    return server.select("SELECT prefix FROM " + schema + ".head");
  }

  private String user(String... grants) {
    String user = server.freshSchema();
    server.sql("CREATE ROLE " + user + " LOGIN");
    for (String grant : grants) {
      server.sql(grant.replace("USER", user));
    }
    return user;
  }

  @Test
  void theTablesAreMadeOnceAndFoundThereAfter() {
    install("msg_1_", FIRST);
    install("msg_2_", FIRST);

    assertThat(prefixes()).containsExactly("msg_1_");
    assertThat(versions()).containsExactly("1");
  }

  @Test
  void tenNodesMayStartAtOnce() {
    result(
        Future.all(
            IntStream.range(0, 10)
                .mapToObj(
                    node -> {
                      Database own = database("postgres");
                      return databases.begin(() -> new Schema(own, "msg_" + node).install());
                    })
                .toList()));

    assertThat(prefixes()).hasSize(1);
    assertThat(versions()).containsExactly("1");
  }

  @Test
  void aNewerModuleAddsWhatIsMissing() {
    install("msg_", FIRST);
    install("msg_", FIRST, new Migration(2, "test-migration", 1));

    assertThat(versions()).containsExactly("1", "2");
    assertThat(server.select("SELECT count(*) FROM " + schema + ".added")).containsExactly("0");
    assertThat(prefixes()).hasSize(1);
  }

  @Test
  void anOlderModuleGoesOnWhereTheNewerOneSaysSo() {
    install("msg_", FIRST, new Migration(2, "test-migration", 1));
    install("msg_", FIRST);

    assertThat(versions()).containsExactly("1", "2");
  }

  @Test
  void anOlderModuleIsRefusedWhereItCannotGoOn() {
    install("msg_", FIRST, new Migration(2, "test-migration", 2));

    DatabaseException refusal = refusal("postgres");

    assertThat(refusal.isAway()).isFalse();
    assertThat(refusal)
        .hasMessage(
            "the database at 127.0.0.1:%d/postgres has the schema %s in version 2, which takes a"
                + " newer module: this one knows up to version 1",
            server.port(), schema);
  }

  @Test
  void aMigrationThatFailsLeavesNothing() {
    DatabaseException failure =
        databases.failure(
            () ->
                new Schema(
                        database("postgres"),
                        "msg_",
                        List.of(FIRST, new Migration(2, "test-echo", 1)))
                    .install());

    assertThat(failure.isAway()).isFalse();
    assertThat(server.select("SELECT 1 FROM pg_namespace WHERE nspname = '" + schema + "'"))
        .isEmpty();
  }

  @Test
  void aFrozenNodeInTheMiddleOfAMigrationIsGotRidOf() {
    Database frozen = databases.open(server.uri(), schema, 200);
    Future<Void> never =
        databases.begin(
            () ->
                frozen.transaction(
                    transaction ->
                        transaction
                            .run("schema-lock", io.vertx.sqlclient.Tuple.of(schema))
                            .compose(v -> Future.<Void>future(promise -> {}))));

    install("msg_", FIRST);

    assertThat(never.isComplete()).isFalse();
    assertThat(versions()).containsExactly("1");
  }

  @Test
  void aUserThatMayMakeSchemasIsEnough() {
    String user = user("GRANT CREATE ON DATABASE postgres TO USER");
    Database database = database(user);

    databases.ask(() -> new Schema(database, "msg_").install());

    assertThat(versions()).containsExactly("1");
  }

  @Test
  void aUserThatHasTheSchemaIsEnough() {
    String user = user("CREATE SCHEMA " + schema + " AUTHORIZATION USER");
    Database database = database(user);

    databases.ask(() -> new Schema(database, "msg_").install());
    databases.ask(() -> new Schema(database, "msg_").install());

    assertThat(versions()).containsExactly("1");
  }

  @Test
  void aUserOfTheOwningRoleIsEnough() {
    String owner = user("CREATE SCHEMA " + schema + " AUTHORIZATION USER");
    String member = user("GRANT " + owner + " TO USER");
    Database first = database(owner);
    Database second = database(member);

    databases.ask(() -> new Schema(first, "msg_").install());
    databases.ask(() -> new Schema(second, "msg_").install());

    assertThat(versions()).containsExactly("1");
  }

  @Test
  void aUserThatMayMakeNoSchemaIsToldWhatToGrant() {
    String user = user();

    DatabaseException refusal = refusal(user);

    assertThat(refusal.isAway()).isFalse();
    assertThat(refusal)
        .hasMessageEndingWith(
            "lets its user make no schema: GRANT CREATE ON DATABASE postgres TO %s, or CREATE"
                + " SCHEMA %s AUTHORIZATION %s",
            user, schema, user);
  }

  @Test
  void aUserThatMayMakeNoTablesIsToldWhatToGrant() {
    server.sql("CREATE SCHEMA " + schema);
    String user = user("GRANT USAGE ON SCHEMA " + schema + " TO USER");

    assertThat(refusal(user))
        .hasMessageEndingWith(
            "lets its user make no tables: GRANT USAGE, CREATE ON SCHEMA %s TO %s", schema, user);
  }

  @Test
  void aUserThatDoesNotOwnTheTablesIsToldWhatToGrant() {
    install("msg_", FIRST);
    String user = user("GRANT USAGE, CREATE ON SCHEMA " + schema + " TO USER");

    assertThat(refusal(user))
        .hasMessageEndingWith("has tables that are another role's: GRANT postgres TO %s", user);
  }

  @Test
  void tablesOnAServerThatIsReadOnlyAreNotOpened() {
    install("msg_", FIRST);
    String user =
        user("GRANT postgres TO USER", "ALTER ROLE USER SET default_transaction_read_only = on");

    DatabaseException refusal = refusal(user);

    assertThat(refusal.isAway()).isTrue();
    assertThat(refusal)
        .hasMessageEndingWith("is read-only: webhook.store.uri must name the primary (25006)");
  }
}
