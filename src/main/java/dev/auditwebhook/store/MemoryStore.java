package dev.auditwebhook.store;

import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLongArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps all in Vert.x local shared data: it outlives a redeploy, not the process. */
public final class MemoryStore implements Store {

  private static final Logger log = LoggerFactory.getLogger(MemoryStore.class);
  private static final Future<Void> KEPT = Future.succeededFuture();
  private static final Future<Boolean> HELD = Future.succeededFuture(true);

  private final int queueCapacity;
  private final int dlqCapacity;
  private final LocalMap<Long, PendingEvent> pending;
  private final LocalMap<Long, DeadLetter> dead;
  private final LocalMap<String, String> facts;
  private final AtomicLongArray totals;
  private final TreeSet<Long> deadIds = new TreeSet<>();
  private final TreeSet<Long> waiting = new TreeSet<>();
  private final String messageIdPrefix;

  /**
   * Opens the store of a webhook.
   *
   * @param vertx whose local shared data
   * @param address the webhook's prefix of addresses
   * @param queueCapacity how many events may be pending
   * @param dlqCapacity how many dead letters are kept
   */
  public MemoryStore(Vertx vertx, String address, int queueCapacity, int dlqCapacity) {
    String name = "dev.auditwebhook." + address;
    this.queueCapacity = queueCapacity;
    this.dlqCapacity = dlqCapacity;
    pending = vertx.sharedData().getLocalMap(name + ".pending");
    dead = vertx.sharedData().getLocalMap(name + ".dead");
    facts = vertx.sharedData().getLocalMap(name + ".facts");
    LocalMap<String, Totals> shared = vertx.sharedData().getLocalMap(name + ".totals");
    totals = shared.computeIfAbsent("totals", key -> new Totals()).values;
    messageIdPrefix = facts.computeIfAbsent("messageIdPrefix", key -> MessageIdPrefix.random());
    deadIds.addAll(dead.keySet());
    waiting.addAll(pending.keySet());
    evict();
    facts.put("open", "yes");
    if (facts.putIfAbsent("watched", "yes") == null) {
      ((VertxInternal) vertx).addCloseHook(this::vertxCloses);
    }
  }

  /** Vert.x calls its hooks first, then undeploys: an open store speaks when it is closed. */
  private void vertxCloses(Completable<Void> done) {
    facts.put("ending", "yes");
    if (facts.get("open") == null) {
      warnOfTheEnd();
    }
    done.succeed();
  }

  private void warnOfTheEnd() {
    if (pending.size() + dead.size() > 0) {
      log.warn(
          "The memory store ends with the process, and with it {} pending events and {} dead letters",
          pending.size(),
          dead.size());
    }
  }

  @Override
  public Future<Void> close() {
    facts.remove("open");
    if (facts.get("ending") != null) {
      warnOfTheEnd();
    }
    return KEPT;
  }

  private record Totals(AtomicLongArray values) implements Shareable {
    Totals() {
      this(new AtomicLongArray(Total.values().length));
    }
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
    return totals.incrementAndGet(total.ordinal());
  }

  @Override
  public long pending() {
    return pending.size();
  }

  @Override
  public long capacity() {
    return queueCapacity;
  }

  @Override
  public boolean hasRoom() {
    return pending.size() < queueCapacity;
  }

  @Override
  public Future<Boolean> add(PendingEvent event) {
    pending.put(event.id(), event);
    return HELD;
  }

  @Override
  public Future<Void> kept() {
    return KEPT;
  }

  @Override
  public boolean canTake() {
    return !waiting.isEmpty();
  }

  @Override
  public long waiting() {
    return waiting.size();
  }

  @Override
  public Future<List<PendingEvent>> take() {
    List<PendingEvent> taken = waiting.stream().map(pending::get).toList();
    waiting.clear();
    return Future.succeededFuture(taken);
  }

  @Override
  public void update(PendingEvent event) {
    pending.put(event.id(), event);
  }

  @Override
  public void delivered(PendingEvent event) {
    pending.remove(event.id());
    count(Total.DELIVERED);
  }

  @Override
  public void bury(DeadLetter letter) {
    long id = letter.event().id();
    pending.remove(id);
    count(Total.FAILED);
    dead.put(id, letter);
    deadIds.add(id);
    evict();
  }

  private void evict() {
    while (deadIds.size() > dlqCapacity) {
      dead.remove(deadIds.pollFirst());
      count(Total.DLQ_EVICTED);
    }
  }

  @Override
  public int deadLetters() {
    return dead.size();
  }

  @Override
  public List<Long> deadLetterIds() {
    return List.copyOf(deadIds);
  }

  @Override
  public Future<List<DeadLetter>> deadLetters(long after, int limit, long maxBytes) {
    Reading reading = new Reading(limit, maxBytes);
    for (long id : deadIds.tailSet(after, false)) {
      if (!reading.add(dead.get(id))) {
        break;
      }
    }
    return Future.succeededFuture(reading.letters());
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
  public boolean isDamaged(long id) {
    return false;
  }

  @Override
  public void redrive(long id) {
    deadIds.remove(id);
    pending.put(id, dead.remove(id).event().waiting(0, System.currentTimeMillis()));
    waiting.add(id);
    totals.decrementAndGet(Total.FAILED.ordinal());
    count(Total.REDRIVEN);
  }

  @Override
  public void purge(long id) {
    deadIds.remove(id);
    dead.remove(id);
  }

  @Override
  public JsonObject settings() {
    return new JsonObject(facts.getOrDefault("settings", "{}"));
  }

  @Override
  public void settings(JsonObject settings) {
    facts.put("settings", settings.encode());
  }

  @Override
  public String warning() {
    return null;
  }

  @Override
  public boolean isFaulty() {
    return false;
  }

  @Override
  public boolean isSetAside() {
    return false;
  }
}
