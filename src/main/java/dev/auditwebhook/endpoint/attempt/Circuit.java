package dev.auditwebhook.endpoint.attempt;

import dev.auditwebhook.CircuitOptions;
import dev.auditwebhook.security.UrlPolicy.Destination;
import dev.auditwebhook.wire.format.Verdict;
import io.vertx.circuitbreaker.CircuitBreaker;
import io.vertx.circuitbreaker.CircuitBreakerOptions;
import io.vertx.circuitbreaker.CircuitBreakerState;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/**
 * The Vert.x Circuit Breaker of one endpoint. Attempts run outside it, and their outcomes are
 * reported here when they are known: so a probe that hangs cannot wedge it, and an answer to an
 * attempt from before the last opening moves it no more.
 *
 * <p>It opens when {@code maxFailures} events in a row have failed; the failure of a batch weighs
 * as much as its events. A success ends the row, and shows that the endpoint was well when its
 * attempt began: what began before that and fails later does not count. Where the endpoint refuses,
 * which costs events at once, a success that began earlier proves nothing and ends no row.
 */
public final class Circuit {

  private final CircuitBreaker breaker;
  private final Destination destination;
  private final LongSupplier clock;
  private final int maxFailures;
  private final long resetTimeout;
  private final Runnable changed;
  private long openings;
  private long admitted;
  private boolean probing;

  /** The number of the last attempt that is known to have met a healthy endpoint. */
  private long healthy;

  private long failed;

  /** The refused attempts that no success began after, the one that began first at the head. */
  private final PriorityQueue<Refusal> refusals =
      new PriorityQueue<>(Comparator.comparingLong(Refusal::number));

  private long refused;
  private Instant since;

  /**
   * @param name for people
   * @param destination the URL that it stands for
   * @param clock the time, in milliseconds since the epoch
   * @param changed called when attempts may have become possible
   */
  public Circuit(
      Vertx vertx,
      String name,
      CircuitOptions options,
      Destination destination,
      LongSupplier clock,
      Runnable changed) {
    this.destination = destination;
    this.clock = clock;
    this.changed = changed;
    since = Instant.ofEpochMilli(clock.getAsLong());
    this.maxFailures = options.getMaxFailures();
    this.resetTimeout = options.getResetTimeout();
    breaker =
        CircuitBreaker.create(
                name,
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
    failed = 0;
    refusals.clear();
    refused = 0;
    since = Instant.ofEpochMilli(clock.getAsLong());
    changed.run();
  }

  /** The right to make one attempt, numbered in their order; reported back with its outcome. */
  public record Ticket(long number, long opening, boolean probe) {}

  /** A refused attempt, by its number, which was made for so many events. */
  private record Refusal(long number, int events) {}

  public boolean admits() {
    return switch (breaker.state()) {
      case CLOSED -> true;
      case HALF_OPEN -> !probing;
      case OPEN -> false;
    };
  }

  /** Whether the next attempt is the probe of a half-open circuit. */
  public boolean isHalfOpen() {
    return breaker.state() == CircuitBreakerState.HALF_OPEN;
  }

  /** Whether attempts start freely. */
  public boolean isClosed() {
    return breaker.state() == CircuitBreakerState.CLOSED;
  }

  /** Takes the right to make one attempt. Call only when {@link #admits()}. */
  public Ticket admit() {
    probing = isHalfOpen();
    return new Ticket(++admitted, openings, probing);
  }

  /**
   * Counts the outcome of an attempt, unless the circuit has opened since it started.
   *
   * @param events how many events it was made for
   * @return whether the circuit tolerates that events failed: it was closed, has been so since the
   *     attempt began, and took it without a count above its maximum
   */
  public boolean report(Ticket ticket, Verdict verdict, int events) {
    if (ticket.opening() != openings) {
      return false;
    }
    giveBack(ticket); // Also after an answer that says nothing of the circuit.
    if (verdict.healsCircuit()) {
      heal(ticket);
      return isClosed();
    }
    return verdict.failsCircuit() && fail(ticket, verdict, events);
  }

  /** The attempt is over, or was not made: if it was to be the probe, another one may be. */
  public void giveBack(Ticket ticket) {
    if (ticket.probe() && ticket.opening() == openings) {
      probing = false;
    }
  }

  private boolean fail(Ticket ticket, Verdict verdict, int events) {
    long row = verdict == Verdict.REFUSED ? Math.max(failed, refused) : failed;
    boolean tolerated = isClosed() && row + events <= maxFailures;
    if (verdict == Verdict.REFUSED) {
      refusals.add(new Refusal(ticket.number(), events));
      refused += events;
    }
    if (ticket.number() > healthy) {
      failed += events;
    }
    if (!isClosed() || Math.max(failed, refused) >= maxFailures) {
      breaker.open();
    }
    return tolerated;
  }

  private void heal(Ticket ticket) {
    healthy = Math.max(healthy, ticket.number());
    failed = 0;
    while (!refusals.isEmpty() && refusals.peek().number() < ticket.number()) {
      refused -= refusals.poll().events();
    }
    if (isHalfOpen()) {
      breaker.reset();
    }
  }

  public Destination destination() {
    return destination;
  }

  /** {@code closed}, {@code open} or {@code half_open}. */
  public String state() {
    return breaker.state().name().toLowerCase(Locale.ROOT);
  }

  public Instant since() {
    return since;
  }

  /** When the next probe may go out, {@code null} unless open. */
  public Instant nextProbe() {
    return breaker.state() == CircuitBreakerState.OPEN ? since.plusMillis(resetTimeout) : null;
  }
}
