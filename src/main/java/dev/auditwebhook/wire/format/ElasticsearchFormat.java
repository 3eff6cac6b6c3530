package dev.auditwebhook.wire.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;

/**
 * The bulk API of Elasticsearch and OpenSearch: for each event a line that creates a document, the
 * one action that data streams take, and a line that is the document. Its id is the message id, so
 * that an event which comes again is answered with a 409.
 *
 * <p>Answers are read as "Bulk API, response body" has them: {@code errors} comes before {@code
 * items}, which are in the order of the actions. Of one that is cut, what is there counts.
 */
final class ElasticsearchFormat implements Format {

  private static final byte[] CREATE = BodyWriter.utf8("{\"create\":{\"_id\":\"");
  private static final byte[] TIMESTAMP = BodyWriter.utf8("\"}}\n{\"@timestamp\":\"");
  private static final byte[] ACTION =
      BodyWriter.utf8("\",\"event\":{\"kind\":\"event\",\"action\":");
  private static final byte[] SEQUENCE = BodyWriter.utf8(",\"sequence\":");
  private static final byte[] DETAILS = BodyWriter.utf8(",\"audit\":");

  /** No time that we write has more characters. */
  private static final int TIME_SIZE = 34;

  private static final int OVERHEAD =
      CREATE.length
          + BodyWriter.MESSAGE_ID_SIZE
          + TIMESTAMP.length
          + TIME_SIZE
          + ACTION.length
          + SEQUENCE.length
          + BodyWriter.NUMBER_SIZE
          + DETAILS.length
          + "}}\n".length();

  private static final Finding UNSAID =
      new Finding(Verdict.RETRY, "200 that says nothing of the event", null);

  private static final Finding CUT_OFF =
      new Finding(Verdict.HELD_UP, "200 that was cut before the event", null);

  @Override
  public String contentType() {
    return "application/x-ndjson";
  }

  @Override
  public byte[] body(List<Event> events, LongFunction<String> messageIds) {
    BodyWriter body = new BodyWriter(events, OVERHEAD);
    for (Event event : events) {
      EventParts parts = new EventParts(event);
      body.write(CREATE).write(messageIds.apply(event.id()));
      body.write(TIMESTAMP).write(timestamp(parts)).write(ACTION);
      parts.action(body);
      body.write(SEQUENCE).write(event.id()).write('}');
      if (parts.hasDetails()) {
        body.write(DETAILS);
        parts.details(body);
      }
      body.write('}').write('\n');
    }
    return body.toBytes();
  }

  /** The date format of {@code @timestamp} has neither small letters nor leap seconds. */
  private static String timestamp(EventParts parts) {
    String given = parts.timestamp();
    return given != null && !given.contains(":60") && given.equals(given.toUpperCase(Locale.ROOT))
        ? given
        : parts.time().toString();
  }

  @Override
  public int sizeOf(Event event) {
    return OVERHEAD + event.content().length;
  }

  @Override
  public boolean reads(int status) {
    return status == 200;
  }

  @Override
  public List<Finding> read(int status, byte[] body, int events) {
    if (!reads(status)) {
      return List.of();
    }
    Finding[] findings = new Finding[events];
    Arrays.fill(findings, UNSAID);
    try (JsonParser json = AnswerJson.parser(body)) {
      if (json.nextToken() == JsonToken.START_OBJECT && !hasErrors(json, findings)) {
        return List.of(Finding.DELIVERED);
      }
    } catch (IOException e) {
      // Cut, or no JSON: what was read of it counts.
      goOnAfterTheCut(findings);
    }
    return List.of(findings);
  }

  /**
   * Where some items of an answer were read, each try settles some: so the others go again at no
   * cost. Those that were created are answered with a 409 then.
   */
  private static void goOnAfterTheCut(Finding[] findings) {
    if (Arrays.stream(findings).anyMatch(finding -> finding != UNSAID)) {
      Arrays.setAll(findings, i -> findings[i] == UNSAID ? CUT_OFF : findings[i]);
    }
  }

  private static boolean hasErrors(JsonParser json, Finding[] findings) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (name.equals("errors") && value == JsonToken.VALUE_FALSE) {
        return false;
      } else if (name.equals("items") && value == JsonToken.START_ARRAY) {
        for (int i = 0; json.nextToken() != JsonToken.END_ARRAY; i++) {
          Finding finding = item(json);
          if (i < findings.length) {
            findings[i] = finding;
          }
        }
      } else {
        json.skipChildren();
      }
    }
    return true;
  }

  private static Finding item(JsonParser json) throws IOException {
    Finding finding = UNSAID;
    if (json.currentToken() != JsonToken.START_OBJECT) {
      json.skipChildren();
      return finding;
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String action = json.currentName();
      if (json.nextToken() == JsonToken.START_OBJECT && action.equals("create")) {
        finding = outcome(json);
      } else {
        json.skipChildren();
      }
    }
    return finding;
  }

  private static Finding outcome(JsonParser json) throws IOException {
    int status = 0;
    String said = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (name.equals("status") && isSmall(json)) {
        status = json.getIntValue();
      } else if (name.equals("error") && value == JsonToken.START_OBJECT) {
        said = error(json);
      } else {
        json.skipChildren();
      }
    }
    if (status == 200 || status == 201 || status == 409) {
      return Finding.DELIVERED;
    } else if (status < 400 || status > 599) {
      return UNSAID;
    }
    Verdict verdict = status == 429 || status >= 500 ? Verdict.RETRY : Verdict.REJECTED;
    return new Finding(verdict, status + " in a 200", said);
  }

  private static boolean isSmall(JsonParser json) throws IOException {
    return json.currentToken() == JsonToken.VALUE_NUMBER_INT
        && json.getNumberType() == JsonParser.NumberType.INT;
  }

  private static String error(JsonParser json) throws IOException {
    String type = null;
    String reason = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (name.equals("type") && value == JsonToken.VALUE_STRING) {
        type = json.getText();
      } else if (name.equals("reason") && value == JsonToken.VALUE_STRING) {
        reason = json.getText();
      } else {
        json.skipChildren();
      }
    }
    return type == null || reason == null ? type == null ? reason : type : type + ": " + reason;
  }
}
