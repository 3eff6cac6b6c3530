package dev.auditwebhook.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.MainVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DemoTest {

  private final Vertx vertx = Vertx.vertx();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void showsEveryOutcomeAndTheirSumWhateverPortIsTaken() throws Exception {
    JsonObject config = Demo.settings();
    JsonObject http = config.getJsonObject("http");
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      http.put("port", taken.getLocalPort());
      vertx
          .deployVerticle(
              new Demo(new Terminal(out, false), DemoTest::deploy),
              new DeploymentOptions().setConfig(config))
          .await();
    }

    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> assertThat(shown()).contains("delivered  #", "retry  ", "failed  ", " = deliv"));

    assertThat(shown())
        .contains(http.getString("adminToken"), "Ctrl-C", " is taken)")
        .doesNotContain("\u001b", "whsec_");
    assertThat(shown().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(81));
  }

  private static Future<Service.Running> deploy(Vertx vertx, JsonObject config) {
    MainVerticle service = new MainVerticle();
    return vertx
        .deployVerticle(service, new DeploymentOptions().setConfig(config))
        .map(id -> new Service.Running(service.actualPort(), service::tokens));
  }

  private String shown() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
