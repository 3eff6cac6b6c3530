package dev.auditwebhook.delivery;

import dev.auditwebhook.WebhookOptions;
import io.vertx.circuitbreaker.CircuitBreaker;
import io.vertx.circuitbreaker.CircuitBreakerOptions;
import io.vertx.circuitbreaker.CircuitBreakerState;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.PriorityQueue;

/**
 * The Vert.x Circuit Breaker of one endpoint. Attempts run outside it, and their outcomes are
 * reported here when they are known: so a probe that hangs cannot wedge it, and an answer to an
 * attempt from before the last opening moves it no more.
 *
 * <p>It opens when {@code maxFailures} events in a row have failed; the failure of a batch weighs
 * as much as its events. In a row means: in the order in which the attempts began. A success shows
 * that the endpoint was well when its attempt began, and says nothing of what began after that.
 */
final class Circuit {

  private final CircuitBreaker breaker;
  private final int maxFailures;
  private final long resetTimeout;
  private final Runnable changed;
  private long openings;
  private long admitted;
  private boolean probing;

  /** What failed and was not followed by a success, the attempt that began first at the head. */
  private final PriorityQueue<Failure> failures =
      new PriorityQueue<>(Comparator.comparingLong(Failure::number));

  private long failed;
  private Instant since = Instant.now();

  /**
   * @param changed called when attempts may have become possible
   */
  Circuit(Vertx vertx, WebhookOptions options, Runnable changed) {
    this.changed = changed;
    this.maxFailures = options.getMaxFailures();
    this.resetTimeout = options.getResetTimeout();
    breaker =
        CircuitBreaker.create(
                "webhook " + options.getAddress(),
                vertx,
                new CircuitBreakerOptions()
                    .setMaxFailures(maxFailures)
                    .setResetTimeout(resetTimeout))
            .openHandler(
                v -> {
                  openings++;
                  turned();
                })
            .halfOpenHandler(v -> turned())
            .closeHandler(v -> turned());
  }

  private void turned() {
    probing = false;
    failures.clear();
    failed = 0;
    since = Instant.now();
    changed.run();
  }

  /** The right to make one attempt, the so-manieth; reported back with its outcome. */
  record Ticket(long number, long opening, boolean probe) {}

  /** The failure of the so-manieth attempt, made for so many events. */
  private record Failure(long number, int events) {}

  /** Whether an attempt may start now. */
  boolean admits() {
    return switch (breaker.state()) {
      case CLOSED -> true;
      case HALF_OPEN -> !probing;
      case OPEN -> false;
    };
  }

  /** Whether the next attempt is the probe of a half-open circuit. */
  boolean isHalfOpen() {
    return breaker.state() == CircuitBreakerState.HALF_OPEN;
  }

  boolean isClosed() {
    return breaker.state() == CircuitBreakerState.CLOSED;
  }

  /** Takes the right to make one attempt. Call only when {@link #admits()}. */
  Ticket admit() {
    probing = isHalfOpen();
    return new Ticket(admitted++, openings, probing);
  }

  /**
   * Whether the circuit is closed, has been so since the attempt began, and takes as many failures
   * more without a count above its maximum.
   */
  boolean tolerates(Ticket ticket, int events) {
    return isClosed() && ticket.opening() == openings && failed + events <= maxFailures;
  }

  /**
   * Counts the outcome of an attempt, unless the circuit has opened since it started.
   *
   * @param events how many events it was made for
   */
  void report(Ticket ticket, Verdict verdict, int events) {
    if (ticket.opening() != openings) {
      return;
    }
    if (ticket.probe()) {
      probing = false; // Also after an answer that says nothing of the circuit.
    }
    if (verdict.failsCircuit()) {
      failures.add(new Failure(ticket.number(), events));
      failed += events;
      if (!isClosed() || failed >= maxFailures) {
        breaker.open();
      }
    } else if (verdict.healsCircuit()) {
      while (!failures.isEmpty() && failures.peek().number() < ticket.number()) {
        failed -= failures.poll().events();
      }
      if (isHalfOpen()) {
        breaker.reset();
      }
    }
  }

  /** {@code closed}, {@code open} or {@code half_open}. */
  String state() {
    return breaker.state().name().toLowerCase(Locale.ROOT);
  }

  Instant since() {
    return since;
  }

  /** When the next probe may go out, {@code null} unless open. */
  Instant nextProbe() {
    return breaker.state() == CircuitBreakerState.OPEN ? since.plusMillis(resetTimeout) : null;
  }
}
