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
 * @param since when it began to wait for its next attempt, in milliseconds since the epoch
 */
record Batch(List<PendingEvent> events, String messageId, byte[] body, int attempts, long since) {

  /** The order of those that wait longest since their last try. */
  static final Comparator<Batch> LONGEST_WAIT =
      Comparator.comparingLong(Batch::since).thenComparingLong(Batch::firstId);

  static final Comparator<Batch> LOWEST_ID = Comparator.comparingLong(Batch::firstId);

  /** One event, sent as the object that it is. */
  static Batch single(PendingEvent event, String messageId) {
    return new Batch(List.of(event), messageId, event.body(), event.attempts(), event.since());
  }

  /** Events in {@code event_id} order, sent as an array. */
  static Batch array(List<PendingEvent> events, String messageId, int attempts, long since) {
    return new Batch(events, messageId, bodyOf(events), attempts, since);
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
    return attempts == 0 ? this : waiting(0, since);
  }

  /** The same batch, to be tried again. */
  Batch waiting(int attemptsUsed, long now) {
    List<PendingEvent> tried = new ArrayList<>(events.size());
    for (PendingEvent event : events) {
      tried.add(event.waiting(attemptsUsed, now));
    }
    return new Batch(tried, messageId, body, attemptsUsed, now);
  }
}
