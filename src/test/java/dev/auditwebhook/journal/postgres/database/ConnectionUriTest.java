package dev.auditwebhook.journal.postgres.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.testing.Certificates;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionUriTest {

  private static PgConnectOptions first(String uri) {
    return ConnectionUri.of(uri).ways().get(0);
  }

  private static List<SslMode> modes(String uri) {
    return ConnectionUri.of(uri).ways().stream().map(PgConnectOptions::getSslMode).toList();
  }

  @Test
  void allPartsAreTaken() {
    PgConnectOptions options = first("postgresql://audit:secret@db.example:5433/app");
    assertThat(options.getHost()).isEqualTo("db.example");
    assertThat(options.getPort()).isEqualTo(5433);
    assertThat(options.getDatabase()).isEqualTo("app");
    assertThat(options.getUser()).isEqualTo("audit");
    assertThat(options.getPassword()).isEqualTo("secret");
    assertThat(options.getProperties())
        .containsEntry("application_name", "vertx-audit-webhook")
        .containsEntry("client_encoding", "utf8");
  }

  @Test
  void whatIsLeftOutIsAsPsqlHasIt() {
    ConnectionUri uri = ConnectionUri.of("postgres://audit@");
    assertThat(uri.shown()).isEqualTo("localhost:5432/audit");
    assertThat(uri.ways().get(0).getPassword()).isEmpty();
  }

  @Test
  void parametersGoOverTheRest() {
    PgConnectOptions options =
        first(
            "postgresql://one:two@db.example/app?user=three&password=f+our%26&dbname=five"
                + "&host=six&port=7&application_name=eight&search_path=nine&nobody_knows=it");
    assertThat(options.getHost()).isEqualTo("six");
    assertThat(options.getPort()).isEqualTo(7);
    assertThat(options.getDatabase()).isEqualTo("five");
    assertThat(options.getUser()).isEqualTo("three");
    assertThat(options.getPassword()).isEqualTo("f+our&");
    assertThat(options.getProperties())
        .containsEntry("application_name", "eight")
        .containsEntry("search_path", "nine")
        .containsEntry("client_encoding", "utf8")
        .doesNotContainKey("nobody_knows");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sslmod=require", "ssl=true", "sslMode=verify-full", "sslcrl=/a.crl"})
  void aParameterOfTlsThatWouldHaveNoEffectIsRefused(String parameter) {
    assertThatThrownBy(() -> ConnectionUri.of("postgresql://audit@db.example/app?" + parameter))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "webhook.store.uri: its parameters for TLS must be sslmode, sslrootcert, sslcert or"
                + " sslkey");
  }

  @Test
  void anAddressOfIpv6StandsInBrackets() {
    assertThat(first("postgresql://audit@[::1]:5433/app").getHost()).isEqualTo("::1");
  }

  @ParameterizedTest
  @CsvSource({
    "a%40b:c%3Ad%2Fe, a@b, c:d/e",
    "a:b+c, a, b+c",
    "a:b@c:d$!, a, b@c:d$!",
    "a:%C3%A9, a, \u00e9"
  })
  void userAndPasswordMayHaveAnyCharacter(String login, String user, String password) {
    PgConnectOptions options = first("postgresql://" + login + "@db.example/app");
    assertThat(options.getUser()).isEqualTo(user);
    assertThat(options.getPassword()).isEqualTo(password);
    assertThat(options.getHost()).isEqualTo("db.example");
  }

  @Test
  void messagesShowNothingOfTheUser() {
    ConnectionUri uri = ConnectionUri.of("postgresql://audit:secret@db.example:5433/app?x=secret");
    assertThat(uri.shown()).isEqualTo("db.example:5433/app");
    assertThat(uri).hasToString("db.example:5433/app");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "postgresql:/secret",
        "mysql://secret:secret@db.example/app",
        "postgresql://secret:secret@one.example,two.example/app",
        "postgresql://secret:secret@one.example:1,two.example:2/app",
        "postgresql://secret:secret@db.example:port/app",
        "postgresql://secret:secret@db.example:99999/app",
        "postgresql://secret:se/cret@db.example/app",
        "postgresql://secret:%secret@db.example/app",
        "postgresql://secret:secret%0A@db.example/app",
        "postgresql://secret:secret@db.example/app#secret",
      })
  void whatIsNoneIsRefusedWithoutBeingShown(String uri) {
    assertThatThrownBy(() -> ConnectionUri.of(uri))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "webhook.store.uri: must be postgresql://user:password@host:port/database, of one host,"
                + " with special characters percent-encoded")
        .hasNoCause();
  }

  @Test
  void theUserMustBeNamed() {
    assertThatThrownBy(() -> ConnectionUri.of("postgresql://db.example/app"))
        .hasMessage("webhook.store.uri: must name the user");
  }

  @Property
  void anyTextIsReadOrRefusedInOneLine(
      @ForAll @StringLength(max = 60) @AlphaChars @Chars({'%', '@', ':', '/', '?', '[', ']', '\n'})
          String rest) {
    try {
      assertThat(ConnectionUri.of("postgresql://" + rest).shown()).doesNotContain("\n");
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).startsWith("webhook.store.uri: ").doesNotContain("\n");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', REQUIRE DISABLE",
    "?sslmode=prefer, REQUIRE DISABLE",
    "?sslmode=allow, DISABLE REQUIRE",
    "?sslmode=disable, DISABLE",
    "?sslmode=require, REQUIRE",
    "?sslmode=require&sslrootcert=system, VERIFY_CA",
    "?sslmode=verify-ca, VERIFY_CA",
    "?sslmode=verify-full, VERIFY_FULL",
  })
  void sslmodeSaysHowItIsTried(String query, String ways) {
    assertThat(modes("postgresql://audit@db.example/app" + query))
        .extracting(SslMode::name)
        .containsExactly(ways.split(" "));
  }

  @Test
  void onlyTheModesThatVerifyAskForTrust() {
    ClientSSLOptions any = first("postgresql://a@b?sslmode=require").getSslOptions();
    assertThat(any.isTrustAll()).isTrue();
    for (String mode : List.of("verify-ca", "verify-full")) {
      ClientSSLOptions verified = first("postgresql://a@b?sslmode=" + mode).getSslOptions();
      assertThat(verified.isTrustAll()).isFalse();
      assertThat(verified.getTrustOptions()).as("that of the JVM").isNotNull();
      assertThat(verified.getHostnameVerificationAlgorithm())
          .isEqualTo(mode.equals("verify-full") ? "HTTPS" : "");
    }
  }

  @Test
  void certificatesAndTheKeyAreFiles(@TempDir Path directory) {
    Certificates certificates = new Certificates(directory);
    certificates.issue("client", "dns:client");
    String root = certificates.authority();
    String certificate = directory.resolve("client.pem").toString();
    String query =
        "?sslmode=verify-full&sslrootcert=%s&sslcert=%s&sslkey=%s"
            .formatted(root, certificate, certificate);

    ClientSSLOptions ssl = first("postgresql://audit@db.example/app" + query).getSslOptions();

    assertThat(ssl.isTrustAll()).isFalse();
    assertThat(ssl.getTrustOptions()).isNotNull();
    PemKeyCertOptions own = (PemKeyCertOptions) ssl.getKeyCertOptions();
    assertThat(own.getCertPath()).isEqualTo(certificate);
    assertThat(own.getKeyPath()).isEqualTo(certificate);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sslmode=secret | its sslmode must be disable, allow, prefer, require, verify-ca or verify-full",
        "sslmode=verify-ca&sslrootcert=/secret | its sslrootcert must be a file that can be read",
        "sslmode=verify-ca&sslrootcert=pom.xml | its sslrootcert must be a PEM file of certificates",
        "sslmode=require&sslcert=/ | its sslcert must be a file that can be read",
        "sslmode=require&sslkey=/secret | its sslcert must be a file that can be read",
      })
  void aParameterThatIsWrongIsNamed(String query, String message) {
    assertThatThrownBy(() -> ConnectionUri.of("postgresql://audit@db.example/app?" + query))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("webhook.store.uri: " + message);
  }
}
