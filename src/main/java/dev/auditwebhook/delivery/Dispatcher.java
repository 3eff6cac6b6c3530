package dev.auditwebhook.delivery;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.delivery.Circuit.Ticket;
import dev.auditwebhook.delivery.Ruling.Circumstances;
import dev.auditwebhook.security.UrlPolicy.Endpoint;
import dev.auditwebhook.store.PendingEvent;
import dev.auditwebhook.store.Store;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * The life of an event after its {@link Intake acceptance}: {@link #queue queued}, {@link #attempt
 * attempted}, {@link #settle judged}, and then delivered, in backoff, or a dead letter. One
 * instance a verticle, on its context, so no locks.
 */
final class Dispatcher {

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
  private final ReadAhead readAhead;
  private final boolean strictOrder;
  private Consumer<Endpoint> gone;
  private Runnable pumped;
  // Volatile, as metrics are read from any thread.
  private volatile Target target;
  private volatile int inFlight;
  private volatile boolean paused;
  private boolean hurry;
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
    readAhead = new ReadAhead(vertx, store, this::taken);
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

  private void taken(List<PendingEvent> events) {
    events.forEach(event -> waiting.add(settings.current(event)));
    pump();
  }

  private void ready(List<Batch> batches) {
    batches.forEach(waiting::add);
    pump();
  }

  /** Starts as many attempts as slots, circuit and queue allow. */
  void pump() {
    if (!stopped) {
      readAhead.take();
    }
    while (target != null
        && !paused
        && slotsTaken() < options.getMaxInFlight()
        && waiting.hasReady()
        && (!hurry || target.circuit().isClosed())
        && target.circuit().admits()
        && !stopped) {
      attempt(waiting.next());
    }
    pumped.run();
  }

  /** Where the order is strict, what is in backoff goes before all others. */
  private int slotsTaken() {
    return strictOrder ? inFlight + backoffs.size() : inFlight;
  }

  private void attempt(Batch batch) {
    Target to = target;
    Ticket ticket = to.circuit().admit();
    inFlight++;
    // Another address after each opening: of a name with several, one may be dead.
    int turn = (int) ((batch.attempts() + ticket.opening()) % Integer.MAX_VALUE);
    Future<Answer> answer = sender.send(to.endpoint(), turn, batch.messageId(), batch.body());
    if (answer.isComplete()) {
      // Not at once: what it starts may end just so, and thousands would do so within each other.
      vertx.runOnContext(v -> settle(batch, to, ticket, answer.result()));
    } else {
      answer.onSuccess(result -> settle(batch, to, ticket, result));
    }
  }

  private void settle(Batch batch, Target to, Ticket ticket, Answer answer) {
    if (stopped) {
      return; // It stays pending in the store, for the next start.
    }
    inFlight--;
    if (answer.resent()) {
      outcomes.resent(batch);
    }
    Verdict verdict = Verdict.of(answer);
    boolean current = to == target;
    Circuit circuit = to.circuit();
    boolean tolerated = verdict.failsCircuit() && circuit.tolerates(ticket, verdict, batch.size());
    boolean lastAttempt = batch.attempts() + 1 >= options.getMaxAttempts();
    boolean divisible = batching.divides(batch, answer, verdict);
    Ruling ruling =
        Ruling.of(verdict, new Circumstances(current, tolerated, lastAttempt, divisible));
    Tried tried = new Tried(current ? batch : batch.fresh(), answer, to.endpoint());
    switch (ruling) {
      case DELIVERED -> outcomes.delivered(batch, answer);
      case RETRY -> retry(tried);
      case PARK -> park(tried, current ? answer.retryAfter() : 0);
      case DIVIDE -> divide(tried, verdict == Verdict.REJECTED);
      case DEAD_LETTER -> outcomes.dead(batch, answer, to.endpoint());
      case PAUSE -> {
        park(tried, 0);
        gone.accept(to.endpoint());
      }
    }
    circuit.report(ticket, verdict, batch.size());
    pump();
  }

  /** A batch after an attempt, with the attempts that count at the URL in force. */
  private record Tried(Batch batch, Answer answer, Endpoint endpoint) {}

  private void retry(Tried tried) {
    int attempts = tried.batch().attempts() + 1;
    backOff(again(tried, attempts), attempts, tried.answer());
  }

  private void backOff(Batch batch, int attempts, Answer answer) {
    long wait = backoff.after(settings.initialBackoff(), attempts, answer.retryAfter());
    backoffs.add(batch, wait);
  }

  /** It goes behind the others, and not before the receiver wants it again. */
  private void park(Tried tried, long retryAfter) {
    Batch again = again(tried, tried.batch().attempts());
    if (retryAfter > 0) {
      backoffs.add(again, backoff.atMostMax(retryAfter));
    } else {
      waiting.add(again);
    }
  }

  private Batch again(Tried tried, int attempts) {
    Batch again = tried.batch().tried(attempts, System.currentTimeMillis());
    outcomes.again(tried.batch(), again, tried.answer(), tried.endpoint());
    return again;
  }

  /** One bad event takes no neighbours along: both halves are tried. */
  private void divide(Tried tried, boolean atOnce) {
    Batch again = again(tried, tried.batch().attempts());
    for (Batch half : batching.halves(again)) {
      if (atOnce) {
        waiting.add(half);
      } else {
        backOff(half, half.attempts() + 1, tried.answer());
      }
    }
  }

  /** Sends dead letters again, the lowest id first, as far as there is room; says which. */
  List<Long> redrive(List<Long> ids) {
    List<Long> redriven = new ArrayList<>();
    for (long id : ids) {
      if (store.hasRoom() && !store.isDamaged(id)) {
        store.redrive(id);
        redriven.add(id);
      }
    }
    pump();
    return redriven;
  }

  /** Takes all that is pending to another place, or to none; there it may have to wait. */
  void aim(Target another, boolean thenPaused) {
    target = another;
    paused = thenPaused;
    pump();
  }

  /** Ends all backoffs and forgets all attempts, for a new URL. */
  void startAfresh() {
    backoffs.clear().forEach(waiting::add);
    waiting.startAfresh();
  }

  /** From now on nothing is sent, or all that waits. */
  void pause(boolean on) {
    paused = on;
    pump();
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
    boolean canSend = target != null && !paused && target.circuit().isClosed();
    boolean held = strictOrder && backoffs.size() > 0;
    boolean more = !held && (!waiting.isEmpty() || store.waiting() > 0);
    return inFlight > 0 || canSend && (more || backoffs.endsOneWithin(within));
  }

  /** Starts nothing more, and settles nothing. */
  void stop() {
    stopped = true;
  }

  int inFlight() {
    return inFlight;
  }

  boolean isPaused() {
    return paused;
  }

  /** Where events go, {@code null} while there is no URL. */
  Target target() {
    return target;
  }
}
