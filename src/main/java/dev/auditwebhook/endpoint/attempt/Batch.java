package dev.auditwebhook.endpoint.attempt;

import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.wire.format.Event;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/**
 * What one attempt sends: one event, or several in {@code event_id} order. Members and message id
 * stay the same over all its attempts, and so does the body that is made of them.
 *
 * @param events its members
 * @param messageId the value of {@code webhook-id}
 * @param attempts how many attempts it has used up
 * @param tries how often it was tried as it is, at a cost or not
 * @param since when it began to wait for its next attempt, in milliseconds since the epoch
 */
public record Batch(List<Pending> events, String messageId, int attempts, int tries, long since) {

  public static final int MAX_BYTES = 1 << 20;

  public static final Comparator<Batch> LONGEST_WAIT =
      Comparator.comparingLong(Batch::since).thenComparingLong(Batch::firstId);

  public static final Comparator<Batch> LOWEST_ID = Comparator.comparingLong(Batch::firstId);

  /** One event. */
  public static Batch single(Pending event, String messageId) {
    return new Batch(List.of(event), messageId, event.attempts(), 0, event.since());
  }

  /** Events that have had the same number of attempts. */
  public static Batch of(List<Pending> events, String messageId) {
    long since = events.stream().mapToLong(Pending::since).min().orElse(0);
    return new Batch(events, messageId, events.get(0).attempts(), 0, since);
  }

  /** What is sent. */
  public List<Event> contents() {
    return events.size() == 1
        ? List.of(events.get(0).event())
        : events.stream().map(Pending::event).toList();
  }

  /** Some of its events, with an id of their own and the attempts that are left. */
  public Batch part(List<Pending> some, String id) {
    return new Batch(some, id, attempts, 0, since);
  }

  public int size() {
    return events.size();
  }

  private long firstId() {
    return events.get(0).id();
  }

  /** The same batch before its first attempt at another URL. */
  public Batch fresh() {
    events.forEach(Pending::startAfresh);
    return attempts + tries == 0 ? this : new Batch(events, messageId, 0, 0, since);
  }

  /** The same batch after a try, to be tried again. */
  public Batch tried(int attemptsUsed, long now) {
    return new Batch(events, messageId, attemptsUsed, tries + 1, now);
  }

  /** Its halves, each with an id of its own and the attempts that are left. */
  public List<Batch> halves(Supplier<String> messageIds) {
    int middle = (size() + 1) / 2;
    return List.of(
        part(events.subList(0, middle), messageIds.get()),
        part(events.subList(middle, size()), messageIds.get()));
  }
}
