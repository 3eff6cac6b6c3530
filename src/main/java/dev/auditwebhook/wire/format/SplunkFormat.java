package dev.auditwebhook.wire.format;

import dev.auditwebhook.json.StrictJson;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongFunction;

/**
 * Splunk HTTP Event Collector: JSON objects one after another, each with the event and its
 * metadata. The codes of its answers are those of "Troubleshoot HTTP Event Collector", Possible
 * error codes: 0 is success; 24 and 25 too, from queues that are nearly full; 6 is an invalid data
 * format, of the event whose number is said, counted from 0.
 *
 * <p>Options {@code host}, {@code source}, {@code sourcetype} and {@code index}.
 */
final class SplunkFormat implements Format {

  private static final byte[] TIME = BodyWriter.utf8("{\"time\":");
  private static final int TIME_SIZE = BodyWriter.NUMBER_SIZE + 1;

  private final byte[] metadata;

  SplunkFormat(StrictJson options) {
    JsonObject given = new JsonObject();
    for (String key : List.of("host", "source", "sourcetype", "index")) {
      String value = options.string(key, key.equals("sourcetype") ? "_json" : null);
      if (value != null) {
        given.put(key, value);
      }
    }
    String members = given.encode();
    metadata = BodyWriter.utf8("," + members.substring(1, members.length() - 1) + ",\"event\":");
  }

  @Override
  public String contentType() {
    return "application/json";
  }

  @Override
  public byte[] body(List<Event> events, LongFunction<String> messageIds) {
    BodyWriter body = new BodyWriter(events, overhead());
    for (Event event : events) {
      long millis = new EventParts(event).time().toEpochMilli();
      body.write(TIME).write(BigDecimal.valueOf(millis, 3).toPlainString()).write(metadata);
      body.object(event).write('}');
    }
    return body.toBytes();
  }

  @Override
  public int sizeOf(Event event) {
    return overhead() + event.size();
  }

  private int overhead() {
    return TIME.length + TIME_SIZE + metadata.length + 1;
  }

  @Override
  public boolean reads(int status) {
    return status == 200 || status == 400;
  }

  @Override
  public List<Finding> read(int status, byte[] body, int events) {
    if (!reads(status)) {
      return List.of();
    }
    JsonObject answer = AnswerJson.object(body);
    int code = wholeOf(answer, "code");
    String text = answer.getValue("text") instanceof String said ? said : null;
    if (status == 200) {
      return List.of(
          switch (code) {
            case 0, 24, 25 -> Finding.DELIVERED;
            case -1 -> new Finding(Verdict.RETRY, "200 without a code", text);
            default -> new Finding(Verdict.RETRY, "code " + code + " in a 200", text);
          });
    }
    int invalid = wholeOf(answer, "invalid-event-number");
    if (code != 6 || invalid < 0 || invalid >= events) {
      return List.of();
    }
    Finding heldUp = new Finding(Verdict.HELD_UP, "code 6 of another event in a 400", null);
    List<Finding> findings = new ArrayList<>(Collections.nCopies(events, heldUp));
    findings.set(invalid, new Finding(Verdict.REJECTED, "code 6 in a 400", text));
    return findings;
  }

  /** A number of the answer, -1 for none. */
  private static int wholeOf(JsonObject answer, String key) {
    return answer.getValue(key) instanceof Integer number && number >= 0 ? number : -1;
  }
}
