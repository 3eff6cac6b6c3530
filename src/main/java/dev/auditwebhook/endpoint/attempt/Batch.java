package dev.auditwebhook.endpoint.attempt;

import dev.auditwebhook.endpoint.ledger.Pending;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

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
public record Batch(
    List<Pending> events, String messageId, byte[] body, int attempts, int tries, long since) {

  public static final int MAX_BYTES = 1 << 20;

  public static final Comparator<Batch> LONGEST_WAIT =
      Comparator.comparingLong(Batch::since).thenComparingLong(Batch::firstId);

  public static final Comparator<Batch> LOWEST_ID = Comparator.comparingLong(Batch::firstId);

  /** One event, sent as the object that it is. */
  public static Batch single(Pending event, String messageId) {
    byte[] body = event.event().body();
    return new Batch(List.of(event), messageId, body, event.attempts(), 0, event.since());
  }

  /** Events that have had the same number of attempts, sent as an array. */
  public static Batch array(List<Pending> events, String messageId) {
    long since = events.stream().mapToLong(Pending::since).min().orElse(0);
    return array(events, messageId, events.get(0).attempts(), since);
  }

  private static Batch array(List<Pending> events, String messageId, int attempts, long since) {
    byte[] body =
        dev.auditwebhook.wire.format.FormatCatalog.of(
                "event",
                dev.auditwebhook.json.StrictJson.of("", new io.vertx.core.json.JsonObject()),
                true)
            .body(events.stream().map(Pending::event).toList(), null);
    return new Batch(events, messageId, body, attempts, 0, since);
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
    return attempts + tries == 0 ? this : new Batch(events, messageId, body, 0, 0, since);
  }

  /** The same batch after a try, to be tried again. */
  public Batch tried(int attemptsUsed, long now) {
    return new Batch(events, messageId, body, attemptsUsed, tries + 1, now);
  }

  /** Its halves, each with an id of its own and the attempts that are left. */
  public List<Batch> halves(Supplier<String> messageIds) {
    int middle = (size() + 1) / 2;
    return List.of(
        array(events.subList(0, middle), messageIds.get(), attempts, since),
        array(events.subList(middle, size()), messageIds.get(), attempts, since));
  }
}
