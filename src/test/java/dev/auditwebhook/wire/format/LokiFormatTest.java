package dev.auditwebhook.wire.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies as the push API takes them, and its answers. */
class LokiFormatTest {

  private static final Format FORMAT = FormatEvents.format("loki", true);

  @Test
  void eventsAreValuesOfOneStream() {
    assertThat(
            FormatEvents.text(
                FORMAT, FormatEvents.bare(17), FormatEvents.at("1970-01-01T00:00:01Z")))
        .isEqualTo(
            "{\"streams\":[{\"stream\":{\"job\":\"audit\"},\"values\":["
                + "[\"1767225600123000000\",\"{\\\"event_id\\\":17,"
                + "\\\"action\\\":\\\"node.registered\\\","
                + "\\\"timestamp\\\":\\\"2026-01-01T00:00:00.123Z\\\"}\",{\"event_id\":\"17\"}],"
                + "[\"1000000000\",\"{\\\"event_id\\\":1,"
                + "\\\"action\\\":\\\"node.registered\\\","
                + "\\\"timestamp\\\":\\\"1970-01-01T00:00:01Z\\\"}\",{\"event_id\":\"1\"}]"
                + "]}]}");
  }

  @Test
  void aLineIsTheTextOfItsEvent() throws IOException {
    List<Event> events = FormatEvents.trickyAndReal();
    JsonNode push = StrictReader.one(FORMAT.body(events, FormatEvents::messageId));
    assertThat(StrictReader.keys(push)).containsExactly("streams");
    assertThat(push.get("streams")).hasSize(1);
    JsonNode stream = push.get("streams").get(0);
    assertThat(StrictReader.keys(stream)).containsExactly("stream", "values");
    assertThat(stream.get("values")).hasSameSizeAs(events);
    for (int i = 0; i < events.size(); i++) {
      JsonNode value = stream.get("values").get(i);
      assertThat(value).hasSize(3);
      assertThat(value.get(0).textValue()).matches("[1-9]\\d{18}");
      assertThat(value.get(1).textValue()).isEqualTo(FormatEvents.json(events.get(i)));
      assertThat(value.get(2))
          .isEqualTo(StrictReader.one("{\"event_id\":\"" + events.get(i).id() + "\"}"));
    }
  }

  @Test
  void labelsAreAnOption() throws IOException {
    JsonObject labels = new JsonObject().put("app", "pay\"roll").put("_env", "prod");
    Format format = FormatEvents.format("loki", new JsonObject().put("labels", labels), true);
    assertThat(
            StrictReader.one(FormatEvents.body(format, FormatEvents.bare(1)))
                .get("streams")
                .get(0)
                .get("stream")
                .toString())
        .isEqualTo(labels.encode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{\"a-b\":\"c\"}", "{\"1a\":\"c\"}", "{\"\":\"c\"}", "{\"\u00E4\":\"c\"}"})
  void labelsThatLokiTakesNotAreRefused(String labels) {
    assertThatThrownBy(
            () ->
                FormatEvents.format(
                    "loki", new JsonObject().put("labels", new JsonObject(labels)), true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "webhook.endpoints.siem.formatOptions.labels: must be at least one, of names such as"
                + " job or app_name");
  }

  @Test
  void blockedIngestionIsTriedAgainThoughItsStatusLooksLikeSuccess() {
    assertThat(FORMAT.reads(260)).isTrue();
    assertThat(FORMAT.read(260, FormatEvents.utf8("ingestion blocked until ..."), 3))
        .containsExactly(new Finding(Verdict.RETRY, "260", null));
  }

  @ParameterizedTest
  @CsvSource({"200", "204", "400", "401", "429", "500", "503"})
  void otherStatusesHaveTheirUsualMeaning(int status) {
    assertThat(FORMAT.reads(status)).isFalse();
    assertThat(FORMAT.read(status, FormatEvents.utf8("entry too far behind"), 3)).isEmpty();
  }
}
