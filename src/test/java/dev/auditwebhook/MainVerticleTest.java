package dev.auditwebhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.http.HttpOptions;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MainVerticleTest {

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void theFileOfTheRepositoryHoldsTheDefaults() {
    JsonObject file = ConfigFile.read(Path.of("conf", "webhook.json"));

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
    JsonObject http = new JsonObject().put("port", 0).put("adminToken", "t");
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
    JsonObject http = new JsonObject().put("host", "203.0.113.1").put("adminToken", "t");

    assertThatThrownBy(() -> deploy(new MainVerticle(), new JsonObject().put("http", http)))
        .hasMessageStartingWith("http");
    assertThat(vertx.deploymentIDs()).isEmpty();
    deploy(new WebhookVerticle(), new JsonObject());
  }

  @Test
  void variablesGoOverTheFile() {
    String secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    Environment environment =
        new Environment(
            Map.of(
                "WEBHOOK_SECRET", secret,
                "WEBHOOK_ADMIN_TOKEN", "token",
                "WEBHOOK_HTTP_HOST", "0.0.0.0",
                "WEBHOOK_HTTP_PORT", "9090"));
    JsonObject file =
        new JsonObject(
            "{\"webhook\":{\"secrets\":[\"a\",\"b\"],\"jitter\":0},\"http\":{\"port\":1}}");

    assertThat(environment.over(file))
        .isEqualTo(
            new JsonObject(
                "{\"webhook\":{\"secrets\":[\""
                    + secret
                    + "\"],\"jitter\":0},\"http\":{\"port\":9090,\"adminToken\":\"token\","
                    + "\"host\":\"0.0.0.0\"}}"));
    assertThat(file.getJsonObject("http").getInteger("port")).isEqualTo(1);
  }

  @Test
  void anEmptyVariableCountsAsNotSet() {
    Environment environment = new Environment(Map.of("WEBHOOK_SECRET", ""));

    assertThat(environment.over(new JsonObject())).isEqualTo(new JsonObject());
  }

  private String deploy(Deployable verticle, JsonObject config) {
    return vertx.deployVerticle(verticle, new DeploymentOptions().setConfig(config)).await();
  }
}
