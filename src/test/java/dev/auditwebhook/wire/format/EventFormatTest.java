package dev.auditwebhook.wire.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The formats that hold events as they are: {@code event} and {@code ndjson}. */
class EventFormatTest {

  private static final String FIRST =
      "{\"event_id\":1,\"action\":\"node.registered\",\"timestamp\":\"2026-01-01T00:00:00.123Z\","
          + "\"details\":{\"node\":\"n1\"}}";

  private static final String SECOND =
      "{\"event_id\":2,\"action\":\"node.registered\",\"timestamp\":\"2026-01-01T00:00:00.123Z\"}";

  @Test
  void anEventIsItsJson() {
    assertThat(FormatEvents.text(FormatEvents.format("event", false), FormatEvents.event(1)))
        .isEqualTo(FIRST);
  }

  @Test
  void aBatchIsAnArrayAlsoOfOne() {
    Format format = FormatEvents.format("event", true);
    assertThat(FormatEvents.text(format, FormatEvents.event(1))).isEqualTo("[" + FIRST + "]");
    assertThat(FormatEvents.text(format, FormatEvents.event(1), FormatEvents.bare(2)))
        .isEqualTo("[" + FIRST + "," + SECOND + "]");
  }

  @Test
  void ndjsonIsALineAnEvent() {
    Format format = FormatEvents.format("ndjson", true);
    assertThat(FormatEvents.text(format, FormatEvents.event(1))).isEqualTo(FIRST + "\n");
    assertThat(FormatEvents.text(format, FormatEvents.event(1), FormatEvents.bare(2)))
        .isEqualTo(FIRST + "\n" + SECOND + "\n");
  }

  @Test
  void eachEventIsWhatItIsAlone() throws IOException {
    List<Event> events = FormatEvents.trickyAndReal();
    Format array = FormatEvents.format("event", true);
    Format lines = FormatEvents.format("ndjson", true);
    JsonNode read = StrictReader.one(array.body(events, FormatEvents::messageId));
    List<JsonNode> readLines = StrictReader.lines(lines.body(events, FormatEvents::messageId));
    assertThat(read).hasSameSizeAs(events);
    assertThat(readLines).hasSameSizeAs(events);
    for (int i = 0; i < events.size(); i++) {
      JsonNode alone = StrictReader.one(events.get(i).body());
      assertThat(alone.get("event_id").asLong()).isEqualTo(events.get(i).id());
      assertThat(alone.get("action").asText()).isEqualTo(events.get(i).action());
      assertThat(read.get(i)).isEqualTo(alone);
      assertThat(readLines.get(i)).isEqualTo(alone);
    }
  }

  @Test
  void noAnswerSaysMoreThanItsStatus() {
    for (String name : List.of("event", "ndjson", "cloudevents", "datadog")) {
      Format format = FormatEvents.format(name, true);
      for (int status = 100; status < 600; status++) {
        assertThat(format.reads(status)).isFalse();
        assertThat(format.read(status, FormatEvents.utf8("{\"errors\":true}"), 2)).isEmpty();
      }
    }
  }
}
