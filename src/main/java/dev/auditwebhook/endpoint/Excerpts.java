package dev.auditwebhook.endpoint;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.endpoint.attempt.Batch;
import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.json.ExactJson;
import dev.auditwebhook.security.Concealment;
import dev.auditwebhook.security.OwnHeaders;
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

  private final List<String> headers;
  private final Redaction redaction;

  /**
   * @param redact further keys of details that are redacted
   */
  Excerpts(EndpointOptions options, List<String> redact) {
    headers =
        options.getHeaders().entrySet().stream()
            .filter(header -> !OwnHeaders.isOurs(header.getKey()))
            .map(header -> header.getValue())
            .toList();
    redaction = new Redaction(redact);
  }

  /** What a dead letter keeps of an answer, {@code null} when there was none. */
  String shown(Answer answer, Batch batch, Destination destination) {
    String excerpt = answer.excerpt();
    if (excerpt == null || excerpt.length() < Concealment.SHORTEST) {
      return excerpt;
    }
    Concealment concealment = new Concealment().url(destination);
    headers.forEach(concealment::header);
    try {
      for (Pending pending : batch.events()) {
        JsonObject sent = (JsonObject) ExactJson.parse(Buffer.buffer(pending.event().body()));
        concealment.details(redaction, sent.getValue(Event.DETAILS));
      }
    } catch (IllegalArgumentException e) {
      // A producer on the bus may nest deeper than can be read: whatever is in there may be echoed.
      return Redaction.REDACTED;
    }
    return concealment.conceal(excerpt, isCut(answer));
  }

  /** Whether the answer may have gone on: the limit leaves out a character that it cuts in two. */
  private static boolean isCut(Answer answer) {
    int length = answer.excerpt().getBytes(StandardCharsets.UTF_8).length;
    return answer.error() != null || length > Answer.EXCERPT_LIMIT - LONGEST_CHARACTER;
  }
}
