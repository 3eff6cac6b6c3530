package dev.auditwebhook.endpoint;

import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.wire.format.Event;

/** Pending events as a ledger gives them. */
final class LedgerEvents {

  private LedgerEvents() {}

  /** One that was tried before. */
  static Pending tried(Event event, int attempts, long since) {
    return Pending.of(new Straggler(event, attempts, since));
  }
}
