package dev.auditwebhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.json.ExactJson;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MainVerticleTest {

  private static final Path CONFIGURATION = Path.of("conf", "webhook.json");

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void theFileOfTheRepositoryHoldsTheDefaults() throws IOException {
    JsonObject file =
        (JsonObject) ExactJson.parse(Buffer.buffer(Files.readAllBytes(CONFIGURATION)));

    assertThat(file.fieldNames()).containsExactly("webhook", "http");
    assertThat(new WebhookOptions(file.getJsonObject("webhook")).toJson())
        .isEqualTo(new WebhookOptions().toJson());
    assertThat(new HttpOptions(file.getJsonObject("http")).toJson())
        .isEqualTo(new HttpOptions().toJson());
    assertThat(file.getJsonObject("webhook").fieldNames())
        .containsAll(new WebhookOptions().toJson().fieldNames())
        .contains("batch", "store");
    assertThat(file.getJsonObject("http").fieldNames())
        .containsExactlyElementsOf(new HttpOptions().toJson().fieldNames());
  }

  @Test
  void deploysBothAndTakesBothAwayAgain() {
    MainVerticle main = new MainVerticle();
    JsonObject http = new JsonObject().put("port", 0).put("adminToken", "token-of-these-tests");
    String id = deploy(main, new JsonObject().put("http", http));

    assertThat(main.actualPort()).isPositive();
    assertThat(WebhookClient.create(vertx).get().await().enabled()).isFalse();

    vertx.undeploy(id).await();
    assertThat(vertx.deploymentIDs()).isEmpty();
  }

  @Test
  void servesTheEventBusAloneWhenHttpIsOff() {
    MainVerticle main = new MainVerticle();
    deploy(main, new JsonObject().put("http", new JsonObject().put("enabled", false)));

    assertThat(main.actualPort()).isZero();
    assertThat(WebhookClient.create(vertx).get().await().enabled()).isFalse();
  }

  @Test
  void leavesNothingBehindWhenItCannotStart() {
    JsonObject http =
        new JsonObject().put("host", "203.0.113.1").put("adminToken", "token-of-these-tests");

    assertThatThrownBy(() -> deploy(new MainVerticle(), new JsonObject().put("http", http)))
        .hasMessageStartingWith("http");
    assertThat(vertx.deploymentIDs()).isEmpty();
    deploy(new WebhookVerticle(), new JsonObject());
  }

  private String deploy(Deployable verticle, JsonObject config) {
    return vertx.deployVerticle(verticle, new DeploymentOptions().setConfig(config)).await();
  }
}
