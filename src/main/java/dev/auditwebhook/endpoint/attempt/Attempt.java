package dev.auditwebhook.endpoint.attempt;

import dev.auditwebhook.endpoint.ledger.Pending;
import java.util.List;
import java.util.function.Supplier;

/**
 * One try to deliver a batch.
 *
 * @param circuit that of the URL it goes to
 * @param ticket the circuit's leave for it
 */
public record Attempt(Batch batch, Circuit circuit, Circuit.Ticket ticket) {

  public static Attempt of(Batch batch, Circuit circuit) {
    return new Attempt(batch, circuit, circuit.admit());
  }

  /** The part of it that was made for some of its events. */
  Attempt of(List<Pending> some, Supplier<String> messageIds) {
    return some.size() == batch.size()
        ? this
        : new Attempt(batch.part(some, messageIds.get()), circuit, ticket);
  }

  /**
   * Which of the addresses of a name it goes to, counted from 0: the next one at each attempt and
   * after each opening, as one of them may be dead.
   */
  public int turn() {
    return (int) ((batch.attempts() + ticket.opening()) % Integer.MAX_VALUE);
  }
}
