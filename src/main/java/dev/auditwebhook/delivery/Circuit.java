package dev.auditwebhook.delivery;

import dev.auditwebhook.WebhookOptions;
import io.vertx.circuitbreaker.CircuitBreaker;
import io.vertx.circuitbreaker.CircuitBreakerOptions;
import io.vertx.circuitbreaker.CircuitBreakerState;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.Locale;

/**
 * The Vert.x Circuit Breaker of one endpoint. Attempts run outside it, and their outcomes are
 * reported to it when they are known: so a probe that hangs cannot wedge it, and an answer to an
 * attempt from before the last opening is simply not reported. It counts events: the failure of a
 * batch weighs as much as its events.
 */
final class Circuit {

  private final CircuitBreaker breaker;
  private final int maxFailures;
  private final long resetTimeout;
  private final Runnable changed;
  private long openings;
  private boolean probing;
  private boolean clean = true;
  private int inReport;
  private Instant since = Instant.now();

  /**
   * @param changed called when attempts may have become possible
   */
  Circuit(Vertx vertx, WebhookOptions options, Runnable changed) {
    this.changed = changed;
    this.maxFailures = options.getMaxFailures();
    this.resetTimeout = options.getResetTimeout();
    // Failures count within a window, which slow attempts must not outlast.
    long window = Math.max(10_000, (maxFailures + 1L) * options.getAttemptTimeout());
    breaker =
        CircuitBreaker.create(
                "webhook " + options.getAddress(),
                vertx,
                new CircuitBreakerOptions()
                    .setMaxFailures(maxFailures)
                    .setFailuresRollingWindow(Math.min(window, 86_400_000L))
                    .setResetTimeout(resetTimeout)
                    .setTimeout(-1)
                    .setMaxRetries(0))
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
    since = Instant.now();
    changed.run();
  }

  /** The right to make one attempt; reported back with its outcome. */
  record Ticket(long opening, boolean probe) {}

  /** Whether an attempt may start now. */
  boolean admits() {
    return switch (breaker.state()) {
      case CLOSED -> inReport == 0;
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
    return new Ticket(openings, probing);
  }

  /**
   * Whether the circuit is closed, has been so since the attempt began, and takes as many failures
   * more without a count above its maximum.
   */
  boolean tolerates(Ticket ticket, int failures) {
    return isClosed() && ticket.opening() == openings && failuresWith(failures) <= maxFailures;
  }

  private long failuresWith(int more) {
    return breaker.failureCount() + inReport + more;
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
      clean = false;
      if (!isClosed() || failuresWith(events) >= maxFailures) {
        breaker.open();
      } else {
        count(events);
      }
    } else if (verdict.healsCircuit() && !clean) {
      clean = true;
      breaker.reset();
    }
  }

  /** The breaker counts on its next tick; until then nothing more may start. */
  private void count(int failures) {
    inReport += failures;
    for (int i = 0; i < failures; i++) {
      breaker
          .execute((Promise<Void> outcome) -> outcome.fail("failed"))
          .onComplete(
              counted -> {
                inReport--;
                if (inReport == 0) {
                  changed.run();
                }
              });
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
