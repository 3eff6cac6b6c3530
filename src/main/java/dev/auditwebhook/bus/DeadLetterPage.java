package dev.auditwebhook.bus;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.json.ExactJson;
import dev.auditwebhook.security.Redaction;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;

/**
 * Dead letters as people are shown them, as many as one reply may hold.
 *
 * @param events at least one, if there is any
 * @param last the id of the last one, 0 when there is none
 */
record DeadLetterPage(JsonArray events, long last) {

  /** The most bytes of a reply, as JSON. */
  static final int MAX_BYTES = 4 << 20;

  /** More than the bytes of a reply around its events. */
  private static final int AROUND = 200;

  private static final String TOO_DEEP = "<nested too deep to show>";
  private static final String TOO_LARGE = "<too large to show>";
  private static final String DAMAGED = "<damaged>";
  private static final JsonFactory FACTORY = new JsonFactory();

  /** Makes a page of the first of some letters. It may take a while for megabytes of them. */
  static DeadLetterPage of(
      List<DeadLetter> letters, LongFunction<String> messageId, Redaction redaction) {
    JsonArray events = new JsonArray();
    long last = 0;
    long bytes = AROUND;
    for (DeadLetter letter : letters) {
      Shown shown = shown(json(letter, messageId, redaction));
      bytes += shown.bytes;
      if (bytes > MAX_BYTES) {
        break;
      }
      events.add(shown.event);
      last = letter.event().id();
    }
    return new DeadLetterPage(events, last);
  }

  /** The reply to {@code webhook.dlq}. */
  JsonObject toJson(LongPredicate hasMoreAbove) {
    return new JsonObject()
        .put("type", "get_webhook_dlq_ok")
        .put("count", events.size())
        .put("next_after", !events.isEmpty() && hasMoreAbove.test(last) ? last : null)
        .put("events", events);
  }

  /** A letter that would not fit into a reply alone is shown without what is too large. */
  private static Shown shown(JsonObject letter) {
    Shown shown = Shown.of(letter);
    for (String key : List.of("details", "action")) {
      if (shown.bytes > MAX_BYTES - AROUND && shown.event.containsKey(key)) {
        shown = Shown.of(shown.event.put(key, TOO_LARGE));
      }
    }
    return shown;
  }

  private record Shown(JsonObject event, long bytes) {
    static Shown of(JsonObject event) {
      return new Shown(event, event.toBuffer().length() + 1L);
    }
  }

  private static JsonObject json(
      DeadLetter letter, LongFunction<String> messageId, Redaction redaction) {
    JsonObject sent = letter.isDamaged() ? new JsonObject() : sent(letter.event().body());
    JsonObject json =
        new JsonObject()
            .put("event_id", letter.event().id())
            .put("message_id", messageId.apply(letter.event().id()))
            .put("action", letter.isDamaged() ? DAMAGED : letter.event().action())
            .put("timestamp", sent.getString(Event.TIMESTAMP));
    if (sent.containsKey(Event.DETAILS)) {
      json.put("details", redaction.redact(sent.getValue(Event.DETAILS)));
    }
    return json.put("attempts", letter.attempts())
        .put("status", letter.status())
        .put("error", letter.error())
        .put("response", letter.response())
        .put("failed_at", letter.failedAt());
  }

  /** The body as it was sent, exact numbers included. */
  private static JsonObject sent(byte[] body) {
    if (body.length > MAX_BYTES) {
      return without(TOO_LARGE, body);
    }
    try {
      return (JsonObject) ExactJson.parse(Buffer.buffer(body));
    } catch (IllegalArgumentException e) {
      // A producer on the bus may nest deeper than a reply may.
      return without(TOO_DEEP, body);
    }
  }

  private static JsonObject without(String details, byte[] body) {
    return new JsonObject().put(Event.TIMESTAMP, timestamp(body)).put(Event.DETAILS, details);
  }

  /** What comes before the details can be read, whatever they are. */
  private static String timestamp(byte[] body) {
    try (JsonParser parser = FACTORY.createParser(body)) {
      while (parser.nextToken() != null) {
        if (Event.TIMESTAMP.equals(parser.currentName())) {
          return parser.nextTextValue();
        }
      }
      return null;
    } catch (IOException e) {
      return null;
    }
  }
}
