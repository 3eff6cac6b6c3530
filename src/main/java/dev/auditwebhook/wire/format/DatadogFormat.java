package dev.auditwebhook.wire.format;

import dev.auditwebhook.json.StrictJson;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.LongFunction;

/**
 * The logs intake of Datadog: an array of logs, each with an event as its message. It takes 1 000
 * of them in a request ("Send logs", limits per HTTP request); a batch never comes near its 5 MB.
 *
 * <p>Options {@code ddsource}, {@code service}, {@code hostname} and {@code tags}.
 */
final class DatadogFormat implements Format {

  private static final byte[] END = BodyWriter.utf8("]");

  private final byte[] log;

  DatadogFormat(StrictJson options) {
    JsonObject given = new JsonObject();
    for (String key : List.of("ddsource", "tags", "service", "hostname")) {
      String value = options.string(key, null);
      if (value != null) {
        given.put(key.equals("tags") ? "ddtags" : key, value);
      }
    }
    String empty = given.put("message", "").encode();
    log = BodyWriter.utf8(empty.substring(0, empty.length() - "\"\"}".length()));
  }

  @Override
  public String contentType() {
    return "application/json";
  }

  @Override
  public byte[] body(List<Event> events, LongFunction<String> messageIds) {
    BodyWriter body = new BodyWriter(events, log.length + 64).write('[');
    for (Event event : events) {
      body.write(log).text(event).write('}').write(',');
    }
    return body.endList(END).toBytes();
  }

  @Override
  public int sizeOf(Event event) {
    return log.length + BodyWriter.textSize(event) + 2;
  }

  @Override
  public int maxEvents() {
    return 1000;
  }
}
