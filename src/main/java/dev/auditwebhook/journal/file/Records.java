package dev.auditwebhook.journal.file;

import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * How stragglers, dead letters and facts are written: a checksum (CRC-32C, 4 bytes), then the
 * fields. A record that does not match its checksum is refused with a {@link DamagedException}.
 */
final class Records {

  /** A record of which nothing is known. */
  static final byte[] EMPTY = {};

  private static final int CHECKSUM = Integer.BYTES;
  private static final int NO_TEXT = -1;
  private static final int NO_STATUS = 0;

  /** About what an event takes beside its content, and the other fields of its record. */
  private static final int EVENT = 64;

  private Records() {}

  /** What is kept of all endpoints together. */
  record Numbers(long lastId, Counts counts) {}

  static byte[] of(Straggler straggler) {
    Buffer to = record(EVENT + straggler.event().size());
    to.appendInt(straggler.attempts()).appendLong(straggler.since());
    return sealed(add(to, straggler.event()));
  }

  static byte[] of(DeadLetter letter) {
    if (letter.isDamaged()) {
      return EMPTY;
    }
    Buffer to = record(EVENT + (int) letter.size());
    to.appendInt(letter.attempts());
    to.appendInt(letter.status() == null ? NO_STATUS : letter.status());
    add(to, letter.error());
    add(to, letter.response());
    add(to, letter.failedAt());
    return sealed(add(to, letter.event()));
  }

  /**
   * What a step says of its endpoint, but for the changes.
   *
   * @param totals in place of those of the step
   */
  static byte[] of(Step step, List<Long> totals) {
    Buffer to = record(0).appendInt(step.number()).appendLong(step.cursor());
    to.appendInt(step.ahead().size()).appendInt(totals.size());
    step.ahead().forEach(to::appendLong);
    totals.forEach(to::appendLong);
    return sealed(to.appendString(step.settings().encode()));
  }

  static byte[] of(String text) {
    return sealed(record(text.length()).appendString(text));
  }

  static byte[] of(Numbers numbers) {
    return sealed(
        record(0)
            .appendLong(numbers.lastId())
            .appendLong(numbers.counts().arrived())
            .appendLong(numbers.counts().rejected()));
  }

  static Straggler straggler(long id, byte[] record) {
    ByteBuffer from = opened(record);
    int attempts = from.getInt();
    long since = from.getLong();
    return new Straggler(event(id, from), attempts, since);
  }

  static DeadLetter deadLetter(long id, byte[] record) {
    ByteBuffer from = opened(record);
    int attempts = from.getInt();
    int status = from.getInt();
    String error = text(from);
    String response = text(from);
    String failedAt = text(from);
    return new DeadLetter(
        event(id, from), attempts, status == NO_STATUS ? null : status, error, response, failedAt);
  }

  static Step step(String endpoint, byte[] record) {
    ByteBuffer from = opened(record);
    int number = from.getInt();
    long cursor = from.getLong();
    int ahead = from.getInt();
    int totals = from.getInt();
    return new Step(
        endpoint,
        number,
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
    return new Numbers(from.getLong(), new Counts(from.getLong(), from.getLong()));
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
    return record.length >= CHECKSUM
        && ByteBuffer.wrap(record).getInt() == checksum(record, CHECKSUM, record.length);
  }

  /** The beginning of a record of about so many bytes. */
  private static Buffer record(int length) {
    return Buffer.buffer(CHECKSUM + length).appendInt(0);
  }

  private static byte[] sealed(Buffer buffer) {
    byte[] record = buffer.getBytes();
    return ByteBuffer.wrap(record).putInt(0, checksum(record, CHECKSUM, record.length)).array();
  }

  /** That of a part of a record. */
  static int checksum(byte[] record, int start, int end) {
    CRC32C crc = new CRC32C();
    crc.update(record, start, end - start);
    return (int) crc.getValue();
  }

  private static Buffer add(Buffer to, Event event) {
    byte[] action = event.action().getBytes(StandardCharsets.UTF_8);
    return to.appendLong(event.acceptedAt())
        .appendInt(action.length)
        .appendInt(event.content().length)
        .appendBytes(action)
        .appendBytes(event.content());
  }

  private static Event event(long id, ByteBuffer from) {
    long acceptedAt = from.getLong();
    int action = from.getInt();
    byte[] content = new byte[from.getInt()];
    String name = text(from, action);
    from.get(content);
    return new Event(id, name, content, acceptedAt);
  }

  private static void add(Buffer to, String text) {
    byte[] bytes = text == null ? EMPTY : text.getBytes(StandardCharsets.UTF_8);
    to.appendInt(text == null ? NO_TEXT : bytes.length).appendBytes(bytes);
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
