package dev.auditwebhook.store;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps all on disk, so that it outlives the process. Up to {@code queueCapacity} pending events
 * are held in memory as well; more wait on disk, and are read back in order.
 */
public final class FileStore implements Store {

  private static final Logger log = LoggerFactory.getLogger(FileStore.class);

  /** The most bytes of new events that are on their way to the disk. */
  private static final long MAX_UNWRITTEN = 32 << 20;

  private static final long UPKEEP_INTERVAL = 1_000;
  private static final long MAX_WORK_SECONDS = 60;

  /**
   * How a file store is set up.
   *
   * @param path its directory
   * @param syncInterval how soon a change is on disk, in milliseconds
   * @param maxEvents how many events may be pending
   * @param queueCapacity how many of them are held in memory
   * @param dlqCapacity how many dead letters are kept
   */
  public record Options(
      String path, long syncInterval, long maxEvents, int queueCapacity, int dlqCapacity) {}

  private final Vertx vertx;
  private final Options options;
  private final GroupCommit commit;
  private final String messageIdPrefix;
  private final String damage;
  private final AtomicLongArray totals = new AtomicLongArray(Total.values().length);
  private final TreeSet<Long> deadIds;
  private final DamagedLetters damagedLetters = new DamagedLetters();
  private final Backlog backlog;
  private final long upkeepTimer;
  private JsonObject settings;
  private volatile long pending;
  private volatile int deadLetters;
  private String unreadable;

  /**
   * Opens the store, or makes a new one.
   *
   * @param vertx whose worker does the writing; to be called on the context of a verticle
   * @param address the webhook's prefix of addresses
   * @return failed in one line when the directory or its file cannot be used
   */
  public static Future<Store> open(Vertx vertx, String address, Options options) {
    return open(vertx, address, options, Path::toString);
  }

