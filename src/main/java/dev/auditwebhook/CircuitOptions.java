package dev.auditwebhook;

import dev.auditwebhook.json.StrictJson;
import io.vertx.core.json.JsonObject;

/**
 * When failures park what is pending: the object {@code circuitBreaker} of an endpoint. Each {@code
 * DEFAULT_} constant is the default of the option of its name. What is wrong is an {@link
 * IllegalArgumentException} of one line with the path of the key.
 */
public class CircuitOptions {

  public static final int DEFAULT_MAX_FAILURES = 10;
  public static final long DEFAULT_RESET_TIMEOUT = 1_000;

  private int maxFailures = DEFAULT_MAX_FAILURES;
  private long resetTimeout = DEFAULT_RESET_TIMEOUT;

  /** The defaults. */
  public CircuitOptions() {}

  /** A copy. */
  public CircuitOptions(CircuitOptions other) {
    maxFailures = other.maxFailures;
    resetTimeout = other.resetTimeout;
  }

  /** Reads {@code {"maxFailures":10,"resetTimeout":1000}}; a bad value is refused. */
  public CircuitOptions(JsonObject json) {
    this(StrictJson.of("webhook.circuitBreaker", json));
  }

  CircuitOptions(StrictJson json) {
    maxFailures = json.whole("maxFailures", maxFailures, 1, 1_000_000);
    resetTimeout = json.millis("resetTimeout", resetTimeout, 1);
    json.end();
  }

  /** These options as JSON. */
  public JsonObject toJson() {
    return new JsonObject().put("maxFailures", maxFailures).put("resetTimeout", resetTimeout);
  }

  /** Failed events in a row that open the circuit; 1 to 1 000 000. */
  public int getMaxFailures() {
    return maxFailures;
  }

  /** Sets {@link #getMaxFailures()}. */
  public CircuitOptions setMaxFailures(int maxFailures) {
    this.maxFailures = maxFailures;
    return this;
  }

  /** From the opening of the circuit to the next probe, in milliseconds; 1 to a day. */
  public long getResetTimeout() {
    return resetTimeout;
  }

  /** Sets {@link #getResetTimeout()}. */
  public CircuitOptions setResetTimeout(long resetTimeout) {
    this.resetTimeout = resetTimeout;
    return this;
  }
}
