package dev.auditwebhook.journal.postgres;

import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.journal.Engine.GoneException;
import dev.auditwebhook.journal.NotKeptException;
import dev.auditwebhook.journal.postgres.database.Database;
import dev.auditwebhook.journal.postgres.database.DatabaseException;
import dev.auditwebhook.journal.postgres.nodes.Delta;
import dev.auditwebhook.journal.postgres.nodes.SharedNodes;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends groups to the journal, one after the other, each in one statement. What was received and
 * dropped for endpoints at this node goes along.
 *
 * <p>When the connection is lost before the answer comes, whether the group was kept is found out:
 * the row of the node tells the last one that was, and no earlier one is kept after that was asked.
 */
final class Appender {

  private static final Logger log = LoggerFactory.getLogger(Appender.class);

  /** From one try to find out to the next, in milliseconds. */
  static final long TRY_AGAIN = 1_000;

  /** One of several was chosen to fail: all can be tried again. */
  private static final Set<String> COLLISION = Set.of("40001", "40P01");

  /** There is no partition for a row. */
  static final String NO_PARTITION = "23514";

  /** A division by 0: some of the inbox is there no more. */
  static final String INBOX_MOVED = "22012";

  private static final int MAX_TRIES = 5;

  private final Database database;
  private final Clock clock;
  private final SharedNodes nodes;
  private final Tail tail;
  private final Partitions partitions;
  private final Tally tally;
  private final Turns turns = new Turns(1);
  private long lastGroup;
  private boolean hasty;

  Appender(
      Database database,
      Clock clock,
      SharedNodes nodes,
      Tail tail,
      Partitions partitions,
      Tally tally) {
    this.database = database;
    this.clock = clock;
    this.nodes = nodes;
    this.tail = tail;
    this.partitions = partitions;
    this.tally = tally;
  }

  /**
   * Appends at once, or after what is on its way.
   *
   * @param deltas what arrived for endpoints along with that
   * @return the number of the first entry, 0 when there was nothing to append; failed with {@link
   *     NotKeptException} when nothing was kept, or {@link GoneException}
   */
  Future<Long> append(Addendum addendum, List<Delta> deltas) {
    if (addendum.isEmpty() && deltas.isEmpty()) {
      return Future.succeededFuture(0L);
    }
    return turns.take(
        () -> {
          tail.appends();
          return new Group(addendum, deltas).append().onComplete(v -> tail.appended());
        });
  }

  /** What cannot be found out by now is given up: all is to come to an end. */
  void hasten() {
    hasty = true;
  }

  /** What is on its way. */
  private final class Group {

    private final Addendum addendum;
    private final List<Delta> deltas;
    private final long no = ++lastGroup;
    private int tries;

    Group(Addendum addendum, List<Delta> deltas) {
      this.addendum = addendum;
      this.deltas = deltas;
    }

    Future<Long> append() {
      tries++;
      long start = clock.elapsed();
      String node = nodes.membership().id();
      long generation = nodes.membership().generation();
      return database
          .run("append", addendum.parameters(node, generation, no, database.schema(), deltas))
          .transform(
              (rows, failure) -> {
                if (failure != null) {
                  return failed((DatabaseException) failure);
                } else if (rows.size() == 0) {
                  return fenced();
                }
                tally.committed(addendum.entries().size(), clock.elapsed() - start);
                return Future.succeededFuture(kept(rows));
              });
    }

    private long kept(RowSet<Row> rows) {
      Map<Integer, Long> dropped = new HashMap<>();
      Row first = null;
      for (Row row : rows) {
        if (first == null) {
          first = row;
        }
        Integer number = row.getInteger(3);
        if (number != null) {
          dropped.put(number, row.getLong(5));
          nodes.directory().pending(number, row.getLong(6));
        }
      }
      long firstId = first.getLong(0);
      Counts all = new Counts(first.getLong(1), first.getLong(2));
      try {
        tail.kept(addendum, firstId, all, dropped);
      } catch (RuntimeException e) {
        log.error("Event {} is kept, but what comes of it fails", firstId, e);
      }
      return firstId;
    }

    /** It was of an earlier generation, and nothing is kept. */
    private Future<Long> fenced() {
      return database
          .run("fence", Tuple.of(nodes.membership().id()))
          .transform(
              (rows, failure) -> {
                if (failure != null) {
                  return notKept(failure);
                } else if (rows.size() == 0 || tries == MAX_TRIES) {
                  return notKept(
                      new IllegalStateException("the database takes this node for dead"));
                }
                nodes.membership().generation(rows.iterator().next().getLong(0));
                return append();
              });
    }

    private Future<Long> failed(DatabaseException failure) {
      if (failure.isOutcomeUnknown()) {
        tail.trouble(failure);
        return outcome(failure);
      } else if (INBOX_MOVED.equals(failure.sqlState())) {
        nodes.directory().giveBack(deltas);
        return Future.failedFuture(new GoneException(failure));
      }
      boolean noPartition = NO_PARTITION.equals(failure.sqlState());
      if (tries == MAX_TRIES
          || !noPartition && !COLLISION.contains(String.valueOf(failure.sqlState()))) {
        return notKept(failure);
      }
      return (noPartition
              ? partitions.make(addendum.entries().size())
              : Future.<Void>succeededFuture())
          .transform((made, unmade) -> unmade == null ? append() : notKept(unmade));
    }

    /** Finds out, however long it takes. */
    private Future<Long> outcome(Throwable cause) {
      return database
          .run("fence", Tuple.of(nodes.membership().id()))
          .transform((rows, failure) -> failure == null ? told(rows, cause) : later(cause));
    }

    private Future<Long> later(Throwable cause) {
      if (hasty) {
        return notKept(cause);
      }
      return clock.after(TRY_AGAIN).compose(v -> outcome(cause));
    }

    private Future<Long> told(RowSet<Row> rows, Throwable cause) {
      for (Row row : rows) {
        nodes.membership().generation(row.getLong(0));
        if (row.getLong(1) == no) {
          return keptAfterAll(row.getLong(2), cause);
        }
      }
      return notKept(cause);
    }

    private Future<Long> keptAfterAll(long firstId, Throwable cause) {
      return database
          .run("pending", Tuple.of(deltas.stream().map(Delta::number).toArray(Integer[]::new)))
          .transform(
              (rows, failure) -> {
                if (failure != null) {
                  return later(cause);
                }
                for (Row row : rows) {
                  nodes.directory().pending(row.getInteger(0), row.getLong(1));
                }
                tail.heard(firstId + addendum.entries().size() - 1);
                return Future.succeededFuture(firstId);
              });
    }

    private Future<Long> notKept(Throwable cause) {
      nodes.directory().giveBack(deltas);
      return Future.failedFuture(new NotKeptException(cause.getMessage(), 0, cause));
    }
  }
}
