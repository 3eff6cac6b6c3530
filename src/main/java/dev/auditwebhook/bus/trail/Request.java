package dev.auditwebhook.bus.trail;

import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;

/**
 * What the webhook is asked, and by whom.
 *
 * @param body anything: nobody has looked at it yet
 */
public record Request(Object body, Author author) {

  private static final String BODY = "request";
  private static final String AUTHOR = "author";

  public static Request of(Message<Object> message) {
    return new Request(message.body(), Author.of(message.headers()));
  }

  /** What the webhook asks itself; it changes nothing. */
  public static Request own() {
    return new Request(new JsonObject(), new Author(null, null));
  }

  /** Reads one that came from another node. */
  public static Request fromJson(JsonObject json) {
    return new Request(json.getJsonObject(BODY), Author.fromJson(json.getJsonObject(AUTHOR)));
  }

  /** One whose body is an object, for another node. */
  public JsonObject toJson() {
    return new JsonObject().put(BODY, body).put(AUTHOR, author.toJson());
  }
}