  /**
   * @param name gives the database's name of the file
   */
  static Future<Store> open(
      Vertx vertx, String address, Options options, Function<Path, String> name) {
    WorkerExecutor writer =
        vertx.createSharedWorkerExecutor(
            "webhook-store-" + address, 1, MAX_WORK_SECONDS, TimeUnit.SECONDS);
    return writer
        .executeBlocking(() -> RecoveredDisk.open(options.path(), name))
        .<Store>map(recovered -> new FileStore(vertx, options, writer, recovered))
        .recover(failure -> writer.close().transform(v -> Future.failedFuture(explained(failure))));
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

  private FileStore(Vertx vertx, Options options, WorkerExecutor writer, RecoveredDisk recovered) {
    this.vertx = vertx;
    this.options = options;
    messageIdPrefix = recovered.messageIdPrefix();
    damage = recovered.damage();
    settings = new JsonObject(recovered.settings());
    pending = recovered.pending();
    backlog = new Backlog(options.queueCapacity(), pending);
    deadIds = new TreeSet<>(recovered.deadLetterIds());
    JsonObject stored = new JsonObject(recovered.totals());
    for (Total total : Total.values()) {
      totals.set(total.ordinal(), stored.getLong(total.name(), 0L));
    }
    commit =
        new GroupCommit(
            vertx,
            writer,
            recovered.disk(),
            options.syncInterval(),
            this::encodedTotals,
            this::refused,
            this::notRedriven);
    damagedLetters.found(recovered.damagedLetterIds());
    fail(recovered.damagedEventIds());
    upkeepTimer = vertx.setPeriodic(UPKEEP_INTERVAL, id -> commit.compact());
  }

  /** The totals of now, for when so many of the letters that are redriven now are damaged. */
  private IntFunction<String> encodedTotals() {
    long[] now = LongStream.range(0, totals.length()).map(i -> totals.get((int) i)).toArray();
    return damagedLetters -> {
      now[Total.FAILED.ordinal()] += damagedLetters;
      now[Total.REDRIVEN.ordinal()] -= damagedLetters;
      JsonObject json = new JsonObject();
      for (Total total : Total.values()) {
        json.put(total.name(), now[total.ordinal()]);
      }
      return json.encode();
    };
  }

  @Override
  public String messageIdPrefix() {
    return messageIdPrefix;
  }

  @Override
  public long total(Total total) {
    return totals.get(total.ordinal());
  }

  @Override
  public long count(Total total) {
    long now = totals.incrementAndGet(total.ordinal());
    commit.totalsChanged();
    return now;
  }

  @Override
  public long pending() {
    return pending;
  }

  @Override
  public long capacity() {
    return options.maxEvents();
  }

  @Override
  public boolean hasRoom() {
    return commit.fault() == null
        && pending < options.maxEvents()
        && commit.unwritten() < MAX_UNWRITTEN;
  }

  @Override
  public Future<Boolean> add(PendingEvent event) {
    boolean hold = backlog.add(event.id());
    pending++;
    Promise<Boolean> kept = Promise.promise();
    commit.add(new Change.Add(event, hold, kept));
    return kept.future().onSuccess(backlog::arrived);
  }

  private void refused(Change.Add add) {
    pending--;
    backlog.refused(add.held());
  }

  @Override
  public Future<Void> kept() {
    return commit.kept();
  }

  @Override
  public boolean canTake() {
    return backlog.canTake();
  }

  @Override
  public long waiting() {
    return backlog.waiting();
  }

  @Override
  public Future<List<PendingEvent>> take() {
    Backlog.Reading next = backlog.next();
    Function<Disk, Waiting> reading = disk -> disk.read(next.ids(), next.after(), next.limit());
    return commit
        .read(reading)
        .compose(
            read ->
                read.events().isEmpty()
                    ? commit.keptSoon().transform(v -> commit.read(reading))
                    : Future.succeededFuture(read))
        .map(this::taken)
        .otherwise(this::unread);
  }

  private List<PendingEvent> unread(Throwable failure) {
    String why = DiskException.line(failure);
    if (!why.equals(unreadable)) {
      unreadable = why;
      log.error("webhook.store.path: {}", unreadable);
    }
    return List.of();
  }

  private List<PendingEvent> taken(Waiting read) {
    unreadable = null;
    read.damaged().forEach(backlog::passed);
    // One with a change that is yet to be written was found before, or is not pending.
    List<Long> lost = read.damaged().stream().filter(id -> commit.unwritten(id) == null).toList();
    pending -= lost.size();
    lost.forEach(id -> backlog.lost());
    fail(lost);
    return backlog.taken(read.events(), commit::wasRefused);
  }

  private void fail(List<Long> damagedEvents) {
    for (long id : damagedEvents) {
      totals.incrementAndGet(Total.FAILED.ordinal());
      deadIds.add(id);
      commit.add(new Change.Fail(id));
    }
    damagedLetters.failed(damagedEvents);
    evict();
  }

  @Override
  public void update(PendingEvent event) {
    commit.add(new Change.Update(event));
  }

  @Override
  public void delivered(PendingEvent event) {
    pending--;
    backlog.ended();
    totals.incrementAndGet(Total.DELIVERED.ordinal());
    commit.add(new Change.Remove(event.id()));
  }

  @Override
  public void bury(DeadLetter letter) {
    pending--;
    backlog.ended();
    totals.incrementAndGet(Total.FAILED.ordinal());
    deadIds.add(letter.event().id());
    commit.add(new Change.Bury(letter));
    evict();
  }

  private void evict() {
    while (deadIds.size() > options.dlqCapacity()) {
      totals.incrementAndGet(Total.DLQ_EVICTED.ordinal());
      remove(deadIds.first());
    }
    deadLetters = deadIds.size();
  }

  @Override
  public int deadLetters() {
    return deadLetters;
  }

  @Override
  public List<Long> deadLetterIds() {
    return List.copyOf(deadIds);
  }

  @Override
  public Future<List<DeadLetter>> deadLetters(long after, int limit, long maxBytes) {
    return commit
        .keptSoon()
        .transform(
            v -> {
              List<Long> ids = deadIds.tailSet(after, false).stream().limit(limit).toList();
              Map<Long, DeadLetter> unwritten = new HashMap<>();
              for (long id : ids) {
                Change change = commit.unwritten(id);
                if (change instanceof Change.Bury bury) {
                  unwritten.put(id, bury.letter());
                } else if (change instanceof Change.Fail) {
                  unwritten.put(id, DeadLetter.damaged(id));
                }
              }
              return commit.read(
                  disk -> disk.deadLetters(ids, unwritten, new Reading(limit, maxBytes)));
            })
        .onSuccess(
            letters ->
                damagedLetters.found(
                    letters.stream()
                        .filter(DeadLetter::isDamaged)
                        .map(letter -> letter.event().id())
                        .filter(deadIds::contains)
                        .toList()));
  }

  @Override
  public boolean hasDeadLetterAbove(long id) {
    return deadIds.higher(id) != null;
  }

  @Override
  public boolean isDeadLetter(long id) {
    return deadIds.contains(id);
  }

  @Override
  public void redrive(long id) {
    deadIds.remove(id);
    deadLetters = deadIds.size();
    pending++;
    backlog.redriven(id);
    totals.decrementAndGet(Total.FAILED.ordinal());
    totals.incrementAndGet(Total.REDRIVEN.ordinal());
    commit.add(new Change.Redrive(id, System.currentTimeMillis()));
  }

  private void notRedriven(List<Long> ids) {
    for (long id : ids) {
      deadIds.add(id);
      pending--;
      backlog.notRedriven(id);
      totals.incrementAndGet(Total.FAILED.ordinal());
      totals.decrementAndGet(Total.REDRIVEN.ordinal());
    }
    damagedLetters.found(ids);
    evict();
  }

  @Override
  public boolean isDamaged(long id) {
    return damagedLetters.contains(id);
  }

  @Override
  public void purge(long id) {
    remove(id);
    deadLetters = deadIds.size();
  }

  private void remove(long id) {
    deadIds.remove(id);
    damagedLetters.remove(id);
    commit.add(new Change.Remove(id));
  }

  @Override
  public JsonObject settings() {
    return settings;
  }

  @Override
  public void settings(JsonObject changedSettings) {
    settings = changedSettings;
    commit.settings(changedSettings.encode());
  }

  @Override
  public String warning() {
    if (commit.fault() != null || unreadable != null) {
      return commit.fault() != null ? commit.fault() : unreadable;
    }
    String letters = damagedLetters.warning();
    if (letters == null) {
      return damage;
    }
    return damage == null ? letters : damage + "; " + letters;
  }

  @Override
  public boolean isFaulty() {
    return commit.fault() != null || unreadable != null;
  }

  @Override
  public boolean isSetAside() {
    return damage != null;
  }

  @Override
  public Future<Void> close() {
    vertx.cancelTimer(upkeepTimer);
    return commit.close();
  }
}
