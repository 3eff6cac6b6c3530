package dev.auditwebhook.wire.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies read by the JSON mapping of Protocol Buffers, and answers written by it. */
class OtlpFormatTest {

  private static final Format FORMAT = FormatEvents.format("otlp", true);

  private static ResourceLogs sent(Format format, List<Event> events)
      throws InvalidProtocolBufferException {
    String body = new String(format.body(events, FormatEvents::messageId), StandardCharsets.UTF_8);
    ExportLogsServiceRequest.Builder request = ExportLogsServiceRequest.newBuilder();
    JsonFormat.parser().merge(body, request);
    assertThat(request.getResourceLogsCount()).isEqualTo(1);
    return request.getResourceLogs(0);
  }

  private static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private static KeyValue whole(String key, long value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setIntValue(value))
        .build();
  }

  @Test
  void anEventIsALogRecord() {
    assertThat(FormatEvents.text(FORMAT, FormatEvents.bare(17)))
        .isEqualTo(
            "{\"resourceLogs\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\","
                + "\"value\":{\"stringValue\":\"vertx-audit-webhook\"}}]},"
                + "\"scopeLogs\":[{\"scope\":{\"name\":\"dev.auditwebhook\"},"
                + "\"logRecords\":[{\"timeUnixNano\":\"1767225600123000000\","
                + "\"severityNumber\":9,\"severityText\":\"INFO\","
                + "\"body\":{\"stringValue\":\"{\\\"event_id\\\":17,"
                + "\\\"action\\\":\\\"node.registered\\\","
                + "\\\"timestamp\\\":\\\"2026-01-01T00:00:00.123Z\\\"}\"},"
                + "\"attributes\":[{\"key\":\"event.id\",\"value\":{\"intValue\":\"17\"}},"
                + "{\"key\":\"event.name\",\"value\":{\"stringValue\":\"node.registered\"}}]}"
                + "]}]}]}");
  }

  @Test
  void eachEventIsReadAsItWasWritten() throws IOException {
    List<Event> events = FormatEvents.trickyAndReal();
    ResourceLogs logs = sent(FORMAT, events);
    assertThat(logs.getResource().getAttributesList())
        .containsExactly(text("service.name", "vertx-audit-webhook"));
    assertThat(logs.getScopeLogsCount()).isEqualTo(1);
    ScopeLogs scope = logs.getScopeLogs(0);
    assertThat(scope.getScope().getName()).isEqualTo("dev.auditwebhook");
    assertThat(scope.getLogRecordsCount()).isEqualTo(events.size());
    for (int i = 0; i < events.size(); i++) {
      LogRecord log = scope.getLogRecords(i);
      Event event = events.get(i);
      assertThat(log.getTimeUnixNano()).isEqualTo(new EventParts(event).nanos());
      assertThat(log.getSeverityNumber()).isEqualTo(SeverityNumber.SEVERITY_NUMBER_INFO);
      assertThat(log.getSeverityText()).isEqualTo("INFO");
      assertThat(log.getBody().getStringValue()).isEqualTo(FormatEvents.json(event));
      assertThat(log.getAttributesList())
          .containsExactly(whole("event.id", event.id()), text("event.name", event.action()));
    }
  }

  @Test
  void theResourceIsAnOption() throws IOException {
    Format format =
        FormatEvents.format(
            "otlp",
            new JsonObject()
                .put("service", "bill\"ing")
                .put("attributes", new JsonObject().put("deployment.environment.name", "prod")),
            true);
    assertThat(sent(format, List.of(FormatEvents.event(1))).getResource().getAttributesList())
        .containsExactly(
            text("service.name", "bill\"ing"), text("deployment.environment.name", "prod"));
  }

  @Test
  void theServiceIsNotGivenTwice() {
    assertThatThrownBy(
            () ->
                FormatEvents.format(
                    "otlp", new JsonObject("{\"attributes\":{\"service.name\":\"a\"}}"), true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "webhook.endpoints.siem.formatOptions.attributes: service.name is given as service");
  }

  @Test
  void rejectedRecordsAreOfOneOrMoreOfTheEvents() throws IOException {
    String body =
        JsonFormat.printer()
            .print(
                ExportLogsServiceResponse.newBuilder()
                    .setPartialSuccess(
                        ExportLogsPartialSuccess.newBuilder()
                            .setRejectedLogRecords(2)
                            .setErrorMessage("attribute count over the limit")));
    assertThat(body).contains("\"rejectedLogRecords\": \"2\"");
    assertThat(read(200, body))
        .containsExactly(
            new Finding(
                Verdict.ONE_REJECTED,
                "log records rejected in a 200",
                "attribute count over the limit"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1", "2.0", "\"1\"", "\"00030\"", "123456789012345678901234567890", "1E+9"})
  void aNumberMayBeTextToo(String number) {
    assertThat(read(200, "{\"partialSuccess\":{\"rejectedLogRecords\":" + number + "}}"))
        .containsExactly(new Finding(Verdict.ONE_REJECTED, "log records rejected in a 200", null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "OK",
        "{\"partialSuccess\":null}",
        "{\"partialSuccess\":{}}",
        "{\"partialSuccess\":[1]}",
        "{\"partialSuccess\":{\"errorMessage\":\"only a warning\"}}",
        "{\"partialSuccess\":{\"rejectedLogRecords\":0,\"errorMessage\":\"only a warning\"}}",
        "{\"partialSuccess\":{\"rejectedLogRecords\":\"0\"}}",
        "{\"partialSuccess\":{\"rejectedLogRecords\":-1}}",
        "{\"partialSuccess\":{\"rejectedLogRecords\":\"-1\"}}",
        "{\"partialSuccess\":{\"rejectedLogRecords\":\"many\"}}",
        "{\"partialSuccess\":{\"rejectedLogRecords\":[1]}}",
        "{\"partialSuccess\":{\"rejectedLogRecords\":1"
      })
  void any200ElseIsADelivery(String body) {
    assertThat(read(200, body)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"500", "501", "505", "507", "511", "599"})
  void serverErrorsThatAreNotToBeTriedAgainSayThatTheEndpointIsWrong(int status) {
    assertThat(FORMAT.reads(status)).isTrue();
    assertThat(read(status, "")).containsExactly(new Finding(Verdict.REFUSED, status + "", null));
  }

  @ParameterizedTest
  @CsvSource({
    "202", "204", "400", "401", "404", "408", "413", "425", "429", "502", "503", "504", "600"
  })
  void otherStatusesHaveTheirUsualMeaning(int status) {
    assertThat(FORMAT.reads(status)).isFalse();
    assertThat(read(status, "{\"partialSuccess\":{\"rejectedLogRecords\":1}}")).isEmpty();
  }

  private static List<Finding> read(int status, String body) {
    return FORMAT.read(status, FormatEvents.utf8(body), 3);
  }
}
