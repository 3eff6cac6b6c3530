package dev.auditwebhook.journal.file;

import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Found;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.journal.Engine;
import dev.auditwebhook.journal.NotKeptException;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps all on disk, so that it outlives the process. One worker thread does the work, in order.
 */
public final class FileEngine implements Engine {

  private static final Logger log = LoggerFactory.getLogger(FileEngine.class);
  private static final long UPKEEP_INTERVAL = 1_000;

  /** The file is shrunk at one upkeep in so many while events come. */
  private static final int SELDOM = 10;

  private static final long MAX_WORK_SECONDS = 60;

  private final Clock clock;
  private final StoreOptions options;
  private final Function<Path, String> name;
  private final WorkerExecutor worker;
  private Disk disk;
  private String damage;
  private long lastId;
  private long upkeepTimer = -1;
  private boolean appending;
  private boolean failing;
  private boolean smallEnough;
  private boolean closed;

  /** Whether anything was since the last upkeep, and for how many of them. */
  private boolean appended;

  private int busyFor;

  public FileEngine(Vertx vertx, Clock clock, String address, StoreOptions options) {
    this(vertx, clock, address, options, Path::toString);
  }

  /**
   * @param name gives the database's name of the file
   */
  FileEngine(
      Vertx vertx, Clock clock, String address, StoreOptions options, Function<Path, String> name) {
    this.clock = clock;
    this.options = options;
    this.name = name;
    worker =
        vertx.createSharedWorkerExecutor(
            "webhook-store-" + address, 1, MAX_WORK_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public Future<Opened> open() {
    long now = clock.now();
    long start = clock.elapsed();
    return worker
        .executeBlocking(() -> Recovery.of(new StoreDirectory(options.getPath()), name, now))
        .map(found -> opened(found, clock.elapsed() - start))
        .recover(failure -> worker.close().transform(v -> Future.failedFuture(explained(failure))));
  }

  private Opened opened(Recovery found, long millis) {
    disk = new Disk(found);
    damage = found.damage();
    lastId = found.opened().lastId();
    log.info(
        "Recovered {} pending events and {} dead letters from {} in {} ms",
        found.pending(),
        found.letters(),
        Path.of(options.getPath()).toAbsolutePath(),
        millis);
    upkeepTimer = clock.timer(UPKEEP_INTERVAL, this::upkeep);
    return found.opened();
  }

  private static Throwable explained(Throwable failure) {
    if (failure instanceof DiskException) {
      return new IllegalArgumentException("webhook.store.path: " + failure.getMessage(), failure);
    } else if (failure instanceof NoClassDefFoundError) {
      return new IllegalArgumentException(
          "webhook.store.type: \"file\" needs com.h2database:h2-mvstore on the class path",
          failure);
    }
    return failure;
  }

  @Override
  public Future<Appended> append(Addition addition) {
    long firstId = refuse(addition.entries().size());
    long last = lastId;
    appending = true;
    smallEnough = false;
    appended = true;
    return worker
        .executeBlocking(() -> disk.append(firstId, last, addition))
        .transform(
            (kept, failure) -> {
              appending = false;
              failing = failure != null;
              return failing
                  ? Future.failedFuture(
                      new NotKeptException(DiskException.line(failure), firstId, failure))
                  : Future.succeededFuture(kept);
            });
  }

  @Override
  public long refuse(int entries) {
    long firstId = lastId + 1;
    lastId += entries;
    return firstId;
  }

  @Override
  public Future<Void> forget(String endpoint, JsonObject settings) {
    return worker.executeBlocking(
        () -> {
          disk.forget(endpoint, settings);
          return null;
        });
  }

  /** Where much is for others, in parts: what is to be kept is not to wait for all of it. */
  @Override
  public Future<Found<Event>> read(int number, long after, int limit) {
    return find(() -> disk.read(number, after, limit), EventGroups.Part.NOTHING)
        .compose(
            part ->
                part.isLast() || !part.read().isEmpty()
                    ? Future.succeededFuture(part.read())
                    : read(number, part.upTo(), limit));
  }

  /**
   * Who asks after the end, as one answer led to another question, finds nothing: to look would
   * open the file again.
   */
  private <T> Future<T> find(Callable<T> search, T nothing) {
    return closed ? Future.succeededFuture(nothing) : worker.executeBlocking(search);
  }

  @Override
  public Future<Found<Straggler>> stragglers(String endpoint, Collection<Long> ids) {
    return find(() -> disk.stragglers(endpoint, ids), Found.nothing());
  }

  @Override
  public Future<List<DeadLetter>> deadLetters(
      String endpoint, List<Long> ids, Map<Long, DeadLetter> unkept, long maxBytes) {
    return find(() -> disk.deadLetters(endpoint, ids, unkept, maxBytes), List.of());
  }

  @Override
  public String key() {
    return "webhook.store.path";
  }

  @Override
  public long interval() {
    return options.getSyncInterval();
  }

  @Override
  public String damage() {
    return damage;
  }

  /** Shrinks the file a little, more seldom while much is appended, until it is small enough. */
  private void upkeep() {
    upkeepTimer = clock.timer(UPKEEP_INTERVAL, this::upkeep);
    busyFor = appended ? busyFor + 1 : 0;
    boolean seldom = appended && busyFor % SELDOM != 0;
    appended = false;
    if (appending || failing || smallEnough || seldom) {
      return;
    }
    worker
        .executeBlocking(disk::compact)
        .onComplete(
            more -> smallEnough = !more,
            failure -> {
              smallEnough = true;
              log.warn("webhook.store.path: {}", DiskException.line(failure));
            });
  }

  @Override
  public Future<Void> close() {
    closed = true;
    clock.cancel(upkeepTimer);
    if (disk == null) {
      return worker.close();
    }
    return worker
        .executeBlocking(
            () -> {
              disk.close();
              return null;
            })
        .transform(v -> worker.close());
  }
}
