package dev.auditwebhook.journal.file;

import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.journal.file.Recovery.Numbers;
import dev.auditwebhook.wire.Event;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.zip.CRC32C;

/**
 * How groups of events, stragglers, dead letters and facts are written: a checksum (CRC-32C, 4
 * bytes), then the fields. A record that does not match its checksum is refused with a {@link
 * DamagedException}.
 */
final class Records {

  /** A record of which nothing is known. */
  static final byte[] EMPTY = {};

  private static final int CHECKSUM = Integer.BYTES;
  private static final int NO_TEXT = -1;
  private static final int NO_STATUS = 0;

  /** What comes before the action of an event. */
  private static final int EVENT = 3 * Integer.BYTES + Long.BYTES;

  private Records() {}

  /** A group: how many events, and each with what its id is above the first. */
  static byte[] of(long firstId, List<Event> events) {
    byte[][] actions = new byte[events.size()][];
    int length = Integer.BYTES;
    for (int i = 0; i < actions.length; i++) {
      actions[i] = events.get(i).action().getBytes(StandardCharsets.UTF_8);
      length += EVENT + actions[i].length + events.get(i).content().length;
    }
    ByteBuffer to = record(length).putInt(actions.length);
    for (int i = 0; i < actions.length; i++) {
      put(to, (int) (events.get(i).id() - firstId), actions[i], events.get(i));
    }
    return sealed(to);
  }

  static byte[] of(Straggler straggler) {
    byte[] action = bytes(straggler.event().action());
    ByteBuffer to =
        record(Integer.BYTES + Long.BYTES + EVENT + action.length + content(straggler.event()))
            .putInt(straggler.attempts())
            .putLong(straggler.since());
    put(to, 0, action, straggler.event());
    return sealed(to);
  }

  static byte[] of(DeadLetter letter) {
    if (letter.isDamaged()) {
      return EMPTY;
    }
    byte[] action = bytes(letter.event().action());
    byte[] error = bytes(letter.error());
    byte[] response = bytes(letter.response());
    byte[] failedAt = bytes(letter.failedAt());
    ByteBuffer to =
        record(
                2 * Integer.BYTES
                    + (length(error) + length(response) + length(failedAt))
                    + (EVENT + action.length + content(letter.event())))
            .putInt(letter.attempts())
            .putInt(letter.status() == null ? NO_STATUS : letter.status());
    put(to, error);
    put(to, response);
    put(to, failedAt);
    put(to, 0, action, letter.event());
    return sealed(to);
  }

  /**
   * What a step says of its endpoint, but for the changes.
   *
   * @param totals in place of those of the step
   */
  static byte[] of(Step step, List<Long> totals) {
    byte[] settings = bytes(step.settings().encode());
    int numbers = 1 + step.ahead().size() + totals.size();
    ByteBuffer to =
        record(2 * Integer.BYTES + numbers * Long.BYTES + settings.length)
            .putLong(step.cursor())
            .putInt(step.ahead().size())
            .putInt(totals.size());
    step.ahead().forEach(to::putLong);
    totals.forEach(to::putLong);
    return sealed(to.put(settings));
  }

  static byte[] of(String text) {
    byte[] bytes = bytes(text);
    return sealed(record(bytes.length).put(bytes));
  }

  static byte[] of(Numbers numbers) {
    return sealed(record(2 * Long.BYTES).putLong(numbers.lastId()).putLong(numbers.rejected()));
  }

  /** How many events a group has. */
  static int count(byte[] group) {
    return opened(group).getInt();
  }

  /**
   * The most events that a damaged group had, as far as it says so itself.
   *
   * @param end the id that the next one begins with
   */
  static long plausibleCount(long firstId, long end, byte[] group) {
    long count =
        group.length < CHECKSUM + Integer.BYTES ? 0 : ByteBuffer.wrap(group).getInt(CHECKSUM);
    return count > 0 && count <= end - firstId ? count : end - firstId;
  }

  /** How many events of a group have such an id. */
  static int count(long firstId, byte[] group, LongPredicate id) {
    ByteBuffer from = opened(group);
    int count = 0;
    for (int left = from.getInt(); left > 0; left--) {
      count += id.test(firstId + from.getInt()) ? 1 : 0;
      from.position(from.position() + Long.BYTES);
      int rest = from.getInt() + from.getInt();
      from.position(from.position() + rest);
    }
    return count;
  }

