package dev.auditwebhook.wire.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.json.ExactJson;
import dev.auditwebhook.json.StrictJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Events that formats write, and what else their tests share. */
final class FormatEvents {

  static final String TIMESTAMP = "2026-01-01T00:00:00.123Z";

  /** Of {@link #TIMESTAMP}, in milliseconds. */
  static final long TIME = 1_767_225_600_123L;

  /** Another time than that of any timestamp: 2026-02-03T04:05:06.007Z. */
  static final long ACCEPTED_AT = 1_770_091_506_007L;

  /** Details as JSON that are easily changed, or mistaken for something else. */
  private static final List<String> TRICKY_DETAILS =
      List.of(
          "{\"quote\":\"\\\" \\\\ \\\\\\\" \\n\\r\\t\\u0000\\u001F\"}",
          "{\"line\":\"a\u2028b\u2029c\u0085d\",\"emoji\":\"\uD83D\uDE80\",\"umlaut\":\"\u00E4\"}",
          "{\"exact\":[12345678901234567890123.4500,0.1000,-0,1E+2,9007199254740993]}",
          "{\"timestamp\":\"1999-01-01T00:00:00Z\",\"details\":{\"event_id\":9},\"action\":\"no\"}",
          "\"a plain text with \\\",\\\"details\\\":{}\"",
          "\"\"",
          "[1,[2,[{}]],null,true]",
          "[]",
          "{\"nothing\":null}",
          "false",
          "0",
          "{\"\":{\" \":\"\"}}",
          "[".repeat(300) + "]".repeat(300));

  private static final List<String> TRICKY_ACTIONS =
      List.of(
          "node.registered",
          "\",\"timestamp\":\"1999-01-01T00:00:00Z\",\"details\":\"",
          "ends with a backslash \\",
          "\n\u2028\uD83D\uDE80 \u00E4\u0000");

  private FormatEvents() {}

  /**
   * @param details as JSON, {@code null} for none
   */
  static Event event(long id, String action, String timestamp, String details) {
    String content =
        ",\"action\":"
            + Json.encode(action)
            + ",\"timestamp\":\""
            + timestamp
            + '"'
            + (details == null ? "" : ",\"details\":" + details)
            + '}';
    return new Event(id, action, content.getBytes(StandardCharsets.UTF_8), ACCEPTED_AT);
  }

  static Event event(long id) {
    return event(id, "node.registered", TIMESTAMP, "{\"node\":\"n" + id + "\"}");
  }

  static Event at(String timestamp) {
    return event(1, "node.registered", timestamp, null);
  }

  /** One without details. */
  static Event bare(long id) {
    return event(id, "node.registered", TIMESTAMP, null);
  }

  /** All pairs of an action and details that are tricky. */
  static List<Event> tricky() {
    List<Event> events = new ArrayList<>();
    for (String action : TRICKY_ACTIONS) {
      events.add(event(events.size() + 1, action, TIMESTAMP, null));
      for (String details : TRICKY_DETAILS) {
        events.add(event(events.size() + 1, action, TIMESTAMP, details));
      }
    }
    return events;
  }

  /** Real entries of a cluster, or none where they are not at hand. */
  static List<Event> real() throws IOException {
    Path file =
        Path.of(
            System.getProperty("webhook.test.entries", "../shared/data/kubernetes-audit.ndjson"));
    List<Event> events = new ArrayList<>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        JsonObject entry = (JsonObject) ExactJson.parse(Buffer.buffer(line));
        events.add(
            event(
                events.size() + 1,
                entry.getString("action"),
                entry.getString("timestamp"),
                Json.encode(entry.getValue("details"))));
      }
      assertThat(events).isNotEmpty();
    }
    return events;
  }

  static List<Event> trickyAndReal() throws IOException {
    List<Event> events = tricky();
    events.addAll(real());
    return events;
  }

  /** Any event that an entry may become. */
  static Arbitrary<Event> any() {
    Arbitrary<String> text =
        Arbitraries.strings()
            .withChars("\"\\{}[],: \n\u0000\u2028abc\u00E4\uFFFD")
            .ofMaxLength(30)
            .injectDuplicates(0.1);
    Arbitrary<String> details =
        Arbitraries.oneOf(
            text.map(Json::encode),
            Arbitraries.of(TRICKY_DETAILS),
            Arbitraries.bigDecimals().map(String::valueOf),
            text.list()
                .ofMaxSize(4)
                .map(texts -> "{\"a\":[" + String.join(",", encoded(texts)) + "]}"));
    Arbitrary<String> timestamp =
        Arbitraries.of(
            TIMESTAMP,
            "2026-01-01t00:00:00.000000001z",
            "0000-01-01T00:00:00+23:59",
            "9999-12-31T23:59:59.999999999-23:59",
            "2016-12-31T23:59:60Z");
    return Combinators.combine(
            Arbitraries.longs().between(0, Long.MAX_VALUE),
            text.map(some -> "a" + some),
            timestamp,
            details.injectNull(0.2))
        .as(FormatEvents::event);
  }

  private static List<String> encoded(List<String> texts) {
    return texts.stream().map(Json::encode).toList();
  }

  static String messageId(long eventId) {
    return "msg_0123456789abcdef0123456789abcdef_" + eventId;
  }

  static Format format(String name, boolean batches) {
    return format(name, new JsonObject(), batches);
  }

  static Format format(String name, JsonObject options, boolean batches) {
    return FormatCatalog.of(
        name, StrictJson.of("webhook.endpoints.siem.formatOptions", options), batches);
  }

  static byte[] body(Format format, Event... events) {
    return format.body(List.of(events), FormatEvents::messageId);
  }

  static String text(Format format, Event... events) {
    return new String(body(format, events), StandardCharsets.UTF_8);
  }

  static String json(Event event) {
    return new String(event.body(), StandardCharsets.UTF_8);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
