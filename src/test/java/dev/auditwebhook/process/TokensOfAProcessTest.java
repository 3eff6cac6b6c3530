package dev.auditwebhook.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a process of its own has its tokens from, and how they change while it runs. */
class TokensOfAProcessTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String ADMIN = "token-of-the-administrator";
  private static final String OLD = "the-old-token-of-ops";
  private static final String NEW = "the-new-token-of-ops";

  @TempDir Path directory;
  private final HttpClient client = HttpClient.newHttpClient();
  private Path conf;
  private String url;

  @Test
  void tokensAreReadAgainWhenTheirFilesChange() throws Exception {
    conf = directory.resolve("service.json");
    configure(OLD);
    Path adminFile = Files.writeString(directory.resolve("admin"), ADMIN + "\n");
    Map<String, String> environment = Map.of("WEBHOOK_ADMIN_TOKEN_FILE", adminFile.toString());
    try (JarProcess process = JarProcess.start(directory, environment, "serve", conf.toString())) {
      awaitUrl(process);
      assertThat(status(ADMIN)).isEqualTo(200);
      assertThat(status(OLD)).isEqualTo(200);
      HttpResponse<InputStream> stream = open(OLD);

      configure(OLD, NEW);
      await().atMost(LIMIT).until(() -> status(NEW) == 200);
      assertThat(status(OLD)).isEqualTo(200);

      configure(NEW);
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
        assertThat(lines.lines()).isNotEmpty();
      }
      assertThat(status(OLD)).isEqualTo(401);

      Files.writeString(conf, "{\"http\":{\"tokens\":[{}]}}");
      String warning = "The former tokens stay valid: http.tokens[0].sha256: one of";
      await().atMost(LIMIT).until(() -> process.err().contains(warning));
      assertThat(status(NEW)).isEqualTo(200);

      configure(NEW);
      Files.writeString(adminFile, "another-" + ADMIN + "\n");
      await().atMost(LIMIT).until(() -> status("another-" + ADMIN) == 200);
      assertThat(status(ADMIN)).isEqualTo(401);

      assertThat(process.err())
          .contains("Tokens from now on: admin (admin), ops (read, 2 tokens)")
          .doesNotContain(ADMIN, OLD, NEW, "\tat ");
    }
  }

  @Test
  void noTokenStaysInMemory() throws Exception {
    conf = directory.resolve("service.json");
    JsonObject ops = new JsonObject().put("name", "ops").put("role", "read").put("token", OLD);
    JsonObject http =
        new JsonObject()
            .put("port", 0)
            .put("adminToken", ADMIN)
            .put("ingestToken", NEW)
            .put("tokens", new JsonArray().add(ops));
    Files.writeString(conf, new JsonObject().put("http", http).encode());
    try (JarProcess process = JarProcess.start(directory, Map.of(), "serve", conf.toString())) {
      awaitUrl(process);
      String memory = heapOf(process);
      assertThat(memory).contains("audit.entry");
      for (String token : List.of(ADMIN, OLD, NEW)) {
        assertThat(memory.contains(token)).as(token).isFalse();
      }
    }
  }

  /** All that lives in the heap, a character a byte. */
  private String heapOf(JarProcess process) throws Exception {
    Path dump = directory.resolve("heap.hprof");
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(process.pid()),
                "GC.heap_dump",
                dump.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(jcmd.waitFor()).as(said).isZero();
    return Files.readString(dump, StandardCharsets.ISO_8859_1);
  }

  @Test
  void aTokenThatIsMadeLiesInAFileOfItsOwnUserUntilTheEnd() throws Exception {
    conf = directory.resolve("service.json");
    configure(NEW);
    try (JarProcess process = JarProcess.start(directory, Map.of(), "serve", conf.toString())) {
      awaitUrl(process);
      Path file = Path.of(process.out().lines().findFirst().orElseThrow().split(" is in ")[1]);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      String token = Files.readString(file).strip();
      assertThat(status(token)).isEqualTo(200);
      assertThat(process.out() + process.err()).doesNotContain(token);
      process.terminate();
      process.exitStatus();
      assertThat(file).doesNotExist();
    }
  }

  private void configure(String... tokens) throws Exception {
    JsonArray all = new JsonArray();
    for (String token : tokens) {
      all.add(new JsonObject().put("name", "ops").put("role", "read").put("token", token));
    }
    JsonObject http = new JsonObject().put("port", 0).put("tokens", all);
    Files.writeString(conf, new JsonObject().put("http", http).encode());
  }

  private void awaitUrl(JarProcess process) {
    await().atMost(LIMIT).until(() -> process.out().contains("Listening on "));
    url = process.out().strip().split("Listening on ")[1];
  }

  private HttpRequest request(String path, String token) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .header("Authorization", "Bearer " + token)
        .build();
  }

  private int status(String token) throws Exception {
    return client.send(request("/token", token), BodyHandlers.discarding()).statusCode();
  }

  private HttpResponse<InputStream> open(String token) throws Exception {
    HttpResponse<InputStream> stream =
        client.send(request("/webhook/attempts", token), BodyHandlers.ofInputStream());
    assertThat(stream.statusCode()).isEqualTo(200);
    return stream;
  }
}
