package dev.auditwebhook.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "token",
        "admin_token",
        "password",
        "api_key",
        "private_key",
        "signature",
        "bearer",
        "secret",
        "authorization",
        "Token",
        "PASSWORD",
        "Authorization",
        "access_token",
        "accessToken",
        "access-token",
        "Access-Token",
        "AccessToken",
        "db_password",
        "dbPassword",
        "client_secret",
        "clientSecret",
        "apiKey",
        "APIKey",
        "API-KEY",
        "X-Api-Key",
        "privateKey",
        "ssh_key",
        "sshKey",
        "AWS_SECRET_KEY",
        "secretKey",
        "adminToken",
        "S3Key",
        "passWord"
      })
  void secretsAreReplacedWhateverTheirType(String key) {
    for (Object value :
        List.of("x", 1, true, new JsonObject().put("a", 1), new JsonArray().add(1))) {
      assertThat(Redaction.redact(new JsonObject().put(key, value)))
          .isEqualTo(new JsonObject().put(key, "<redacted>"));
    }
    assertThat(Redaction.redact(new JsonObject().putNull(key)))
        .isEqualTo(new JsonObject().put(key, "<redacted>"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tokens",
        "keyboard",
        "monkey",
        "key",
        "user",
        "tokenize",
        "secretary",
        "passwords"
      })
  void otherKeysAreNot(String key) {
    assertThat(Redaction.redact(new JsonObject().put(key, "x")))
        .isEqualTo(new JsonObject().put(key, "x"));
  }

  @Test
  void atAnyDepthAndTheInputStaysAsItWas() {
    JsonObject json =
        new JsonObject()
            .put("list", List.of(Map.of("token", "t", "n", 1), "plain"))
            .put(
                "object",
                new JsonObject()
                    .put("deep", new JsonArray().add(new JsonObject().put("secret", 1))));
    String before = json.encode();
    assertThat(((JsonObject) Redaction.redact(json)).encode())
        .contains("\"token\":\"<redacted>\"", "\"secret\":\"<redacted>\"", "\"plain\"", "\"n\":1");
    assertThat(json.encode()).isEqualTo(before);
  }

  @Test
  void aDeepValueIsNoProblem() {
    JsonObject json = new JsonObject().put("token", "t");
    for (int i = 0; i < 1000; i++) {
      json = new JsonObject().put("a", json);
    }
    assertThat(Redaction.redact(json)).isNotNull();
  }

  @Test
  void whatIsNoObjectStaysAsItIs() {
    assertThat(Redaction.redact("token")).isEqualTo("token");
    assertThat(Redaction.redact(null)).isNull();
  }
}
