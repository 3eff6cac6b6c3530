package dev.auditwebhook.endpoint;

import dev.auditwebhook.endpoint.attempt.Batch;
import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.json.ExactJson;
import dev.auditwebhook.security.Concealment;
import dev.auditwebhook.security.Redaction;
import dev.auditwebhook.security.UrlPolicy.Destination;
import dev.auditwebhook.wire.Answer;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The beginning of an answer as people may see it: a receiver may echo what it was sent. */
final class Excerpts {

  private static final int LONGEST_CHARACTER = 4;

  private final Redaction redaction;

  /** Of the answer that was shown last, as many events may have fared alike. */
  private Answer shownLast;

  private Concealment concealment;
  private String excerpt;

  /**
   * @param redact further keys of details that are redacted
   */
  Excerpts(List<String> redact) {
    redaction = new Redaction(redact);
  }

  /**
   * What dead letters keep of an answer, {@code null} when there was none.
   *
   * @param batch all that was sent, any of which may be echoed
   */
  String shown(Answer answer, Batch batch, Destination destination) {
    if (answer != shownLast) {
      shownLast = answer;
      concealment = null;
      excerpt =
          answer.excerpt() == null
              ? null
              : shown(answer.excerpt(), isCut(answer), answer, batch, destination);
    }
    return excerpt;
  }

  /**
   * As {@link #shown(Answer, Batch, Destination)}, of what the answer says of some events alone.
   */
  String shown(String said, Answer answer, Batch batch, Destination destination) {
    shown(answer, batch, destination);
    return said == null ? null : shown(said, true, answer, batch, destination);
  }

  private String shown(
      String text, boolean cut, Answer answer, Batch batch, Destination destination) {
    if (text.length() < Concealment.SHORTEST) {
      return text;
    }
    try {
      if (concealment == null) {
        concealment = concealment(answer, batch, destination);
      }
      return concealment.conceal(text, cut);
    } catch (IllegalArgumentException e) {
      // A producer on the bus may nest deeper than can be read: whatever is in there may be echoed.
      return Redaction.REDACTED;
    }
  }

  private Concealment concealment(Answer answer, Batch batch, Destination destination) {
    Concealment of = new Concealment().url(destination);
    answer.shown().forEach(of::header);
    for (Pending pending : batch.events()) {
      JsonObject sent = (JsonObject) ExactJson.parse(Buffer.buffer(pending.event().body()));
      of.details(redaction, sent.getValue(Event.DETAILS));
    }
    return of;
  }

  /** Whether the answer may have gone on: the limit leaves out a character that it cuts in two. */
  private static boolean isCut(Answer answer) {
    int length = answer.excerpt().getBytes(StandardCharsets.UTF_8).length;
    return answer.error() != null || length > Answer.EXCERPT_LIMIT - LONGEST_CHARACTER;
  }
}
