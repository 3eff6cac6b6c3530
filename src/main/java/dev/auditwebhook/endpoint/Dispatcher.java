package dev.auditwebhook.endpoint;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.endpoint.attempt.Attempt;
import dev.auditwebhook.endpoint.attempt.Backoff;
import dev.auditwebhook.endpoint.attempt.Batch;
import dev.auditwebhook.endpoint.attempt.Circuit;
import dev.auditwebhook.endpoint.attempt.Decision;
import dev.auditwebhook.endpoint.attempt.Judge;
import dev.auditwebhook.endpoint.attempt.MessageIds;
import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.endpoint.settings.Settings;
import dev.auditwebhook.wire.Answer;
import dev.auditwebhook.wire.Sender;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of an event from its arrival to its end: {@link #queue queued}, {@link #attempt
 * attempted}, {@link #settle ruled upon}, and then over, in backoff, or in the queue again. For one
 * context, so no locks.
 */
final class Dispatcher {

  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

  private final Clock clock;
  private final MessageIds ids;
  private final Settings settings;
  private final Recorder recorder;
  private final ReadAhead readAhead;
  private final RetrySchedule retries;
  private Sender sender;
  private Judge judge;
  private Backoff backoff;
  private Queue queue;
  private int maxInFlight;
  private boolean strictOrder;
  private boolean stopped;

  // Volatile, as metrics are read from any thread.
  private volatile Drain drain;
  private volatile Circuit circuit;
  private volatile int inFlight;

  Dispatcher(
      Clock clock,
      MessageIds ids,
      Settings settings,
      Sender sender,
      Recorder recorder,
      ReadAhead readAhead) {
    this.clock = clock;
    this.ids = ids;
    this.settings = settings;
    this.recorder = recorder;
    this.readAhead = readAhead;
    retries = new RetrySchedule(clock, this::again);
    outfit(sender);
  }

  private void outfit(Sender another) {
    EndpointOptions options = settings.options();
    sender = another;
    maxInFlight = options.getMaxInFlight();
    strictOrder = maxInFlight == 1;
    judge = new Judge(sender.format(), options.getMaxAttempts(), this::freshId);
    backoff =
        new Backoff(
            options.getMaxBackoff(),
            options.getJitter(),
            () -> ThreadLocalRandom.current().nextDouble());
    queue =
        new Queue(clock, ids, sender.format()::sizeOf, options.getBatch(), strictOrder, this::pump);
  }

  /** Goes on by the options in force, with another sender: what it holds is ready at once. */
  void goOnWith(Sender another) {
    Queue former = queue;
    outfit(another);
    former.moveTo(queue);
    retries.clear().forEach(queue::add);
  }

  void queue(List<Event> events) {
    for (Event event : events) {
      Pending pending = readAhead.arrived(event);
      if (pending != null) {
        queue.add(pending);
      }
    }
    pump();
  }

  private void taken(List<Pending> events) {
    for (Pending event : events) {
      if (!settings.counts(event)) {
        event.startAfresh();
      }
      queue.add(event);
    }
    pump();
  }

  private void again(List<Batch> batches) {
    batches.forEach(queue::add);
    pump();
  }

  /** Starts as many attempts as slots, circuit and queue allow. */
  void pump() {
    if (stopped) {
      return;
    }
    readAhead.take(this::taken);
    while (canSend()
        && slotsTaken() < maxInFlight
        && queue.hasReady(isDraining())
        && (!isDraining() || circuit.isClosed())
        && circuit.admits()) {
      attempt(queue.next());
    }
    if (isDraining() && !hasWork(drain.remaining())) {
      drain.endEarly();
    }
  }

  private boolean canSend() {
    return circuit != null && settings.pausedFor() == null && readAhead.owns();
  }

  /** Where the order is strict, what is in backoff goes before all others. */
  private int slotsTaken() {
    return strictOrder ? inFlight + retries.size() : inFlight;
  }

  private void attempt(Batch batch) {
    Attempt attempt = Attempt.of(batch, circuit);
    Judge then = judge;
    inFlight++;
    Future<Answer> answer =
        sender.send(circuit.destination(), attempt.turn(), batch.messageId(), batch.contents());
    if (answer.isComplete()) {
      // Not at once: what it starts may end just so, and thousands would do so within each other.
      clock.later(() -> settle(attempt, answer.result(), then));
    } else {
      answer.onSuccess(result -> settle(attempt, result, then));
    }
  }

  private void settle(Attempt attempt, Answer answer, Judge judgeThen) {
    if (stopped) {
      return; // It stays pending, for the next start.
    }
    inFlight--;
    boolean current = attempt.circuit() == circuit;
    if (answer == Answer.WITHHELD) {
      takeBack(attempt, current);
    } else {
      for (Decision decision : judgeThen.rule(attempt, answer, current)) {
        Batch batch = recorder.record(decision, attempt.batch(), answer, current);
        carryOut(decision, batch, answer, current);
      }
    }
    pump();
  }

  /** Nothing was sent: all is as if it had not begun. */
  private void takeBack(Attempt attempt, boolean current) {
    attempt.circuit().giveBack(attempt.ticket());
    queue.add(current ? attempt.batch() : attempt.batch().fresh());
  }

  private void carryOut(Decision decision, Batch batch, Answer answer, boolean current) {
    switch (decision.ruling()) {
      case DELIVERED, DEAD_LETTER -> readAhead.ended(decision.attempt().batch().size());
      case RETRY -> backOff(batch, batch.attempts(), answer);
      case PARK -> park(batch, current ? answer.retryAfter() : 0);
      case SPLIT -> batch.halves(this::freshId).forEach(queue::add);
      case SPLIT_LATER ->
          batch.halves(this::freshId).forEach(half -> backOff(half, half.attempts() + 1, answer));
      case PAUSE -> {
        queue.add(batch);
        pause("410 Gone from " + circuit.destination().origin());
      }
    }
  }

  private String freshId() {
    return ids.fresh("batch");
  }

  private void backOff(Batch batch, int attempts, Answer answer) {
    retries.add(batch, backoff.after(settings.initialBackoff(), attempts, answer.retryAfter()));
  }

  /** It goes behind the others, and not before the receiver wants it again. */
  private void park(Batch batch, long retryAfter) {
    if (retryAfter > 0) {
      retries.add(batch, backoff.atMostMax(retryAfter));
    } else {
      queue.add(batch);
    }
  }

  private void pause(String reason) {
    if (settings.url().isEmpty()) {
      circuit =
          null; // It was to have what it could take before it was disabled, and takes no more.
    } else if (settings.pausedFor() == null) {
      settings.pause(reason);
      log.warn("Endpoint {} is paused: {}", recorder.endpoint(), reason);
    }
  }

  /** Takes all that is pending to another URL, or to none: {@code null}. Ends a drain. */
  void sendTo(Circuit another) {
    if (isDraining()) {
      drain.end();
      drain = null;
    }
    circuit = another;
    pump();
  }

  void startAfresh() {
    retries.clear().forEach(queue::add);
    queue.startAfresh();
  }

  /**
   * Lets what can go out go out: no batch waits to be filled, and no event for a circuit to close.
   *
   * @param timeout for at most so long, in milliseconds
   * @param kept completed when no more events come
   */
  Future<Void> drain(long timeout, Future<Void> kept) {
    if (!isDraining()) {
      Drain begun = new Drain(clock, timeout);
      drain = begun;
      kept.onComplete(
          (v, failure) -> {
            begun.nothingMoreComes();
            pump();
          });
    }
    return drain.future();
  }

  boolean isDraining() {
    return drain != null;
  }

  /** Whether there is a URL, and it does not drain. */
  boolean isAccepting() {
    return circuit != null && !isDraining();
  }

  /** Whether there is an attempt in flight, or will be one within so many milliseconds. */
  private boolean hasWork(long within) {
    boolean held = strictOrder && retries.size() > 0;
    boolean more = !held && (!queue.isEmpty() || readAhead.waiting() > 0);
    return inFlight > 0
        || canSend() && circuit.isClosed() && (more || retries.endsOneWithin(within));
  }

  void stop() {
    stopped = true;
  }

  int inFlight() {
    return inFlight;
  }

  /** That of the URL in force, {@code null} while there is none. */
  Circuit circuit() {
    return circuit;
  }
}
