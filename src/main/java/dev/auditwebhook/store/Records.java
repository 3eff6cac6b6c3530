package dev.auditwebhook.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * How events and dead letters are written: a checksum (CRC-32C, 4 bytes), then the fields. A record
 * that does not match its checksum is refused with a {@link DamagedException}.
 */
final class Records {

  /** A record of which nothing is known. */
  static final byte[] DAMAGED = {};

  private static final int CHECKSUM = Integer.BYTES;
  private static final int NO_TEXT = -1;
  private static final int NO_STATUS = 0;

  private Records() {}

  static byte[] of(PendingEvent event) {
    byte[] action = event.action().getBytes(StandardCharsets.UTF_8);
    ByteBuffer to = ByteBuffer.allocate(CHECKSUM + eventLength(action, event));
    to.position(CHECKSUM);
    put(to, action, event);
    return sealed(to);
  }

  static byte[] of(DeadLetter letter) {
    byte[] action = letter.event().action().getBytes(StandardCharsets.UTF_8);
    byte[] error = bytes(letter.error());
    byte[] response = bytes(letter.response());
    byte[] failedAt = bytes(letter.failedAt());
    ByteBuffer to =
        ByteBuffer.allocate(
            CHECKSUM
                + Integer.BYTES
                + length(error)
                + length(response)
                + length(failedAt)
                + eventLength(action, letter.event()));
    to.position(CHECKSUM);
    to.putInt(letter.status() == null ? NO_STATUS : letter.status());
    put(to, error);
    put(to, response);
    put(to, failedAt);
    put(to, action, letter.event());
    return sealed(to);
  }

  static byte[] of(byte[] content) {
    ByteBuffer to = ByteBuffer.allocate(CHECKSUM + content.length);
    to.position(CHECKSUM);
    return sealed(to.put(content));
  }

  static PendingEvent event(long id, byte[] record) {
    return event(id, opened(record));
  }

  static DeadLetter deadLetter(long id, byte[] record) {
    ByteBuffer from = opened(record);
    int status = from.getInt();
    String error = text(from);
    String response = text(from);
    String failedAt = text(from);
    return new DeadLetter(
        event(id, from), status == NO_STATUS ? null : status, error, response, failedAt);
  }

  static byte[] content(byte[] record) {
    ByteBuffer from = opened(record);
    byte[] content = new byte[from.remaining()];
    from.get(content);
    return content;
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

  private static byte[] sealed(ByteBuffer record) {
    return record.putInt(0, checksum(record.array())).array();
  }

  private static int checksum(byte[] record) {
    CRC32C crc = new CRC32C();
    crc.update(record, CHECKSUM, record.length - CHECKSUM);
    return (int) crc.getValue();
  }

  private static int eventLength(byte[] action, PendingEvent event) {
    return Integer.BYTES + Long.BYTES + length(action) + event.body().length;
  }

  private static void put(ByteBuffer to, byte[] action, PendingEvent event) {
    to.putInt(event.attempts()).putLong(event.since());
    put(to, action);
    to.put(event.body());
  }

  private static PendingEvent event(long id, ByteBuffer from) {
    int attempts = from.getInt();
    long since = from.getLong();
    String action = text(from);
    byte[] body = new byte[from.remaining()];
    from.get(body);
    return new PendingEvent(id, action, body, attempts, since);
  }

  private static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
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
    if (length == NO_TEXT) {
      return null;
    }
    byte[] text = new byte[length];
    from.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }
}
