package dev.auditwebhook.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthRoutesTest {

  private Vertx vertx;
  private Api nobody;

  @BeforeEach
  void serve() {
    vertx = Vertx.vertx();
    HttpOptions options = new HttpOptions().setPort(0).setAdminToken(Api.ADMIN);
    nobody = new Api(HttpService.start(vertx, options).await().port(), null);
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void liveWhileTheProcessLives() {
    assertThat(nobody.call("GET", "/health/live").body()).isEqualTo("{\"live\":true}");
  }

  @Test
  void readyWhenTheWebhookSaysSo() {
    new BusWebhook(vertx)
        .replies("webhook.ready", new JsonObject("{\"ready\":true,\"reasons\":[]}"));
    HttpResponse<String> response = nobody.call("GET", "/health/ready");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("{\"ready\":true,\"reasons\":[]}");
  }

  @Test
  void notReadyForTheWebhooksReasons() {
    new BusWebhook(vertx)
        .replies(
            "webhook.ready",
            new JsonObject("{\"ready\":false,\"reasons\":[\"disabled\",\"full\"]}"));
    JsonObject problem = assertNotReady();
    assertThat(problem.getString("detail")).isEqualTo("disabled; full");
    assertThat(problem.getJsonArray("reasons")).isEqualTo(JsonArray.of("disabled", "full"));
  }

  @Test
  void notReadyWithoutAWebhook() {
    assertThat(assertNotReady().getJsonArray("reasons"))
        .isEqualTo(JsonArray.of("no webhook is deployed"));
  }

  @Test
  void notReadyWhenTheWebhookFailsOrTalksNonsense() {
    BusWebhook failing = new BusWebhook(vertx).fails("webhook.ready", -1, "hunter2");
    assertThat(assertNotReady().encode()).doesNotContain("hunter2");
    assertThat(failing.asked("webhook.ready")).hasSize(1);
  }

  @Test
  void notReadyWhenTheReplyHasAnotherShape() {
    new BusWebhook(vertx)
        .replies("webhook.ready", new JsonObject("{\"ready\":\"yes\",\"reasons\":[1,null]}"));
    assertThat(assertNotReady().getJsonArray("reasons")).isEmpty();
  }

  private JsonObject assertNotReady() {
    JsonObject problem = ApiRoutesTest.assertProblem(nobody.call("GET", "/health/ready"), 503);
    assertThat(problem.getBoolean("ready")).isFalse();
    return problem;
  }
}
