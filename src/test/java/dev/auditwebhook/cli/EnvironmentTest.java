package dev.auditwebhook.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTest {

  @Test
  void variablesGoOverTheFile() {
    String secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    Environment environment =
        new Environment(
            Map.of(
                "WEBHOOK_SECRET", secret,
                "WEBHOOK_ADMIN_TOKEN", "token-of-these-tests",
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
                    + "\"],\"jitter\":0},\"http\":{\"port\":9090,\"adminToken\":\"token-of-these-tests\","
                    + "\"host\":\"0.0.0.0\"}}"));
    assertThat(file.getJsonObject("http").getInteger("port")).isEqualTo(1);
  }

  @Test
  void anEmptyVariableCountsAsNotSet() {
    Environment environment = new Environment(Map.of("WEBHOOK_SECRET", ""));

    assertThat(environment.over(new JsonObject())).isEqualTo(new JsonObject());
  }

  private static JsonObject overStoreUri(String uri, String file) {
    return new Environment(Map.of("WEBHOOK_STORE_URI", uri)).over(new JsonObject(file));
  }

  @Test
  void theUriOfTheStoreGoesOverTheFileAndLeavesTheRestOfTheStore() {
    assertThat(
            overStoreUri(
                "postgresql://a:b@host/db",
                "{\"webhook\":{\"store\":{\"type\":\"postgres\",\"uri\":\"x\",\"lease\":2000}}}"))
        .isEqualTo(
            new JsonObject(
                "{\"webhook\":{\"store\":{\"type\":\"postgres\",\"uri\":\"postgresql://a:b@host/db\","
                    + "\"lease\":2000}}}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"webhook\":{}}",
        "{\"webhook\":{\"store\":{}}}",
        "{\"webhook\":{\"store\":{\"type\":\"memory\"}}}",
        "{\"webhook\":{\"store\":{\"type\":\"file\",\"path\":\"data\"}}}",
      })
  void theUriOfTheStoreIsRefusedWhereNoStoreTakesIt(String file) {
    assertThatThrownBy(() -> overStoreUri("postgresql://a:secret@host/db", file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("WEBHOOK_STORE_URI is set: then webhook.store.type must be \"postgres\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"webhook\":7}", "{\"webhook\":{\"store\":7}}"})
  void whatIsNoObjectIsLeftToWhoeverReadsIt(String file) {
    assertThat(overStoreUri("postgresql://a@host/db", file)).isEqualTo(new JsonObject(file));
  }

  @Test
  void aUriOfTheStoreThatIsNoneIsRefusedWithoutBeingShown() {
    assertThatThrownBy(() -> overStoreUri("jdbc:postgresql://a:secret@host/db", "{}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "WEBHOOK_STORE_URI as webhook.store.uri: must be"
                + " postgresql://user:password@host:port/database");
  }

  @Test
  void whoOnlyCallsTheHttpApiNeedsNoStore() {
    Environment environment =
        new Environment(
            Map.of("WEBHOOK_STORE_URI", "postgresql://a@host/db", "WEBHOOK_HTTP_PORT", "9090"));

    assertThat(environment.overHttp(new JsonObject()))
        .isEqualTo(new JsonObject("{\"http\":{\"port\":9090}}"));
  }
}
