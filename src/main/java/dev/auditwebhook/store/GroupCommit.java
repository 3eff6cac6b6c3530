package dev.auditwebhook.store;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers changes and has them written together by one worker thread, which is the only one that
 * touches the {@link Disk}. After a quiet time a change is written at once; under load writes start
 * an interval apart, each with all that has changed since the last.
 *
 * <p>When a write fails, new events are refused, and everything else is written as soon as the disk
 * takes it. Of each event only the last change is kept for that.
 */
final class GroupCommit {

  private static final Logger log = LoggerFactory.getLogger(GroupCommit.class);

  /** From one try to the next while writing fails, in milliseconds. */
  private static final long TRY_AGAIN = 1_000;

  /** What is written together. */
  private static final class Batch {
    private final Map<Long, Change> changes;
    private final List<Change.Add> adds = new ArrayList<>();
    private final Promise<Void> written = Promise.promise();
    private String settings;

    Batch(Map<Long, Change> changes) {
      this.changes = changes;
    }

    void put(Change change) {
      changes.merge(change.id(), change, (earlier, later) -> later.after(earlier));
    }
  }

  private final Vertx vertx;
  private final WorkerExecutor writer;
  private final Disk disk;
  private final long interval;
  private final Supplier<IntFunction<String>> totals;
  private final Consumer<Change.Add> refused;
  private final Consumer<List<Long>> damaged;
  private final Set<Long> refusedIds = new HashSet<>();
  private Batch next = new Batch(new LinkedHashMap<>());
  private Batch writing;
  private Future<Void> current = Future.succeededFuture();
  private boolean changed;
  private boolean due;
  private boolean closed;
  private boolean smallEnough;
  private long unwritten;
  private long lastStart = System.nanoTime() - TimeUnit.HOURS.toNanos(1);
  private long timer = -1;
  private String fault;

  /**
   * @param interval from the start of one write to that of the next, in milliseconds
   * @param totals gives the totals at the time of a write, if so many redrives are not made
   * @param refused gets each new event that could not be written, before its sender is told
   * @param damaged gets the letters of which a write found that they cannot be redriven
   */
  GroupCommit(
      Vertx vertx,
      WorkerExecutor writer,
      Disk disk,
      long interval,
      Supplier<IntFunction<String>> totals,
      Consumer<Change.Add> refused,
      Consumer<List<Long>> damaged) {
    this.vertx = vertx;
    this.writer = writer;
    this.disk = disk;
    this.interval = interval;
    this.totals = totals;
    this.refused = refused;
    this.damaged = damaged;
  }

  /** Has a change written. */
  void add(Change change) {
    next.put(change);
    if (change instanceof Change.Add add) {
      next.adds.add(add);
      unwritten += add.event().body().length;
    }
    totalsChanged();
  }

  /** Has settings written. */
  void settings(String settings) {
    next.settings = settings;
    totalsChanged();
  }

  /** Has the totals written. */
  void totalsChanged() {
    if (!changed && !closed) {
      changed = true;
      schedule();
    }
  }

  /** How many bytes of new events are on their way to the disk. */
  long unwritten() {
    return unwritten;
  }

  /** Why the disk takes nothing, {@code null} while it does. */
  String fault() {
    return fault;
  }

  /** Whether an event was refused that may be found on disk all the same. */
  boolean wasRefused(long id) {
    return refusedIds.contains(id);
  }

  /** What is yet to be written of an event, {@code null} when all is. */
  Change unwritten(long id) {
    Change change = next.changes.get(id);
    return change == null && writing != null ? writing.changes.get(id) : change;
  }

  /** Completed when all that has changed so far is written; failed when it cannot be now. */
  Future<Void> kept() {
    if (fault != null) {
      return Future.failedFuture(new DiskException(fault));
    }
    return changed ? next.written.future() : current;
  }

  /** As {@link #kept()}, and has it written now. */
  Future<Void> keptSoon() {
    if (fault == null) {
      schedule(0);
    }
    return kept();
  }

