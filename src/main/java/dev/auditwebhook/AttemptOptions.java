package dev.auditwebhook;

import dev.auditwebhook.json.StrictJson;
import dev.auditwebhook.wire.format.FormatCatalog;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * Which events an endpoint gets, and how they are attempted: the other half of its options.
 *
 * @param <T> what the setters give back
 */
abstract class AttemptOptions<T> extends ReceiverOptions<T> {

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

  AttemptOptions() {}

  AttemptOptions(AttemptOptions<?> other) {
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

  AttemptOptions(StrictJson json) {
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
        actions.stream().allMatch(action -> action.matches("!?([^*!][^*]*\\*?|\\*)")),
        "actions",
        "must be names, or prefixes with one * at the end, each perhaps with ! before it");
    StrictJson formatOptions = StrictJson.of(json.pathOf("formatOptions"), getFormatOptions());
    json.require(
        FormatCatalog.names().contains(getFormat()),
        "format",
        "must be one of " + String.join(", ", FormatCatalog.names()));
    int most = FormatCatalog.of(getFormat(), formatOptions, false).maxEvents();
    json.require(
        batch.getMaxEvents() <= most,
        "batch.maxEvents",
        "must be at most " + most + ", as a receiver of " + getFormat() + " takes no more");
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

  /**
   * The actions that are delivered: names, or prefixes that end in {@code *}. One with {@code !}
   * before it takes out what the others let in; where all have it, what they do not take out is in.
   */
  public List<String> getActions() {
    return actions;
  }

  /** Sets {@link #getActions()}. */
  public T setActions(List<String> actions) {
    this.actions = List.copyOf(actions);
    return self();
  }

  /** Attempts an event in all, the first one included; 1 to 1 000. */
  public int getMaxAttempts() {
    return maxAttempts;
  }

  /** Sets {@link #getMaxAttempts()}. */
  public T setMaxAttempts(int maxAttempts) {
    this.maxAttempts = maxAttempts;
    return self();
  }

  /** The wait before the second attempt, doubled after each, in milliseconds; 1 to a day. */
  public long getInitialBackoff() {
    return initialBackoff;
  }

  /** Sets {@link #getInitialBackoff()}. */
  public T setInitialBackoff(long initialBackoff) {
    this.initialBackoff = initialBackoff;
    return self();
  }

  /** The longest wait between two attempts, in milliseconds; 1 to a day. */
  public long getMaxBackoff() {
    return maxBackoff;
  }

  /** Sets {@link #getMaxBackoff()}. */
  public T setMaxBackoff(long maxBackoff) {
    this.maxBackoff = maxBackoff;
    return self();
  }

  /** The share by which a backoff varies at random, up and down; 0 to 1. */
  public double getJitter() {
    return jitter;
  }

  /** Sets {@link #getJitter()}. */
  public T setJitter(double jitter) {
    this.jitter = jitter;
    return self();
  }

  /** The deadline of an attempt, from start to the last byte of the answer, in milliseconds. */
  public long getAttemptTimeout() {
    return attemptTimeout;
  }

  /** Sets {@link #getAttemptTimeout()}. */
  public T setAttemptTimeout(long attemptTimeout) {
    this.attemptTimeout = attemptTimeout;
    return self();
  }

  /** Attempts at once; 1 keeps the order strictly. 1 to 65 536. */
  public int getMaxInFlight() {
    return maxInFlight;
  }

  /** Sets {@link #getMaxInFlight()}. */
  public T setMaxInFlight(int maxInFlight) {
    this.maxInFlight = maxInFlight;
    return self();
  }

  /** How many events may be pending; 1 to 10 000 000. */
  public int getQueueCapacity() {
    return queueCapacity;
  }

  /** Sets {@link #getQueueCapacity()}. */
  public T setQueueCapacity(int queueCapacity) {
    this.queueCapacity = queueCapacity;
    return self();
  }

  /** How many dead letters are kept; 0 to 1 000 000. */
  public int getDlqCapacity() {
    return dlqCapacity;
  }

  /** Sets {@link #getDlqCapacity()}. */
  public T setDlqCapacity(int dlqCapacity) {
    this.dlqCapacity = dlqCapacity;
    return self();
  }

  /** When failures park what is pending. */
  public CircuitOptions getCircuitBreaker() {
    return circuitBreaker;
  }

  /** Sets {@link #getCircuitBreaker()}. */
  public T setCircuitBreaker(CircuitOptions circuitBreaker) {
    this.circuitBreaker = new CircuitOptions(circuitBreaker);
    return self();
  }

  /** How many events go into one request. */
  public BatchOptions getBatch() {
    return batch;
  }

  /** Sets {@link #getBatch()}. */
  public T setBatch(BatchOptions batch) {
    this.batch = new BatchOptions(batch);
    return self();
  }
}
