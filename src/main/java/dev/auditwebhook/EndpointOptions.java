package dev.auditwebhook;

import dev.auditwebhook.json.StrictJson;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The options of one endpoint: where its events go, and how. All times are in milliseconds, and
 * each {@code DEFAULT_} constant is the default of the option of its name.
 *
 * <p>Setters take any value; {@link #EndpointOptions(JsonObject)} checks each, and the URL as if
 * private networks were allowed. What is wrong is an {@link IllegalArgumentException} of one line
 * with the path of the key.
 */
public class EndpointOptions extends ReceiverOptions {

  public static final int DEFAULT_MAX_ATTEMPTS = 3;
  public static final long DEFAULT_INITIAL_BACKOFF = 1_000;
  public static final long DEFAULT_MAX_BACKOFF = 60_000;
  public static final double DEFAULT_JITTER = 0.1;
  public static final long DEFAULT_ATTEMPT_TIMEOUT = 15_000;
  public static final int DEFAULT_MAX_IN_FLIGHT = 64;
  public static final int DEFAULT_QUEUE_CAPACITY = 1_024;
  public static final int DEFAULT_DLQ_CAPACITY = 100;

  private List<String> actions = List.of("*");
  private int maxAttempts = DEFAULT_MAX_ATTEMPTS;
  private long initialBackoff = DEFAULT_INITIAL_BACKOFF;
  private long maxBackoff = DEFAULT_MAX_BACKOFF;
  private double jitter = DEFAULT_JITTER;
  private long attemptTimeout = DEFAULT_ATTEMPT_TIMEOUT;
  private int maxInFlight = DEFAULT_MAX_IN_FLIGHT;
  private int queueCapacity = DEFAULT_QUEUE_CAPACITY;
  private int dlqCapacity = DEFAULT_DLQ_CAPACITY;
  private CircuitOptions circuitBreaker = new CircuitOptions();
  private BatchOptions batch = new BatchOptions();

  /** The defaults. */
  public EndpointOptions() {}

  /** A copy. */
  public EndpointOptions(EndpointOptions other) {
    super(other);
    actions = other.actions;
    maxAttempts = other.maxAttempts;
    initialBackoff = other.initialBackoff;
    maxBackoff = other.maxBackoff;
    jitter = other.jitter;
    attemptTimeout = other.attemptTimeout;
    maxInFlight = other.maxInFlight;
    queueCapacity = other.queueCapacity;
    dlqCapacity = other.dlqCapacity;
    circuitBreaker = new CircuitOptions(other.circuitBreaker);
    batch = new BatchOptions(other.batch);
  }

  /** Reads keys as in {@code conf/webhook.json}; an absent one takes its default. */
  public EndpointOptions(JsonObject json) {
    this(StrictJson.of("webhook", json), true);
  }

  private EndpointOptions(StrictJson json, boolean allowPrivateNetworks) {
    this(json);
    json.end();
    check(json, allowPrivateNetworks);
  }

  /** Reads an endpoint's keys out of a larger object. */
  EndpointOptions(StrictJson json) {
    super(json);
    actions = json.strings("actions", actions);
    maxAttempts = json.whole("maxAttempts", maxAttempts, 1, 1_000);
    initialBackoff = json.millis("initialBackoff", initialBackoff, 1);
    maxBackoff = json.millis("maxBackoff", maxBackoff, 1);
    jitter = json.decimal("jitter", jitter, 0, 1);
    attemptTimeout = json.millis("attemptTimeout", attemptTimeout, 1);
    maxInFlight = json.whole("maxInFlight", maxInFlight, 1, 65_536);
    queueCapacity = json.whole("queueCapacity", queueCapacity, 1, 10_000_000);
    dlqCapacity = json.whole("dlqCapacity", dlqCapacity, 0, 1_000_000);
    circuitBreaker = new CircuitOptions(json.object("circuitBreaker"));
    batch = new BatchOptions(json.object("batch"));
  }

  @Override
  void check(StrictJson json, boolean allowPrivateNetworks) {
    super.check(json, allowPrivateNetworks);
    json.require(
        actions.stream().allMatch(action -> action.matches("[^*]+\\*?|\\*")),
        "actions",
        "must be names, or prefixes with one * at the end");
  }

  @Override
  public JsonObject toJson() {
    return super.toJson()
        .put("actions", new JsonArray(actions))
        .put("maxAttempts", maxAttempts)
        .put("initialBackoff", initialBackoff)
        .put("maxBackoff", maxBackoff)
        .put("jitter", jitter)
        .put("attemptTimeout", attemptTimeout)
        .put("maxInFlight", maxInFlight)
        .put("queueCapacity", queueCapacity)
        .put("dlqCapacity", dlqCapacity)
        .put("circuitBreaker", circuitBreaker.toJson())
        .put("batch", batch.toJson());
  }

  /** Sets {@link #getUrl()}. */
  public EndpointOptions setUrl(String url) {
    this.url = url;
    return this;
  }

  /** Sets {@link #getSecrets()}. */
  public EndpointOptions setSecrets(List<String> secrets) {
    this.secrets = List.copyOf(secrets);
    return this;
  }

  /** Sets {@link #getHeaders()}. */
  public EndpointOptions setHeaders(Map<String, String> headers) {
    this.headers = new LinkedHashMap<>(headers);
    return this;
  }

  /** Sets {@link #getAllowedOrigins()}. */
  public EndpointOptions setAllowedOrigins(List<String> allowedOrigins) {
    this.allowedOrigins = List.copyOf(allowedOrigins);
    return this;
  }

  /** Sets {@link #getSignatureHeader()}. */
  public EndpointOptions setSignatureHeader(String signatureHeader) {
    this.signatureHeader = signatureHeader;
    return this;
  }

  /** Sets {@link #getClient()}. */
  public EndpointOptions setClient(JsonObject client) {
    this.client = client.copy();
    return this;
  }

  /** The actions that are delivered: names, or prefixes that end in {@code *}. */
  public List<String> getActions() {
    return actions;
  }

  /** Sets {@link #getActions()}. */
  public EndpointOptions setActions(List<String> actions) {
    this.actions = List.copyOf(actions);
    return this;
  }

  /** Attempts an event in all, the first one included; 1 to 1 000. */
  public int getMaxAttempts() {
    return maxAttempts;
  }

  /** Sets {@link #getMaxAttempts()}. */
  public EndpointOptions setMaxAttempts(int maxAttempts) {
    this.maxAttempts = maxAttempts;
    return this;
  }

  /** The wait before the second attempt, doubled after each, in milliseconds; 1 to a day. */
  public long getInitialBackoff() {
    return initialBackoff;
  }

  /** Sets {@link #getInitialBackoff()}. */
  public EndpointOptions setInitialBackoff(long initialBackoff) {
    this.initialBackoff = initialBackoff;
    return this;
  }

  /** The longest wait between two attempts, in milliseconds; 1 to a day. */
  public long getMaxBackoff() {
    return maxBackoff;
  }

  /** Sets {@link #getMaxBackoff()}. */
  public EndpointOptions setMaxBackoff(long maxBackoff) {
    this.maxBackoff = maxBackoff;
    return this;
  }

  /** The share by which a backoff varies at random, up and down; 0 to 1. */
  public double getJitter() {
    return jitter;
  }

  /** Sets {@link #getJitter()}. */
  public EndpointOptions setJitter(double jitter) {
    this.jitter = jitter;
    return this;
  }

  /** The deadline of an attempt, from start to the last byte of the answer, in milliseconds. */
  public long getAttemptTimeout() {
    return attemptTimeout;
  }

  /** Sets {@link #getAttemptTimeout()}. */
  public EndpointOptions setAttemptTimeout(long attemptTimeout) {
    this.attemptTimeout = attemptTimeout;
    return this;
  }

  /** Attempts at once; 1 keeps the order strictly. 1 to 65 536. */
  public int getMaxInFlight() {
    return maxInFlight;
  }

  /** Sets {@link #getMaxInFlight()}. */
  public EndpointOptions setMaxInFlight(int maxInFlight) {
    this.maxInFlight = maxInFlight;
    return this;
  }

  /** How many events may be pending; 1 to 10 000 000. */
  public int getQueueCapacity() {
    return queueCapacity;
  }

  /** Sets {@link #getQueueCapacity()}. */
  public EndpointOptions setQueueCapacity(int queueCapacity) {
    this.queueCapacity = queueCapacity;
    return this;
  }

  /** How many dead letters are kept; 0 to 1 000 000. */
  public int getDlqCapacity() {
    return dlqCapacity;
  }

  /** Sets {@link #getDlqCapacity()}. */
  public EndpointOptions setDlqCapacity(int dlqCapacity) {
    this.dlqCapacity = dlqCapacity;
    return this;
  }

  /** When failures park what is pending. */
  public CircuitOptions getCircuitBreaker() {
    return circuitBreaker;
  }

  /** Sets {@link #getCircuitBreaker()}. */
  public EndpointOptions setCircuitBreaker(CircuitOptions circuitBreaker) {
    this.circuitBreaker = new CircuitOptions(circuitBreaker);
    return this;
  }

  /** How many events go into one request. */
  public BatchOptions getBatch() {
    return batch;
  }

  /** Sets {@link #getBatch()}. */
  public EndpointOptions setBatch(BatchOptions batch) {
    this.batch = new BatchOptions(batch);
    return this;
  }
}
