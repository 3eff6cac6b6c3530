package dev.auditwebhook;

import dev.auditwebhook.json.StrictJson;
import io.vertx.core.json.JsonObject;

/**
 * How many events go into one request: the object {@code webhook.batch} of the configuration. With
 * {@code maxEvents} over 1 every body is a JSON array, also of one event; by default it is one,
 * sent as an object. Each {@code DEFAULT_} constant is the default of the option of its name. What
 * is wrong is an {@link IllegalArgumentException} of one line with the path of the key.
 */
public class BatchOptions {

  public static final int DEFAULT_MAX_EVENTS = 1;
  public static final long DEFAULT_MAX_DELAY = 50;

  private int maxEvents = DEFAULT_MAX_EVENTS;
  private long maxDelay = DEFAULT_MAX_DELAY;

  /** The defaults. */
  public BatchOptions() {}

  /** A copy. */
  public BatchOptions(BatchOptions other) {
    maxEvents = other.maxEvents;
    maxDelay = other.maxDelay;
  }

  /** Reads {@code {"maxEvents":1,"maxDelay":50}}; a bad value is refused. */
  public BatchOptions(JsonObject json) {
    this(StrictJson.of("webhook.batch", json));
  }

  BatchOptions(StrictJson json) {
    maxEvents = json.whole("maxEvents", maxEvents, 1, 10_000);
    maxDelay = json.millis("maxDelay", maxDelay, 0);
    json.end();
  }

  /** These options as JSON. */
  public JsonObject toJson() {
    return new JsonObject().put("maxEvents", maxEvents).put("maxDelay", maxDelay);
  }

  /** The most events of a request; 1 to 10 000. A batch is not filled beyond 1 MiB of body. */
  public int getMaxEvents() {
    return maxEvents;
  }

  /** Sets {@link #getMaxEvents()}. */
  public BatchOptions setMaxEvents(int maxEvents) {
    this.maxEvents = maxEvents;
    return this;
  }

  /** How long the first event of a batch waits for more, in milliseconds; 0 to a day. */
  public long getMaxDelay() {
    return maxDelay;
  }

  /** Sets {@link #getMaxDelay()}. */
  public BatchOptions setMaxDelay(long maxDelay) {
    this.maxDelay = maxDelay;
    return this;
  }
}
