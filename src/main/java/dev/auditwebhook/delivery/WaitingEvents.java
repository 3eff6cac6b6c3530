package dev.auditwebhook.delivery;

import dev.auditwebhook.store.PendingEvent;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * What is ready for an attempt: batches that come back, and events that are yet to be put into one.
 * First comes what waited longest since its last try, or else its acceptance; where the order is
 * strict, the lowest id.
 */
final class WaitingEvents {

  private final Vertx vertx;
  private final Batching batching;
  private final boolean strictOrder;
  private final Runnable ripe;
  private final Comparator<PendingEvent> order;
  private final ArrayDeque<PendingEvent> events = new ArrayDeque<>();
  private final PriorityQueue<PendingEvent> outOfOrder;
  private final PriorityQueue<Batch> batches;
  private long timer = -1;
  private boolean hurry;

  /**
   * @param ripe called when a batch has waited long enough for more events
   */
  WaitingEvents(Vertx vertx, Batching batching, boolean strictOrder, Runnable ripe) {
    this.vertx = vertx;
    this.batching = batching;
    this.strictOrder = strictOrder;
    this.ripe = ripe;
    this.order =
        strictOrder
            ? Comparator.comparingLong(PendingEvent::id)
            : Comparator.comparingLong(PendingEvent::since).thenComparingLong(PendingEvent::id);
    this.outOfOrder = new PriorityQueue<>(order);
    this.batches = new PriorityQueue<>(strictOrder ? Batch.LOWEST_ID : Batch.LONGEST_WAIT);
  }

  void add(PendingEvent event) {
    if (events.isEmpty() || order.compare(events.peekLast(), event) <= 0) {
      events.addLast(event);
    } else {
      outOfOrder.add(event);
    }
  }

  void add(Batch batch) {
    batches.add(batch);
  }

  boolean isEmpty() {
    return batches.isEmpty() && eventCount() == 0;
  }

  private int eventCount() {
    return events.size() + outOfOrder.size();
  }

  /** From now on nothing waits for a batch to fill. */
  void hurry(boolean on) {
    hurry = on;
  }

  /** Whether an attempt may start: a batch is there, or full, or has waited long enough. */
  boolean hasReady() {
    return !batches.isEmpty() || eventCount() > 0 && isRipe();
  }

  private boolean isRipe() {
    if (hurry || !batching.isOn() || eventCount() >= batching.maxEvents()) {
      return true;
    }
    long waited = System.currentTimeMillis() - first().since();
    if (waited < 0 || waited >= batching.maxDelay()) {
      return true;
    }
    if (timer < 0) {
      timer =
          vertx.setTimer(
              batching.maxDelay() - waited,
              id -> {
                timer = -1;
                ripe.run();
              });
    }
    return false;
  }

  /** Takes what comes first. Call only when {@link #hasReady()}. */
  Batch next() {
    if (eventCount() == 0 || !batches.isEmpty() && batchIsFirst()) {
      return batches.poll();
    }
    List<PendingEvent> members = new ArrayList<>(Math.min(eventCount(), batching.maxEvents()));
    long bytes = 1;
    do {
      PendingEvent event = pollFirst();
      members.add(event);
      bytes += event.body().length + 1;
    } while (members.size() < batching.maxEvents()
        && eventCount() > 0
        && first().attempts() == members.get(0).attempts()
        && bytes + first().body().length + 1 <= Batching.MAX_BYTES);
    return batching.form(members);
  }

  private boolean batchIsFirst() {
    return !strictOrder && !isRipe() || order.compare(batches.peek().events().get(0), first()) <= 0;
  }

  private PendingEvent first() {
    return isOutOfOrderFirst() ? outOfOrder.peek() : events.peekFirst();
  }

  private PendingEvent pollFirst() {
    return isOutOfOrderFirst() ? outOfOrder.poll() : events.pollFirst();
  }

  private boolean isOutOfOrderFirst() {
    return !outOfOrder.isEmpty()
        && (events.isEmpty() || order.compare(outOfOrder.peek(), events.peekFirst()) < 0);
  }

  /** Forgets all attempts made so far, for a new URL. */
  void startAfresh() {
    List<PendingEvent> tried = new ArrayList<>();
    for (Queue<PendingEvent> queue : List.of(events, outOfOrder)) {
      queue.removeIf(event -> event.attempts() > 0 && tried.add(event));
    }
    tried.forEach(event -> add(event.waiting(0, event.since())));
    List<Batch> again = List.copyOf(batches);
    batches.clear();
    again.forEach(batch -> add(batch.fresh()));
  }
}
