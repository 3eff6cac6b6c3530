package dev.auditwebhook.journal.postgres;

import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.journal.Engine.Acceptor;
import dev.auditwebhook.journal.Engine.Emitted;
import dev.auditwebhook.journal.pace.Pace;
import dev.auditwebhook.journal.postgres.database.Database;
import dev.auditwebhook.json.ExactJson;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Brings what programs emitted in transactions of their own to where entries are accepted, a page
 * at a time, in the order in which they emitted it, on the one node that comes first of those that
 * live. What is accepted goes the way of all entries, in a group with those that arrived meanwhile,
 * and the statement that appends the group takes it out of the inbox. Where two nodes think that
 * they come first, the statement of the second finds something gone and keeps nothing: then the
 * group is appended again without what came from here.
 *
 * <p>What nobody has room for stays; what comes after it for others goes on. A pass goes through
 * all that is there, and the next one begins at the front: what is committed late has a low number.
 */
final class Inbox {

  /**
   * From one look to the next, in milliseconds. A notification would come sooner, but PostgreSQL
   * commits transactions that notify one after the other, and prepares none: not in those of
   * others.
   */
  static final long POLL = 200;

  /** The same while nobody has room for something: all of it is gone through. */
  static final long AGAIN = 1_000;

  /** The most rows of a page. */
  static final int ROWS = 512;

  /** The most bytes of a page, one entry more or less. */
  static final long BYTES = 1 << 20;

  /** So many actions are passed over unseen within a pass, when nobody has room for them. */
  private static final int MAX_FULL = 1_000;

  private final Database database;
  private final BooleanSupplier isFirst;
  private final Acceptor acceptor;
  private final Pace pace;
  private final Set<String> full = new HashSet<>();
  private boolean limited;
  private long last;

  /**
   * Begins.
   *
   * @param isFirst whether this node is the one that does it
   */
  Inbox(Database database, Clock clock, BooleanSupplier isFirst, Acceptor acceptor) {
    this.database = database;
    this.isFirst = isFirst;
    this.acceptor = acceptor;
    pace = new Pace(clock, 0, this::turn);
    pace.want();
  }

  private void turn() {
    limit().compose(v -> page()).compose(this::accept).onComplete(this::turned);
  }

  /** The node that started last has the word. */
  private Future<Void> limit() {
    return limited
        ? Future.succeededFuture()
        : database
            .run("inbox-limit", Tuple.of(acceptor.maxEntryBytes()))
            .onSuccess(v -> limited = true)
            .mapEmpty();
  }

  private Future<List<Emitted>> page() {
    return isFirst.getAsBoolean()
        ? database
            .run("inbox-page", Tuple.of(last, full.toArray(String[]::new), ROWS, BYTES))
            .map(Inbox::emitted)
        : Future.succeededFuture(List.of());
  }

  private static List<Emitted> emitted(RowSet<Row> rows) {
    List<Emitted> page = new ArrayList<>(rows.size());
    for (Row row : rows) {
      page.add(
          new Emitted(
              row.getLong("seq"),
              row.getString("action"),
              row.getOffsetDateTime("occurred_at").toInstant().toString(),
              () -> parsed(row.getString("details"))));
    }
    return page;
  }

  private static Object parsed(String details) {
    try {
      return details == null ? null : ExactJson.parse(Buffer.buffer(details));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("details: " + e.getMessage());
    }
  }

  /** Says whether the pass goes on. */
  private Future<Boolean> accept(List<Emitted> page) {
    return page.isEmpty()
        ? Future.succeededFuture(false)
        : acceptor.accept(page).map(staying -> passed(page, staying));
  }

  private boolean passed(List<Emitted> page, List<Emitted> staying) {
    last = page.get(page.size() - 1).seq();
    staying.stream()
        .map(Emitted::action)
        .takeWhile(action -> full.size() < MAX_FULL)
        .forEach(full::add);
    return true;
  }

  private void turned(Boolean goesOn, Throwable failure) {
    if (failure == null && goesOn) {
      pace.wantNow();
    } else {
      pace.wantWithin(failure == null && full.isEmpty() ? POLL : AGAIN);
      last = 0;
      full.clear();
    }
    pace.ended();
  }

  /** Brings nothing more. */
  void close() {
    pace.stop();
  }
}
