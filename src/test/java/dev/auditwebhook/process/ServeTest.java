package dev.auditwebhook.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve} from its start to the end of the process. */
class ServeTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String TOKEN = "token-of-these-tests";

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void terminationWaitsForTheAttemptInFlight() throws Exception {
    BlockingQueue<HttpServerRequest> held = new LinkedBlockingQueue<>();
    HttpServer receiver =
        vertx.createHttpServer().requestHandler(held::add).listen(0, "127.0.0.1").await();
    Path conf = configure(receiver.actualPort());

    try (JarProcess process =
        JarProcess.start(
            directory, Map.of("WEBHOOK_ADMIN_TOKEN", TOKEN), "serve", conf.toString())) {
      await().atMost(LIMIT).until(() -> process.out().contains("Listening on "));
      assertThat(post(process.out().strip().split("Listening on ")[1])).isEqualTo(202);
      HttpServerRequest request = held.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
      process.terminate();
      await().atMost(LIMIT).until(() -> process.out().contains("Stopping"));
      assertThat(process.isAlive()).isTrue();
      request.response().setStatusCode(204).end();

      assertThat(process.exitStatus()).isEqualTo(128 + 15);
      assertThat(process.err()).doesNotContain("\tat ").doesNotContain("pending");
    }
  }

  private Path configure(int receiverPort) throws Exception {
    JsonObject webhook =
        new JsonObject()
            .put("url", "http://127.0.0.1:" + receiverPort + "/in")
            .put("attemptTimeout", 60_000)
            .put("drainTimeout", 60_000);
    JsonObject http = new JsonObject().put("port", 0);
    JsonObject file = new JsonObject().put("webhook", webhook).put("http", http);
    return Files.writeString(directory.resolve("service.json"), file.encode());
  }

  private static int post(String url) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/audit"))
            .header("Authorization", "Bearer " + TOKEN)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"action\":\"user.login\"}"))
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
  }
}
