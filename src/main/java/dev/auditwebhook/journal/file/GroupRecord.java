package dev.auditwebhook.journal.file;

import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Recipients;
import dev.auditwebhook.wire.format.Event;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * How a group of events is written: a head, which says what it has for whom, and the texts of the
 * events. Each has a checksum of its own, so that a group with damaged texts still says whose
 * events it had.
 *
 * <pre>
 * checksum of the rest of the head, checksum of the texts, length of the head (4 bytes each)
 * how many events (4), how many different sets of recipients (2)
 * each set: its length (2), its bytes
 * each event: what its id is above the first (4), which set (0 to 2), when it was accepted (8),
 *     the lengths of its action and its content (4 each)
 * the texts of each event: its action, its content
 * </pre>
 */
final class GroupRecord {

  private static final int TEXTS_CHECKSUM = Integer.BYTES;
  private static final int LENGTH = 2 * Integer.BYTES;
  private static final int HEAD = 3 * Integer.BYTES;
  private static final int SHORT_MASK = 0xffff;
  private static final int MAX_BYTE = 0xff;

  /** What the head has of an event, but for its set. */
  private static final int ROW = 3 * Integer.BYTES + Long.BYTES;

  private final long firstId;
  private final byte[] record;
  private final ByteBuffer from;

  /** What comes before the texts; 0 when the head is damaged. */
  private final int headLength;

  private int count;
  private Recipients[] sets = {};
  private int rows;
  private int setWidth;

  /** How many events have each of the sets; {@code null} as long as nobody asks. */
  private int[] sizes;

  /**
   * Reads what the head says.
   *
   * @param firstId the lowest id that an event of the group may have
   */
  GroupRecord(long firstId, byte[] record) {
    this.firstId = firstId;
    this.record = record;
    from = ByteBuffer.wrap(record);
    headLength = headLength();
    if (headLength > 0) {
      from.position(HEAD);
      count = from.getInt();
      sets = new Recipients[from.getShort() & SHORT_MASK];
      for (int i = 0; i < sets.length; i++) {
        byte[] set = new byte[from.getShort() & SHORT_MASK];
        from.get(set);
        sets[i] = Recipients.of(set);
      }
      rows = from.position();
      setWidth = setWidth(sets.length);
    }
  }

  /**
   * Writes a group.
   *
   * @param entries its events, the first of them with the first id; {@code null} has an id and is
   *     none
   */
  static byte[] of(List<EncodedEntry> entries) {
    Map<Recipients, Integer> sets = new LinkedHashMap<>();
    byte[][] actions = new byte[entries.size()][];
    int count = 0;
    int texts = 0;
    for (int i = 0; i < actions.length; i++) {
      EncodedEntry entry = entries.get(i);
      if (entry != null) {
        sets.putIfAbsent(entry.recipients(), sets.size());
        actions[i] = entry.action().getBytes(StandardCharsets.UTF_8);
        texts += actions[i].length + entry.content().length;
        count++;
      }
    }
    List<byte[]> table = sets.keySet().stream().map(Recipients::toBytes).toList();
    int setWidth = setWidth(table.size());
    int headLength = HEAD + Integer.BYTES + Short.BYTES + count * (ROW + setWidth);
    for (byte[] set : table) {
      headLength += Short.BYTES + set.length;
    }
    ByteBuffer to = ByteBuffer.allocate(headLength + texts);
    to.putInt(LENGTH, headLength).position(HEAD).putInt(count).putShort((short) table.size());
    table.forEach(set -> to.putShort((short) set.length).put(set));
    for (int i = 0; i < actions.length; i++) {
      EncodedEntry entry = entries.get(i);
      if (entry != null) {
        putSet(to.putInt(i), setWidth, sets.get(entry.recipients()));
        to.putLong(entry.acceptedAt());
        to.putInt(actions[i].length).putInt(entry.content().length);
      }
    }
    for (int i = 0; i < actions.length; i++) {
      if (actions[i] != null) {
        to.put(actions[i]).put(entries.get(i).content());
      }
    }
    byte[] record = to.array();
    to.putInt(TEXTS_CHECKSUM, Records.checksum(record, headLength, record.length));
    to.putInt(0, Records.checksum(record, TEXTS_CHECKSUM, headLength));
    return record;
  }

