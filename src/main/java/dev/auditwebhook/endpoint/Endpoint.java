package dev.auditwebhook.endpoint;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.endpoint.attempt.Circuit;
import dev.auditwebhook.endpoint.attempt.MessageIds;
import dev.auditwebhook.endpoint.ledger.EndpointStore;
import dev.auditwebhook.endpoint.ledger.Ledger;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.security.UrlPolicy;
import dev.auditwebhook.security.UrlPolicy.Destination;
import dev.auditwebhook.wire.Answer;
import dev.auditwebhook.wire.Credentials;
import dev.auditwebhook.wire.StandardHeaders;
import dev.auditwebhook.wire.WebClientSender;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * One receiver of events, and the door to all that concerns it: what comes for it, its settings,
 * its dead letters, its state, its steps. It goes on with what is kept of it as soon as it is made.
 */
public final class Endpoint {

  private final String id;
  private final EndpointOptions options;
  private final Surroundings around;
  private final EndpointStore store;
  private final long capacity;
  private final Actions actions;
  private final Ledger ledger;
  private final Settings settings;
  private final StandardHeaders headers;
  private final WebClientSender sender;
  private final ReadAhead readAhead;
  private final Dispatcher dispatcher;
  private final TestDelivery testDelivery;
  private final DeadLetterQueue deadLetters;
  private final Vitals vitals;

  /**
   * To be made in {@code start()}: then a closing Vert.x drains before it closes the connections.
   *
   * @param id {@code default}, so far
   * @param state what is kept of it
   * @throws IllegalArgumentException in one line when its URL may not be used now
   */
  public Endpoint(
      String id,
      EndpointOptions options,
      Surroundings around,
      State state,
      EndpointStore store,
      MessageIds ids) {
    this.id = id;
    this.options = options;
    this.around = around;
    this.store = store;
    Clock clock = around.clock();
    boolean allowPrivateNetworks = around.options().isAllowPrivateNetworks();
    StoreOptions kept = around.options().getStore();
    capacity =
        kept.getType().equals(StoreOptions.MEMORY)
            ? options.getQueueCapacity()
            : kept.getMaxEvents();
    actions = new Actions(options.getActions());
    ledger = new Ledger(id, state, options.getDlqCapacity(), store::changed);
    settings = new Settings(options, ledger.settings(), clock.now(), ledger::settingsChanged);
    Destination destination = settings.url().isEmpty() ? null : destination();
    headers = new StandardHeaders(options, settings, clock::now);
    Credentials credentials = new Credentials(options, allowPrivateNetworks);
    sender = new WebClientSender(around.vertx(), options, headers, credentials, around.resolver());
    Recorder recorder =
        new Recorder(
            ledger,
            new Excerpts(options, around.options().getRedact()),
            clock,
            around.metrics(),
            around.listener());
    readAhead = new ReadAhead(store, ledger, clock, state, options.getQueueCapacity());
    dispatcher = new Dispatcher(clock, ids, settings, sender, recorder, readAhead);
    boolean arrays = options.getBatch().getMaxEvents() > 1;
    testDelivery = new TestDelivery(ids, arrays, sender, clock);
    deadLetters = new DeadLetterQueue(ledger, store, readAhead, dispatcher, clock, capacity);
    vitals = new Vitals(ledger, settings, dispatcher, recorder, headers, credentials);
    vitals.register(around.metrics(), capacity);
    dispatcher.sendTo(destination == null ? null : circuit(destination));
  }

  private Destination destination() {
    try {
      return UrlPolicy.vet(settings.url(), around.options().isAllowPrivateNetworks());
    } catch (IllegalArgumentException e) {
      StoreOptions kept = around.options().getStore();
      throw new IllegalArgumentException(
          "webhook.url: the one that was set at run time, kept in "
              + (kept.getType().equals(StoreOptions.FILE) ? kept.getPath() : kept.getType())
              + ", is refused: "
              + e.getMessage()
              + (around.options().isAllowPrivateNetworks()
                  ? ""
                  : " while webhook.allowPrivateNetworks is false")
              + "; edit webhook.url, and it takes the place of that one",
          e);
    }
  }

  private Circuit circuit(Destination destination) {
    return new Circuit(
        around.vertx(),
        "webhook " + around.options().getAddress(),
        options.getCircuitBreaker(),
        destination,
        around.clock()::now,
        dispatcher::pump);
  }

  public String id() {
    return id;
  }

