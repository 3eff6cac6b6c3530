package dev.auditwebhook.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A real PostgreSQL on a free port of 127.0.0.1, which keeps what it says it does. Its superuser
 * {@code postgres} needs no password.
 */
public final class PostgresServer implements AutoCloseable {

  /** How a server ends: {@code FAST} ends all sessions first, {@code IMMEDIATE} is as a crash. */
  public enum Stop {
    FAST("INT"),
    IMMEDIATE("QUIT");

    private final String signal;

    Stop(String signal) {
      this.signal = signal;
    }
  }

  private static final String LOGIN_BY_PASSWORD = "by_password";
  private static final String LOGIN_BY_TLS = "by_tls";
  private static final String LOGIN_BY_CERTIFICATE = "by_certificate";

  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  private static PostgresServer shared;

  private final Map<String, String> configuration;
  private final Path directory;
  private EmbeddedPostgres running;
  private int port;

  private PostgresServer(Map<String, String> configuration) {
    this.configuration = configuration;
    try {
      directory = Files.createTempDirectory("postgres");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start();
    for (String group : List.of(LOGIN_BY_PASSWORD, LOGIN_BY_TLS, LOGIN_BY_CERTIFICATE)) {
      sql("CREATE ROLE " + group);
    }
  }

  /** The one of this JVM, which ends with it: no test may stop it. */
  public static synchronized PostgresServer shared() {
    if (shared == null) {
      shared = own();
      Runtime.getRuntime().addShutdownHook(new Thread(shared::close));
    }
    return shared;
  }

  /** One of the test's own, which it closes. */
  public static PostgresServer own() {
    return own(Map.of());
  }

  /** One of the test's own, with more settings than those that all have. */
  public static PostgresServer own(Map<String, String> configuration) {
    return new PostgresServer(configuration);
  }

  /** Starts it again, with the same port and data. */
  public void start() {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setPort(port)
            .setDataDirectory(directory)
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false)
            .setPGStartupWait(Duration.ofSeconds(60))
            .setDataDirectoryCustomizer(data -> allow(data.toPath()))
            .setServerConfig("listen_addresses", "127.0.0.1")
            .setServerConfig("unix_socket_directories", "")
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("max_connections", "200");
    configuration.forEach(builder::setServerConfig);
    try {
      running = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    port = running.getPort();
  }

  /** Starts it again as a standby, which takes no writes until it is {@link #promote}d. */
  public void startAsStandby() {
    try {
      Files.createFile(directory.resolve("standby.signal"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start();
  }

  /** Makes the primary of a standby. */
  public void promote() {
    select("SELECT pg_promote()");
  }

  private static void allow(Path data) {
    try {
      Files.writeString(
          data.resolve("pg_hba.conf"),
          """
          host all +%1$s 127.0.0.1/32 scram-sha-256
          hostnossl all +%2$s 127.0.0.1/32 reject
          hostssl all +%3$s 127.0.0.1/32 cert
          host all all 127.0.0.1/32 trust
          """
              .formatted(LOGIN_BY_PASSWORD, LOGIN_BY_TLS, LOGIN_BY_CERTIFICATE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return port;
  }

  /** The URI that its superuser connects by. */
  public String uri() {
    return uri("postgres");
  }

  /**
   * The URI that a user connects by.
   *
   * @param login a name, or a name and a password with a colon between
   */
  public String uri(String login) {
    return "postgresql://" + login + "@127.0.0.1:" + port + "/postgres";
  }

  /** The name of a schema that does not exist. */
  public String freshSchema() {
    return "webhook_" + SCHEMAS.incrementAndGet();
  }

  /** Removes schemas with all that is in them, by what their names begin with. */
  void dropSchemas(String prefix) {
    for (String schema :
        select("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, '" + prefix + "')")) {
      sql("DROP SCHEMA " + schema + " CASCADE");
    }
  }

  /** Makes a role that logs in by a password. */
  public void role(String name, String password) {
    sql(
        "CREATE ROLE %s LOGIN PASSWORD '%s' IN ROLE %s"
            .formatted(name, password, LOGIN_BY_PASSWORD));
  }

  /** Makes a role that logs in over TLS alone. */
  public void roleByTls(String name) {
    sql("CREATE ROLE %s LOGIN IN ROLE %s".formatted(name, LOGIN_BY_TLS));
  }

  /** Makes a role that logs in by a certificate of its name. */
  public void roleByCertificate(String name) {
    sql("CREATE ROLE %s LOGIN IN ROLE %s".formatted(name, LOGIN_BY_CERTIFICATE));
  }

  /** Runs statements as superuser, each in a transaction of its own. */
  public void sql(String... statements) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** The first column of what a query finds, as text. */
  public List<String> select(String query) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> found = new ArrayList<>();
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      return found;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** A connection of the superuser. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/postgres", "postgres", "");
  }

  /** Ends sessions as an administrator does, but for this one; says how many. */
  public int terminate(String where) {
    return select(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client"
                + " backend' AND pid <> pg_backend_pid() AND ("
                + where
                + ")")
        .size();
  }

  /** Has no process of it run on, until they are {@link #thaw}ed: connections stay, and silent. */
  public void freeze() {
    Signals.send("STOP", processes());
  }

  public void thaw() {
    Signals.send("CONT", processes());
  }

  private List<Long> processes() {
    long postmaster = postmaster();
    List<Long> all = new ArrayList<>(List.of(postmaster));
    ProcessHandle.of(postmaster).stream()
        .flatMap(ProcessHandle::children)
        .forEach(child -> all.add(child.pid()));
    return all;
  }

  private long postmaster() {
    try {
      return Long.parseLong(Files.readAllLines(pidFile()).get(0).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path pidFile() {
    return directory.resolve("postmaster.pid");
  }

  /** Stops it, and keeps its data. */
  public void stop(Stop how) {
    Signals.send(how.signal, List.of(postmaster()));
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> Files.notExists(pidFile()));
    letGo();
  }

  /** Whose lock on the directory would else last as long as the JVM. */
  private void letGo() {
    try {
      running.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    running = null;
  }

  /** Stops it, and removes its data. */
  @Override
  public void close() {
    if (running != null) {
      stop(Stop.IMMEDIATE);
    }
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
