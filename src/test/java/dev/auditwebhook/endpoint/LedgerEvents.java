package dev.auditwebhook.endpoint;

import dev.auditwebhook.endpoint.ledger.Ledger;
import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.wire.Event;

/** Pending events as a ledger gives them. */
final class LedgerEvents {

  private LedgerEvents() {}

  /** One that was tried before. */
  static Pending tried(Event event, int attempts, long since) {
    Ledger ledger = new Ledger("default", State.ofNew(0), 1, () -> {});
    return ledger.recall(new Straggler(event, attempts, since));
  }
}
