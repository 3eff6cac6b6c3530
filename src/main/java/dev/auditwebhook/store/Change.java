package dev.auditwebhook.store;

import io.vertx.core.Promise;

/** One change of what is on disk. To make it twice is as good as once. */
sealed interface Change {

  /**
   * A new event.
   *
   * @param held whether it is held in memory as well
   * @param kept completed when it is on disk
   */
  record Add(PendingEvent event, boolean held, Promise<Boolean> kept) implements Change {}

  /** A pending event after an attempt. */
  record Update(PendingEvent event) implements Change {}

  /** An event that is not pending any more. */
  record Remove(long id) implements Change {}

  /** A pending event becomes a dead letter. */
  record Bury(DeadLetter letter) implements Change {}

  /** A dead letter becomes a pending event. */
  record Redrive(long id, long now) implements Change {}

  /** A dead letter goes. */
  record Purge(long id) implements Change {}

  /** What was set at run time. */
  record Set(String settings) implements Change {}
}
