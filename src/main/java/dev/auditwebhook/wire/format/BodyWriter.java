package dev.auditwebhook.wire.format;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** One buffer for the bytes of a body, which is written from front to back. */
final class BodyWriter {

  /** No message id has more bytes. */
  static final int MESSAGE_ID_SIZE = 80;

  /** No {@code long} has more digits, with its sign. */
  static final int NUMBER_SIZE = 20;

  private static final byte[] OBJECT = utf8(Event.BEGINNING);
  private static final byte[] TEXT = utf8('"' + Event.BEGINNING.replace("\"", "\\\""));

  private byte[] bytes;
  private int size;

  /**
   * @param each about how many bytes each event takes besides its JSON
   */
  BodyWriter(List<Event> events, int each) {
    int expected = 256;
    for (Event event : events) {
      expected += event.size() + each;
    }
    bytes = new byte[expected];
  }

  /** A constant piece of a body. */
  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  BodyWriter write(byte[] piece) {
    return write(piece, 0, piece.length);
  }

  BodyWriter write(byte[] piece, int from, int to) {
    room(to - from);
    System.arraycopy(piece, from, bytes, size, to - from);
    size += to - from;
    return this;
  }

  BodyWriter write(String text) {
    return write(utf8(text));
  }

  BodyWriter write(long number) {
    return write(Long.toString(number));
  }

  BodyWriter write(char ascii) {
    room(1);
    bytes[size++] = (byte) ascii;
    return this;
  }

  /** The JSON of an event. */
  BodyWriter object(Event event) {
    return write(OBJECT).write(event.id()).write(event.content());
  }

  /**
   * The JSON of an event as the text of a JSON string. It has no control characters, as nothing is
   * between its tokens; so no more than quotes and backslashes are escaped.
   */
  BodyWriter text(Event event) {
    write(TEXT).write(event.id());
    byte[] content = event.content();
    room(2 * content.length);
    for (byte one : content) {
      if (isEscaped(one)) {
        bytes[size++] = '\\';
      }
      bytes[size++] = one;
    }
    return write('"');
  }

  /** How many bytes {@link #text} writes. */
  static int textSize(Event event) {
    int size = event.size() + TEXT.length - OBJECT.length + 1;
    for (byte one : event.content()) {
      if (isEscaped(one)) {
        size++;
      }
    }
    return size;
  }

  private static boolean isEscaped(byte one) {
    return one == '"' || one == '\\';
  }

  /** Ends a list of which each member was written with a comma after it. */
  BodyWriter endList(byte[] end) {
    size--;
    return write(end);
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  private void room(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
    }
  }
}
