package dev.auditwebhook.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTest {

  @TempDir Path directory;

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

  @Test
  void theIngestTokenGoesOverTheFile() {
    Environment environment =
        new Environment(Map.of("WEBHOOK_INGEST_TOKEN", "token-of-these-producers"));

    assertThat(environment.over(new JsonObject("{\"http\":{\"ingestToken\":null}}")))
        .isEqualTo(new JsonObject("{\"http\":{\"ingestToken\":\"token-of-these-producers\"}}"));
  }

  private Environment ofFile(String name, String content) throws IOException {
    Path file = Files.writeString(directory.resolve(name), content);
    return new Environment(Map.of(name + "_FILE", file.toString()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "WEBHOOK_SECRET whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
            + " {\"webhook\":{\"secrets\":[\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"]}}",
        "WEBHOOK_ADMIN_TOKEN token-of-these-tests"
            + " {\"http\":{\"adminToken\":\"token-of-these-tests\"}}",
        "WEBHOOK_INGEST_TOKEN token-of-these-tests"
            + " {\"http\":{\"ingestToken\":\"token-of-these-tests\"}}",
        "WEBHOOK_HTTP_HOST 0.0.0.0 {\"http\":{\"host\":\"0.0.0.0\"}}",
        "WEBHOOK_HTTP_PORT 9090 {\"http\":{\"port\":9090}}",
        "WEBHOOK_STORE_URI postgresql://a:b@host/db"
            + " {\"webhook\":{\"store\":{\"type\":\"postgres\",\"uri\":\"postgresql://a:b@host/db\"}}}"
      })
  void eachVariableCanNameAFileInstead(String name, String value, String result)
      throws IOException {
    JsonObject config =
        name.equals("WEBHOOK_STORE_URI")
            ? new JsonObject("{\"webhook\":{\"store\":{\"type\":\"postgres\"}}}")
            : new JsonObject();
    for (String end : List.of("", "\n", "\r\n")) {
      Environment environment = ofFile(name, value + end);
      assertThat(environment.has(name)).isTrue();
      assertThat(environment.over(config)).isEqualTo(new JsonObject(result));
    }
  }

  @Test
  void oneLineBreakIsNoneOfTheValueButTwoAre() throws IOException {
    Environment environment = ofFile("WEBHOOK_ADMIN_TOKEN", "token-of-these-tests\n\n");
    assertThatThrownBy(() -> environment.over(new JsonObject()))
        .hasMessage(
            "WEBHOOK_ADMIN_TOKEN_FILE (%s) as http.adminToken: must be visible ASCII characters without blanks"
                .formatted(directory.resolve("WEBHOOK_ADMIN_TOKEN")));
  }

  @Test
  void aFileIsReadAnewEachTime() throws IOException {
    Environment environment = ofFile("WEBHOOK_HTTP_HOST", "before.example");
    ofFile("WEBHOOK_HTTP_HOST", "after.example");
    assertThat(environment.over(new JsonObject()))
        .isEqualTo(new JsonObject("{\"http\":{\"host\":\"after.example\"}}"));
  }

  @Test
  void aFileThatCannotBeTakenIsOneLineThatNamesVariableAndFile() throws IOException {
    Path file = directory.resolve("WEBHOOK_SECRET");
    String start = "WEBHOOK_SECRET_FILE (" + file + "): ";
    Environment environment = new Environment(Map.of("WEBHOOK_SECRET_FILE", file.toString()));
    assertRefused(environment, start + "no such file");
    ofFile("WEBHOOK_SECRET", "\n");
    assertRefused(environment, start + "is empty");
    ofFile("WEBHOOK_SECRET", "x".repeat(65_537));
    assertRefused(environment, start + "has more than 65536 bytes");
    Files.delete(file);
    Files.createDirectory(file);
    assertRefused(environment, start + "is not a regular file");
  }

  @Test
  void aValueAndAFileAreOneTooMany() {
    Environment environment =
        new Environment(
            Map.of("WEBHOOK_HTTP_HOST", "127.0.0.1", "WEBHOOK_HTTP_HOST_FILE", "/nowhere"));
    assertRefused(
        environment,
        "WEBHOOK_HTTP_HOST and WEBHOOK_HTTP_HOST_FILE are both set: one of them has to go");
  }

  private static void assertRefused(Environment environment, String line) {
    assertThatThrownBy(() -> environment.over(new JsonObject()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(line);
  }
}
