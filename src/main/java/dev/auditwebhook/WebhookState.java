package dev.auditwebhook;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/** The fields of {@link WebhookClient.State}. */
interface WebhookState {

  /** The whole reply. */
  JsonObject json();

  /** Its id. */
  default String endpoint() {
    return json().getString("endpoint");
  }

  /** Whether there is a URL and no pause. */
  default boolean enabled() {
    return json().getBoolean("enabled");
  }

  /** Whether events are accepted and wait, for the {@link #reason()}. */
  default boolean paused() {
    return json().getBoolean("paused");
  }

  /** Where events go, empty for nowhere. */
  default String url() {
    return json().getString("url");
  }

  /** How events are written, such as {@code event}. */
  default String format() {
    return json().getString("format");
  }

  /** Whether a secret signs requests. */
  default boolean signed() {
    return json().getBoolean("signed");
  }

  default long received() {
    return json().getLong("received");
  }

  default long delivered() {
    return json().getLong("delivered");
  }

  default long failed() {
    return json().getLong("failed");
  }

  default long dropped() {
    return json().getLong("dropped");
  }

  default long discarded() {
    return json().getLong("discarded");
  }

  default long pending() {
    return json().getLong("pending");
  }

  /** Whether received = delivered + failed + dropped + discarded + pending. */
  default boolean isBalanced() {
    return received() == delivered() + failed() + dropped() + discarded() + pending();
  }

  /** Entries that were not valid, and so were not received. */
  default long rejected() {
    return json().getLong("rejected");
  }

  /** Attempts that were made again, counted by event. */
  default long retried() {
    return json().getLong("retried");
  }

  /** Events on their way now, which are pending. */
  default int inFlight() {
    return json().getInteger("in_flight");
  }

  /** Dead letters that are kept. */
  default int dlqSize() {
    return json().getInteger("dlq_size");
  }

  /** Dead letters that were pushed out by newer ones. */
  default long dlqEvicted() {
    return json().getLong("dlq_evicted");
  }

  /** When the oldest pending event was accepted, {@code null} when none is pending. */
  default Instant oldestPending() {
    return json().getInstant("oldest_pending");
  }

  /** {@code closed}, {@code open} or {@code half_open}. */
  default String circuit() {
    return json().getString("circuit");
  }

  /** Since when the circuit is as it is, {@code null} without a URL. */
  default Instant circuitSince() {
    return json().getInstant("circuit_since");
  }

  /** When an open circuit lets an event try again, {@code null} otherwise. */
  default Instant nextProbe() {
    return json().getInstant("next_probe");
  }

  /** {@code null} when there was none since the start. */
  default Instant lastDelivery() {
    return json().getInstant("last_delivery");
  }

  /** Such as {@code 503 from https://siem.example}; {@code null} when there was none. */
  default String lastError() {
    return json().getString("last_error");
  }

  /** Why it is paused, {@code null} when it is not. */
  default String reason() {
    return json().getString("reason");
  }

  /** What an operator must know, {@code null} for nothing. */
  default String warning() {
    return json().getString("warning");
  }

  /** The name of the node that runs it, {@code null} when none does or the store is not shared. */
  default String node() {
    return json().getString("node");
  }
}