  /** Whether there is a URL and events are accepted. */
  public boolean isEnabled() {
    return dispatcher.isAccepting();
  }

  /** Whether it is to have events of an action. */
  public boolean wants(String action) {
    return isEnabled() && actions.match(action);
  }

  public boolean hasRoom() {
    return ledger.pending() < capacity;
  }

  /** An entry arrived that it did not want. */
  public void discarded() {
    ledger.count(Total.RECEIVED);
    ledger.count(Total.DISCARDED);
  }

  /** An entry arrived that there was no room for. */
  public void dropped() {
    ledger.count(Total.RECEIVED);
    ledger.count(Total.DROPPED);
  }

  /** An entry arrived, and is on its way into the journal. */
  public void received() {
    ledger.received();
  }

  /** Events that it received are in the journal. */
  public void arrived(List<Event> events) {
    dispatcher.queue(events);
  }

  /** So many that it received could not be kept. */
  public void notKept(int events) {
    ledger.notKept(events);
    dispatcher.pump();
  }

  /** What it did since its last step. Then {@link #stepKept} or {@link #stepNotKept} is called. */
  public Step step() {
    return ledger.step();
  }

  /**
   * Its step is kept.
   *
   * @param notRedriven the dead letters that turned out to be damaged, and were not redriven
   */
  public void stepKept(List<Long> notRedriven) {
    ledger.kept();
    if (!notRedriven.isEmpty()) {
      readAhead.notRedriven(notRedriven);
      ledger.notRedriven(notRedriven);
    }
  }

  /** Its step is not kept, and part of the next one. */
  public void stepNotKept() {
    ledger.notKept();
  }

  /**
   * Applies new settings, which are valid. An absent one is {@code null}.
   *
   * @param initialBackoff in milliseconds
   * @return completed when they are kept, or cannot be now: they hold all the same
   */
  public Future<Void> set(String url, String secret, Long initialBackoff, Boolean paused) {
    long now = around.clock().now();
    if (secret != null) {
      settings.secret(secret, now);
      headers.secretsChanged();
    }
    boolean another = url != null && !url.equals(settings.url());
    if (another) {
      settings.url(url, now);
    }
    if (Boolean.TRUE.equals(paused) && settings.pausedFor() == null) {
      settings.pause("paused by request");
    } else if (Boolean.FALSE.equals(paused)) {
      settings.resume();
    }
    if (initialBackoff != null && !settings.url().isEmpty()) {
      settings.initialBackoff(initialBackoff);
    }
    if (another && url.isEmpty()) {
      drain().onSuccess(drained -> disabled());
    } else if (another) {
      dispatcher.startAfresh();
      dispatcher.sendTo(circuit(destination()));
    } else {
      dispatcher.pump();
    }
    return store.kept().otherwiseEmpty();
  }

  private void disabled() {
    if (settings.url().isEmpty()) {
      dispatcher.sendTo(null);
    }
  }

  /** Lets what can go out go out, for at most {@code drainTimeout}; accepting has stopped. */
  private Future<Void> drain() {
    return dispatcher.drain(around.options().getDrainTimeout(), store.kept());
  }

  public DeadLetterQueue deadLetters() {
    return deadLetters;
  }

  /** {@code enabled}, {@code disabled} or {@code paused}. */
  public String status() {
    return vitals.status();
  }

  public String url() {
    return settings.url();
  }

  public long pending() {
    return ledger.pending();
  }

  public long capacity() {
    return capacity;
  }

  /** Whether nothing goes out though something should: its circuit is not closed. */
  public boolean isHeldUp() {
    return vitals.isHeldUp();
  }

  /**
   * What {@code webhook.get} tells of it.
   *
   * @param rejected how many entries were not valid, whose endpoint nobody knows
   */
  public JsonObject report(long rejected) {
    return vitals.report(rejected);
  }

  /** What an operator must know of it. */
  public List<String> warnings() {
    return vitals.warnings();
  }

  public boolean isTesting() {
    return testDelivery.isRunning();
  }

  /** Sends a test event now, past the queue. Call only when it {@link #isEnabled}. */
  public Future<Answer> test() {
    return testDelivery.send(dispatcher.circuit().destination());
  }

  /** Drains, then lets go: what is left stays pending. A second stop is harmless. */
  public Future<Void> stop() {
    return drain().compose(v -> close());
  }

  public Future<Void> close() {
    dispatcher.stop();
    return sender.close();
  }
}
