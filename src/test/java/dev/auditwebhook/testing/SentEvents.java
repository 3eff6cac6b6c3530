package dev.auditwebhook.testing;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Finds the events in a request, whatever its format. */
public final class SentEvents {

  /** Splunk's objects follow one another without anything in between. */
  private static final Pattern BETWEEN_OBJECTS = Pattern.compile("(?<=\\})(?=\\{\"time\":)");

  private SentEvents() {}

  /** The body as it was before it was compressed. */
  public static Buffer inflated(ScriptedReceiver.Received request) {
    if (!"gzip".equals(request.headers().get("content-encoding"))) {
      return request.body();
    }
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(request.body().getBytes()))) {
      return Buffer.buffer(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The ids of the events in a request. */
  public static List<Long> ids(String format, ScriptedReceiver.Received request) {
    Buffer body = inflated(request);
    return switch (format) {
      case "event" -> all(body).map(event -> event.getLong("event_id")).toList();
      case "ndjson" -> lines(body).map(event -> event.getLong("event_id")).toList();
      case "cloudevents" ->
          all(body).map(event -> Long.valueOf(event.getString("sequence"))).toList();
      case "splunk-hec" ->
          BETWEEN_OBJECTS
              .splitAsStream(body.toString())
              .map(each -> new JsonObject(each).getJsonObject("event").getLong("event_id"))
              .toList();
      case "elasticsearch" ->
          lines(body)
              .filter(line -> line.containsKey("@timestamp"))
              .map(document -> document.getJsonObject("event").getLong("sequence"))
              .toList();
      case "datadog" -> all(body).map(log -> id(log.getString("message"))).toList();
      case "loki" ->
          body
              .toJsonObject()
              .getJsonArray("streams")
              .getJsonObject(0)
              .getJsonArray("values")
              .stream()
              .map(value -> id(((JsonArray) value).getString(1)))
              .toList();
      case "otlp" ->
          body
              .toJsonObject()
              .getJsonArray("resourceLogs")
              .getJsonObject(0)
              .getJsonArray("scopeLogs")
              .getJsonObject(0)
              .getJsonArray("logRecords")
              .stream()
              .map(record -> ((JsonObject) record).getJsonObject("body").getString("stringValue"))
              .map(SentEvents::id)
              .toList();
      default -> throw new IllegalArgumentException(format);
    };
  }

  private static long id(String event) {
    return new JsonObject(event).getLong("event_id");
  }

  private static Stream<JsonObject> all(Buffer body) {
    return Json.decodeValue(body) instanceof JsonArray array
        ? array.stream().map(JsonObject.class::cast)
        : Stream.of(body.toJsonObject());
  }

  private static Stream<JsonObject> lines(Buffer body) {
    return body.toString().lines().map(JsonObject::new);
  }
}
