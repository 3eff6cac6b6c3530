package dev.auditwebhook.journal.postgres;

import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.journal.Nodes.Cut;
import dev.auditwebhook.journal.Nodes.Follower;
import dev.auditwebhook.journal.postgres.database.ConnectionUri;
import dev.auditwebhook.journal.postgres.database.Database;
import dev.auditwebhook.journal.postgres.nodes.JournalTail;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the end of the journal. What this node appends is a cut at once when nothing else came
 * between; all other is read.
 */
final class Tail implements JournalTail {

  private static final Logger log = LoggerFactory.getLogger(Tail.class);

  /** From one look to the next when nothing is heard, in milliseconds. */
  static final long POLL = 1_000;

  private final Database database;
  private final Clock clock;
  private final BooleanSupplier isIdle;
  private final Runnable setBack;
  private final Queue<Runnable> actions = new ArrayDeque<>();
  private final List<Promise<Void>> asked = new ArrayList<>();
  private Follower follower;
  private long lastId;
  private Counts counts;

  /** The last event of a cut, {@code null} before the first. */
  private Event last;

  /** How far the journal has come, as was heard. */
  private long heard;

  /** Whether a cut is being read, or none may be given. */
  private boolean busy;

  /** Whether this node appends: what is heard may be its own, which comes without a reading. */
  private boolean appends;

  /** Whether to read, whatever was heard. */
  private boolean wanted;

  /** Whether a cut came without a reading since the last poll. */
  private boolean proceeds;

  private long timer = -1;
  private boolean closed;

  /**
   * @param isIdle whether this node runs no endpoint, and so needs no events
   * @param setBack told when the journal has become another one: what is known of it holds no more
   */
  Tail(Database database, Clock clock, BooleanSupplier isIdle, Runnable setBack) {
    this.database = database;
    this.clock = clock;
    this.isIdle = isIdle;
    this.setBack = setBack;
  }

  /** All up to here was before. Comes before all else. */
  void begin(long last, Counts all) {
    lastId = last;
    counts = all;
  }

  @Override
  public void follow(Follower one) {
    follower = one;
    poll();
  }

  private void poll() {
    wanted |= !proceeds;
    proceeds = false;
    timer = clock.timer(POLL, this::poll);
    next();
  }

  @Override
  public long lastId() {
    return lastId;
  }

  @Override
  public <T> Future<T> still(Supplier<Future<T>> action) {
    Promise<T> promise = Promise.promise();
    actions.add(
        () ->
            Future.<Void>succeededFuture()
                .compose(v -> action.get())
                .onComplete(
                    (result, failure) -> {
                      clock.later(this::ended);
                      promise.complete(result, failure);
                    }));
    next();
    return promise.future();
  }

  @Override
  public Future<Void> upToDate() {
    Promise<Void> promise = Promise.promise();
    asked.add(promise);
    wanted = true;
    next();
    return promise.future();
  }

  @Override
  public void heard(long id) {
    heard = Math.max(heard, id);
    next();
  }

  /** Nothing can be kept now. */
  void trouble(Throwable failure) {
    follower.trouble(failure);
  }

  /** This node begins to append. */
  void appends() {
    appends = true;
  }

  /**
   * What it appended was kept.
   *
   * @param all of all entries so far
   * @param dropped as in {@link Cut}
   */
  void kept(Addendum addendum, long firstId, Counts all, Map<Integer, Long> dropped) {
    Counts expected =
        new Counts(counts.arrived() + addendum.arrived(), counts.rejected() + addendum.rejected());
    if (busy || follower == null || firstId != lastId + 1 || !all.equals(expected)) {
      wanted = true;
      return;
    }
    proceeds = true;
    long end = lastId + addendum.entries().size();
    if (isIdle.getAsBoolean()) {
      cut(new Cut(end, all.arrived(), all.rejected(), List.of(), List.of(), Map.of()));
      return;
    }
    cut(
        new Cut(
            end,
            all.arrived(),
            all.rejected(),
            EncodedEntry.numbered(firstId, addendum.entries()),
            addendum.entries().stream()
                .filter(Objects::nonNull)
                .map(EncodedEntry::recipients)
                .toList(),
            dropped));
  }

  /** This node appends no more. */
  void appended() {
    appends = false;
    next();
  }

  private void cut(Cut cut) {
    lastId = cut.lastId();
    counts = new Counts(cut.arrived(), cut.rejected());
    if (!cut.events().isEmpty()) {
      last = cut.events().get(cut.events().size() - 1);
    }
    follower.cut(cut);
  }

  private void next() {
    if (busy || closed) {
      return;
    }
    Runnable action = actions.poll();
    if (action != null) {
      busy = true;
      action.run();
    } else if (follower != null && (wanted || heard > lastId && !appends)) {
      busy = true;
      read();
    }
  }

  private void ended() {
    busy = false;
    next();
  }

  private void read() {
    wanted = false;
    List<Promise<Void>> waiting = List.copyOf(asked);
    database
        .run("tail", Page.parameters(lastId, !isIdle.getAsBoolean(), last))
        .onComplete(
            (rows, failure) -> {
              try {
                if (failure == null) {
                  read(new Page(rows), waiting);
                } else {
                  notRead(failure, waiting);
                }
              } finally {
                ended();
              }
            });
  }

  private void read(Page page, List<Promise<Void>> waiting) {
    if (page.isSetBack(lastId, last)) {
      log.warn("{}: the journal was set back to event {}", ConnectionUri.KEY, page.end().lastId());
      last = null;
      heard = 0;
      setBack.run();
      cut(page.end());
      return;
    }
    cut(page.cut(counts));
    if (page.isFull()) {
      wanted = true;
    } else {
      asked.removeAll(waiting);
      waiting.forEach(Promise::complete);
    }
  }

  /** The next poll tries again. */
  private void notRead(Throwable failure, List<Promise<Void>> waiting) {
    heard = lastId;
    proceeds = false;
    asked.removeAll(waiting);
    waiting.forEach(promise -> promise.fail(failure));
  }

  /** Gives no more cuts. */
  void close() {
    closed = true;
    clock.cancel(timer);
  }
}
