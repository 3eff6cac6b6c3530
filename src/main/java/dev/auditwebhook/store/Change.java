package dev.auditwebhook.store;

import io.vertx.core.Promise;

/**
 * One change of what is on disk. Each says all there is to say of its event, whatever the disk has
 * of it, so that a later one takes the place of an earlier one, and to make it twice is as good as
 * once.
 */
sealed interface Change {

  /** The {@code event_id}. */
  long id();

  /**
   * A new event.
   *
   * @param held whether it is held in memory as well
   * @param kept completed when it is on disk
   */
  record Add(PendingEvent event, boolean held, Promise<Boolean> kept) implements Change {
    @Override
    public long id() {
      return event.id();
    }
  }

  /** It is pending, as it is now. */
  record Update(PendingEvent event) implements Change {
    @Override
    public long id() {
      return event.id();
    }
  }

  /** It is a dead letter. */
  record Bury(DeadLetter letter) implements Change {
    @Override
    public long id() {
      return letter.event().id();
    }
  }

  /** The dead letter that is on disk becomes a pending event. */
  record Redrive(long id, long now) implements Change {
    PendingEvent pending(DeadLetter letter) {
      return letter.event().waiting(0, now);
    }
  }

  /** It is pending on disk, but damaged, and becomes a dead letter without content. */
  record Fail(long id) implements Change {}

  /** It is gone. */
  record Remove(long id) implements Change {}

  /** What to do on disk in place of an earlier change that is not written yet, and this one. */
  default Change after(Change earlier) {
    return this instanceof Redrive redrive && earlier instanceof Bury bury
        ? new Update(redrive.pending(bury.letter()))
        : this;
  }
}
