package dev.auditwebhook.endpoint;

import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.EndpointStore;
import dev.auditwebhook.endpoint.ledger.Found;
import dev.auditwebhook.endpoint.ledger.Ledger;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Engine.Appended;
import dev.auditwebhook.testing.Events;
import dev.auditwebhook.testing.ScriptedEngine;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** What a journal does for one endpoint, at once and when a test says so, with its ledger. */
final class ScriptedStore implements EndpointStore {

  private static final String ENDPOINT = "default";

  private final ScriptedEngine engine;
  private final State state;
  private final Ledger ledger;
  private Future<Void> underway = Future.succeededFuture();

  ScriptedStore(ScriptedEngine engine, int dlqCapacity) {
    this.engine = engine;
    State kept = engine.open().result().endpoints().get(ENDPOINT);
    state = kept == null ? State.ofNew(0) : kept;
    ledger = new Ledger(ENDPOINT, state, dlqCapacity, this::changed);
  }

  /** What was kept when it was opened. */
  State state() {
    return state;
  }

  Ledger ledger() {
    return ledger;
  }

  /** So many events arrive, accepted at some time, and are kept. */
  List<Event> arrive(int events, long acceptedAt) {
    List<EncodedEntry> entries = Collections.nCopies(events, Events.entry(acceptedAt));
    entries.forEach(entry -> ledger.received());
    Appended appended = engine.append(entries, 0, List.of(ledger.step())).result();
    ledger.kept();
    return appended.events();
  }

  @Override
  public void changed() {}

  @Override
  public Future<Void> kept() {
    underway = underway.transform(v -> write());
    return underway;
  }

  private Future<Void> write() {
    Step step = ledger.step();
    return engine
        .append(List.of(), 0, List.of(step))
        .onComplete(
            appended -> {
              ledger.kept();
              List<Long> damaged = appended.notRedriven().get(ENDPOINT);
              if (!damaged.isEmpty()) {
                ledger.notRedriven(damaged);
              }
            },
            failure -> ledger.notKept())
        .mapEmpty();
  }

  @Override
  public Future<Found<Event>> read(long after, int limit) {
    return engine.read(after, limit);
  }

  @Override
  public Future<Found<Straggler>> stragglers(Collection<Long> ids) {
    return engine.stragglers(ENDPOINT, ids);
  }

  @Override
  public Future<List<DeadLetter>> deadLetters(
      List<Long> ids, Map<Long, DeadLetter> unkept, long maxBytes) {
    return engine.deadLetters(ENDPOINT, ids, unkept, maxBytes);
  }
}
