package dev.auditwebhook;

import dev.auditwebhook.json.StrictJson;
import io.vertx.core.json.JsonObject;

/**
 * Where pending events, dead letters and settings live: the object {@code webhook.store} of the
 * configuration. {@code {"type":"memory"}} outlives a redeploy; {@code
 * {"type":"file","path":"data","syncInterval":5,"maxEvents":1000000}} outlives the process. Each
 * {@code DEFAULT_} constant is the default of the option of its name.
 */
public class StoreOptions {

  /** In memory. */
  public static final String MEMORY = "memory";

  /** On disk; needs {@code com.h2database:h2-mvstore} on the class path. */
  public static final String FILE = "file";

  public static final String DEFAULT_TYPE = MEMORY;
  public static final long DEFAULT_SYNC_INTERVAL = 5;
  public static final long DEFAULT_MAX_EVENTS = 1_000_000;

  private String type = DEFAULT_TYPE;
  private String path;
  private long syncInterval = DEFAULT_SYNC_INTERVAL;
  private long maxEvents = DEFAULT_MAX_EVENTS;

  /** The defaults. */
  public StoreOptions() {}

  /** A copy. */
  public StoreOptions(StoreOptions other) {
    type = other.type;
    path = other.path;
    syncInterval = other.syncInterval;
    maxEvents = other.maxEvents;
  }

  /**
   * Reads and checks the options; {@code path}, {@code syncInterval} and {@code maxEvents} belong
   * to the type {@code file} alone. What is wrong is an {@link IllegalArgumentException} of one
   * line with the path of the key.
   */
  public StoreOptions(JsonObject json) {
    this(StrictJson.of("webhook.store", json));
  }

  StoreOptions(StrictJson json) {
    type = json.string("type", type);
    if (type.equals(FILE)) {
      path = json.string("path", null);
      json.require(path != null && !path.isBlank(), "path", "must be the name of a directory");
      syncInterval = json.whole("syncInterval", syncInterval, 1, 10_000);
      maxEvents = json.whole("maxEvents", maxEvents, 1, 1_000_000_000);
    } else {
      json.require(type.equals(MEMORY), "type", "must be \"memory\" or \"file\"");
    }
    json.end();
  }

  /** These options as JSON. */
  public JsonObject toJson() {
    JsonObject json = new JsonObject().put("type", type);
    return type.equals(FILE)
        ? json.put("path", path).put("syncInterval", syncInterval).put("maxEvents", maxEvents)
        : json;
  }

  /** {@value #MEMORY} or {@value #FILE}. */
  public String getType() {
    return type;
  }

  /** Sets {@link #getType()}. */
  public StoreOptions setType(String type) {
    this.type = type;
    return this;
  }

  /** The directory of the type {@code file}, made if it is missing; {@code null} without one. */
  public String getPath() {
    return path;
  }

  /** Sets {@link #getPath()}. */
  public StoreOptions setPath(String path) {
    this.path = path;
    return this;
  }

  /** How soon what was published is on disk, in milliseconds; 1 to 10 000. */
  public long getSyncInterval() {
    return syncInterval;
  }

  /** Sets {@link #getSyncInterval()}. */
  public StoreOptions setSyncInterval(long syncInterval) {
    this.syncInterval = syncInterval;
    return this;
  }

  /** How many events may be pending on disk; 1 to a thousand million. */
  public long getMaxEvents() {
    return maxEvents;
  }

  /** Sets {@link #getMaxEvents()}. */
  public StoreOptions setMaxEvents(long maxEvents) {
    this.maxEvents = maxEvents;
    return this;
  }
}
