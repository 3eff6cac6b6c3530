package dev.auditwebhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookOptionsTest {

  private static JsonObject file() throws IOException {
    return new JsonObject(Files.readString(Path.of("conf/webhook.json"))).getJsonObject("webhook");
  }

  @Test
  void theDefaultsAreThoseOfTheConfigurationFile() throws IOException {
    JsonObject file = file();
    assertThat(new WebhookOptions().toJson()).isEqualTo(file);
    assertThat(new WebhookOptions(file()).toJson()).isEqualTo(file);
    assertThat(new WebhookOptions(new JsonObject()).toJson()).isEqualTo(file);
  }

  @Test
  void allThatIsSetComesBack() {
    WebhookOptions options =
        new WebhookOptions()
            .setUrl("https://siem.example/in")
            .setSecrets(List.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
            .setHeaders(Map.of("X-Tenant", "a"))
            .setSignatureHeader("X-Pilot-Signature-256")
            .setScope("cluster")
            .setActions(List.of("user.*"))
            .setClient(new JsonObject().put("pipelining", true))
            .setAllowedOrigins(List.of("https://siem.example:8443"))
            .setRequireHttps(true)
            .setRedact(List.of("ssn"))
            .setAdminEvents(true)
            .setCircuitBreaker(new CircuitOptions().setResetTimeout(7))
            .putEndpoint("siem", siem());
    assertThat(options.toJson().getJsonArray("redact")).isEqualTo(new JsonArray().add("ssn"));
    assertThat(new WebhookOptions(options.toJson()).toJson()).isEqualTo(options.toJson());
    assertThat(new WebhookOptions(options).toJson()).isEqualTo(options.toJson());
    assertThat(options.toString()).doesNotContain("whsec_");
  }

  private static EndpointOptions siem() {
    return new EndpointOptions()
        .setUrl("https://splunk.example:8088/services/collector/event")
        .setHeaders(Map.of("Authorization", "Splunk 2c1f"))
        .setFormat("splunk-hec")
        .setFormatOptions(new JsonObject().put("index", "audit"))
        .setCompression(EndpointOptions.GZIP)
        .setActions(List.of("*", "!debug.*"))
        .setBatch(new BatchOptions().setMaxEvents(500));
  }

  @Test
  void endpointsAreOptionsOfTheirOwn() {
    EndpointOptions siem = siem();
    WebhookOptions options = new WebhookOptions().setMaxAttempts(7).putEndpoint("siem", siem);
    WebhookOptions copy = new WebhookOptions(options);

    siem.setMaxAttempts(9);
    options.getEndpoints().get("siem").setMaxInFlight(2);

    for (WebhookOptions each : List.of(options, copy, new WebhookOptions(options.toJson()))) {
      EndpointOptions there = each.getEndpoints().get("siem");
      assertThat(there.getMaxAttempts()).as("not that of default").isEqualTo(3);
      assertThat(there.getFormat()).isEqualTo("splunk-hec");
      assertThat(there.getActions()).containsExactly("*", "!debug.*");
    }
    assertThat(copy.getEndpoints().get("siem").getMaxInFlight()).isEqualTo(64);
    assertThat(options.defaultEndpoint().getMaxAttempts()).isEqualTo(7);
    assertThat(options.toString()).doesNotContain("2c1f");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-a", "SIEM", "a_b", "a.b", "a b", "é", "a\n"})
  void anIdThatIsNoneIsRefused(String id) {
    assertThatThrownBy(() -> EndpointOptions.checkId(id))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("\n");
    assertThatThrownBy(() -> EndpointOptions.checkId("a".repeat(64))).isNotNull();
    EndpointOptions.checkId("a".repeat(63));
    EndpointOptions.checkId("0-siem-");
    EndpointOptions.checkId("default");
  }

  @Test
  void theKeysOfAnEndpointAreThoseOfDefaultAtThisLevel() {
    WebhookOptions options =
        new WebhookOptions()
            .setMaxAttempts(7)
            .setCircuitBreaker(new CircuitOptions().setMaxFailures(2).setResetTimeout(9))
            .setBatch(new BatchOptions().setMaxEvents(5));

    JsonObject endpoint = options.defaultEndpoint().toJson();

    assertThat(endpoint.getJsonObject("circuitBreaker"))
        .isEqualTo(new JsonObject().put("maxFailures", 2).put("resetTimeout", 9L));
    assertThat(options.toJson().fieldNames()).containsAll(endpoint.fieldNames());
    endpoint.forEach(
        option ->
            assertThat(options.toJson().getValue(option.getKey())).isEqualTo(option.getValue()));
    assertThat(new EndpointOptions(endpoint).toJson()).isEqualTo(endpoint);
  }

  @Test
  void anEndpointRefusesTheKeysOfTheWholeWebhook() {
    assertThatThrownBy(() -> new EndpointOptions(new JsonObject().put("address", "webhook")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("webhook.address: unknown key");
    assertThatThrownBy(() -> new EndpointOptions(new JsonObject().put("url", "siem.example")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("webhook.url: must begin with https:// or http://");
  }

  @Test
  void whatIsGivenIsCopied() {
    CircuitOptions circuit = new CircuitOptions().setMaxFailures(3);
    WebhookOptions options = new WebhookOptions().setCircuitBreaker(circuit);
    WebhookOptions copy = new WebhookOptions(options);

    circuit.setMaxFailures(4);
    options.getCircuitBreaker().setMaxFailures(5);

    assertThat(options.getCircuitBreaker().getMaxFailures()).isEqualTo(5);
    assertThat(copy.getCircuitBreaker().getMaxFailures()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'maxAttempts':0}          | webhook.maxAttempts: must be a whole number from 1 to 1000, was 0",
        "{'maxAttempts':'3'}        | webhook.maxAttempts: must be a whole number from 1 to 1000, was a string",
        "{'maxAttempts':2.5}        | webhook.maxAttempts: must be a whole number from 1 to 1000, was 2.5",
        "{'maxAttempts':null}       | webhook.maxAttempts: must be a whole number from 1 to 1000, was null",
        "{'jitter':1.1}             | webhook.jitter: must be a number from 0.0 to 1.0, was 1.1",
        "{'max_attempts':1}         | webhook.max_attempts: unknown key",
        "{'circuitBreaker':{'x':1}} | webhook.circuitBreaker.x: unknown key",
        "{'circuitBreaker':{'resetTimeout':0}} | webhook.circuitBreaker.resetTimeout: must be a whole number from 1 to 86400000, was 0",
        "{'circuitBreaker':[]}      | webhook.circuitBreaker: must be a JSON object, was an array",
        "{'url':'ftp://a/'}         | webhook.url: must begin with https:// or http://",
        "{'url':null}               | webhook.url: must be a string, was null",
        "{'url':'http://169.254.169.254/'} | webhook.url: forbidden address 169.254.169.254",
        "{'allowPrivateNetworks':false,'url':'http://127.0.0.1/'} | webhook.url: forbidden address 127.0.0.1",
        "{'secrets':['abcdef']}     | webhook.secrets[0]: must begin with whsec_",
        "{'secrets':'whsec_x'}      | webhook.secrets: must be an array, was a string",
        "{'headers':{'a b':'c'}}    | webhook.headers: has a header with a name that HTTP does not allow",
        "{'headers':{'a':'c\\u000a'}} | webhook.headers: a: has a value that HTTP does not allow",
        "{'signatureHeader':'Webhook-Signature'} | webhook.signatureHeader: is a header that the webhook sets itself",
        "{'entryAddress':'webhook.get'} | webhook.entryAddress: must not be empty or one of the webhook's own addresses (loop guard)",
        "{'address':''}             | webhook.address: must not be empty",
        "{'entryAddress':'webhook.owner'} | webhook.entryAddress: must not be empty or one of the webhook's own addresses (loop guard)",
        "{'scope':'node'}           | webhook.scope: must be \"local\" or \"cluster\"",
        "{'scope':null}             | webhook.scope: must be a string, was null",
        "{'actions':['']}        | webhook.actions: must be names, or prefixes with one * at the end, each perhaps with ! before it",
        "{'actions':['a**']}        | webhook.actions: must be names, or prefixes with one * at the end, each perhaps with ! before it",
        "{'allowedOrigins':['https://a.example','https://a.example/in']} | webhook.allowedOrigins[1]: must be scheme, host and port, without a path",
        "{'actions':['a*b']}        | webhook.actions: must be names, or prefixes with one * at the end, each perhaps with ! before it",
        "{'actions':['!']}          | webhook.actions: must be names, or prefixes with one * at the end, each perhaps with ! before it",
        "{'actions':['!!user.*']}   | webhook.actions: must be names, or prefixes with one * at the end, each perhaps with ! before it",
        "{'format':'splunk'}        | webhook.format: must be one of event, ndjson, cloudevents, splunk-hec, elasticsearch, datadog, loki, otlp",
        "{'format':null}            | webhook.format: must be a string, was null",
        "{'formatOptions':{'index':'main'}} | webhook.formatOptions.index: unknown key",
        "{'format':'splunk-hec','formatOptions':{'index':1}} | webhook.formatOptions.index: must be a string, was 1",
        "{'format':'loki','formatOptions':{'labels':{'job':1}}} | webhook.formatOptions.labels: must be an object of strings, was an object",
        "{'formatOptions':'x'}      | webhook.formatOptions: must be a JSON object, was a string",
        "{'format':'datadog','batch':{'maxEvents':1001}} | webhook.batch.maxEvents: must be at most 1000, as a receiver of datadog takes no more",
        "{'compression':'zip'}      | webhook.compression: must be none or gzip",
        "{'auth':{'type':'basic'}}  | webhook.auth.type: must be oauth2",
        "{'endpoints':[]}           | webhook.endpoints: must be a JSON object, was an array",
        "{'endpoints':{'SIEM':{}}}  | webhook.endpoints.SIEM: an endpoint's id has 1 to 63 of a-z, 0-9 and -, and does not begin with -",
        "{'endpoints':{'default':{}}} | webhook.endpoints.default: the endpoint default has its keys one level up, beside endpoints",
        "{'endpoints':{'siem':null}} | webhook.endpoints.siem: must be a JSON object, was null",
        "{'endpoints':{'siem':{'store':{}}}} | webhook.endpoints.siem.store: unknown key",
        "{'endpoints':{'siem':{'maxAttempts':0}}} | webhook.endpoints.siem.maxAttempts: must be a whole number from 1 to 1000, was 0",
        "{'endpoints':{'siem':{'format':'loki','formatOptions':{'index':'main'}}}} | webhook.endpoints.siem.formatOptions.index: unknown key",
        "{'allowPrivateNetworks':false,'endpoints':{'siem':{'url':'http://127.0.0.1/'}}} | webhook.endpoints.siem.url: forbidden address 127.0.0.1",
        "{'endpoints':{'a\\u000ab':{}}} | webhook.endpoints.a?b: an endpoint's id has 1 to 63 of a-z, 0-9 and -, and does not begin with -",
        "{'a\\u2028b':1}            | webhook.a?b: unknown key",
        "{'redact':['ssn','']}      | webhook.redact: must be an array of non-empty strings",
        "{'redact':'ssn'}           | webhook.redact: must be an array, was a string",
        "{'client':{'defaultHost':'x'}} | webhook.client.defaultHost: is not allowed here",
        "{'client':{'localAddress':'x'}} | webhook.client.localAddress: is not allowed here",
        "{'client':{'shared':true}} | webhook.client.shared: is not allowed here",
        "{'client':{'name':'x'}} | webhook.client.name: is not allowed here",
        "{'client':{'keepAlives':1}} | webhook.client.keepAlives: unknown key",
        "{'client':{'trustAll':'x'}} | webhook.client.trustAll: has a value of a wrong type",
        "{'store':{'type':'disk'}}  | webhook.store.type: must be \"memory\", \"file\" or \"postgres\"",
        "{'batch':{'maxEvents':0}}  | webhook.batch.maxEvents: must be a whole number from 1 to 10000, was 0"
      })
  void aRefusalIsOneLineThatNamesThePath(String config, String message) {
    assertThatThrownBy(() -> new WebhookOptions(new JsonObject(config.replace('\'', '"'))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Provide
  Arbitrary<JsonObject> configurations() {
    List<String> keys = new ArrayList<>(new WebhookOptions().toJson().fieldNames());
    keys.addAll(List.of("unknown", "", "a\nb"));
    Arbitrary<Object> values =
        Arbitraries.oneOf(
            Arbitraries.integers().asGeneric(),
            Arbitraries.doubles().asGeneric(),
            Arbitraries.longs().asGeneric(),
            Arbitraries.strings().asGeneric(),
            Arbitraries.of(true, false).asGeneric(),
            Arbitraries.of(
                    new JsonObject(),
                    new JsonObject().put("maxFailures", -1),
                    new JsonObject().put("a\nb", new JsonObject()),
                    new JsonObject().put("siem", new JsonObject().put("a\nb", 1)),
                    new JsonObject().put("ssl", 1).put("proxyOptions", "x"),
                    new JsonObject().put("protocolVersion", "HTTP_9"),
                    new JsonArray().add("x").add(1),
                    new JsonArray().addNull())
                .asGeneric());
    return Combinators.combine(Arbitraries.of(keys), values)
        .as((key, value) -> Map.entry(key, value))
        .list()
        .ofMaxSize(3)
        .map(
            pairs -> {
              JsonObject json = new JsonObject();
              pairs.forEach(pair -> json.put(pair.getKey(), pair.getValue()));
              return json;
            });
  }

  @Property
  void anyConfigurationIsReadOrRefusedInOneLine(@ForAll("configurations") JsonObject config) {
    try {
      new WebhookOptions(config);
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).startsWith("webhook").doesNotContain("\n");
    }
  }
}
