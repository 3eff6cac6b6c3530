package dev.auditwebhook.wire.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies as a HTTP Event Collector takes them, and its answers. */
class SplunkFormatTest {

  private static final Format FORMAT = FormatEvents.format("splunk-hec", true);

  @Test
  void anEventIsInAnEnvelope() {
    assertThat(FormatEvents.text(FORMAT, FormatEvents.bare(1)))
        .isEqualTo(
            "{\"time\":1767225600.123,\"sourcetype\":\"_json\",\"event\":"
                + FormatEvents.json(FormatEvents.bare(1))
                + "}");
  }

  @Test
  void metadataAreOptions() {
    Format format =
        FormatEvents.format(
            "splunk-hec",
            new JsonObject()
                .put("index", "audit")
                .put("host", "h\"1")
                .put("source", "s")
                .put("sourcetype", "audit:json"),
            false);
    assertThat(FormatEvents.text(format, FormatEvents.bare(1)))
        .startsWith(
            "{\"time\":1767225600.123,\"host\":\"h\\\"1\",\"source\":\"s\","
                + "\"sourcetype\":\"audit:json\",\"index\":\"audit\",\"event\":{");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-01T00:00:00Z, 1767225600.000",
    "2026-01-01T00:00:00.000999999Z, 1767225600.000",
    "2026-01-01T02:00:00.5+02:00, 1767225600.500",
    "2016-12-31T23:59:60.001Z, 1483228800.001",
    "1970-01-01T00:00:00.001Z, 0.001",
    "1969-12-31T23:59:58.500Z, -1.500",
    "yesterday, 1770091506.007"
  })
  void theTimeIsInSecondsWithThreeDecimals(String timestamp, String time) {
    assertThat(FormatEvents.text(FORMAT, FormatEvents.at(timestamp)))
        .startsWith("{\"time\":" + time + ",");
  }

  @Test
  void eventsFollowOneAnother() throws IOException {
    List<Event> events = FormatEvents.trickyAndReal();
    List<JsonNode> read = StrictReader.concatenated(FORMAT.body(events, FormatEvents::messageId));
    assertThat(read).hasSameSizeAs(events);
    for (int i = 0; i < read.size(); i++) {
      assertThat(StrictReader.keys(read.get(i))).containsExactly("time", "sourcetype", "event");
      assertThat(read.get(i).get("time").isNumber()).isTrue();
      assertThat(read.get(i).get("event")).isEqualTo(StrictReader.one(events.get(i).body()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"text\":\"Success\",\"code\":0}",
        "{\"text\":\"Success\",\"code\":0,\"ackId\":7}",
        "{\"text\":\"HEC queue is approaching capacity\",\"code\":24}",
        "{\"text\":\"HEC ACK is approaching capacity\",\"code\":25}"
      })
  void theseCodesAreADelivery(String body) {
    assertThat(read(200, body, 3)).containsExactly(Finding.DELIVERED);
  }

  @Test
  void a200WithAnotherCodeIsTriedAgain() {
    assertThat(read(200, "{\"text\":\"Server is busy\",\"code\":9}", 3))
        .containsExactly(new Finding(Verdict.RETRY, "code 9 in a 200", "Server is busy"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "OK",
        "<html>sign in</html>",
        "{}",
        "[]",
        "{\"code\":\"0\"}",
        "{\"code\":0.5}",
        "{\"code\":-1}",
        "{\"code\":null}",
        "{\"code\":99999999999999999999}",
        "{\"code\":0,\"code\":0}",
        "{\"code\":0"
      })
  void a200WithoutACodeIsTriedAgain(String body) {
    assertThat(read(200, body, 3))
        .containsExactly(new Finding(Verdict.RETRY, "200 without a code", null));
  }

  @Test
  void theInvalidEventAloneIsRejected() {
    assertThat(
            read(
                400, "{\"text\":\"Invalid data format\",\"code\":6,\"invalid-event-number\":1}", 3))
        .containsExactly(
            heldUp(),
            new Finding(Verdict.REJECTED, "code 6 in a 400", "Invalid data format"),
            heldUp());
  }

  @Test
  void eventsAreCountedFrom0() {
    assertThat(read(400, "{\"code\":6,\"invalid-event-number\":0}", 1))
        .containsExactly(new Finding(Verdict.REJECTED, "code 6 in a 400", null));
    assertThat(read(400, "{\"code\":6,\"invalid-event-number\":1}", 2))
        .extracting(Finding::verdict)
        .containsExactly(Verdict.HELD_UP, Verdict.REJECTED);
  }

  private static Finding heldUp() {
    return new Finding(Verdict.HELD_UP, "code 6 of another event in a 400", null);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"text\":\"Invalid data format\",\"code\":6}",
        "{\"text\":\"Invalid data format\",\"code\":6,\"invalid-event-number\":3}",
        "{\"text\":\"Invalid data format\",\"code\":6,\"invalid-event-number\":-1}",
        "{\"text\":\"Invalid data format\",\"code\":6,\"invalid-event-number\":\"1\"}",
        "{\"text\":\"Invalid data format\",\"code\":6,\"invalid-event-number\":4294967296}",
        "{\"text\":\"Incorrect index\",\"code\":7,\"invalid-event-number\":1}",
        "{\"text\":\"No data\",\"code\":5}",
        "Bad Request",
        ""
      })
  void any400ElseHasItsUsualMeaning(String body) {
    assertThat(read(400, body, 3)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"401", "403", "404", "413", "429", "500", "503", "204", "201"})
  void otherStatusesHaveTheirUsualMeaning(int status) {
    assertThat(FORMAT.reads(status)).isFalse();
    assertThat(read(status, "{\"text\":\"Server is busy\",\"code\":9}", 3)).isEmpty();
  }

  private static List<Finding> read(int status, String body, int events) {
    return FORMAT.read(status, FormatEvents.utf8(body), events);
  }
}
