package dev.auditwebhook.endpoint;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.endpoint.attempt.MessageIds;
import dev.auditwebhook.endpoint.ledger.EndpointStore;
import dev.auditwebhook.endpoint.ledger.Ledger;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.settings.Actions;
import dev.auditwebhook.endpoint.settings.Revision;
import dev.auditwebhook.endpoint.settings.Settings;
import dev.auditwebhook.metrics.Metrics;
import dev.auditwebhook.security.UrlPolicy.Destination;
import dev.auditwebhook.wire.Answer;
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
  private final Surroundings around;
  private final EndpointStore store;
  private final MessageIds ids;
  private final Metrics metrics;
  private final Ledger ledger;
  private final Capacity capacity;
  private final Settings settings;
  private final ReadAhead readAhead;
  private final Dispatcher dispatcher;
  private final DeadLetterQueue deadLetters;
  private final Vitals vitals;
  private Outlet outlet;
  private Actions actions;

  /**
   * To be made in {@code start()}: then a closing Vert.x drains before it closes the connections.
   *
   * @param configured as it is configured, {@code null} when it is not
   * @param state what is kept of it
   * @throws IllegalArgumentException in one line when its URL may not be used now
   */
  public Endpoint(
      String id,
      EndpointOptions configured,
      Surroundings around,
      State state,
      EndpointStore store,
      MessageIds ids) {
    this.id = id;
    this.around = around;
    this.store = store;
    this.ids = ids;
    Clock clock = around.clock();
    ledger = new Ledger(id, state, Integer.MAX_VALUE, store);
    settings =
        new Settings(id, configured, ledger.settings(), clock.now(), ledger::settingsChanged);
    capacity = new Capacity(settings, around.options().getStore());
    ledger.dlqCapacity(settings.options().getDlqCapacity());
    Destination destination = settings.url().isEmpty() ? null : around.vet(id, settings.url());
    actions = new Actions(settings.options().getActions());
    outlet = Outlet.of(settings, around, ids, store);
    metrics = around.metrics().ofEndpoint(id);
    Excerpts excerpts = new Excerpts(around.options().getRedact());
    Recorder recorder = new Recorder(id, ledger, excerpts, clock, metrics, around.listener());
    readAhead = new ReadAhead(store, ledger, clock, state, capacity::held);
    dispatcher = new Dispatcher(clock, ids, settings, outlet.sender(), recorder, readAhead);
    deadLetters =
        new DeadLetterQueue(ledger, store, readAhead, dispatcher, clock, capacity::pending);
    vitals = new Vitals(ledger, settings, dispatcher, recorder, () -> outlet);
    vitals.register(metrics, capacity::pending, clock);
    dispatcher.sendTo(
        destination == null
            ? null
            : around.circuit(id, settings.options(), destination, dispatcher::pump));
  }

  public String id() {
    return id;
  }

  /** Whether there is a URL and events are accepted. */
  public boolean isEnabled() {
    return dispatcher.isAccepting();
  }

  /** Whether it is to have events of an action, while it {@link #isEnabled}. */
  public boolean wants(String action) {
    return actions.match(action);
  }

  public boolean hasRoom() {
    return ledger.pending() < capacity.pending();
  }

  /** An entry arrived that it wants, and is on its way into the journal. */
  public void received() {
    ledger.take();
  }

  /** An entry arrived that it wants, and there is no room for it. */
  public void dropped() {
    ledger.drop();
  }

  /** Attempts may begin again. */
  public void goOn() {
    dispatcher.pump();
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

  /** The lowest id that it needs of the journal after its next step, the highest for none. */
  public long needed() {
    return Math.min(ledger.firstHeld(), readAhead.needed());
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

  /** Refuses a URL that is valid but not allowed here, in one line. */
  public void checkUrl(String url) {
    settings.checkUrl(url);
  }

  /**
   * Changes settings; what is asked for is valid.
   *
   * @return completed when they are kept, or cannot be now: they hold all the same
   */
  public Future<Void> set(Revision revision) {
    boolean another = settings.revise(revision, around.clock().now());
    if (revision.secret() != null) {
      outlet.headers().secretsChanged();
    }
    if (another) {
      redirect();
    } else {
      dispatcher.pump();
    }
    return store.changeKept();
  }

  /**
   * Puts other options, which are valid, in the place of all: attempts in flight end by the former
   * ones, and all that is pending goes by the new ones at once, unless they say the same.
   */
  public Future<Void> put(EndpointOptions options) {
    boolean same = settings.areInForce(options);
    boolean another = !options.getUrl().equals(settings.url());
    settings.put(options, around.clock().now());
    actions = new Actions(options.getActions());
    store.filterChanged();
    ledger.dlqCapacity(options.getDlqCapacity());
    if (another) {
      redirect();
    } else if (same) {
      outlet.headers().secretsChanged();
    } else if (!options.getUrl().isEmpty()) {
      sendTo(around.vet(id, settings.url()));
    }
    return store.changeKept();
  }

  /** The URL is another one, or there is none any more. */
  private void redirect() {
    if (settings.url().isEmpty()) {
      drain().onSuccess(drained -> disabled());
    } else {
      dispatcher.startAfresh();
      sendTo(around.vet(id, settings.url()));
    }
  }

  private void sendTo(Destination destination) {
    if (outlet.puts() != settings.puts()) {
      Outlet former = outlet;
      outlet = Outlet.of(settings, around, ids, store);
      dispatcher.goOnWith(outlet.sender());
      former.sender().retire();
    }
    dispatcher.sendTo(around.circuit(id, settings.options(), destination, dispatcher::pump));
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

  /** All that is in force: options, the secrets that sign, and whether it is {@code paused}. */
  public JsonObject configuration() {
    return settings.configuration(around.clock().now());
  }

  public long pending() {
    return ledger.pending();
  }

  /** How many events may be pending. */
  public long capacity() {
    return capacity.pending();
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
  public Future<JsonObject> report(long rejected) {
    return readAhead.oldest().map(oldest -> vitals.report(id, rejected, oldest));
  }

  /** What an operator must know of it. */
  public List<String> warnings() {
    return vitals.warnings();
  }

  /** Looks how it is, for the metrics. */
  public void look(boolean storeWarns) {
    readAhead.oldest().onSuccess(oldest -> vitals.look(oldest, storeWarns));
  }

  public boolean isTesting() {
    return outlet.tests().isRunning();
  }

  /** Sends a test event now, past the queue. Call only when it {@link #isEnabled}. */
  public Future<Answer> test() {
    return outlet.tests().send(dispatcher.circuit().destination());
  }

  /** Drains, then lets go: what is left stays pending. A second stop is harmless. */
  public Future<Void> stop() {
    return drain().compose(v -> close());
  }

  public Future<Void> close() {
    dispatcher.stop();
    metrics.close();
    return outlet.sender().close();
  }
}
