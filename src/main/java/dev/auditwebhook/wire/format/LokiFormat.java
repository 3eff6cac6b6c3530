package dev.auditwebhook.wire.format;

import dev.auditwebhook.json.StrictJson;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.regex.Pattern;

/**
 * The push API of Grafana Loki: one stream, whose labels are the same for all events, with an event
 * a line and its number as structured metadata. A 260 is what Loki answers while it is told to take
 * nothing ({@code block_ingestion_status_code}).
 *
 * <p>Option {@code labels}: at least one, named as Prometheus names labels; Loki takes no others.
 */
final class LokiFormat implements Format {

  private static final int BLOCKED = 260;

  private static final Pattern LABEL = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

  private static final byte[] TIME = BodyWriter.utf8("[\"");
  private static final byte[] LINE = BodyWriter.utf8("\",");
  private static final byte[] ID = BodyWriter.utf8(",{\"event_id\":\"");
  private static final byte[] END_OF_VALUE = BodyWriter.utf8("\"}],");
  private static final byte[] END = BodyWriter.utf8("]}]}");

  private static final int OVERHEAD =
      TIME.length
          + BodyWriter.NUMBER_SIZE
          + LINE.length
          + ID.length
          + BodyWriter.NUMBER_SIZE
          + END_OF_VALUE.length;

  private final byte[] head;

  LokiFormat(StrictJson options) {
    Map<String, String> labels =
        options.has("labels") ? options.stringMap("labels") : Map.of("job", "audit");
    options.require(
        !labels.isEmpty() && labels.keySet().stream().allMatch(LABEL.asMatchPredicate()),
        "labels",
        "must be at least one, of names such as job or app_name");
    JsonObject stream = new JsonObject();
    labels.forEach(stream::put);
    head = BodyWriter.utf8("{\"streams\":[{\"stream\":" + stream.encode() + ",\"values\":[");
  }

  @Override
  public String contentType() {
    return "application/json";
  }

  @Override
  public byte[] body(List<Event> events, LongFunction<String> messageIds) {
    BodyWriter body = new BodyWriter(events, OVERHEAD + 64).write(head);
    for (Event event : events) {
      body.write(TIME).write(new EventParts(event).nanos()).write(LINE).text(event);
      body.write(ID).write(event.id()).write(END_OF_VALUE);
    }
    return body.endList(END).toBytes();
  }

  @Override
  public int sizeOf(Event event) {
    return OVERHEAD + BodyWriter.textSize(event);
  }

  @Override
  public boolean reads(int status) {
    return status == BLOCKED;
  }

  @Override
  public List<Finding> read(int status, byte[] body, int events) {
    return reads(status) ? List.of(new Finding(Verdict.RETRY, "260", null)) : List.of();
  }
}
