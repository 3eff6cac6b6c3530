package dev.auditwebhook;

import dev.auditwebhook.json.StrictJson;
import io.vertx.core.json.JsonObject;
import java.util.regex.Pattern;

/**
 * Where pending events, dead letters and settings live: the object {@code webhook.store} of the
 * configuration. {@code {"type":"memory"}} outlives a redeploy; {@code
 * {"type":"file","path":"data","syncInterval":5,"maxEvents":1000000}} outlives the process; with
 * {@code {"type":"postgres","uri":"postgresql://user@host/database"}} all nodes are one webhook.
 * Each {@code DEFAULT_} constant is the default of the option of its name.
 */
public class StoreOptions {

  /** In memory. */
  public static final String MEMORY = "memory";

  /** On disk; needs {@code com.h2database:h2-mvstore} on the class path. */
  public static final String FILE = "file";

  /** In a PostgreSQL that nodes share; needs {@code io.vertx:vertx-pg-client} on the class path. */
  public static final String POSTGRES = "postgres";

  public static final String DEFAULT_TYPE = MEMORY;
  public static final String DEFAULT_SCHEMA = "audit_webhook";
  public static final long DEFAULT_SYNC_INTERVAL = 5;
  public static final long DEFAULT_MAX_EVENTS = 1_000_000;
  public static final long DEFAULT_LEASE = 10_000;
  public static final long DEFAULT_WAIT_FOR_DATABASE = 60_000;

  private static final Pattern POSTGRES_URI = Pattern.compile("postgres(ql)?://[!-~]+");

  private static final Pattern SCHEMA_NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

  private String type = DEFAULT_TYPE;
  private String path;
  private String uri;
  private String schema = DEFAULT_SCHEMA;
  private long syncInterval = DEFAULT_SYNC_INTERVAL;
  private long maxEvents = DEFAULT_MAX_EVENTS;
  private long lease = DEFAULT_LEASE;
  private long waitForDatabase = DEFAULT_WAIT_FOR_DATABASE;

  /** The defaults. */
  public StoreOptions() {}

  /** A copy. */
  public StoreOptions(StoreOptions other) {
    type = other.type;
    path = other.path;
    uri = other.uri;
    schema = other.schema;
    syncInterval = other.syncInterval;
    maxEvents = other.maxEvents;
    lease = other.lease;
    waitForDatabase = other.waitForDatabase;
  }

  /**
   * Reads and checks the options. The type {@code file} has {@code path}, {@code syncInterval} and
   * {@code maxEvents}; {@code postgres} has all the others. What is wrong is an {@link
   * IllegalArgumentException} of one line with the path of the key.
   */
  public StoreOptions(JsonObject json) {
    this(StrictJson.of("webhook.store", json));
  }

  StoreOptions(StrictJson json) {
    type = json.string("type", type);
    switch (type) {
      case MEMORY -> {}
      case FILE -> {
        path = json.string("path", null);
        json.require(path != null && !path.isBlank(), "path", "must be the name of a directory");
        readBounds(json);
      }
      case POSTGRES -> readPostgres(json);
      default -> json.require(false, "type", "must be \"memory\", \"file\" or \"postgres\"");
    }
    json.end();
  }

  private void readBounds(StrictJson json) {
    syncInterval = json.whole("syncInterval", syncInterval, 1, 10_000);
    maxEvents = json.whole("maxEvents", maxEvents, 1, 1_000_000_000);
  }

  private void readPostgres(StrictJson json) {
    uri = json.string("uri", null);
    json.require(
        uri != null && POSTGRES_URI.matcher(uri).matches(),
        "uri",
        "must be postgresql://user:password@host:port/database");
    schema = json.string("schema", schema);
    json.require(
        SCHEMA_NAME.matcher(schema).matches(),
        "schema",
        "must have 1 to 63 of a-z, 0-9 and _, and not begin with a digit");
    readBounds(json);
    lease = json.whole("lease", lease, 1_000, 600_000);
    waitForDatabase = json.millis("waitForDatabase", waitForDatabase, 0);
  }

  /** These options as JSON, with the password that the URI may have. */
  public JsonObject toJson() {
    JsonObject json = new JsonObject().put("type", type);
    return switch (type) {
      case FILE -> boundsTo(json.put("path", path));
      case POSTGRES ->
          boundsTo(json.put("uri", uri).put("schema", schema))
              .put("lease", lease)
              .put("waitForDatabase", waitForDatabase);
      default -> json;
    };
  }

  private JsonObject boundsTo(JsonObject json) {
    return json.put("syncInterval", syncInterval).put("maxEvents", maxEvents);
  }

  /** {@value #MEMORY}, {@value #FILE} or {@value #POSTGRES}. */
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

  /**
   * The database of the type {@code postgres}: {@code
   * postgresql://user:password@host:port/database?sslmode=verify-full}, as {@code libpq} has it;
   * {@code null} without one.
   */
  public String getUri() {
    return uri;
  }

  /** Sets {@link #getUri()}. */
  public StoreOptions setUri(String uri) {
    this.uri = uri;
    return this;
  }

  /**
   * The schema of the type {@code postgres}, made if it is missing; each is a webhook of its own.
   * It has 1 to 63 of a-z, 0-9 and _, and does not begin with a digit.
   */
  public String getSchema() {
    return schema;
  }

  /** Sets {@link #getSchema()}. */
  public StoreOptions setSchema(String schema) {
    this.schema = schema;
    return this;
  }

  /** How soon what was published is on disk, or committed, in milliseconds; 1 to 10 000. */
  public long getSyncInterval() {
    return syncInterval;
  }

  /** Sets {@link #getSyncInterval()}. */
  public StoreOptions setSyncInterval(long syncInterval) {
    this.syncInterval = syncInterval;
    return this;
  }

  /** How many events may be pending, but for the type {@code memory}; 1 to a thousand million. */
  public long getMaxEvents() {
    return maxEvents;
  }

  /** Sets {@link #getMaxEvents()}. */
  public StoreOptions setMaxEvents(long maxEvents) {
    this.maxEvents = maxEvents;
    return this;
  }

  /**
   * How long a node has its endpoints without a sign of life, for the type {@code postgres}, in
   * milliseconds; 1 000 to 600 000.
   */
  public long getLease() {
    return lease;
  }

  /** Sets {@link #getLease()}. */
  public StoreOptions setLease(long lease) {
    this.lease = lease;
    return this;
  }

  /** How long a start waits for the database while it is away, in milliseconds; 0 to 86 400 000. */
  public long getWaitForDatabase() {
    return waitForDatabase;
  }

  /** Sets {@link #getWaitForDatabase()}. */
  public StoreOptions setWaitForDatabase(long waitForDatabase) {
    this.waitForDatabase = waitForDatabase;
    return this;
  }
}
