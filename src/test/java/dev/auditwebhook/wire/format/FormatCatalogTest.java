package dev.auditwebhook.wire.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.jackson.JacksonCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatCatalogTest {

  @Test
  void theNamesAreInTheOrderOfTheContract() {
    assertThat(FormatCatalog.names())
        .containsExactly(
            "event",
            "ndjson",
            "cloudevents",
            "splunk-hec",
            "elasticsearch",
            "datadog",
            "loki",
            "otlp")
        .startsWith(FormatCatalog.DEFAULT);
  }

  @Test
  void anUnknownNameIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> FormatEvents.format("syslog", false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "must be one of event, ndjson, cloudevents, splunk-hec, elasticsearch, datadog, loki,"
                + " otlp");
  }

  @ParameterizedTest
  @CsvSource({
    "event, application/json, application/json",
    "ndjson, application/x-ndjson, application/x-ndjson",
    "cloudevents, application/cloudevents+json, application/cloudevents-batch+json",
    "splunk-hec, application/json, application/json",
    "elasticsearch, application/x-ndjson, application/x-ndjson",
    "datadog, application/json, application/json",
    "loki, application/json, application/json",
    "otlp, application/json, application/json"
  })
  void aFormatHasItsMediaType(String name, String alone, String batch) {
    assertThat(FormatEvents.format(name, false).contentType()).isEqualTo(alone);
    assertThat(FormatEvents.format(name, true).contentType()).isEqualTo(batch);
  }

  @Test
  void datadogTakesAThousandAndTheOthersAny() {
    assertThat(FormatCatalog.names())
        .allSatisfy(
            name ->
                assertThat(FormatEvents.format(name, true).maxEvents())
                    .isEqualTo(name.equals("datadog") ? 1000 : Integer.MAX_VALUE));
  }

  @ParameterizedTest
  @CsvSource({
    "event",
    "ndjson",
    "cloudevents",
    "splunk-hec",
    "elasticsearch",
    "datadog",
    "loki",
    "otlp"
  })
  void anUnknownOptionIsRefusedWithItsPath(String name) {
    refused(name, "{\"colour\":\"red\"}", "colour: unknown key");
  }

  @ParameterizedTest
  @CsvSource({
    "cloudevents, source",
    "splunk-hec, host",
    "splunk-hec, source",
    "splunk-hec, sourcetype",
    "splunk-hec, index",
    "datadog, ddsource",
    "datadog, service",
    "datadog, hostname",
    "datadog, tags",
    "otlp, service"
  })
  void anOptionIsText(String name, String option) {
    refused(name, "{\"" + option + "\":7}", option + ": must be a string, was 7");
    refused(name, "{\"" + option + "\":null}", option + ": must be a string, was null");
  }

  @ParameterizedTest
  @CsvSource({"loki, labels", "otlp, attributes"})
  void labelsAndAttributesAreObjectsOfTexts(String name, String option) {
    refused(name, "{\"" + option + "\":\"a=b\"}", option + ": must be a JSON object, was a string");
    refused(
        name,
        "{\"" + option + "\":{\"a\":1}}",
        option + ": must be an object of strings, was an object");
  }

  private static void refused(String name, String options, String message) {
    assertThatThrownBy(() -> FormatEvents.format(name, new JsonObject(options), true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("webhook.endpoints.siem.formatOptions." + message);
  }

  @Test
  void vertxHasTheCodecOfOurJarThoughTestsHaveDatabind() {
    assertThat(Json.CODEC).isExactlyInstanceOf(JacksonCodec.class);
  }
}
