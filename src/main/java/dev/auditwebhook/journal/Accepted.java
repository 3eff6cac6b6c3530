package dev.auditwebhook.journal;

import io.vertx.core.json.JsonObject;

/**
 * What became of an entry.
 *
 * @param status {@code queued}, {@code dropped} or {@code discarded}
 * @param eventId its number, {@code null} when it took none, or when it is not known
 */
public record Accepted(String status, Long eventId) {

  static final Accepted DISCARDED = new Accepted("discarded", null);

  static Accepted queued(long id) {
    return new Accepted("queued", id);
  }

  /**
   * @param id 0 when it is not known
   */
  static Accepted dropped(long id) {
    return new Accepted("dropped", id == 0 ? null : id);
  }

  /** The reply on {@code audit.entry}. */
  public JsonObject toJson() {
    JsonObject reply = new JsonObject().put("type", "audit_entry_ok");
    if (eventId != null) {
      reply.put("event_id", eventId);
    }
    return reply.put("status", status);
  }
}
