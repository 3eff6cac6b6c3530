package dev.auditwebhook.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SelfSignedCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code serve} would do, told without doing it. */
class CheckTest {

  private static List<String> check(String json, Map<String, String> environment) {
    return Check.of(Configuration.of(new JsonObject(json), new Environment(environment)));
  }

  private static List<String> check(String json) {
    return check(json, Map.of());
  }

  @Test
  void defaultsServeThisMachineAndDiscardEntries() {
    assertThat(check("{}"))
        .containsExactly(
            "endpoint default: no url",
            "store: memory",
            "http: listens on 127.0.0.1 port 8080, plain HTTP",
            "token admin: role admin, another one made at each start",
            "warning: no endpoint has a url: every entry is discarded until one is set",
            "warning: store: what is pending and the dead letters end with the process");
  }

  @Test
  void endpointsAreToldByOriginAndByWhatTheyDo() {
    assertThat(
            check(
                """
                {"webhook": {"store": {"type": "file", "path": "data"}, "endpoints": {
                  "siem": {"url": "https://siem.example:8443/in?token=abc", "format": "splunk-hec",
                    "secrets": ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
                    "actions": ["user.*", "!user.seen"], "batch": {"maxEvents": 100}},
                  "archive": {"url": "https://archive.example/", "auth": {"type": "oauth2",
                    "tokenUrl": "https://login.example/t", "clientId": "a",
                    "clientSecret": "hush"}}}}}
                """))
        .startsWith(
            "endpoint archive: https://archive.example, format event, not signed, token by oauth2",
            "endpoint siem: https://siem.example:8443, format splunk-hec, signed,"
                + " up to 100 events a request, actions user.* !user.seen",
            "store: file, in data")
        .noneMatch(line -> line.startsWith("warning: "));
  }

  @Test
  void whatWeakensADeliveryIsAWarning() {
    assertThat(
            check(
                """
                {"webhook": {"store": {"type": "file", "path": "data"}, "url": "http://siem.example/",
                  "client": {"trustAll": true, "verifyHost": false,
                    "proxyOptions": {"host": "proxy.example", "port": 3128}}}}
                """))
        .filteredOn(line -> line.startsWith("warning: "))
        .containsExactly(
            "warning: endpoint default: its url is http,"
                + " so whoever is on the way can read and change events",
            "warning: endpoint default: client.proxyOptions:"
                + " the proxy resolves names, so it guards addresses",
            "warning: endpoint default: client.trustAll weakens TLS",
            "warning: endpoint default: client.verifyHost weakens TLS");
  }

  @Test
  void plainHttpOnLoopbackIsNone() {
    assertThat(check("{\"webhook\": {\"url\": \"http://127.0.0.1:9999/in\"}}"))
        .noneMatch(line -> line.contains("url is http"));
  }

  @Test
  void variablesGoOverTheFileAndNoneOfThemIsShown() {
    List<String> lines =
        check(
            "{\"webhook\": {\"store\": {\"type\": \"postgres\", \"uri\": \"\"}}}",
            Map.of(
                "WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "WEBHOOK_ADMIN_TOKEN", "a-token-that-nobody-may-see",
                "WEBHOOK_HTTP_PORT", "9090",
                "WEBHOOK_STORE_URI", "postgresql://audit:hush@db.example/app"));

    assertThat(lines)
        .contains(
            "store: postgres, schema audit_webhook of db.example:5432/app",
            "http: listens on 127.0.0.1 port 9090, plain HTTP",
            "token admin: role admin");
    assertThat(String.join("\n", lines))
        .doesNotContain("whsec_", "nobody", "hush", "postgresql://");
  }

  @Test
  void tokensAreToldByNameAndRole() {
    assertThat(
            check(
                """
                {"http": {"adminToken": "the-admin-token-of-this-test",
                  "ingestToken": "the-ingest-token-of-this-test", "tokens": [
                    {"name": "ops", "role": "operate", "token": "the-first-token-of-this-test"},
                    {"name": "ops", "role": "operate", "token": "the-second-token-of-this-test"},
                    {"name": "shop", "role": "ingest", "quota": 100,
                      "token": "the-shop-token-of-this-test"}]}}
                """))
        .contains(
            "token admin: role admin",
            "token ingest: role ingest",
            "token ops: role operate",
            "token ops, another one: role operate",
            "token shop: role ingest, at most 100 entries a second")
        .noneMatch(line -> line.contains("of-this-test"));
  }

  @Test
  void withoutHttpThereIsTheBus() {
    assertThat(check("{\"http\": {\"enabled\": false}}"))
        .contains("http: off, entries come over the event bus alone")
        .noneMatch(line -> line.startsWith("token "));
  }

