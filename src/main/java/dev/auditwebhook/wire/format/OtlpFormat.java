package dev.auditwebhook.wire.format;

import dev.auditwebhook.json.StrictJson;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/**
 * OpenTelemetry logs by OTLP/HTTP in JSON (OTLP 1.9): lowerCamelCase keys, numbers of 64 bits as
 * text, enumerations as numbers. A 200 may say how many records were rejected, though not which
 * ("Partial Success"); only 429, 502, 503 and 504 are to be tried again ("Retryable Response
 * Codes").
 *
 * <p>Options {@code service} and {@code attributes}, of the resource.
 */
final class OtlpFormat implements Format {

  private static final String SERVICE = "service.name";

  private static final byte[] TIME = BodyWriter.utf8("{\"timeUnixNano\":\"");
  private static final byte[] BODY =
      BodyWriter.utf8(
          "\",\"severityNumber\":9,\"severityText\":\"INFO\",\"body\":{\"stringValue\":");
  private static final byte[] ID =
      BodyWriter.utf8("},\"attributes\":[{\"key\":\"event.id\",\"value\":{\"intValue\":\"");
  private static final byte[] NAME =
      BodyWriter.utf8("\"}},{\"key\":\"event.name\",\"value\":{\"stringValue\":");
  private static final byte[] END_OF_RECORD = BodyWriter.utf8("}}]},");
  private static final byte[] END = BodyWriter.utf8("]}]}]}");

  private static final int OVERHEAD =
      TIME.length
          + BodyWriter.NUMBER_SIZE
          + BODY.length
          + ID.length
          + BodyWriter.NUMBER_SIZE
          + NAME.length
          + END_OF_RECORD.length;

  private final byte[] head;

  OtlpFormat(StrictJson options) {
    Map<String, String> resource = new LinkedHashMap<>();
    resource.put(SERVICE, options.string("service", "vertx-audit-webhook"));
    Map<String, String> given = options.stringMap("attributes");
    options.require(!given.containsKey(SERVICE), "attributes", SERVICE + " is given as service");
    resource.putAll(given);
    JsonArray attributes = new JsonArray();
    resource.forEach(
        (key, value) ->
            attributes.add(
                new JsonObject()
                    .put("key", key)
                    .put("value", new JsonObject().put("stringValue", value))));
    head =
        BodyWriter.utf8(
            "{\"resourceLogs\":[{\"resource\":{\"attributes\":"
                + attributes.encode()
                + "},\"scopeLogs\":[{\"scope\":{\"name\":\"dev.auditwebhook\"},\"logRecords\":[");
  }

  @Override
  public String contentType() {
    return "application/json";
  }

  @Override
  public byte[] body(List<Event> events, LongFunction<String> messageIds) {
    BodyWriter body = new BodyWriter(events, OVERHEAD + 96).write(head);
    for (Event event : events) {
      EventParts parts = new EventParts(event);
      body.write(TIME).write(parts.nanos()).write(BODY).text(event);
      body.write(ID).write(event.id()).write(NAME);
      parts.action(body);
      body.write(END_OF_RECORD);
    }
    return body.endList(END).toBytes();
  }

  @Override
  public int sizeOf(Event event) {
    return OVERHEAD + BodyWriter.textSize(event) + new EventParts(event).actionSize();
  }

  @Override
  public boolean reads(int status) {
    return status == 200 || isFinal(status);
  }

  /** Whether it is a 5xx that is not to be tried again. */
  private static boolean isFinal(int status) {
    return status >= 500 && status < 600 && status != 502 && status != 503 && status != 504;
  }

  @Override
  public List<Finding> read(int status, byte[] body, int events) {
    if (isFinal(status)) {
      return List.of(new Finding(Verdict.REFUSED, Integer.toString(status), null));
    }
    if (status != 200
        || !(AnswerJson.object(body).getValue("partialSuccess") instanceof JsonObject partial)
        || !isPositive(partial.getValue("rejectedLogRecords"))) {
      return List.of();
    }
    String said = partial.getValue("errorMessage") instanceof String message ? message : null;
    return List.of(new Finding(Verdict.ONE_REJECTED, "log records rejected in a 200", said));
  }

  /** Of a number, or of the text that 64 bits are in JSON. */
  private static boolean isPositive(Object number) {
    return number instanceof Number value && value.doubleValue() > 0
        || number instanceof String text && text.matches("0*[1-9]\\d*");
  }
}
