package dev.auditwebhook.endpoint.attempt;

/**
 * One try to deliver a batch.
 *
 * @param circuit that of the URL it goes to
 * @param ticket the circuit's leave for it
 */
public record Attempt(Batch batch, Circuit circuit, Circuit.Ticket ticket) {

  /**
   * Which of the addresses of a name it goes to, counted from 0: the next one at each attempt and
   * after each opening, as one of them may be dead.
   */
  public int turn() {
    return (int) ((batch.attempts() + ticket.opening()) % Integer.MAX_VALUE);
  }

  /** Reports the verdict to the circuit, and rules. */
  public Ruling ruling(Verdict verdict, boolean current, int maxAttempts) {
    boolean tolerated = circuit.report(ticket, verdict, batch.size());
    return Ruling.of(this, verdict, new Ruling.Circumstances(current, tolerated, maxAttempts));
  }
}
