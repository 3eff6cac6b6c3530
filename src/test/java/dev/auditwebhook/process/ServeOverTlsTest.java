package dev.auditwebhook.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.auditwebhook.http.RawClient;
import dev.auditwebhook.testing.Tool;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service over TLS as programs of others see it, and as its own {@code emit} does. */
class ServeOverTlsTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String TOKEN = "admin-token-of-this-test";
  private static final String PRODUCER = "token-of-a-producer-here";

  @TempDir Path directory;

  private record Outcome(int exit, String output) {}

  @BeforeAll
  static void needsTheirPrograms() {
    assumeTrue(Tool.isThere("curl") && Tool.isThere("openssl"));
  }

  private Outcome run(String... command) throws Exception {
    Path out = Files.createTempFile(directory, "out", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Outcome(process.exitValue(), Files.readString(out));
  }

  private void makeCertificate(String name) throws Exception {
    Outcome made =
        run(
            ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30"
                    + " -keyout key.pem -out cert.pem -subj /CN="
                    + name
                    + " -addext subjectAltName=DNS:localhost,IP:127.0.0.1")
                .split(" "));
    assertThat(made.exit).as(made.output).isZero();
  }

  private Path configure(int port) throws IOException {
    return configure(port, http -> {});
  }

  private Path configure(int port, Consumer<JsonObject> more) throws IOException {
    JsonObject pem = new JsonObject().put("keyPath", "key.pem").put("certPath", "cert.pem");
    JsonObject http =
        new JsonObject()
            .put("port", port)
            .put("adminToken", TOKEN)
            .put("server", new JsonObject().put("ssl", true).put("pemKeyCertOptions", pem));
    more.accept(http);
    Path conf = Files.createDirectories(directory.resolve("conf")).resolve("webhook.json");
    return Files.writeString(conf, new JsonObject().put("http", http).encode());
  }

  private JarProcess serve() throws Exception {
    JarProcess process = JarProcess.start(directory, Map.of(), "serve", "conf/webhook.json");
    await()
        .atMost(LIMIT)
        .until(() -> process.out().contains("Listening on ") || !process.isAlive());
    assertThat(process.out()).as(process.err()).contains("Listening on https://127.0.0.1:");
    return process;
  }

  private static int port(JarProcess process) {
    return Integer.parseInt(process.out().strip().replaceFirst("(?s).*127.0.0.1:(\\d+).*", "$1"));
  }

  private Outcome curl(int port) throws Exception {
    return run(
        "curl",
        "-sS",
        "--max-time",
        "20",
        "--cacert",
        "cert.pem",
        "-H",
        "Authorization: Bearer " + TOKEN,
        "https://localhost:" + port + "/webhook");
  }

  private String subject(int port) throws Exception {
    return run("openssl", "s_client", "-connect", "127.0.0.1:" + port, "-CAfile", "cert.pem")
        .output;
  }

  private JarProcess emit(int port) throws Exception {
    configure(port);
    Files.writeString(directory.resolve("entries"), "{\"action\":\"user.login\"}\n".repeat(3));
    return JarProcess.start(directory, Map.of(), "emit", "entries");
  }

  @Test
  void aProducerEmitsWithItsOwnTokenAndCertificate() throws Exception {
    makeCertificate("billing");
    String export = "openssl pkcs12 -export -in cert.pem -inkey key.pem -out me.p12 -passout";
    assertThat(run((export + " pass:of-a-test").split(" ")).exit).isZero();
    JsonObject billing =
        new JsonObject().put("name", "billing").put("role", "ingest").put("token", PRODUCER);
    JsonObject trust = new JsonObject().put("certPaths", new JsonArray().add("cert.pem"));
    configure(
        0,
        http -> {
          http.put("tokens", new JsonArray().add(billing));
          http.getJsonObject("server").put("clientAuth", "REQUIRED").put("pemTrustOptions", trust);
        });
    try (JarProcess service = serve()) {
      Path conf = directory.resolve("conf/webhook.json");
      JsonObject config = new JsonObject(Files.readString(conf));
      config.getJsonObject("http").put("port", port(service));
      Files.writeString(conf, config.encode());
      Files.writeString(directory.resolve("entries"), "{\"action\":\"user.login\"}\n");
      Map<String, String> environment =
          Map.of(
              "WEBHOOK_INGEST_TOKEN",
              PRODUCER,
              "JAVA_TOOL_OPTIONS",
              "-Djavax.net.ssl.keyStore=me.p12 -Djavax.net.ssl.keyStorePassword=of-a-test");
      try (JarProcess emit = JarProcess.start(directory, environment, "emit", "entries")) {
        assertThat(emit.exitStatus()).as(emit.err()).isZero();
        assertThat(emit.out()).contains("accepted 1, rejected 0");
      }
    }
  }

  @Test
  void curlOpensslAndEmitSpeakWithItAlsoAfterAnExchange() throws Exception {
    makeCertificate("one");
    configure(0);
    try (JarProcess service = serve()) {
      int port = port(service);
      assertThat(curl(port).output).contains("get_webhook_ok");
      assertThat(subject(port)).contains("CN = one", "Verify return code: 0 (ok)");
      try (JarProcess emit = emit(port)) {
        assertThat(emit.exitStatus()).as(emit.err()).isZero();
        assertThat(emit.out()).contains("accepted 3, rejected 0");
      }

      makeCertificate("two");
      await().atMost(Duration.ofSeconds(10)).until(() -> subject(port).contains("CN = two"));
      assertThat(curl(port).output).contains("get_webhook_ok");
      try (JarProcess emit = emit(port)) {
        assertThat(emit.exitStatus()).as(emit.err()).isZero();
      }

      Files.move(directory.resolve("cert.pem"), directory.resolve("kept.pem"));
      Files.move(directory.resolve("key.pem"), directory.resolve("kept.key"));
      makeCertificate("stranger");
      Path strange = Files.move(directory.resolve("cert.pem"), directory.resolve("strange.pem"));
      String conf = Files.readString(configure(port)).replace("cert.pem", strange.toString());
      Files.writeString(directory.resolve("conf/webhook.json"), conf);
      try (JarProcess emit = JarProcess.start(directory, Map.of(), "emit", "entries")) {
        assertThat(emit.exitStatus()).isEqualTo(1);
        assertThat(emit.err()).contains("another certificate").hasLineCount(1);
      }
    }
  }

  @Test
  void emitTrustsWhomTheJvmTrustsWhereTheHostHasAScheme() throws Exception {
    makeCertificate("one");
    configure(0);
    try (JarProcess service = serve()) {
      Map<String, String> environment =
          Map.of(
              "WEBHOOK_HTTP_HOST",
              "https://localhost",
              "WEBHOOK_HTTP_PORT",
              String.valueOf(port(service)),
              "WEBHOOK_ADMIN_TOKEN",
              TOKEN);
      Files.writeString(directory.resolve("entries"), "{\"action\":\"a\"}\n");
      try (JarProcess emit = JarProcess.start(directory, environment, "emit", "entries")) {
        assertThat(emit.exitStatus()).isEqualTo(1);
        assertThat(emit.err()).contains("https://localhost:", "PKIX").hasLineCount(1);
      }
      Outcome stored =
          run(
              Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
              "-importcert",
              "-noprompt",
              "-alias",
              "one",
              "-file",
              "cert.pem",
              "-keystore",
              "trust.p12",
              "-storepass",
              "changeit");
      assertThat(stored.exit).as(stored.output).isZero();
      List<String> jvm =
          List.of(
              "-Djavax.net.ssl.trustStore=trust.p12",
              "-Djavax.net.ssl.trustStorePassword=changeit",
              "-cp",
              System.getProperty("java.class.path"));
      try (JarProcess emit =
          JarProcess.start(directory, environment, List.of(), jvm, "emit", "entries")) {
        assertThat(emit.exitStatus()).as(emit.err()).isZero();
      }
    }
  }

  @Test
  void aMissingKeyEndsTheStartInOneLine() throws Exception {
    configure(0);
    try (JarProcess process = JarProcess.start(directory, Map.of(), "serve", "conf/webhook.json")) {
      assertThat(process.exitStatus()).isEqualTo(1);
      assertThat(process.err().strip())
          .startsWith("http.server.pemKeyCertOptions: ")
          .contains("no such file");
      assertThat(process.err()).hasLineCount(1);
    }
  }

  @Test
  void theProcessEndsWhenItHasNoMemoryLeft() throws Exception {
    JsonObject http = new JsonObject().put("port", 0).put("adminToken", TOKEN);
    Path conf =
        Files.writeString(
            directory.resolve("plain.json"), new JsonObject().put("http", http).encode());
    List<String> jvm = List.of("-Xmx36m", "-cp", System.getProperty("java.class.path"));
    try (JarProcess process =
        JarProcess.start(directory, Map.of(), List.of(), jvm, "serve", conf.toString())) {
      await().atMost(LIMIT).until(() -> process.out().contains("Listening on "));
      String body = "[" + "{\"\":0},".repeat(149_000) + "0]";
      String head =
          "POST /audit HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n";
      try (RawClient client = new RawClient(port(process))) {
        client.trySend(head.formatted(TOKEN, body.length()) + body);
        assertThat(client.readToEnd()).isEmpty();
      }
      assertThat(process.exitStatus()).isEqualTo(3);
      assertThat(process.err()).contains("Ended: out of memory");
    }
  }
}
