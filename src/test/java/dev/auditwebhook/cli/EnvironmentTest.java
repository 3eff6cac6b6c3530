package dev.auditwebhook.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentTest {

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
}
