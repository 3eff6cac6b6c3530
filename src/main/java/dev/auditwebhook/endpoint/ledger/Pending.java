package dev.auditwebhook.endpoint.ledger;

import dev.auditwebhook.wire.format.Event;

/** A pending event that is held in memory, on its way to one endpoint. */
public final class Pending {

  private final Event event;
  private int attempts;
  private long since;

  /** Whether it is kept by itself. */
  private boolean straggler;

  /** Whether the cursor may pass it: it is settled, or kept by itself. */
  private boolean past;

  private Pending(Event event, int attempts, long since, boolean straggler) {
    this.event = event;
    this.attempts = attempts;
    this.since = since;
    this.straggler = straggler;
    this.past = straggler;
  }

  /** One of the journal that was never tried. */
  public static Pending untried(Event event) {
    return new Pending(event, 0, event.acceptedAt(), false);
  }

  /** One that is to be tried again. */
  public static Pending of(Straggler kept) {
    return new Pending(kept.event(), kept.attempts(), kept.since(), true);
  }

  public Event event() {
    return event;
  }

  public long id() {
    return event.id();
  }

  /** How many attempts it has used up. */
  public int attempts() {
    return attempts;
  }

  /** When it began to wait for its next attempt, in milliseconds since the epoch. */
  public long since() {
    return since;
  }

  /** Its attempts do not count any more, as it goes to another URL. */
  public void startAfresh() {
    attempts = 0;
  }

  void tried(int attemptsUsed, long now) {
    attempts = attemptsUsed;
    since = now;
  }

  Straggler straggle() {
    straggler = true;
    return new Straggler(event, attempts, since);
  }

  boolean isStraggler() {
    return straggler;
  }

  void passBy() {
    past = true;
  }

  boolean isPast() {
    return past;
  }
}
