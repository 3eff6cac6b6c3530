package dev.auditwebhook.endpoint;

import dev.auditwebhook.BatchOptions;
import dev.auditwebhook.endpoint.attempt.Batch;
import dev.auditwebhook.endpoint.attempt.MessageIds;
import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.wire.format.Event;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.ToIntFunction;

/**
 * What is ready for an attempt: batches that come back, and events that are yet to be put into one.
 * First comes what waited longest since its last try, or else its acceptance; where the order is
 * strict, the lowest id.
 */
final class Queue {

  private final Clock clock;
  private final MessageIds ids;
  private final ToIntFunction<Event> sizeOf;
  private final int maxEvents;
  private final long maxDelay;
  private final boolean strictOrder;
  private final Runnable ripe;
  private final Comparator<Pending> order;
  private final ArrayDeque<Pending> events = new ArrayDeque<>();
  private final PriorityQueue<Pending> outOfOrder;
  private final PriorityQueue<Batch> batches;
  private long timer = -1;

  /**
   * @param sizeOf how many bytes an event adds to a batch
   * @param ripe called when a batch has waited long enough for more events
   */
  Queue(
      Clock clock,
      MessageIds ids,
      ToIntFunction<Event> sizeOf,
      BatchOptions options,
      boolean strictOrder,
      Runnable ripe) {
    this.sizeOf = sizeOf;
    this.clock = clock;
    this.ids = ids;
    this.maxEvents = options.getMaxEvents();
    this.maxDelay = options.getMaxDelay();
    this.strictOrder = strictOrder;
    this.ripe = ripe;
    this.order =
        strictOrder
            ? Comparator.comparingLong(Pending::id)
            : Comparator.comparingLong(Pending::since).thenComparingLong(Pending::id);
    this.outOfOrder = new PriorityQueue<>(order);
    this.batches = new PriorityQueue<>(strictOrder ? Batch.LOWEST_ID : Batch.LONGEST_WAIT);
  }

  void add(Pending event) {
    if (events.isEmpty() || order.compare(events.peekLast(), event) <= 0) {
      events.addLast(event);
    } else {
      outOfOrder.add(event);
    }
  }

  /** One that was formed by other rules than these parts into its events. */
  void add(Batch batch) {
    if (fits(batch)) {
      batches.add(batch);
    } else {
      batch.events().forEach(this::add);
    }
  }

  private boolean fits(Batch batch) {
    if (maxEvents == 1) {
      return batch.messageId().equals(ids.ofEvent(batch.events().get(0).id()));
    }
    long bytes = 0;
    for (Pending event : batch.events()) {
      bytes += sizeOf.applyAsInt(event.event());
    }
    return batch.size() == 1 || batch.size() <= maxEvents && bytes <= Batch.MAX_BYTES;
  }

  /** Gives all that is in it to another one. */
  void moveTo(Queue another) {
    clock.cancel(timer);
    events.forEach(another::add);
    outOfOrder.forEach(another::add);
    batches.forEach(another::add);
  }

  boolean isEmpty() {
    return batches.isEmpty() && eventCount() == 0;
  }

  private int eventCount() {
    return events.size() + outOfOrder.size();
  }

  /**
   * Whether an attempt may start: a batch is there, or full, or has waited long enough.
   *
   * @param partial whether a batch may go that is neither
   */
  boolean hasReady(boolean partial) {
    return !batches.isEmpty() || eventCount() > 0 && (partial || isRipe());
  }

  private boolean isRipe() {
    if (eventCount() >= maxEvents) {
      return true;
    }
    long waited = clock.now() - first().since();
    if (waited < 0 || waited >= maxDelay) {
      return true;
    }
    if (timer < 0) {
      timer = clock.timer(maxDelay - waited, this::ripen);
    }
    return false;
  }

  private void ripen() {
    timer = -1;
    ripe.run();
  }

  /** Takes what comes first. Call only when it {@link #hasReady}. */
  Batch next() {
    if (eventCount() == 0 || !batches.isEmpty() && batchIsFirst()) {
      return batches.poll();
    }
    if (maxEvents == 1) {
      Pending event = pollFirst();
      return Batch.single(event, ids.ofEvent(event.id()));
    }
    List<Pending> members = new ArrayList<>(Math.min(eventCount(), maxEvents));
    long bytes = 0;
    do {
      Pending event = pollFirst();
      members.add(event);
      bytes += sizeOf.applyAsInt(event.event());
    } while (members.size() < maxEvents
        && eventCount() > 0
        && first().attempts() == members.get(0).attempts()
        && bytes + sizeOf.applyAsInt(first().event()) <= Batch.MAX_BYTES);
    members.sort(Comparator.comparingLong(Pending::id));
    return Batch.of(members, ids.fresh("batch"));
  }

  private boolean batchIsFirst() {
    return !strictOrder && !isRipe() || order.compare(batches.peek().events().get(0), first()) <= 0;
  }

  private Pending first() {
    return isOutOfOrderFirst() ? outOfOrder.peek() : events.peekFirst();
  }

  private Pending pollFirst() {
    return isOutOfOrderFirst() ? outOfOrder.poll() : events.pollFirst();
  }

  private boolean isOutOfOrderFirst() {
    return !outOfOrder.isEmpty()
        && (events.isEmpty() || order.compare(outOfOrder.peek(), events.peekFirst()) < 0);
  }

  void startAfresh() {
    events.forEach(Pending::startAfresh);
    outOfOrder.forEach(Pending::startAfresh);
    List<Batch> again = List.copyOf(batches);
    batches.clear();
    again.forEach(batch -> add(batch.fresh()));
  }
}