  /**
   * Reads events of a group.
   *
   * @param after only those above this id
   * @param limit until there are so many
   * @param to where they are added
   */
  static void events(long firstId, byte[] group, long after, int limit, List<Event> to) {
    ByteBuffer from = opened(group);
    for (int left = from.getInt(); left > 0 && to.size() < limit; left--) {
      Event event = event(firstId, after, from);
      if (event != null) {
        to.add(event);
      }
    }
  }

  static Straggler straggler(long id, byte[] record) {
    ByteBuffer from = opened(record);
    int attempts = from.getInt();
    long since = from.getLong();
    return new Straggler(event(id, Long.MIN_VALUE, from), attempts, since);
  }

  static DeadLetter deadLetter(long id, byte[] record) {
    ByteBuffer from = opened(record);
    int attempts = from.getInt();
    int status = from.getInt();
    String error = text(from);
    String response = text(from);
    String failedAt = text(from);
    return new DeadLetter(
        event(id, Long.MIN_VALUE, from),
        attempts,
        status == NO_STATUS ? null : status,
        error,
        response,
        failedAt);
  }

  static Step step(String endpoint, byte[] record) {
    ByteBuffer from = opened(record);
    long cursor = from.getLong();
    int ahead = from.getInt();
    int totals = from.getInt();
    return new Step(
        endpoint,
        cursor,
        numbers(from, ahead),
        Map.of(),
        numbers(from, totals),
        new JsonObject(text(from, from.remaining())));
  }

  private static List<Long> numbers(ByteBuffer from, int count) {
    Long[] numbers = new Long[count];
    Arrays.setAll(numbers, i -> from.getLong());
    return List.of(numbers);
  }

  static Numbers numbers(byte[] record) {
    ByteBuffer from = opened(record);
    return new Numbers(from.getLong(), from.getLong());
  }

  static String text(byte[] record) {
    ByteBuffer from = opened(record);
    return text(from, from.remaining());
  }

  /** Refuses a record that is not as it was written. */
  static ByteBuffer opened(byte[] record) {
    if (!isWhole(record)) {
      throw new DamagedException("a record is damaged");
    }
    return ByteBuffer.wrap(record, CHECKSUM, record.length - CHECKSUM);
  }

  /** Whether a record is as it was written. */
  static boolean isWhole(byte[] record) {
    return record.length >= CHECKSUM && ByteBuffer.wrap(record).getInt() == checksum(record);
  }

  private static ByteBuffer record(int length) {
    return ByteBuffer.allocate(CHECKSUM + length).position(CHECKSUM);
  }

  private static byte[] sealed(ByteBuffer record) {
    return record.putInt(0, checksum(record.array())).array();
  }

  private static int checksum(byte[] record) {
    CRC32C crc = new CRC32C();
    crc.update(record, CHECKSUM, record.length - CHECKSUM);
    return (int) crc.getValue();
  }

  private static void put(ByteBuffer to, int offset, byte[] action, Event event) {
    to.putInt(offset).putLong(event.acceptedAt());
    to.putInt(action.length).putInt(event.content().length);
    to.put(action).put(event.content());
  }

  /** The next event, {@code null} when its id is not above another. */
  private static Event event(long firstId, long after, ByteBuffer from) {
    long id = firstId + from.getInt();
    long acceptedAt = from.getLong();
    int action = from.getInt();
    int length = from.getInt();
    if (id <= after) {
      from.position(from.position() + action + length);
      return null;
    }
    String name = text(from, action);
    byte[] content = new byte[length];
    from.get(content);
    return new Event(id, name, content, acceptedAt);
  }

  private static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private static int content(Event event) {
    return event.content().length;
  }

  private static int length(byte[] text) {
    return Integer.BYTES + (text == null ? 0 : text.length);
  }

  private static void put(ByteBuffer to, byte[] text) {
    to.putInt(text == null ? NO_TEXT : text.length);
    if (text != null) {
      to.put(text);
    }
  }

  private static String text(ByteBuffer from) {
    int length = from.getInt();
    return length == NO_TEXT ? null : text(from, length);
  }

  private static String text(ByteBuffer from, int length) {
    byte[] text = new byte[length];
    from.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }
}
