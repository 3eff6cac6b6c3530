package dev.auditwebhook.endpoint;

import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.EndpointStore;
import dev.auditwebhook.endpoint.ledger.Found;
import dev.auditwebhook.endpoint.ledger.Ledger;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Engine.Addition;
import dev.auditwebhook.journal.Engine.Appended;
import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.journal.Engine.Opened;
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

  static final String ENDPOINT = "default";

  private final ScriptedEngine engine;
  private final State state;
  private final Ledger ledger;
  private long arrived;
  private Future<Void> underway = Future.succeededFuture();

  ScriptedStore(ScriptedEngine engine, int dlqCapacity) {
    this.engine = engine;
    Opened opened = engine.open().result();
    State kept = opened.endpoints().get(ENDPOINT);
    arrived = opened.counts().arrived();
    state = kept == null ? State.ofNew(0, 0, arrived) : kept;
    ledger = new Ledger(ENDPOINT, state, dlqCapacity, this);
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
    entries.forEach(entry -> ledger.take());
    arrived += events;
    Appended appended = append(entries, ledger.step()).result();
    ledger.kept();
    return appended.events();
  }

  private Future<Appended> append(List<EncodedEntry> entries, Step step) {
    return engine.append(
        new Addition(entries, new Counts(arrived, 0), List.of(step), step.cursor() + 1));
  }

  @Override
  public long arrived() {
    return arrived;
  }

  @Override
  public boolean owns() {
    return engine.owns(ENDPOINT);
  }

  @Override
  public void changed() {}

  @Override
  public void filterChanged() {}

  @Override
  public Future<Void> kept() {
    underway = underway.transform(v -> write());
    return underway;
  }

  private Future<Void> write() {
    return append(List.of(), ledger.step())
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
    return engine.read(state.number(), after, limit);
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
