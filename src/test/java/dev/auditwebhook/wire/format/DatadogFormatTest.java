package dev.auditwebhook.wire.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bodies as the logs intake takes them. */
class DatadogFormatTest {

  @Test
  void aRequestIsAnArrayAlsoOfOne() {
    assertThat(FormatEvents.text(FormatEvents.format("datadog", false), FormatEvents.bare(1)))
        .isEqualTo(
            "[{\"message\":\"{\\\"event_id\\\":1,\\\"action\\\":\\\"node.registered\\\","
                + "\\\"timestamp\\\":\\\"2026-01-01T00:00:00.123Z\\\"}\"}]");
  }

  @Test
  void whatDescribesALogIsAnOption() {
    Format format =
        FormatEvents.format(
            "datadog",
            new JsonObject()
                .put("tags", "env:prod,team:x")
                .put("service", "billing")
                .put("ddsource", "audit\"")
                .put("hostname", "h1"),
            true);
    assertThat(FormatEvents.text(format, FormatEvents.bare(1)))
        .startsWith(
            "[{\"ddsource\":\"audit\\\"\",\"ddtags\":\"env:prod,team:x\",\"service\":\"billing\","
                + "\"hostname\":\"h1\",\"message\":\"{\\\"event_id\\\":1,");
  }

  @Test
  void aMessageIsTheTextOfItsEvent() throws IOException {
    List<Event> events = FormatEvents.trickyAndReal();
    JsonNode logs =
        StrictReader.one(
            FormatEvents.format("datadog", new JsonObject().put("ddsource", "audit"), true)
                .body(events, FormatEvents::messageId));
    assertThat(logs).hasSameSizeAs(events);
    for (int i = 0; i < events.size(); i++) {
      assertThat(StrictReader.keys(logs.get(i))).containsExactly("ddsource", "message");
      assertThat(logs.get(i).get("message").textValue())
          .isEqualTo(FormatEvents.json(events.get(i)));
    }
  }
}
