package dev.auditwebhook.delivery;

import dev.auditwebhook.store.PendingEvent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What one attempt sends: one event, or several in {@code event_id} order. Members, message id and
 * body stay the same over all its attempts.
 *
 * @param events its members
 * @param messageId the value of {@code webhook-id}
 * @param body what is sent
 * @param attempts how many attempts it has used up
 * @param tries how often it was tried as it is, at a cost or not
 * @param since when it began to wait for its next attempt, in milliseconds since the epoch
 */
record Batch(
    List<PendingEvent> events, String messageId, byte[] body, int attempts, int tries, long since) {

  /** The order of those that wait longest since their last try. */
  static final Comparator<Batch> LONGEST_WAIT =
      Comparator.comparingLong(Batch::since).thenComparingLong(Batch::firstId);

  static final Comparator<Batch> LOWEST_ID = Comparator.comparingLong(Batch::firstId);

  /** One event, sent as the object that it is. */
  static Batch single(PendingEvent event, String messageId) {
    return new Batch(List.of(event), messageId, event.body(), event.attempts(), 0, event.since());
  }

  /** Events in {@code event_id} order, sent as an array. */
  static Batch array(List<PendingEvent> events, String messageId, int attempts, long since) {
    return new Batch(events, messageId, bodyOf(events), attempts, 0, since);
  }

  /** The body of an array of events. */
  static byte[] bodyOf(List<PendingEvent> events) {
    int length = events.size() + 1;
    for (PendingEvent event : events) {
      length += event.body().length;
    }
    ByteBuffer body = ByteBuffer.allocate(length);
    for (PendingEvent event : events) {
      body.put((byte) (body.position() == 0 ? '[' : ',')).put(event.body());
    }
    return body.put((byte) ']').array();
  }

  int size() {
    return events.size();
  }

  long firstId() {
    return events.get(0).id();
  }

  /** The same batch before its first attempt at another URL. */
  Batch fresh() {
    return attempts + tries == 0 ? this : waiting(0, 0, since);
  }

  /** The same batch after a try, to be tried again. */
  Batch tried(int attemptsUsed, long now) {
    return waiting(attemptsUsed, tries + 1, now);
  }

  private Batch waiting(int attemptsUsed, int triesSoFar, long now) {
    List<PendingEvent> again = new ArrayList<>(events.size());
    for (PendingEvent event : events) {
      again.add(event.waiting(attemptsUsed, now));
    }
    return new Batch(again, messageId, body, attemptsUsed, triesSoFar, now);
  }
}
