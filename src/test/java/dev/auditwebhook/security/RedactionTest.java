package dev.auditwebhook.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {

  private static final Redaction REDACTION = new Redaction(List.of());

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
        "passwd",
        "Passphrase",
        "apikey",
        "Cookie",
        "JWT",
        "passWord"
      })
  void secretsAreReplacedWhateverTheirType(String key) {
    for (Object value :
        List.of("x", 1, true, new JsonObject().put("a", 1), new JsonArray().add(1))) {
      assertThat(REDACTION.redact(new JsonObject().put(key, value)))
          .isEqualTo(new JsonObject().put(key, "<redacted>"));
    }
    assertThat(REDACTION.redact(new JsonObject().putNull(key)))
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
        "cookies",
        "ssn",
        "creditCard",
        "passwords"
      })
  void otherKeysAreNot(String key) {
    assertThat(REDACTION.redact(new JsonObject().put(key, "x")))
        .isEqualTo(new JsonObject().put(key, "x"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ssn",
        "SSN",
        "creditCard",
        "credit_card",
        "CREDIT-CARD",
        "creditcard",
        "password"
      })
  void keysAreAddedInAnySpelling(String key) {
    assertThat(new Redaction(List.of("Ssn", "creditCard")).redact(new JsonObject().put(key, "x")))
        .isEqualTo(new JsonObject().put(key, "<redacted>"));
  }

  @Test
  void theSecretsAreTheStringsAndNumbersBelowTheirKeys() {
    JsonObject json =
        new JsonObject()
            .put("user", "mara")
            .put("list", List.of(Map.of("token", "t1"), "plain", 5))
            .put(
                "secret",
                new JsonObject().put("a", "t2").put("b", new JsonArray().add(7).add(true)));
    List<Object> found = new ArrayList<>();
    REDACTION.findSecrets(json, found::add);
    assertThat(found).containsExactly("t1", "t2", 7);
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
    assertThat(((JsonObject) REDACTION.redact(json)).encode())
        .contains("\"token\":\"<redacted>\"", "\"secret\":\"<redacted>\"", "\"plain\"", "\"n\":1");
    assertThat(json.encode()).isEqualTo(before);
  }

  @Test
  void aDeepValueIsNoProblem() {
    JsonObject json = new JsonObject().put("token", "t");
    for (int i = 0; i < 1000; i++) {
      json = new JsonObject().put("a", json);
    }
    assertThat(REDACTION.redact(json)).isNotNull();
  }

  @Test
  void whatIsNoObjectStaysAsItIs() {
    assertThat(REDACTION.redact("token")).isEqualTo("token");
    assertThat(REDACTION.redact(null)).isNull();
  }
}
