package dev.auditwebhook.wire.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies as the bulk API takes them, and its answers. */
class ElasticsearchFormatTest {

  private static final Format FORMAT = FormatEvents.format("elasticsearch", true);

  private static final Finding CUT_OFF =
      new Finding(Verdict.HELD_UP, "200 that was cut before the event", null);

  private static final Finding UNSAID =
      new Finding(Verdict.RETRY, "200 that says nothing of the event", null);

  private static final String CREATED =
      "{\"create\":{\"_index\":\".ds-logs-audit-default-2026.01.01-000001\",\"_id\":\"msg_0_1\","
          + "\"_version\":1,\"result\":\"created\",\"_shards\":{\"total\":2,\"successful\":1,"
          + "\"failed\":0},\"_seq_no\":12,\"_primary_term\":1,\"status\":201}}";

  private static final String THERE =
      failed(
          409,
          "version_conflict_engine_exception",
          "[msg_0_2]: version conflict, document already exists (current version [1])");

  private static final String BUSY =
      failed(
          429, "es_rejected_execution_exception", "rejected execution of coordinating operation");

  private static final String MALFORMED =
      failed(400, "document_parsing_exception", "[1:30] failed to parse field [audit.ip]");

  private static String failed(int status, String type, String reason) {
    return ("{\"create\":{\"_index\":\"logs-audit-default\",\"_id\":\"msg_0_2\",\"status\":%d,"
            + "\"error\":{\"type\":\"%s\",\"reason\":\"%s\",\"caused_by\":{\"type\":\"x\","
            + "\"reason\":\"y\"},\"index_uuid\":\"u\",\"shard\":\"0\",\"index\":\"i\"}}}")
        .formatted(status, type, reason);
  }

  private static String bulk(boolean errors, String... items) {
    return "{\"took\":30,\"errors\":%s,\"items\":[%s]}".formatted(errors, String.join(",", items));
  }

  @Test
  void anEventIsAnActionAndADocument() {
    assertThat(FormatEvents.text(FORMAT, FormatEvents.event(17), FormatEvents.bare(18)))
        .isEqualTo(
            "{\"create\":{\"_id\":\"msg_0123456789abcdef0123456789abcdef_17\"}}\n"
                + "{\"@timestamp\":\"2026-01-01T00:00:00.123Z\",\"event\":{\"kind\":\"event\","
                + "\"action\":\"node.registered\",\"sequence\":17},\"audit\":{\"node\":\"n17\"}}\n"
                + "{\"create\":{\"_id\":\"msg_0123456789abcdef0123456789abcdef_18\"}}\n"
                + "{\"@timestamp\":\"2026-01-01T00:00:00.123Z\",\"event\":{\"kind\":\"event\","
                + "\"action\":\"node.registered\",\"sequence\":18}}\n");
  }

  @Test
  void linesArePairs() throws IOException {
    List<Event> events = FormatEvents.trickyAndReal();
    List<JsonNode> lines = StrictReader.lines(FORMAT.body(events, FormatEvents::messageId));
    assertThat(lines).hasSize(2 * events.size());
    for (int i = 0; i < events.size(); i++) {
      Event event = events.get(i);
      JsonNode json = StrictReader.one(event.body());
      assertThat(lines.get(2 * i).toString())
          .isEqualTo("{\"create\":{\"_id\":\"%s\"}}".formatted(FormatEvents.messageId(event.id())));
      JsonNode document = lines.get(2 * i + 1);
      assertThat(document.get("@timestamp")).isEqualTo(json.get("timestamp"));
      assertThat(document.get("event").get("kind").asText()).isEqualTo("event");
      assertThat(document.get("event").get("action").asText()).isEqualTo(event.action());
      assertThat(document.get("event").get("sequence").asLong()).isEqualTo(event.id());
      assertThat(document.get("audit")).isEqualTo(json.get("details"));
      assertThat(document).hasSize(json.has("details") ? 3 : 2);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-01T00:00:00+01:00, 2026-01-01T00:00:00+01:00",
    "2026-01-01T00:00:00.123456789Z, 2026-01-01T00:00:00.123456789Z",
    "2026-01-01t00:00:00.5z, 2026-01-01T00:00:00.500Z",
    "2016-12-31T23:59:60Z, 2017-01-01T00:00:00Z"
  })
  void theTimestampIsOneThatADateFieldTakes(String timestamp, String date) throws IOException {
    assertThat(
            StrictReader.lines(FormatEvents.body(FORMAT, FormatEvents.at(timestamp)))
                .get(1)
                .get("@timestamp")
                .asText())
        .isEqualTo(date);
  }

