package dev.auditwebhook.journal.postgres;

import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.journal.postgres.database.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of the journal by ranges of ids: made ahead of what is appended, and dropped behind the
 * endpoint that is most behind. Every node sees to it.
 */
final class Partitions {

  private static final Logger log = LoggerFactory.getLogger(Partitions.class);

  /** From one look at them to the next, in milliseconds. */
  static final long UPKEEP = 1_000;

  /** From a drop that others stood in the way of to the next one, in milliseconds. */
  static final long DROP_AGAIN = 10_000;

  private final Database database;
  private final Clock clock;
  private final Tally tally;
  private long timer = -1;
  private long noDropBefore;
  private boolean closed;

  Partitions(Database database, Clock clock, Tally tally) {
    this.database = database;
    this.clock = clock;
    this.tally = tally;
  }

  /** Makes those that are needed for so many entries, and some more. */
  Future<Void> make(int entries) {
    return database
        .transaction(
            one ->
                one.run("partitions-ahead", Tuple.of((long) entries))
                    .compose(v -> one.run("partitions-make", Tuple.tuple())))
        .mapEmpty();
  }

  /** Sees to them from now on. */
  void keepUp() {
    if (!closed) {
      timer = clock.timer(UPKEEP, this::upkeep);
    }
  }

  private void upkeep() {
    database
        .run("partitions", Tuple.tuple())
        .compose(rows -> upkeep(rows.iterator().next()))
        .onComplete(
            v -> keepUp(),
            failure -> {
              log.debug("{}", failure.getMessage());
              keepUp();
            });
  }

  private Future<Void> upkeep(Row found) {
    tally.lag(found.getLong("lag"));
    Future<Void> made = found.getBoolean("needed") ? make(0) : Future.succeededFuture();
    return found.getLong("past") == 0 || clock.elapsed() < noDropBefore
        ? made
        : made.compose(v -> drop());
  }

  private Future<Void> drop() {
    return database
        .run("partitions-drop", Tuple.tuple())
        .onFailure(failure -> noDropBefore = clock.elapsed() + DROP_AGAIN)
        .mapEmpty();
  }

  void close() {
    closed = true;
    clock.cancel(timer);
  }
}
