package dev.auditwebhook.testing;

import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Recipients;
import dev.auditwebhook.wire.format.Event;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.stream.LongStream;

/** Events as they are after their acceptance. */
public final class Events {

  private static final String ACTION = "node.registered";

  /** One for all, so that equal events are equal. */
  private static final byte[] CONTENT =
      ",\"action\":\"%s\"}".formatted(ACTION).getBytes(StandardCharsets.UTF_8);

  private static final Recipients FIRST = recipients(0);

  private Events() {}

  /** One that was accepted at the time of its number. */
  public static Event event(long id) {
    return event(id, id);
  }

  /**
   * @param acceptedAt in milliseconds since the epoch
   */
  public static Event event(long id, long acceptedAt) {
    return entry(acceptedAt).numbered(id);
  }

  /** Those with these numbers, in order. */
  public static List<Event> events(long first, long last) {
    return LongStream.rangeClosed(first, last).mapToObj(Events::event).toList();
  }

  /** One without a number, for the endpoint that has the number 0. */
  public static EncodedEntry entry(long acceptedAt) {
    return entry(acceptedAt, FIRST);
  }

  public static EncodedEntry entry(long acceptedAt, Recipients recipients) {
    return new EncodedEntry(ACTION, CONTENT, acceptedAt, recipients);
  }

  /** The endpoints with these numbers. */
  public static Recipients recipients(int... numbers) {
    BitSet set = new BitSet();
    for (int number : numbers) {
      set.set(number);
    }
    return Recipients.of(set);
  }

  /** The numbers from one to another. */
  public static List<Long> ids(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }
}