  @Test
  void withoutErrorsAllAreDelivered() {
    assertThat(read(bulk(false, CREATED, CREATED), 2)).containsExactly(Finding.DELIVERED);
  }

  @Test
  void withoutErrorsACutBodyIsEnough() {
    assertThat(read("{\"took\":30,\"errors\":false,\"items\":[{\"crea", 2))
        .containsExactly(Finding.DELIVERED);
    assertThat(read("{\"took\":30,\"ingest_took\":2,\"errors\":false", 2))
        .containsExactly(Finding.DELIVERED);
  }

  @Test
  void eachItemSettlesItsEvent() {
    String unavailable = failed(503, "unavailable_shards_exception", "primary shard is not active");
    assertThat(read(bulk(true, CREATED, THERE, BUSY, unavailable, MALFORMED), 5))
        .containsExactly(
            Finding.DELIVERED,
            Finding.DELIVERED,
            new Finding(
                Verdict.RETRY,
                "429 in a 200",
                "es_rejected_execution_exception: rejected execution of coordinating operation"),
            new Finding(
                Verdict.RETRY,
                "503 in a 200",
                "unavailable_shards_exception: primary shard is not active"),
            new Finding(
                Verdict.REJECTED,
                "400 in a 200",
                "document_parsing_exception: [1:30] failed to parse field [audit.ip]"));
  }

  @Test
  void filteredAnswersSayEnough() {
    assertThat(read("{\"errors\":false}", 2)).containsExactly(Finding.DELIVERED);
    assertThat(
            read(
                "{\"errors\":true,\"items\":[{\"create\":{\"status\":201}},"
                    + "{\"create\":{\"status\":404}}]}",
                2))
        .containsExactly(Finding.DELIVERED, new Finding(Verdict.REJECTED, "404 in a 200", null));
    assertThat(read("{\"items\":[{\"create\":{\"status\":200}}]}", 1))
        .containsExactly(Finding.DELIVERED);
  }

  @Test
  void ofACutAnswerWhatIsThereCounts() {
    String whole = bulk(true, CREATED, MALFORMED, CREATED);
    String cut = whole.substring(0, whole.length() - 8);
    assertThat(read(cut, 4))
        .extracting(Finding::verdict)
        .containsExactly(Verdict.DELIVERED, Verdict.REJECTED, Verdict.HELD_UP, Verdict.HELD_UP);
  }

  @Test
  void aCutNeverChangesWhatAnItemSays() {
    String whole = bulk(true, CREATED, MALFORMED, BUSY);
    List<Finding> findings = read(whole, 3);
    for (int end = 0; end < whole.length(); end++) {
      List<Finding> cut = read(whole.substring(0, end), 3);
      for (int i = 0; i < 3; i++) {
        assertThat(cut.get(i)).isIn(findings.get(i), UNSAID, CUT_OFF);
      }
    }
  }

