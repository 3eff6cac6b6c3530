package dev.auditwebhook.journal.postgres;

import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Found;
import dev.auditwebhook.endpoint.ledger.LetterPage;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.journal.postgres.database.Database;
import dev.auditwebhook.journal.postgres.nodes.SharedNodes;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads single events. Not many statements of it are under way at once: others come first. */
final class EventReader {

  /** So many ids are gone through by one statement. */
  static final long MAX_SCAN = 100_000;

  /** About so many bytes are read by one statement. */
  private static final long MAX_BYTES = 4 << 20;

  private static final int AT_ONCE = 2;

  private final Database database;
  private final SharedNodes nodes;
  private final Tail tail;
  private final Turns turns = new Turns(AT_ONCE);

  EventReader(Database database, SharedNodes nodes, Tail tail) {
    this.database = database;
    this.nodes = nodes;
    this.tail = tail;
  }

  /** As {@link dev.auditwebhook.journal.Engine#read}: nothing beyond what has arrived by cuts. */
  Future<Found<Event>> read(int number, long after, int limit) {
    long end = Math.max(tail.lastId(), nodes.leases().since(number));
    if (after >= end) {
      return Future.succeededFuture(Found.nothing());
    }
    long to = Math.min(end, after + MAX_SCAN);
    return query("events", Tuple.of(number, after, to, (long) limit, MAX_BYTES))
        .compose(
            rows ->
                rows.size() == 0
                    ? read(number, to, limit)
                    : Future.succeededFuture(new Found<>(events(rows), List.of())));
  }

  private static List<Event> events(RowSet<Row> rows) {
    List<Event> events = new ArrayList<>(rows.size());
    rows.forEach(row -> events.add(Rows.event(row)));
    return events;
  }

  /** As {@link dev.auditwebhook.journal.Engine#stragglers}. */
  Future<Found<Straggler>> stragglers(String endpoint, Collection<Long> ids) {
    Integer number = nodes.directory().numberOf(endpoint);
    if (number == null || ids.isEmpty()) {
      return Future.succeededFuture(Found.nothing());
    }
    return query("stragglers", Tuple.of(number).addArrayOfLong(ids.toArray(Long[]::new)))
        .map(
            rows -> {
              List<Straggler> found = new ArrayList<>(rows.size());
              rows.forEach(
                  row ->
                      found.add(new Straggler(Rows.event(row), row.getInteger(4), row.getLong(5))));
              return new Found<>(found, List.of());
            });
  }

  /** As {@link dev.auditwebhook.journal.Engine#deadLetters}. */
  Future<List<DeadLetter>> deadLetters(
      String endpoint, List<Long> ids, Map<Long, DeadLetter> unkept, long maxBytes) {
    Integer number = nodes.directory().numberOf(endpoint);
    Long[] kept = ids.stream().filter(id -> !unkept.containsKey(id)).toArray(Long[]::new);
    if (number == null || kept.length == 0) {
      return Future.succeededFuture(page(ids, unkept, maxBytes));
    }
    return query("dead-letters", Tuple.of(number, kept, maxBytes))
        .map(
            rows -> {
              Map<Long, DeadLetter> letters = new HashMap<>(unkept);
              rows.forEach(row -> letters.put(row.getLong(0), letter(row)));
              return page(ids, letters, maxBytes);
            });
  }

  private static DeadLetter letter(Row row) {
    return new DeadLetter(
        Rows.event(row),
        row.getInteger(4),
        row.getInteger(5),
        row.getString(6),
        row.getString(7),
        row.getString(8));
  }

  private static List<DeadLetter> page(
      List<Long> ids, Map<Long, DeadLetter> letters, long maxBytes) {
    LetterPage page = new LetterPage(maxBytes);
    for (Long id : ids) {
      DeadLetter letter = letters.get(id);
      if (letter != null && !page.add(letter)) {
        break;
      }
    }
    return page.letters();
  }

  private Future<RowSet<Row>> query(String statement, Tuple parameters) {
    return turns.take(() -> database.run(statement, parameters));
  }
}
