package dev.auditwebhook.journal;

import io.vertx.core.json.JsonObject;
import java.util.Locale;

/**
 * What became of an entry.
 *
 * @param eventId its number, {@code null} when it took none, or when it is not known
 */
public record Accepted(Status status, Long eventId) {

  /** What becomes of a valid entry. */
  public enum Status {
    QUEUED,
    DROPPED,
    DISCARDED
  }

  static final Accepted DISCARDED = new Accepted(Status.DISCARDED, null);

  static Accepted queued(long id) {
    return new Accepted(Status.QUEUED, id);
  }

  /**
   * @param id 0 when it is not known
   */
  static Accepted dropped(long id) {
    return new Accepted(Status.DROPPED, id == 0 ? null : id);
  }

  /** The reply on {@code audit.entry}. */
  public JsonObject toJson() {
    JsonObject reply = new JsonObject().put("type", "audit_entry_ok");
    if (eventId != null) {
      reply.put("event_id", eventId);
    }
    return reply.put("status", status.name().toLowerCase(Locale.ROOT));
  }
}