  @Test
  void whatIsNotSaidIsTriedAgain() {
    assertThat(read(bulk(true, CREATED), 3)).containsExactly(Finding.DELIVERED, UNSAID, UNSAID);
    assertThat(read(bulk(true, CREATED, CREATED, MALFORMED), 1)).containsExactly(Finding.DELIVERED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>sign in</html>",
        "{}",
        "[]",
        "null",
        "{\"acknowledged\":true}",
        "{\"errors\":true}",
        "{\"errors\":\"false\"}",
        "{\"errors\":0}",
        "{\"errors\":null,\"items\":{}}",
        "{\"errors\":[false]}",
        "{\"nested\":{\"errors\":false}}",
        "[{\"errors\":false}]",
        "\u0000\u0001"
      })
  void a200ThatIsNoBulkAnswerIsTriedAgain(String body) {
    assertThat(read(body, 2)).containsExactly(UNSAID, UNSAID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "7",
        "[]",
        "{}",
        "{\"index\":{\"status\":201}}",
        "{\"create\":201}",
        "{\"create\":null}",
        "{\"create\":{}}",
        "{\"create\":{\"status\":\"201\"}}",
        "{\"create\":{\"status\":201.0}}",
        "{\"create\":{\"status\":true}}",
        "{\"create\":{\"status\":-400}}",
        "{\"create\":{\"status\":302}}",
        "{\"create\":{\"status\":600}}",
        "{\"create\":{\"status\":4294967497}}",
        "{\"create\":{\"status\":123456789012345678901234567890}}",
        "{\"create\":{\"status\":{\"status\":201}}}"
      })
  void anItemThatSaysNothingOfItsEventIsTriedAgainAndTheNextOneIsRead(String item) {
    assertThat(read(bulk(true, item, CREATED), 2)).containsExactly(UNSAID, Finding.DELIVERED);
  }

  @Test
  void anErrorMaySayLessThanUsual() {
    assertThat(said("\"error\":\"plain text of an old version\"")).isNull();
    assertThat(said("\"error\":{\"type\":\"a\"}")).isEqualTo("a");
    assertThat(said("\"error\":{\"reason\":\"b\",\"type\":7}")).isEqualTo("b");
    assertThat(said("\"error\":{\"type\":[\"a\"],\"reason\":null}")).isNull();
  }

  private static String said(String error) {
    return read(bulk(true, "{\"create\":{\"status\":400," + error + "}}"), 1).get(0).said();
  }

  @Test
  void hostileAnswersAreNoMoreThanNothing() {
    String deep = "{\"items\":" + "[".repeat(30_000);
    String number = "{\"took\":" + "9".repeat(30_000) + ",\"errors\":false}";
    String name = "{\"" + "a".repeat(60_000) + "\":1}";
    for (String body : List.of(deep, number, name)) {
      assertThat(read(body, 3)).isEqualTo(Collections.nCopies(3, UNSAID));
    }
    assertThat(read("{\"errors\":true,\"errors\":false,\"items\":[]}", 1))
        .containsExactly(Finding.DELIVERED);
  }

  @Test
  void bytesThatAreNotUtf8DoNotHideTheRest() {
    byte[] body = FormatEvents.utf8(bulk(true, MALFORMED.replace("failed", "?"), CREATED));
    for (int i = 0; i < body.length; i++) {
      body[i] = body[i] == '?' ? (byte) 0xFF : body[i];
    }
    List<Finding> findings = FORMAT.read(200, body, 2);
    assertThat(findings)
        .extracting(Finding::verdict)
        .containsExactly(Verdict.REJECTED, Verdict.DELIVERED);
    assertThat(findings.get(0).said()).contains("\uFFFD to parse");
  }

  @Test
  void otherStatusesHaveTheirUsualMeaning() {
    for (int status : Arrays.asList(201, 204, 400, 401, 403, 404, 413, 429, 500, 503)) {
      assertThat(FORMAT.reads(status)).isFalse();
      assertThat(FORMAT.read(status, FormatEvents.utf8(bulk(false)), 1)).isEmpty();
    }
  }

  private static List<Finding> read(String body, int events) {
    return FORMAT.read(200, FormatEvents.utf8(body), events);
  }
}
