package dev.auditwebhook.journal.postgres;

import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.journal.Nodes.Cut;
import dev.auditwebhook.journal.Recipients;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What one reading of the end of the journal found: the statement {@code tail}. */
final class Page {

  /** At most so many events. */
  static final int EVENTS = 1_024;

  /** About so many bytes of them. */
  private static final long BYTES = 4 << 20;

  private final List<Event> events = new ArrayList<>();
  private final List<Recipients> recipients = new ArrayList<>();
  private Row end;
  private Buffer last;
  private long bytes;

  /**
   * @param after only what is above this id
   * @param withEvents whether events are read at all
   * @param known the last event that is known, {@code null} for none
   */
  static Tuple parameters(long after, boolean withEvents, Event known) {
    return Tuple.of(
        withEvents ? after : Long.MAX_VALUE,
        (long) EVENTS,
        BYTES,
        known == null ? null : known.id());
  }

  Page(Iterable<Row> rows) {
    for (Row row : rows) {
      if (row.getString(1) == null) {
        end = row;
      } else {
        add(row);
      }
    }
  }

  private void add(Row row) {
    Event event = Rows.event(row);
    events.add(event);
    bytes += event.content().length;
    Buffer mask = row.getBuffer(4);
    boolean same = mask.equals(last);
    recipients.add(same ? recipients.get(recipients.size() - 1) : Recipients.of(mask.getBytes()));
    last = mask;
  }

  /**
   * Whether the journal is not the one that was followed: a replica that was behind took the place
   * of its database, or a backup did, and gave numbers again.
   */
  boolean isSetBack(long lastId, Event known) {
    Buffer content = end.getBuffer(2);
    return end.getLong(0) < lastId
        || content != null && !Arrays.equals(content.getBytes(), known.content());
  }

  /** The end of all, whatever comes before. */
  Cut end() {
    return new Cut(end.getLong(0), end.getLong(5), end.getLong(6), List.of(), List.of(), dropped());
  }

  /** Whether there may be more. */
  boolean isFull() {
    return events.size() == EVENTS || bytes >= BYTES;
  }

  /** The cut up to where this page goes, after so many entries. */
  Cut cut(Counts before) {
    return isFull()
        ? new Cut(
            events.get(events.size() - 1).id(),
            before.arrived() + events.size(),
            before.rejected(),
            events,
            recipients,
            Map.of())
        : new Cut(end.getLong(0), end.getLong(5), end.getLong(6), events, recipients, dropped());
  }

  private Map<Integer, Long> dropped() {
    Map<Integer, Long> dropped = new HashMap<>();
    Integer[] numbers = end.getArrayOfIntegers(7);
    Long[] entries = end.getArrayOfLongs(8);
    for (int i = 0; i < numbers.length; i++) {
      dropped.put(numbers[i], entries[i]);
    }
    return dropped;
  }
}
