package dev.auditwebhook.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.testing.PostgresServer;
import dev.auditwebhook.testing.PostgresServer.Stop;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start makes of a database that is away, or that does not let it in. */
class DatabaseStartTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static PostgresServer database;

  @TempDir Path directory;
  private final JsonObject store = new JsonObject().put("type", "postgres");
  private Map<String, String> environment = Map.of("WEBHOOK_ADMIN_TOKEN", "token-of-these-tests");

  @BeforeAll
  static void startDatabase() {
    database = PostgresServer.own();
  }

  @AfterAll
  static void stopDatabase() {
    database.close();
  }

  private JarProcess serve() throws IOException {
    JsonObject conf =
        new JsonObject()
            .put("webhook", new JsonObject().put("store", store))
            .put("http", new JsonObject().put("port", 0));
    Path file = Files.writeString(directory.resolve("service.json"), conf.encode());
    return JarProcess.start(directory, environment, "serve", file.toString());
  }

  /** The one line in which a start ends. */
  private String failure() throws Exception {
    try (JarProcess process = serve()) {
      assertThat(process.exitStatus()).as(process.err()).isEqualTo(1);
      assertThat(process.out()).isEmpty();
      assertThat(process.err().lines()).hasSize(1);
      return process.err().strip();
    }
  }

  private static String shown() {
    return "the database at 127.0.0.1:" + database.port() + "/postgres";
  }

  @Test
  void itWaitsForADatabaseThatIsAwayAndSaysSoOnce() throws Exception {
    store.put("uri", database.uri()).put("schema", database.freshSchema());
    database.stop(Stop.FAST);
    try (JarProcess process = serve()) {
      await().atMost(LIMIT).until(() -> process.err().contains("waiting up to 60000 ms for it"));
      database.start();
      await().atMost(LIMIT).until(() -> process.out().contains("Listening on "));

      assertThat(process.err().lines().filter(line -> !line.contains(" INFO ")))
          .hasSize(2)
          .first()
          .asString()
          .contains("webhook.store.uri: " + shown() + " cannot be reached: ");
      assertThat(process.err()).endsWith("webhook.store.uri: the database is there\n");
    }
  }

  @Test
  void itEndsWhenTheDatabaseStaysAway() throws Exception {
    store.put("uri", database.uri()).put("waitForDatabase", 1_500);
    database.stop(Stop.FAST);
    try (JarProcess process = serve()) {
      assertThat(process.exitStatus()).isEqualTo(1);
      assertThat(process.err().lines()).hasSize(2);
      assertThat(process.err().lines().toList().get(1))
          .startsWith("webhook.store.uri: " + shown() + " cannot be reached: ");
    } finally {
      database.start();
    }
  }

  @Test
  void itEndsAtOnceWhenItIsNotToWait() throws Exception {
    store.put("uri", database.uri()).put("waitForDatabase", 0);
    database.stop(Stop.FAST);
    try {
      assertThat(failure()).startsWith("webhook.store.uri: " + shown() + " cannot be reached: ");
    } finally {
      database.start();
    }
  }

  @Test
  void aWrongPasswordIsNotShown() throws Exception {
    database.role("mara", "right");
    store.put("uri", database.uri("mara:hush-hush"));

    assertThat(failure())
        .startsWith("webhook.store.uri: " + shown() + " refuses the password of its user")
        .doesNotContain("hush");
  }

  @Test
  void aWrongPasswordOfTheEnvironmentIsNotShown() throws Exception {
    database.role("mary", "right");
    store.put("uri", database.uri());
    environment = Map.of("WEBHOOK_STORE_URI", database.uri("mary:hush-hush"));

    assertThat(failure()).contains(" refuses the password of its user").doesNotContain("hush");
  }

  @Test
  void aDatabaseThatIsNotThere() throws Exception {
    store.put("uri", database.uri().replaceFirst("postgres$", "nowhere"));

    assertThat(failure())
        .startsWith("webhook.store.uri: the database at ")
        .contains("/nowhere does not exist");
  }

  @Test
  void aRoleThatMayMakeNoSchema() throws Exception {
    database.role("guest", "secret-of-guest");
    store.put("uri", database.uri("guest:secret-of-guest")).put("schema", "audit_of_guest");

    assertThat(failure())
        .startsWith("webhook.store.uri: " + shown())
        .contains("GRANT CREATE ON DATABASE postgres TO guest")
        .doesNotContain("secret");
  }

  @Test
  void aSchemaThatIsSomebodyElses() throws Exception {
    database.role("other", "secret-of-other");
    String schema = database.freshSchema();
    database.sql("CREATE SCHEMA " + schema);
    store.put("uri", database.uri("other:secret-of-other")).put("schema", schema);

    assertThat(failure())
        .startsWith("webhook.store.uri: " + shown())
        .contains("GRANT USAGE, CREATE ON SCHEMA " + schema + " TO other")
        .doesNotContain("secret");
  }

  @Test
  void aServerWithoutTls() throws Exception {
    store.put("uri", database.uri() + "?sslmode=require");

    assertThat(failure())
        .isEqualTo(
            "webhook.store.uri: " + shown() + " does not speak TLS, which the sslmode asks for");
  }
}
