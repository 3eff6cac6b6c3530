package dev.auditwebhook.delivery;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.delivery.Circuit.Ticket;
import dev.auditwebhook.security.UrlPolicy.Endpoint;
import dev.auditwebhook.store.PendingEvent;
import dev.auditwebhook.store.Store;
import dev.auditwebhook.store.Total;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of an event after its {@link Intake acceptance}: {@link #queue queued}, {@link #attempt
 * attempted}, {@link #settle judged}, and then delivered, in backoff, or a dead letter. One
 * instance a verticle, on its context, so no locks.
 */
final class Dispatcher {

  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

  /** How soon the store is asked again when it could not give what waits in it, in milliseconds. */
  private static final long ASK_AGAIN = 1_000;

  private final Vertx vertx;
  private final WebhookOptions options;
  private final Store store;
  private final Settings settings;
  private final Sender sender;
  private final Batching batching;
  private final Outcomes outcomes;
  private final Backoff backoff;
  private final Backoffs backoffs;
  private final WaitingEvents waiting;
  private final boolean strictOrder;
  private Consumer<Endpoint> gone;
  private Runnable pumped;
  // Volatile, as metrics are read from any thread.
  private volatile Target target;
  private volatile int inFlight;
  private long freshUpTo;
  private boolean hurry;
  private boolean taking;
  private boolean stopped;

  Dispatcher(
      Vertx vertx,
      WebhookOptions options,
      Store store,
      Settings settings,
      Sender sender,
      Batching batching,
      Outcomes outcomes) {
    this.vertx = vertx;
    this.options = options;
    this.store = store;
    this.settings = settings;
    this.sender = sender;
    this.batching = batching;
    this.outcomes = outcomes;
    backoff =
        new Backoff(
            options.getMaxBackoff(),
            options.getJitter(),
            () -> ThreadLocalRandom.current().nextDouble());
    backoffs = new Backoffs(vertx, this::ready);
    strictOrder = options.getMaxInFlight() == 1;
    waiting = new WaitingEvents(vertx, batching, strictOrder, this::pump);
  }

  /**
   * To be called before anything else.
   *
   * @param gone called when an endpoint wants no more
   * @param pumped called when attempts may have ended or started
   */
  void begin(Consumer<Endpoint> gone, Runnable pumped) {
    this.gone = gone;
    this.pumped = pumped;
  }

  /** Takes an event that the store holds into the queue. */
  void queue(PendingEvent event) {
    waiting.add(event);
    pump();
  }

  private void ready(Batch batch) {
    waiting.add(batch);
    pump();
  }

  /** Starts as many attempts as slots, circuit and queue allow. */
  void pump() {
    take();
    while (target != null
        && slotsTaken() < options.getMaxInFlight()
        && waiting.hasReady()
        && (!hurry || target.circuit().isClosed())
        && target.circuit().admits()
        && !stopped) {
      attempt(waiting.next());
    }
    pumped.run();
  }

  /** Reads on what waits in the store, ahead of its need. */
  private void take() {
    if (taking || stopped || !store.canTake()) {
      return;
    }
    taking = true;
    store
        .take()
        .onComplete(
            events -> {
              events.forEach(event -> waiting.add(event.id() <= freshUpTo ? fresh(event) : event));
              if (events.isEmpty()) {
                vertx.setTimer(ASK_AGAIN, id -> taken());
              } else {
                taken();
              }
            },
            failure -> log.error("What waits in the store cannot be read", failure));
  }

  private void taken() {
    taking = false;
    pump();
  }

  private static PendingEvent fresh(PendingEvent event) {
    return event.waiting(0, event.since());
  }

  /** What hangs at a former URL holds up the new one only where the order is strict. */
  private int slotsTaken() {
    return strictOrder ? inFlight + backoffs.size() : target.inFlight();
  }

  private void attempt(Batch batch) {
    Target to = target;
    Ticket ticket = to.circuit().admit();
    inFlight++;
    to.starts();
    sender
        .send(to.endpoint(), batch.attempts(), batch.messageId(), batch.body())
        .onSuccess(answer -> settle(batch, to, ticket, answer));
  }

  private void settle(Batch batch, Target to, Ticket ticket, Answer answer) {
    if (stopped) {
      return; // It stays pending in the store, for the next start.
    }
    inFlight--;
    to.ends();
    if (answer.resent()) {
      outcomes.resent(batch);
    }
    Verdict verdict = Verdict.of(answer);
    boolean current = to == target;
    switch (verdict) {
      case DELIVERED -> outcomes.delivered(batch, answer);
      case RETRY -> {
        if (current && !ticket.probe()) {
          retry(batch, answer, to.endpoint());
        } else {
          park(batch, answer, to.endpoint(), current);
        }
      }
      case REFUSED -> {
        if (current && ticket.probe()) {
          park(batch, answer, to.endpoint(), true);
        } else {
          outcomes.dead(batch, answer, to.endpoint());
        }
      }
      case REJECTED -> {
        if (batching.divides(batch, answer)) {
          divide(batch, answer, to.endpoint());
        } else {
          outcomes.dead(batch, answer, to.endpoint());
        }
      }
      case GONE -> outcomes.dead(batch, answer, to.endpoint());
    }
    if (current && verdict == Verdict.GONE) {
      gone.accept(to.endpoint());
    } else if (current) {
      to.circuit().report(ticket, verdict);
    }
    pump();
  }

  private void retry(Batch batch, Answer answer, Endpoint endpoint) {
    int attempts = batch.attempts() + 1;
    if (attempts >= options.getMaxAttempts()) {
      outcomes.dead(batch, answer, endpoint);
      return;
    }
    Batch tried = batch.waiting(attempts, System.currentTimeMillis());
    outcomes.again(batch, tried, answer, endpoint);
    backoffs.add(tried, backoff.after(settings.initialBackoff(), attempts, answer.retryAfter()));
  }

  /** A failed probe, or a retry that a new URL takes over: pending, and no attempt is burnt. */
  private void park(Batch batch, Answer answer, Endpoint endpoint, boolean current) {
    Batch tried = batch.waiting(current ? batch.attempts() : 0, System.currentTimeMillis());
    outcomes.again(batch, tried, answer, endpoint);
    waiting.add(tried);
  }

  /** One bad event takes no neighbours along: both halves are tried. */
  private void divide(Batch batch, Answer answer, Endpoint endpoint) {
    outcomes.again(batch, batch, answer, endpoint);
    batching.halves(batch).forEach(waiting::add);
  }

  /** Sends dead letters again, the lowest id first, as far as there is room; says how many. */
  int redrive(List<Long> ids) {
    int redriven = 0;
    for (long id : ids) {
      if (store.hasRoom()) {
        store.redrive(id);
        redriven++;
      }
    }
    pump();
    return redriven;
  }

  /** Takes all that is pending to another place, or to none. */
  void aim(Target another) {
    target = another;
    pump();
  }

  /** Ends all backoffs and forgets all attempts, for a new URL. */
  void startAfresh() {
    freshUpTo = store.total(Total.LAST_EVENT_ID);
    backoffs.clear().forEach(waiting::add);
    waiting.startAfresh();
  }

  /** From now on no batch waits to be filled, and no event for a circuit to close. */
  void hurry(boolean on) {
    hurry = on;
    waiting.hurry(on);
  }

  /**
   * Whether there is an attempt in flight, or will be one.
   *
   * @param within how soon, in milliseconds
   */
  boolean hasWork(long within) {
    boolean canSend = target != null && target.circuit().isClosed();
    boolean more = !waiting.isEmpty() || store.waiting() > 0 || backoffs.endsOneWithin(within);
    return inFlight > 0 || canSend && more;
  }

  /** Starts nothing more, and settles nothing. */
  void stop() {
    stopped = true;
  }

  int inFlight() {
    return inFlight;
  }

  /** Where events go, {@code null} while there is no URL. */
  Target target() {
    return target;
  }
}