  @Test
  void plainHttpBeyondLoopbackIsRefusedOrAWarning() {
    for (String host : List.of("0.0.0.0", "::", "10.0.0.5")) {
      assertThatThrownBy(() -> check("{\"http\": {\"host\": \"" + host + "\"}}"))
          .hasMessageStartingWith("http.host: " + host + " is not loopback");
      assertThat(check("{\"http\": {\"host\": \"" + host + "\", \"allowPlaintext\": true}}"))
          .anyMatch(line -> line.startsWith("warning: http.allowPlaintext: "));
    }
    assertThat(check("{\"http\": {\"host\": \"audit.internal\"}}"))
        .contains("warning: http.host is a name: without TLS it must be one of this machine alone");
    for (String host : List.of("127.0.0.1", "::1", "localhost")) {
      assertThat(check("{\"http\": {\"host\": \"" + host + "\"}}"))
          .noneMatch(line -> line.startsWith("warning: http."));
    }
  }

  private static final String TLS =
      """
      {"http": {"host": "0.0.0.0", "server": {"ssl": true,
        "pemKeyCertOptions": {"keyPath": "%s", "certPath": "%s"}}}}
      """;

  @Test
  void tlsIsToldAndItsFilesAreLookedFor(@TempDir Path directory) throws Exception {
    Path key = Files.createFile(directory.resolve("tls.key"));
    Path certificate = directory.resolve("tls.crt");

    assertThatThrownBy(() -> check(TLS.formatted(key, certificate)))
        .hasMessage(
            "http.server.pemKeyCertOptions.certPath: "
                + certificate
                + ": no such file, or it cannot be read");
    Files.createFile(certificate);
    assertThatThrownBy(() -> check(TLS.formatted(key, certificate)))
        .hasMessageStartingWith("http.server.pemKeyCertOptions: ")
        .hasMessageNotContaining("\n");
  }

  @Test
  void theCertificateIsTold() {
    SelfSignedCertificate certificate = SelfSignedCertificate.create("audit.example");
    try {
      assertThat(check(TLS.formatted(certificate.privateKeyPath(), certificate.certificatePath())))
          .contains("http: listens on 0.0.0.0 port 8080, TLS")
          .anyMatch(
              line -> line.startsWith("http certificate: CN=audit.example, valid until 9999-12-31"))
          .noneMatch(line -> line.contains("clientAuth") || line.startsWith("warning: http"));
    } finally {
      certificate.delete();
    }
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() {
    SelfSignedCertificate certificate = SelfSignedCertificate.create("audit.example");
    SelfSignedCertificate another = SelfSignedCertificate.create("audit.example");
    try {
      assertThatThrownBy(
              () -> check(TLS.formatted(another.privateKeyPath(), certificate.certificatePath())))
          .hasMessage(
              "http.server.pemKeyCertOptions: the key is not that of the certificate of"
                  + " CN=audit.example");
    } finally {
      certificate.delete();
      another.delete();
    }
  }

  @Test
  void clientsThatNeedCertificatesAreToldWithThoseThatHaveNone() {
    SelfSignedCertificate certificate = SelfSignedCertificate.create("audit.example");
    String json =
        """
        {"http": {"server": {"ssl": true, "clientAuth": "%s",
          "pemTrustOptions": {"certPaths": ["%s"]},
          "pemKeyCertOptions": {"keyPath": "%s", "certPath": "%s"}}}}
        """;
    String file = certificate.certificatePath();
    String key = certificate.privateKeyPath();
    try {
      assertThat(check(json.formatted("REQUIRED", file, key, file)))
          .contains(
              "http: listens on 127.0.0.1 port 8080, TLS, clients have certificates",
              "warning: http.server.clientAuth: probes of /health that have no certificate"
                  + " are refused; REQUEST lets them in");
      assertThat(check(json.formatted("REQUEST", file, key, file)))
          .noneMatch(line -> line.contains("clientAuth"));
    } finally {
      certificate.delete();
    }
  }

  @Test
  void whatDrivesATerminalIsNotShownAsItIs() {
    assertThat(
            check("{\"webhook\": {\"store\": {\"type\": \"file\", \"path\": \"a\\u001b[2Jb\"}}}"))
        .contains("store: file, in a?[2Jb");
  }

  @Test
  void whatServeRefusesIsRefusedInTheSameWords() {
    assertThatThrownBy(() -> check("{\"webhook\": {\"maxAttempts\": 0}}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("webhook.maxAttempts: must be");
    assertThatThrownBy(
            () ->
                check(
                    "{\"webhook\": {\"store\": {\"type\": \"postgres\", \"uri\":"
                        + " \"postgresql://a:hush@db.example/b?sslmode=verify\"}}}"))
        .hasMessageStartingWith("webhook.store.uri: its sslmode must be ")
        .hasMessageNotContaining("hush");
    assertThatThrownBy(() -> check("{}", Map.of("WEBHOOK_HTTP_PORT", "eighty")))
        .hasMessageStartingWith("WEBHOOK_HTTP_PORT ");
  }
}