  /** How many bytes say which of so many sets. */
  private static int setWidth(int sets) {
    return sets <= 1 ? 0 : sets <= MAX_BYTE + 1 ? Byte.BYTES : Short.BYTES;
  }

  private static void putSet(ByteBuffer to, int setWidth, int set) {
    if (setWidth == Byte.BYTES) {
      to.put((byte) set);
    } else if (setWidth == Short.BYTES) {
      to.putShort((short) set);
    }
  }

  private int headLength() {
    if (record.length < HEAD) {
      return 0;
    }
    int length = from.getInt(LENGTH);
    return length >= HEAD
            && length <= record.length
            && from.getInt(0) == Records.checksum(record, TEXTS_CHECKSUM, length)
        ? length
        : 0;
  }

  long firstId() {
    return firstId;
  }

  /** Whether it is there that the next group is to begin. */
  boolean isEmpty() {
    return record.length == 0;
  }

  /** Whether the head is as it was written, so that it is known whose events it had. */
  boolean isKnown() {
    return headLength > 0;
  }

  /** Whether all is as it was written. */
  boolean isWhole() {
    return isKnown()
        && from.getInt(TEXTS_CHECKSUM) == Records.checksum(record, headLength, record.length);
  }

  /** How many bytes it has. */
  int size() {
    return record.length;
  }

  /** Whether some of its events are for an endpoint. */
  boolean has(int number) {
    for (Recipients set : sets) {
      if (set.include(number)) {
        return true;
      }
    }
    return false;
  }

  /** How many of its events are for an endpoint. */
  long count(int number) {
    if (sizes == null) {
      sizes = new int[sets.length];
      for (int i = 0; i < count; i++) {
        sizes[set(i)]++;
      }
    }
    long theirs = 0;
    for (int i = 0; i < sets.length; i++) {
      theirs += sets[i].include(number) ? sizes[i] : 0;
    }
    return theirs;
  }

  /** The ids of its events for an endpoint. */
  LongStream ids(int number) {
    if (!has(number)) {
      return LongStream.empty();
    }
    boolean[] theirs = theirs(number);
    return IntStream.range(0, count).filter(i -> theirs[set(i)]).mapToLong(this::id);
  }

  /** Which of the sets include an endpoint. */
  private boolean[] theirs(int number) {
    boolean[] theirs = new boolean[sets.length];
    for (int i = 0; i < sets.length; i++) {
      theirs[i] = sets[i].include(number);
    }
    return theirs;
  }

  private int row(int i) {
    return rows + i * (ROW + setWidth);
  }

  private long id(int i) {
    return firstId + from.getInt(row(i));
  }

  private int set(int i) {
    int at = row(i) + Integer.BYTES;
    return switch (setWidth) {
      case 0 -> 0;
      case Byte.BYTES -> from.get(at) & MAX_BYTE;
      default -> from.getShort(at) & SHORT_MASK;
    };
  }

  /**
   * Reads its events for an endpoint; it must be whole.
   *
   * @param after only those above this id
   * @param limit until there are so many
   * @param to where they are added
   */
  void read(int number, long after, int limit, List<Event> to) {
    boolean[] theirs = theirs(number);
    int text = headLength;
    for (int i = 0; i < count && to.size() < limit; i++) {
      int at = row(i) + Integer.BYTES + setWidth;
      int action = from.getInt(at + Long.BYTES);
      int content = from.getInt(at + Long.BYTES + Integer.BYTES);
      if (theirs[set(i)] && id(i) > after) {
        byte[] bytes = new byte[content];
        System.arraycopy(record, text + action, bytes, 0, content);
        String name = new String(record, text, action, StandardCharsets.UTF_8);
        to.add(new Event(id(i), name, bytes, from.getLong(at)));
      }
      text += action + content;
    }
  }
}