  /** Reads what is written now. */
  <T> Future<T> read(Function<Disk, T> reading) {
    return writer.executeBlocking(() -> reading.apply(disk));
  }

  private void schedule() {
    schedule(fault == null ? interval : TRY_AGAIN);
  }

  /** Never writes at once: what belongs together changes in one turn of the event loop. */
  private void schedule(long sinceLastStart) {
    if (!changed || writing != null) {
      return;
    }
    long wait = sinceLastStart - (System.nanoTime() - lastStart) / 1_000_000;
    if (wait <= 0) {
      if (!due) {
        due = true;
        vertx.runOnContext(v -> writeIfChanged());
      }
    } else if (timer < 0) {
      timer = vertx.setTimer(wait, id -> writeIfChanged());
    }
  }

  private void writeIfChanged() {
    due = false;
    if (changed && writing == null) {
      write();
    }
  }

  private void write() {
    vertx.cancelTimer(timer);
    timer = -1;
    changed = false;
    smallEnough = false;
    lastStart = System.nanoTime();
    Batch batch = next;
    next = new Batch(new LinkedHashMap<>());
    writing = batch;
    current = batch.written.future();
    Collection<Change> changes = batch.changes.values();
    IntFunction<String> state = totals.get();
    writer
        .executeBlocking(() -> disk.write(changes, state, batch.settings))
        .onComplete(
            unmoved -> {
              writing = null;
              damaged.accept(unmoved);
              written(batch);
              schedule();
            },
            failure -> {
              writing = null;
              failed(batch, failure);
              schedule();
            });
  }

  private void written(Batch batch) {
    if (fault != null) {
      fault = null;
      log.warn("webhook.store.path: the disk takes events again");
    }
    refusedIds.clear();
    for (Change.Add add : batch.adds) {
      unwritten -= add.event().body().length;
      add.kept().complete(add.held());
    }
    batch.written.complete();
  }

  private void failed(Batch batch, Throwable failure) {
    if (fault == null) {
      fault = DiskException.line(failure) + "; new events are dropped until it can";
      log.error("webhook.store.path: {}", fault);
    }
    Batch after = next;
    next = new Batch(batch.changes);
    changed = true;
    // What failed may have reached the disk all the same.
    batch.adds.forEach(add -> refusedIds.add(add.id()));
    batch.adds.forEach(add -> batch.put(new Change.Remove(add.id())));
    after.adds.forEach(add -> after.changes.remove(add.id()));
    after.changes.values().forEach(batch::put);
    next.settings = after.settings == null ? batch.settings : after.settings;
    batch.adds.forEach(this::refuse);
    after.adds.forEach(this::refuse);
    batch.written.fail(failure);
    after.written.fail(failure);
  }

  private void refuse(Change.Add add) {
    unwritten -= add.event().body().length;
    refused.accept(add);
    add.kept().fail(new DiskException(fault));
  }

  /** Shrinks the file a little while nothing is to be written, until it is small enough. */
  void compact() {
    if (writing != null || closed || fault != null || smallEnough) {
      return;
    }
    writer
        .executeBlocking(disk::compact)
        .onComplete(
            more -> smallEnough = !more,
            failure -> {
              smallEnough = true;
              log.warn("webhook.store.path: {}", DiskException.line(failure));
            });
  }

  /** Writes what is left, and lets go of the file. */
  Future<Void> close() {
    closed = true;
    if (writing != null) {
      return current.transform(v -> close());
    }
    if (changed) {
      write();
      return current.transform(v -> letGo());
    }
    return letGo();
  }

  private Future<Void> letGo() {
    vertx.cancelTimer(timer);
    changed = false; // A disk that takes nothing has the last word.
    return writer
        .<Void>executeBlocking(
            () -> {
              disk.close();
              return null;
            })
        .transform(v -> writer.close());
  }
}
