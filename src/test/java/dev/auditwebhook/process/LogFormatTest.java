package dev.auditwebhook.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process logs on standard error, for people or for a program. */
class LogFormatTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String TOKEN = "the-admin-token-of-this-test";
  private static final String LOGGED = "webhook.client.proxyOptions: ";

  @TempDir Path directory;
  private Path conf;

  @BeforeEach
  void configureSomethingThatIsLoggedAtStart() throws Exception {
    conf = directory.resolve("service.json");
    Files.writeString(
        conf,
        """
        {"webhook": {"url": "https://siem.example/in/hush-hush",
           "client": {"proxyOptions": {"host": "127.0.0.1", "port": 9}}},
         "http": {"port": 0}}
        """);
  }

  @Test
  void textHasDateAndZone() throws Exception {
    String line = logged(Map.of("TZ", "Asia/Kolkata")).get(0);

    assertThat(line).contains(" WARN  WebClients - " + LOGGED);
    OffsetDateTime time = OffsetDateTime.parse(line.split(" ")[0]);
    assertThat(time.getOffset().getId()).isEqualTo("+05:30");
  }

  @Test
  void jsonIsOneObjectALine() throws Exception {
    for (String line : logged(Map.of("WEBHOOK_LOG_FORMAT", "json"))) {
      JsonObject object = new JsonObject(line);
      assertThat(Instant.ofEpochMilli(object.getLong("timestamp")))
          .isBetween(Instant.now().minus(Duration.ofDays(1)), Instant.now());
      assertThat(object.getString("level")).isEqualTo("WARN");
      assertThat(object.getString("loggerName")).startsWith("dev.auditwebhook.");
      assertThat(object.getString("formattedMessage")).isNotBlank();
    }
  }

  @Test
  void jsonHasTheValuesOfAMessageByTheirNames() throws Exception {
    Map<String, String> environment =
        Map.of("WEBHOOK_LOG_FORMAT", "json", "WEBHOOK_ADMIN_TOKEN", TOKEN);
    try (JarProcess process = JarProcess.start(directory, environment, "serve", conf.toString())) {
      changeTheUrl(process);

      await().atMost(LIMIT).until(() -> process.err().contains("new.example"));
      JsonObject line =
          process
              .err()
              .lines()
              .map(JsonObject::new)
              .filter(each -> each.getString("loggerName").endsWith(".trail"))
              .findFirst()
              .orElseThrow();
      assertThat(line.getJsonArray("kvpList"))
          .contains(
              new JsonObject().put("what", "set"), new JsonObject().put("principal", "admin"));
      assertThat(process.err()).doesNotContain("hush");
    }
  }

  @Test
  void theTrailIsThereHoweverLittleElseIsSaid() throws Exception {
    Map<String, String> environment =
        Map.of("JAVA_TOOL_OPTIONS", "-Dwebhook.log.level=WARN", "WEBHOOK_ADMIN_TOKEN", TOKEN);
    try (JarProcess process = JarProcess.start(directory, environment, "serve", conf.toString())) {
      changeTheUrl(process);
      await().atMost(LIMIT).until(() -> process.err().contains(" trail - Trail: set by admin "));
      assertThat(process.err()).doesNotContain("INFO  FileEngine", "hush");
    }
  }

  private static void changeTheUrl(JarProcess process) throws Exception {
    await().atMost(LIMIT).until(() -> process.out().contains("Listening on "));
    URI api = URI.create(process.out().strip().split("Listening on ")[1] + "/webhook");
    HttpRequest change =
        HttpRequest.newBuilder(api)
            .header("Authorization", "Bearer " + TOKEN)
            .PUT(HttpRequest.BodyPublishers.ofString("{\"url\":\"https://new.example/hush\"}"))
            .build();
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(change, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  @Test
  void anotherFormatEndsTheStart() throws Exception {
    try (JarProcess process =
        JarProcess.start(
            directory, Map.of("WEBHOOK_LOG_FORMAT", "xml"), "serve", conf.toString())) {
      assertThat(process.exitStatus()).isEqualTo(1);
      assertThat(process.out()).isEmpty();
      assertThat(process.err().strip()).isEqualTo("WEBHOOK_LOG_FORMAT: must be text or json");
    }
  }

  private List<String> logged(Map<String, String> environment) throws Exception {
    try (JarProcess process = JarProcess.start(directory, environment, "serve", conf.toString())) {
      await().atMost(LIMIT).until(() -> process.out().contains("Listening on "));
      assertThat(process.err()).contains(LOGGED).doesNotContain("hush");
      return process.err().lines().toList();
    }
  }
}
