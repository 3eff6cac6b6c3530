package dev.auditwebhook.process;

import static dev.auditwebhook.testing.Effect.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A service whose files may not grow past a limit, which is what a full disk looks like to it. */
@EnabledOnOs(OS.LINUX)
class FullDiskTest {

  private static final String KIBIBYTES = "2048";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();
  private final Set<Long> acknowledged = new HashSet<>();

  @BeforeEach
  void needPrlimit() {
    assumeThat(Path.of("/usr/bin/prlimit")).isExecutable();
  }

  private StoreService start() throws Exception {
    JsonObject options =
        new JsonObject()
            .put("url", receiver.url())
            .put("initialBackoff", 20)
            .put("queueCapacity", 20)
            .put("circuitBreaker", new JsonObject().put("maxFailures", 3).put("resetTimeout", 50));
    return StoreService.start(
        webhook.directory(),
        options,
        List.of("bash", "-c", "ulimit -S -f " + KIBIBYTES + "; exec \"$@\"", "bash"),
        List.of());
  }

  private HttpResponse<Buffer> post(StoreService service) {
    JsonObject entry =
        new JsonObject()
            .put("action", "node.registered")
            .put("details", new JsonObject().put("text", "x".repeat(20_000)));
    HttpResponse<Buffer> answer = service.post(entry).await();
    if (answer.statusCode() == 202) {
      acknowledged.add(answer.bodyAsJsonObject().getLong("event_id"));
    }
    return answer;
  }

  @Test
  void theServiceGoesOnAndLosesNothingThatItAcknowledged() throws Exception {
    receiver.usually(status(503));
    receiver.recording(false);
    try (StoreService service = start()) {
      HttpResponse<Buffer> answer = post(service);
      while (answer.statusCode() == 202) {
        answer = post(service);
      }
      assertThat(acknowledged).hasSizeGreaterThan(20);
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.getHeader("Retry-After")).isNotNull();
      JsonObject state = service.state();
      assertThat(state.getString("warning")).contains("File too large", "new events are dropped");
      assertThat(state.getLong("dropped")).isEqualTo(1);
      assertThat(state.getLong("pending")).isEqualTo(acknowledged.size());
      HttpResponse<Buffer> ready = service.get("/health/ready");
      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(ready.bodyAsString()).contains("store_fault").doesNotContain("File too large");
      assertThat(service.get("/health/live").statusCode()).isEqualTo(200);

      receiver.recording(true);
      receiver.usually(status(204));
      await().atMost(LIMIT).until(() -> service.state().getLong("pending") == 0);
      assertThat(receiver.eventIds()).containsAll(acknowledged);

      makeRoom(service);
      await().atMost(LIMIT).until(() -> post(service).statusCode() == 202);
      await().atMost(LIMIT).until(() -> service.state().getLong("pending") == 0);
      assertThat(service.state().getValue("warning")).isNull();
      assertThat(receiver.eventIds()).containsAll(acknowledged);
      assertThat(service.process().err()).contains("events are kept again");
    }
  }

  @Test
  void whatWasAcknowledgedBeforeAKillOnAFullDiskGoesOutAfterIt() throws Exception {
    receiver.usually(status(503));
    try (StoreService service = start()) {
      while (post(service).statusCode() == 202) {}
      service.process().kill();
    }
    receiver.usually(status(204));
    try (StoreService service = start()) {
      await().atMost(LIMIT).until(() -> service.state().getLong("pending") == 0);
      assertThat(receiver.eventIds()).containsAll(acknowledged);
      assertThat(Files.list(webhook.directory().resolve("data"))).hasSize(2);
    }
  }

  private static void makeRoom(StoreService service) throws Exception {
    Process process =
        new ProcessBuilder(
                "/usr/bin/prlimit",
                "--pid",
                Long.toString(service.process().pid()),
                "--fsize=unlimited")
            .inheritIO()
            .start();
    assertThat(process.waitFor()).isZero();
  }
}
