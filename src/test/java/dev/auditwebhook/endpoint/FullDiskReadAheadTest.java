package dev.auditwebhook.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.testing.ScriptedEngine;
import dev.auditwebhook.testing.SettableClock;
import dev.auditwebhook.wire.format.Event;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A disk that is full can still be read. */
class FullDiskReadAheadTest {

  private final SettableClock clock = new SettableClock();
  private final ScriptedEngine engine = new ScriptedEngine();
  private ScriptedStore store = new ScriptedStore(engine, 10);
  private ReadAhead readAhead = new ReadAhead(store, store.ledger(), clock, store.state(), () -> 4);
  private final List<Pending> held = new ArrayList<>();

  private void arrive(int events) {
    for (Event event : store.arrive(events, 1)) {
      Pending pending = readAhead.arrived(event);
      if (pending != null) {
        held.add(pending);
      }
    }
  }

  private List<Long> take() {
    List<Long> taken = new ArrayList<>();
    readAhead.take(events -> events.forEach(event -> taken.add(event.id())));
    clock.turn(5_000);
    return taken;
  }

  @Test
  void aRedriveOnAFullDiskDoesNotStopReadingTheJournal() {
    arrive(8);
    Pending first = held.remove(0);
    store.ledger().bury(first, new DeadLetter(first.event(), 1, 400, "400", null, "2026-01-01"));
    held.forEach(store.ledger()::delivered);
    readAhead.ended(4);
    store.kept();
    engine.failAppends("No space left on device");
    store.ledger().redrive(1, 5);
    readAhead.redriven(1);
    assertThat(take()).contains(5L);
  }

  @Test
  void aStragglerAtAStartOnAFullDiskIsReadAndDoesNotStopTheOthers() {
    arrive(8);
    store.ledger().tried(held.get(0), 1, 5);
    store.kept();
    store = new ScriptedStore(engine, 10);
    readAhead = new ReadAhead(store, store.ledger(), clock, store.state(), () -> 4);
    engine.failAppends("No space left on device");
    assertThat(take()).isNotEmpty();
  }
}
