package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.OneStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that name an endpoint, and those that are refused: in one line, with nothing done. */
@EveryStore
class EndpointRequestsTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver siem = webhook.anotherReceiver();

  @BeforeEach
  void deploy() {
    webhook.deploy(webhook.options().putEndpoint("siem", webhook.endpoint(siem)));
  }

  private Map<String, JsonObject> states() {
    Map<String, JsonObject> states = new TreeMap<>();
    webhook.states().forEach((id, state) -> states.put(id, state.json()));
    return states;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "webhook.get             | {}",
        "webhook.set             | {\"paused\":true}",
        "webhook.set             | {\"url\":\"http://127.0.0.1:1/\"}",
        "webhook.test            | {}",
        "webhook.dlq             | {}",
        "webhook.dlq.redrive     | {}",
        "webhook.dlq.purge       | {}",
        "webhook.ready           | {}",
        "webhook.health          | {}",
        "webhook.endpoint.remove | {}"
      })
  void oneThatIsNotThereIs404AndNothingIsDone(String address, String request) {
    Map<String, JsonObject> before = states();

    ReplyException refusal =
        webhook.refusal(address, new JsonObject(request).put("endpoint", "seim"));

    assertThat(refusal.failureCode()).isEqualTo(404);
    assertThat(refusal.getMessage()).isEqualTo("there is no endpoint seim");
    assertThat(states()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "webhook.get",
        "webhook.set",
        "webhook.test",
        "webhook.dlq",
        "webhook.dlq.redrive",
        "webhook.dlq.purge",
        "webhook.ready",
        "webhook.health",
        "webhook.endpoint.put",
        "webhook.endpoint.remove"
      })
  void anEndpointThatIsNoTextIs400AndNothingIsDone(String address) {
    Map<String, JsonObject> before = states();

    for (Object id : Arrays.asList(null, 7, true, new JsonArray(), new JsonObject())) {
      ReplyException refusal =
          webhook.refusal(
              address, new JsonObject().put("endpoint", id).put("config", new JsonObject()));
      assertThat(refusal.failureCode()).as("%s", id).isEqualTo(400);
      assertThat(refusal.getMessage()).contains("endpoint").doesNotContain("\n");
    }

    assertThat(states()).isEqualTo(before);
  }

  @Test
  void aTextInThePlaceOfAnIdIsNotShown() {
    for (String secret : List.of(SECRET, "Bearer a.b.c", "x".repeat(64), "")) {
      assertThat(
              webhook.refusal("webhook.get", new JsonObject().put("endpoint", secret)).getMessage())
          .isEqualTo(
              "there is no endpoint of that id: an endpoint's id has 1 to 63 of a-z, 0-9 and -, and"
                  + " does not begin with -");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "webhook.endpoints, '{\"endpoint\":\"siem\"}'",
    "webhook.endpoint.remove, '{}'",
    "webhook.endpoint.remove, '{\"endpoint\":\"siem\",\"force\":true}'",
    "webhook.endpoint.put, '{\"endpoint\":\"siem\"}'",
    "webhook.endpoint.put, '{\"endpoint\":\"siem\",\"config\":null}'",
    "webhook.endpoint.put, '{\"endpoint\":\"siem\",\"config\":[]}'",
    "webhook.endpoint.put, '{\"endpoint\":\"siem\",\"config\":{},\"url\":\"http://127.0.0.1:1/\"}'",
    "webhook.endpoint.put, '{\"config\":{}}'"
  })
  void aRequestOfAnotherFormIs400AndNothingIsDone(String address, String request) {
    Map<String, JsonObject> before = states();

    ReplyException refusal = webhook.refusal(address, new JsonObject(request));

    assertThat(refusal.failureCode()).isEqualTo(400);
    assertThat(refusal.getMessage()).isNotBlank().doesNotContain("\n");
    assertThat(states()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"webhook.endpoints", "webhook.endpoint.put", "webhook.endpoint.remove"})
  void everyAddressAnswersWhateverItIsSent(String address) {
    Map<String, JsonObject> before = states();
    for (Object body : Arrays.asList(null, "", 1, new JsonArray(), new JsonObject().put("no", 1))) {
      assertThat(webhook.refusal(address, body).failureCode()).as("%s", body).isEqualTo(400);
    }
    assertThat(states()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SIEM", "Siem", "-siem", "si_em", "si.em", "s m", "ſiem", "siem\n", ""})
  void anIdThatIsNoneIsRefused(String id) {
    Map<String, JsonObject> before = states();

    ReplyException refusal =
        webhook.refusal(
            "webhook.endpoint.put",
            new JsonObject().put("endpoint", id).put("config", new JsonObject()));

    assertThat(refusal.failureCode()).isEqualTo(400);
    assertThat(refusal)
        .hasMessage(
            "endpoint: an endpoint's id has 1 to 63 of a-z, 0-9 and -, and does not begin with -");
    assertThat(states()).isEqualTo(before);
  }

  @Test
  void theDefaultOneIsNotRemoved() {
    ReplyException refusal =
        webhook.refusal("webhook.endpoint.remove", new JsonObject().put("endpoint", "default"));

    assertThat(refusal.failureCode()).isEqualTo(409);
    assertThat(refusal)
        .hasMessage("the endpoint default is always there; an empty URL disables it");
    assertThat(webhook.state().enabled()).isTrue();
  }

  @Test
  void oneIsNotMadeTwiceButReplaced() {
    assertThat(webhook.put("siem", webhook.endpoint(siem))).isFalse();
    assertThat(webhook.put("new", webhook.endpoint(siem))).isTrue();
    assertThat(webhook.put("new", webhook.endpoint(siem))).isFalse();
    assertThat(webhook.states()).containsOnlyKeys("default", "new", "siem");
  }

  @Nested
  class BadConfigurations {

    @ParameterizedTest(name = "{0}")
    @CsvSource(
        delimiter = '|',
        value = {
          "{\"format\":\"splunk\"} | format: must be one of event, ndjson, cloudevents, splunk-hec,"
              + " elasticsearch, datadog, loki, otlp",
          "{\"format\":7} | format: must be a string, was 7",
          "{\"format\":\"loki\",\"formatOptions\":{\"index\":\"x\"}} |"
              + " formatOptions.index: unknown key",
          "{\"formatOptions\":{\"source\":\"x\"}} | formatOptions.source: unknown key",
          "{\"format\":\"splunk-hec\",\"formatOptions\":{\"index\":1}} |"
              + " formatOptions.index: must be a string, was 1",
          "{\"format\":\"datadog\",\"batch\":{\"maxEvents\":1001}} | batch.maxEvents: must be at"
              + " most 1000, as a receiver of datadog takes no more",
          "{\"batch\":{\"maxEvents\":10001}} |"
              + " batch.maxEvents: must be a whole number from 1 to 10000, was 10001",
          "{\"url\":\"http://169.254.169.254/\"} | url: forbidden address 169.254.169.254",
          "{\"urls\":\"http://127.0.0.1:1/\"} | urls: unknown key",
          "{\"store\":{\"type\":\"memory\"}} | store: unknown key",
          "{\"compression\":\"br\"} | compression: must be none or gzip",
          "{\"actions\":[\"a*b\"]} | actions: must be names, or prefixes with one * at the end, each"
              + " perhaps with ! before it",
          "{\"actions\":[\"!!a\"]} | actions: must be names, or prefixes with one * at the end, each"
              + " perhaps with ! before it"
        })
    void atRunTimeItIsOneLineAndNothingChanges(String config, String line) {
      Map<String, JsonObject> before = states();

      for (String id : List.of("siem", "default", "another")) {
        ReplyException refusal =
            webhook.refusal(
                "webhook.endpoint.put",
                new JsonObject().put("endpoint", id).put("config", new JsonObject(config)));
        assertThat(refusal.failureCode()).isEqualTo(400);
        assertThat(refusal.getMessage()).startsWith("config." + line);
      }

      assertThat(states()).isEqualTo(before);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
        delimiter = '|',
        value = {
          "{\"siem\":{\"format\":\"splunk\"}} | siem.format: must be one of event, ndjson, ",
          "{\"siem\":{\"formatOptions\":{\"x\":1}}} | siem.formatOptions.x: unknown key",
          "{\"siem\":{\"format\":\"datadog\",\"batch\":{\"maxEvents\":5000}}} |"
              + " siem.batch.maxEvents: must be at most 1000",
          "{\"Siem\":{}} | Siem: an endpoint's id has 1 to 63 of a-z, 0-9 and -, and does not begin"
              + " with -",
          "{\"siem\":{\"maxAttempts\":0}} |"
              + " siem.maxAttempts: must be a whole number from 1 to 1000, was 0",
          "{\"siem\":{\"uri\":\"\"}} | siem.uri: unknown key",
          "{\"siem\":[]} | siem: must be a JSON object, was an array",
          "{\"default\":{}} | default: the endpoint default has its keys one level up, beside"
              + " endpoints"
        })
    @OneStore("nothing is kept")
    void inTheFileItIsOneLineWithThePath(String endpoints, String line) {
      JsonObject config = new JsonObject().put("endpoints", new JsonObject(endpoints));

      assertThatThrownBy(() -> new WebhookOptions(config))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("webhook.endpoints." + line)
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void noReplyAndNoLogLineShowsWhatIsSecretInAConfiguration() {
    JsonObject config =
        new JsonObject()
            .put("url", siem.url("/services/hunter1?token=hunter2"))
            .put("secrets", JsonArray.of(SECRET))
            .put("headers", new JsonObject().put("Authorization", "Splunk hunter3"))
            .put("client", new JsonObject().put("proxyOptions", proxy("hunter4")));
    String all;
    try (LogLines log = new LogLines()) {
      StringBuilder said = new StringBuilder();
      JsonObject put = new JsonObject().put("endpoint", "other").put("config", config);
      said.append(webhook.request("webhook.endpoint.put", put));
      said.append(webhook.refusal("webhook.endpoint.put", with(put, "secrets", "hunter5")));
      said.append(webhook.refusal("webhook.endpoint.put", with(put, "headers", "hunter6")));
      said.append(webhook.refusal("webhook.endpoint.put", with(put, "auth", "hunter7")));
      said.append(webhook.refusal("webhook.endpoint.put", with(put, "hunter", "hunter8")));
      said.append(webhook.request("webhook.endpoint.put", with(put, "client", null)));
      result(webhook.client().endpoint("other").setSecret(SECRET));
      result(webhook.client().remove("other"));
      all = said + String.join("\n", log.all());
    }
    assertThat(all).doesNotContain("hunter1", "hunter2", "hunter3", "hunter4", SECRET.substring(6));
    assertThat(all).doesNotContain("hunter5", "hunter6", "hunter7", "hunter8");
  }

  private static JsonObject proxy(String password) {
    return new JsonObject()
        .put("host", "127.0.0.1")
        .put("port", 1)
        .put("username", "u")
        .put("password", password);
  }

  private static JsonObject with(JsonObject put, String key, String value) {
    JsonObject other = put.copy();
    if (value == null) {
      other.getJsonObject("config").remove(key);
    } else {
      other.getJsonObject("config").put(key, value);
    }
    return other;
  }
}
