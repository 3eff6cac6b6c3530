package dev.auditwebhook.delivery;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.delivery.Circuit.Ticket;
import dev.auditwebhook.security.UrlPolicy;
import dev.auditwebhook.security.UrlPolicy.Endpoint;
import dev.auditwebhook.store.DeadLetter;
import dev.auditwebhook.store.PendingEvent;
import dev.auditwebhook.store.Store;
import dev.auditwebhook.store.Total;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
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
  private final Consumer<Attempt> listener;
  private final Backoff backoff;
  private final WaitingEvents waiting;
  private final boolean strictOrder;
  private final Health health = new Health();
  private Target target;
  private Drain drain;
  private int inFlight;
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
    this.listener = listener;
    this.headers = headers;
    backoff =
        new Backoff(
            options.getMaxBackoff(),
            options.getJitter(),
            () -> ThreadLocalRandom.current().nextDouble());
    waiting = new WaitingEvents(vertx);
    strictOrder = options.getMaxInFlight() == 1;
  }

  /** Goes on with what the store holds. */
  void start() {
    store.pendingEvents().forEach(waiting::last);
    if (settings.urlChangedSinceLastStart()) {
      waiting.startAfresh(store::update);
    }
    retarget();
  }

  /** Takes an event that the store holds into the queue. */
  void queue(PendingEvent event) {
    waiting.last(event);
    pump();
  }

  /** Starts as many attempts as slots, circuit and queue allow. */
  private void pump() {
    while (target != null
        && waiting.hasReady()
        && slotsTaken() < options.getMaxInFlight()
        && (drain == null || target.circuit.isClosed())
        && target.circuit.admits()
        && !stopped) {
      boolean probe = target.circuit.isHalfOpen() && !strictOrder;
      attempt(probe ? waiting.longestWaiting() : waiting.next());
    }
    if (drain != null) {
      endDrainWhenDone();
    }
  }

  /** What hangs at a former URL holds up the new one only where the order is strict. */
  private int slotsTaken() {
    return strictOrder ? inFlight + waiting.inBackoff() : target.inFlight;
  }

  private void attempt(PendingEvent event) {
    Target to = target;
    Ticket ticket = to.circuit.admit();
    inFlight++;
    to.inFlight++;
    sender
        .send(
            to.endpoint,
            event.attempts(),
            headers.of(store.messageId(event.id()), event.body()),
            event.body())
        .onSuccess(answer -> settle(event, to, ticket, answer));
  }

  private void settle(PendingEvent event, Target to, Ticket ticket, Answer answer) {
    if (stopped) {
      return; // It stays pending in the store, for the next start.
    }
    inFlight--;
    to.inFlight--;
    if (answer.resent()) {
      store.count(Total.RETRIED);
    }
    Verdict verdict = Verdict.of(answer);
    boolean current = to == target;
    String outcome =
        switch (verdict) {
          case DELIVERED -> deliver(event);
          case RETRY ->
              current && !ticket.probe() ? retry(event, answer, to) : park(event, current);
          case REFUSED ->
              current && ticket.probe() ? park(event, true) : bury(event, answer, to.endpoint);
          case GONE, REJECTED -> bury(event, answer, to.endpoint);
        };
    if (verdict != Verdict.DELIVERED) {
      health.error(answer, to.endpoint);
    }
    listener.accept(Attempt.of(event, outcome, answer));
    if (current && verdict == Verdict.GONE) {
      gone(to.endpoint);
    } else if (current) {
      to.circuit.report(ticket, verdict);
    }
    pump();
  }

  private String deliver(PendingEvent event) {
    store.delivered(event);
    health.delivered();
    return "delivered";
  }

  private String retry(PendingEvent event, Answer answer, Target to) {
    int attempts = event.attempts() + 1;
    if (attempts >= options.getMaxAttempts()) {
      return bury(event, answer, to.endpoint);
    }
    PendingEvent tried = event.waiting(attempts, System.currentTimeMillis());
    store.count(Total.RETRIED);
    store.update(tried);
    waiting.backOff(
        tried,
        backoff.after(settings.initialBackoff(), attempts, answer.retryAfter()),
        due -> {
          enqueue(due);
          pump();
        });
    return "retry";
  }

  /** A failed probe, or a retry that a new URL takes over: pending, and no attempt is burnt. */
  private String park(PendingEvent event, boolean current) {
    PendingEvent tried = event.waiting(current ? event.attempts() : 0, System.currentTimeMillis());
    store.count(Total.RETRIED);
    store.update(tried);
    enqueue(tried);
    return "retry";
  }

  private void enqueue(PendingEvent event) {
    if (strictOrder) {
      waiting.first(event);
    } else {
      waiting.last(event);
    }
  }

  private String bury(PendingEvent event, Answer answer, Endpoint endpoint) {
    String error = Health.describe(answer) + " from " + endpoint.origin();
    PendingEvent tried = event.waiting(event.attempts() + 1, System.currentTimeMillis());
    store.bury(
        new DeadLetter(
            tried,
            answer.status() == 0 ? null : answer.status(),
            error,
            answer.excerpt() == null ? null : headers.conceal(answer.excerpt()),
            Instant.now().toString()));
    log.warn("Event {} is a dead letter at attempt {}: {}", event.id(), tried.attempts(), error);
    return "failed";
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
        waiting.last(store.redrive(id));
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
      waiting.startAfresh(store::update);
      retarget();
    }
  }

  private void retarget() {
    if (drain != null) {
      drain.end();
      drain = null;
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
      drain = new Drain(vertx, options.getDrainTimeout());
    }
    Future<Void> drained = drain.future();
    pump();
    return drained;
  }

  private void disabled() {
    if (settings.url().isEmpty() && !stopped) {
      target = null;
      drain = null;
    }
  }

  private void endDrainWhenDone() {
    boolean canSend = target != null && target.circuit.isClosed();
    boolean more = waiting.hasReady() || waiting.hasBackoffBefore(drain.deadline());
    if (inFlight == 0 && !(canSend && more)) {
      drain.end();
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
    return health;
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
