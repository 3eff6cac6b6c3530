package dev.auditwebhook.endpoint.ledger;

import dev.auditwebhook.wire.format.Event;
import io.vertx.core.shareddata.Shareable;

/**
 * A pending event that the cursor has passed: it was tried and is to be tried again, or was
 * redriven.
 *
 * @param attempts how many attempts it has used up
 * @param since when it began to wait for its next attempt, in milliseconds since the epoch
 */
public record Straggler(Event event, int attempts, long since) implements Shareable {}
