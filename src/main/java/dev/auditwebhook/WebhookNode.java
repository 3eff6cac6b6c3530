package dev.auditwebhook;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/** The fields of {@link WebhookClient.Node}. */
interface WebhookNode {

  /** All that is said of it. */
  JsonObject json();

  /** Its id, another one after each start. */
  default String id() {
    return json().getString("id");
  }

  /** For people: its host and process. */
  default String name() {
    return json().getString("name");
  }

  /** Whether it is the one that was asked. */
  default boolean self() {
    return json().getBoolean("self");
  }

  /** Whether its lease runs. */
  default boolean alive() {
    return json().getBoolean("alive");
  }

  default Instant started() {
    return json().getInstant("started");
  }

  /** Its last sign of life. */
  default Instant seen() {
    return json().getInstant("seen");
  }

  /** How many endpoints it runs. */
  default int endpoints() {
    return json().getInteger("endpoints");
  }
}
