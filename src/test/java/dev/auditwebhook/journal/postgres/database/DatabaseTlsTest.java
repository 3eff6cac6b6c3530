package dev.auditwebhook.journal.postgres.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.Certificates;
import dev.auditwebhook.testing.PostgresServer;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that speaks TLS, with a certificate for localhost and not for 127.0.0.1. */
class DatabaseTlsTest {

  @TempDir static Path directory;
  private static Certificates certificates;
  private static PostgresServer server;

  @RegisterExtension final OpenDatabases databases = new OpenDatabases();

  @BeforeAll
  static void start() throws IOException {
    certificates = new Certificates(Files.createDirectory(directory.resolve("own")));
    certificates.issue("server", "dns:localhost");
    server =
        PostgresServer.own(
            Map.of(
                "ssl", "on",
                "ssl_ca_file", certificates.authority(),
                "ssl_cert_file", certificates.certificate("server").toString(),
                "ssl_key_file", certificates.key("server").toString()));
    server.roleByTls("careful");
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private Database open(String host, String query) {
    return databases.open(server.uri().replace("127.0.0.1", host) + "?" + query);
  }

  private String version(Database database) {
    return databases
        .ask(() -> database.run("test-tls", Tuple.tuple()))
        .iterator()
        .next()
        .getString("version");
  }

  private static String root() {
    return "&sslrootcert=" + certificates.authority();
  }

  @ParameterizedTest
  @ValueSource(strings = {"prefer", "require", "verify-ca", "verify-full"})
  void itIsEncrypted(String mode) {
    String trusted = mode.startsWith("verify") ? root() : "";

    assertThat(version(open("localhost", "sslmode=" + mode + trusted))).startsWith("TLSv1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"disable", "allow"})
  void itIsNotEncryptedWhereThatIsNotAskedFor(String mode) {
    assertThat(version(open("localhost", "sslmode=" + mode))).isNull();
  }

  @Test
  void allowTurnsToTlsWhereTheServerInsists() {
    Database database =
        databases.open(server.uri("careful").replace("127.0.0.1", "localhost") + "?sslmode=allow");

    assertThat(version(database)).startsWith("TLSv1");
  }

  @Test
  void anotherNameDoesForACertificateAuthorityAlone() {
    assertThat(version(open("127.0.0.1", "sslmode=verify-ca" + root()))).startsWith("TLSv1");
  }

  @Test
  void anotherNameIsRefusedWhereTheNameIsVerified() {
    Database database = open("127.0.0.1", "sslmode=verify-full" + root());

    DatabaseException failure = databases.failure(() -> database.run("test-tls", Tuple.tuple()));

    assertThat(failure.isAway()).isFalse();
    assertThat(failure)
        .hasMessageStartingWith(
            "the database at 127.0.0.1:%d/postgres has a certificate that is not trusted: "
                .formatted(server.port()))
        .hasMessageContaining("127.0.0.1")
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @CsvSource({"verify-full", "verify-ca"})
  void anotherAuthorityIsRefused(String mode) throws IOException {
    Certificates stranger = new Certificates(Files.createTempDirectory(directory, "stranger"));
    Database database =
        open("localhost", "sslmode=" + mode + "&sslrootcert=" + stranger.authority());

    DatabaseException failure = databases.failure(() -> database.run("test-tls", Tuple.tuple()));

    assertThat(failure.isAway()).isFalse();
    assertThat(failure).hasMessageContaining("has a certificate that is not trusted: ");
  }

  @Test
  void theClientMayHaveACertificateOfItsOwn() {
    certificates.issue("mara", "dns:mara");
    server.roleByCertificate("mara");
    String uri = server.uri("mara").replace("127.0.0.1", "localhost") + "?sslmode=verify-full";
    String own =
        "&sslcert=%s&sslkey=%s"
            .formatted(certificates.certificate("mara"), certificates.key("mara"));

    assertThat(version(databases.open(uri + root() + own))).startsWith("TLSv1");

    Database without = databases.open(uri + root());
    DatabaseException failure = databases.failure(() -> without.run("test-tls", Tuple.tuple()));
    assertThat(failure.isAway()).isFalse();
    assertThat(failure).hasMessageContaining("certificate").hasMessageEndingWith(" (28000)");
  }

  @Test
  void whoTheJvmDoesNotTrustIsRefused() {
    Database database = open("localhost", "sslmode=verify-full");

    DatabaseException failure = databases.failure(() -> database.run("test-tls", Tuple.tuple()));

    assertThat(failure.isAway()).isFalse();
    assertThat(failure).hasMessageContaining("has a certificate that is not trusted: ");
  }
}
