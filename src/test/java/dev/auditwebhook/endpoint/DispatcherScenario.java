package dev.auditwebhook.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.BatchOptions;
import dev.auditwebhook.CircuitOptions;
import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.endpoint.attempt.AttemptReport;
import dev.auditwebhook.endpoint.attempt.Circuit;
import dev.auditwebhook.endpoint.attempt.MessageIds;
import dev.auditwebhook.endpoint.ledger.Ledger;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.endpoint.settings.Settings;
import dev.auditwebhook.metrics.Metrics;
import dev.auditwebhook.security.UrlPolicy;
import dev.auditwebhook.testing.ScriptedEngine;
import dev.auditwebhook.testing.SettableClock;
import dev.auditwebhook.wire.format.Format;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** A dispatcher whose clock, store and answers are a test's. */
abstract class DispatcherScenario {

  static final String URL = "http://a.example/in";
  static final String OTHER_URL = "http://b.example/in";
  static final long A_DAY = 86_400_000;

  private final Vertx vertx = Vertx.vertx();
  final SettableClock clock = new SettableClock();
  ScriptedSender sender = new ScriptedSender(clock);
  final ScriptedEngine engine = new ScriptedEngine();
  final List<AttemptReport> reports = new ArrayList<>();
  private final Thread thread = Thread.currentThread();
  final EndpointOptions options =
      new EndpointOptions()
          .setUrl(URL)
          .setJitter(0)
          .setMaxAttempts(3)
          .setInitialBackoff(1_000)
          .setMaxBackoff(60_000)
          .setCircuitBreaker(new CircuitOptions().setMaxFailures(1_000).setResetTimeout(A_DAY));
  ScriptedStore store;
  Ledger ledger;
  Settings settings;
  private ReadAhead readAhead;
  Dispatcher dispatcher;

  @AfterEach
  void close() {
    vertx.close().await();
  }

  /** A start, or another one after all was kept. */
  void start() {
    if (dispatcher != null) {
      store.kept();
      dispatcher.stop();
    }
    store = new ScriptedStore(engine, options.getDlqCapacity());
    ledger = store.ledger();
    settings =
        new Settings("siem", options, ledger.settings(), clock.now(), ledger::settingsChanged);
    Excerpts excerpts = new Excerpts(List.of());
    Recorder recorder = new Recorder("siem", ledger, excerpts, clock, Metrics.NONE, reports::add);
    readAhead = new ReadAhead(store, ledger, clock, store.state(), options::getQueueCapacity);
    dispatcher =
        new Dispatcher(clock, new MessageIds("msg_test_"), settings, sender, recorder, readAhead);
    dispatcher.sendTo(circuit(settings.url()));
  }

  Circuit circuit(String url) {
    return new Circuit(
        vertx,
        "test",
        options.getCircuitBreaker(),
        UrlPolicy.vet(url, true),
        clock::now,
        this::changed);
  }

  /** What the circuit's own timer changes, a test looks at when it has awaited it. */
  private void changed() {
    if (Thread.currentThread() == thread) {
      dispatcher.pump();
    }
  }

  void maxFailures(int maxFailures, long resetTimeout) {
    options.setCircuitBreaker(
        new CircuitOptions().setMaxFailures(maxFailures).setResetTimeout(resetTimeout));
  }

  void batches(int maxEvents, long maxDelay) {
    options.setBatch(new BatchOptions().setMaxEvents(maxEvents).setMaxDelay(maxDelay));
  }

  void arrive(int events) {
    dispatcher.queue(store.arrive(events, clock.now()));
    clock.turn();
  }

  void newUrl() {
    settings.url(OTHER_URL, clock.now());
    dispatcher.startAfresh();
    dispatcher.sendTo(circuit(OTHER_URL));
    clock.turn();
  }

  Future<Void> drain(long timeout) {
    return dispatcher.drain(timeout, Future.succeededFuture());
  }

  void awaitProbe() {
    await().until(() -> dispatcher.circuit().isHalfOpen());
    dispatcher.pump();
    clock.turn();
  }

  long total(Total total) {
    return ledger.total(total);
  }

  void assertBalanced() {
    assertThat(ledger.received())
        .isEqualTo(total(Total.DELIVERED) + total(Total.FAILED) + ledger.pending());
  }

  /** Puts the options in the place of those in force. */
  void put() {
    put(sender.format());
  }

  void put(Format format) {
    boolean another = !options.getUrl().equals(settings.url());
    settings.put(options, clock.now());
    if (another) {
      dispatcher.startAfresh();
    }
    sender = sender.with(format);
    dispatcher.goOnWith(sender);
    dispatcher.sendTo(circuit(settings.url()));
    clock.turn();
  }
}
