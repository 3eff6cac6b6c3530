package dev.auditwebhook.store;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers changes and has them written together by one worker thread, which is the only one that
 * touches the {@link Disk}. After a quiet time a change is written at once; under load writes start
 * an interval apart, each with all that has changed since the last.
 *
 * <p>When a write fails, new events are refused, and everything else is written as soon as the disk
 * takes it.
 */
final class GroupCommit {

  private static final Logger log = LoggerFactory.getLogger(GroupCommit.class);

  /** From one try to the next while writing fails, in milliseconds. */
  private static final long TRY_AGAIN = 1_000;

  private final Vertx vertx;
  private final WorkerExecutor writer;
  private final Disk disk;
  private final long interval;
  private final Supplier<String> totals;
  private final Consumer<Change.Add> refused;
  private final Set<Long> refusedIds = new HashSet<>();
  private List<Change> changes = new ArrayList<>();
  private Promise<Void> next = Promise.promise();
  private Future<Void> current = Future.succeededFuture();
  private boolean changed;
  private boolean busy;
  private boolean due;
  private boolean idleSinceCompaction;
  private long unwritten;
  private long lastStart = System.nanoTime() - TimeUnit.HOURS.toNanos(1);
  private long timer = -1;
  private String fault;

  /**
   * @param interval from the start of one write to that of the next, in milliseconds
   * @param totals gives the totals at the time of a write
   * @param refused gets each new event that could not be written, before its sender is told
   */
  GroupCommit(
      Vertx vertx,
      WorkerExecutor writer,
      Disk disk,
      long interval,
      Supplier<String> totals,
      Consumer<Change.Add> refused) {
    this.vertx = vertx;
    this.writer = writer;
    this.disk = disk;
    this.interval = interval;
    this.totals = totals;
    this.refused = refused;
  }

  /** Has a change written. */
  void add(Change change) {
    changes.add(change);
    if (change instanceof Change.Add add) {
      unwritten += add.event().body().length;
    }
    totalsChanged();
  }

  /** Has the totals written. */
  void totalsChanged() {
    if (!changed) {
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

  /** Completed when all that has changed so far is written; failed when it cannot be now. */
  Future<Void> kept() {
    if (fault != null) {
      return Future.failedFuture(new DiskException(fault));
    }
    return changed ? next.future() : current;
  }

  /** Reads what is written now. */
  <T> Future<T> read(Function<Disk, T> reading) {
    return writer.executeBlocking(() -> reading.apply(disk));
  }

  /** Reads once all that has changed so far is written, or cannot be. */
  <T> Future<T> readLater(Function<Disk, T> reading) {
    if (fault == null) {
      schedule(0);
    }
    return kept().transform(v -> read(reading));
  }

  private void schedule() {
    schedule(fault == null ? interval : TRY_AGAIN);
  }

  /** Never writes at once: what belongs together changes in one turn of the event loop. */
  private void schedule(long sinceLastStart) {
    if (!changed || busy) {
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
    if (changed && !busy) {
      write();
    }
  }

  private void write() {
    vertx.cancelTimer(timer);
    timer = -1;
    busy = true;
    changed = false;
    idleSinceCompaction = false;
    lastStart = System.nanoTime();
    List<Change> batch = changes;
    changes = new ArrayList<>();
    Promise<Void> promise = next;
    next = Promise.promise();
    current = promise.future();
    String state = totals.get();
    writer
        .<Void>executeBlocking(
            () -> {
              disk.write(batch, state);
              return null;
            })
        .onComplete(
            v -> {
              written(batch);
              busy = false;
              promise.complete();
              schedule();
            },
            failure -> {
              failed(batch, failure);
              busy = false;
              promise.fail(failure);
              schedule();
            });
  }

  private void written(List<Change> batch) {
    if (fault != null) {
      fault = null;
      log.warn("webhook.store.path: the disk takes events again");
    }
    refusedIds.clear();
    for (Change change : batch) {
      if (change instanceof Change.Add add) {
        unwritten -= add.event().body().length;
        add.kept().complete(add.held());
      }
    }
  }

  private void failed(List<Change> batch, Throwable failure) {
    if (fault == null) {
      fault = failure.getMessage() + "; new events are dropped until it can";
      log.error("webhook.store.path: {}", fault);
    }
    List<Change> later = new ArrayList<>();
    for (Change change : batch) {
      if (change instanceof Change.Add add) {
        // What failed may have reached the disk all the same.
        refusedIds.add(add.event().id());
        later.add(new Change.Remove(add.event().id()));
        refuse(add);
      } else {
        later.add(change);
      }
    }
    for (Change change : changes) {
      if (change instanceof Change.Add add) {
        refuse(add);
      } else {
        later.add(change);
      }
    }
    changes = later;
    changed = true;
  }

  private void refuse(Change.Add add) {
    unwritten -= add.event().body().length;
    refused.accept(add);
    add.kept().fail(new DiskException(fault));
  }

  /** Shrinks the file a little while nothing is to be written, until it is small enough. */
  void compact() {
    if (busy || fault != null || idleSinceCompaction) {
      return;
    }
    writer
        .executeBlocking(disk::compact)
        .onComplete(
            more -> idleSinceCompaction = !more,
            failure -> {
              idleSinceCompaction = true;
              log.warn("webhook.store.path: {}", failure.getMessage());
            });
  }

  /** Writes what is left, and lets go of the file. */
  Future<Void> close() {
    if (busy) {
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
