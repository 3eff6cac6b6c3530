package dev.auditwebhook.delivery;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.delivery.Circuit.Ticket;
import dev.auditwebhook.security.UrlPolicy;
import dev.auditwebhook.security.UrlPolicy.Endpoint;
import dev.auditwebhook.store.PendingEvent;
import dev.auditwebhook.store.Store;
import dev.auditwebhook.store.Total;
import io.vertx.core.Future;
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

  /** Where attempts go, what is known of it, and how many are there. */
  private static final class Target {
    private final Endpoint endpoint;
    private final Circuit circuit;
    private int inFlight;

    Target(Endpoint endpoint, Circuit circuit) {
      this.endpoint = endpoint;
      this.circuit = circuit;
    }
  }

  private final Vertx vertx;
  private final WebhookOptions options;
  private final Store store;
  private final Settings settings;
  private final Sender sender;
  private final RequestHeaders headers;
  private final Batching batching;
  private final Outcomes outcomes;
  private final Backoff backoff;
  private final Backoffs backoffs;
  private final WaitingEvents waiting;
  private final boolean strictOrder;
  private Target target;
  private Drain drain;
  private int inFlight;
  private long freshUpTo;
  private boolean taking;
  private boolean stopped;

  Dispatcher(
      Vertx vertx,
      WebhookOptions options,
      Store store,
      Settings settings,
      RequestHeaders headers,
      Sender sender,
      Consumer<Attempt> listener) {
    this.vertx = vertx;
    this.options = options;
    this.store = store;
    this.settings = settings;
    this.sender = sender;
    this.headers = headers;
    batching = new Batching(options, new MessageIds(store));
    outcomes = new Outcomes(store, headers, listener);
    backoff =
        new Backoff(
            options.getMaxBackoff(),
            options.getJitter(),
            () -> ThreadLocalRandom.current().nextDouble());
    backoffs = new Backoffs(vertx, this::ready);
    strictOrder = options.getMaxInFlight() == 1;
    waiting = new WaitingEvents(vertx, batching, strictOrder, this::pump);
  }

  /** Goes on with what the store holds. */
  void start() {
    if (settings.urlChangedSinceLastStart()) {
      freshUpTo = store.total(Total.LAST_EVENT_ID);
    }
    retarget();
  }

  /** Takes an event that the store holds into the queue. */
  void queue(PendingEvent event) {
    waiting.add(event);
    pump();
  }

  /** There is more in the store, or there may be. */
  void more() {
    pump();
  }

  private void ready(Batch batch) {
    waiting.add(batch);
    pump();
  }

  /** Starts as many attempts as slots, circuit and queue allow. */
  private void pump() {
    take();
    while (target != null
        && slotsTaken() < options.getMaxInFlight()
        && waiting.hasReady()
        && (drain == null || target.circuit.isClosed())
        && target.circuit.admits()
        && !stopped) {
      attempt(waiting.next());
    }
    if (drain != null) {
      endDrainWhenDone();
    }
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
    return strictOrder ? inFlight + backoffs.size() : target.inFlight;
  }

  private void attempt(Batch batch) {
    Target to = target;
    Ticket ticket = to.circuit.admit();
    inFlight++;
    to.inFlight++;
    sender
        .send(to.endpoint, batch.attempts(), batch.messageId(), batch.body())
        .onSuccess(answer -> settle(batch, to, ticket, answer));
  }

  private void settle(Batch batch, Target to, Ticket ticket, Answer answer) {
    if (stopped) {
      return; // It stays pending in the store, for the next start.
    }
    inFlight--;
    to.inFlight--;
    if (answer.resent()) {
      outcomes.resent(batch);
    }
    Verdict verdict = Verdict.of(answer);
    boolean current = to == target;
    switch (verdict) {
      case DELIVERED -> outcomes.delivered(batch, answer);
      case RETRY -> {
        if (current && !ticket.probe()) {
          retry(batch, answer, to.endpoint);
        } else {
          park(batch, answer, to.endpoint, current);
        }
      }
      case REFUSED -> {
        if (current && ticket.probe()) {
          park(batch, answer, to.endpoint, true);
        } else {
          outcomes.dead(batch, answer, to.endpoint);
        }
      }
      case REJECTED -> {
        if (batching.divides(batch, answer)) {
          divide(batch, answer, to.endpoint);
        } else {
          outcomes.dead(batch, answer, to.endpoint);
        }
      }
      case GONE -> outcomes.dead(batch, answer, to.endpoint);
    }
    if (current && verdict == Verdict.GONE) {
      gone(to.endpoint);
    } else if (current) {
      to.circuit.report(ticket, verdict);
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
    backoffs.add(
        outcomes.again(batch, tried, answer, endpoint),
        backoff.after(settings.initialBackoff(), attempts, answer.retryAfter()));
  }

  /** A failed probe, or a retry that a new URL takes over: pending, and no attempt is burnt. */
  private void park(Batch batch, Answer answer, Endpoint endpoint, boolean current) {
    Batch tried = batch.waiting(current ? batch.attempts() : 0, System.currentTimeMillis());
    waiting.add(outcomes.again(batch, tried, answer, endpoint));
  }

  /** One bad event takes no neighbours along: both halves are tried. */
  private void divide(Batch batch, Answer answer, Endpoint endpoint) {
    outcomes.again(batch, batch, answer, endpoint);
    batching.halves(batch).forEach(waiting::add);
  }

  private void gone(Endpoint endpoint) {
    settings.url("", "410 Gone from " + endpoint.origin());
    store.settings(settings.toJson());
    log.warn("Webhook disabled: {}", settings.reason());
    target = null;
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

  /** Whether there is a URL and events are accepted. */
  boolean isEnabled() {
    return target != null && drain == null;
  }

  /** Applies new settings, which are valid, and keeps them. An absent one is {@code null}. */
  void set(String url, String secret, Long initialBackoff) {
    if (secret != null) {
      settings.secret(secret, System.currentTimeMillis());
      headers.secretsChanged();
    }
    boolean retarget = url != null && (!url.equals(settings.url()) || settings.reason() != null);
    if (retarget) {
      settings.url(url, null);
    }
    if (initialBackoff != null && !settings.url().isEmpty()) {
      settings.initialBackoff(initialBackoff);
    }
    store.settings(settings.toJson());
    if (retarget && url.isEmpty()) {
      drain().onSuccess(drained -> disabled());
    } else if (retarget) {
      startAfresh();
      retarget();
    }
  }

  private void startAfresh() {
    freshUpTo = store.total(Total.LAST_EVENT_ID);
    backoffs.clear().forEach(waiting::add);
    waiting.startAfresh();
  }

  private void retarget() {
    if (drain != null) {
      drain.end();
      drain = null;
      waiting.hurry(false);
    }
    String url = settings.url();
    target =
        url.isEmpty()
            ? null
            : new Target(
                UrlPolicy.vet(url, options.isAllowPrivateNetworks()),
                new Circuit(vertx, options, this::pump));
    pump();
  }

  /** Lets what can go out go out, for at most {@code drainTimeout}; accepting has stopped. */
  private Future<Void> drain() {
    if (drain == null) {
      Drain begun = new Drain(vertx, options.getDrainTimeout());
      drain = begun;
      waiting.hurry(true);
      store
          .kept()
          .onComplete(
              (kept, failure) -> {
                begun.nothingMoreComes();
                pump();
              });
    }
    return drain.future();
  }

  private void disabled() {
    if (settings.url().isEmpty() && !stopped) {
      target = null;
      drain = null;
      waiting.hurry(false);
    }
  }

  private void endDrainWhenDone() {
    boolean canSend = target != null && target.circuit.isClosed();
    boolean more =
        !waiting.isEmpty() || store.waiting() > 0 || backoffs.endsOneWithin(drain.remaining());
    if (inFlight == 0 && !(canSend && more)) {
      drain.endEarly();
    }
  }

  /** Drains, then lets go: what is left stays pending in the store. A second stop is harmless. */
  Future<Void> stop() {
    return drain().onSuccess(v -> stopped = true);
  }

  int inFlight() {
    return inFlight;
  }

  Health health() {
    return outcomes.health();
  }

  /** Where events go, {@code null} while there is no URL. */
  Endpoint endpoint() {
    return target == null ? null : target.endpoint;
  }

  /** The circuit of the endpoint, {@code null} while there is none. */
  Circuit circuit() {
    return target == null ? null : target.circuit;
  }
}
