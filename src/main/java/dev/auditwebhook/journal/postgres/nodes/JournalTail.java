package dev.auditwebhook.journal.postgres.nodes;

import dev.auditwebhook.journal.Nodes;
import io.vertx.core.Future;
import java.util.function.Supplier;

/** The end of the journal, which goes on in cuts. */
public interface JournalTail {

  /** Who is given the cuts. Comes before all else. */
  void follow(Nodes.Follower follower);

  /** The last id of the last cut. */
  long lastId();

  /**
   * Runs an action while no cut is given. Cuts go on in a later turn than the one that the action
   * completes in, so that whoever hears of its end comes first.
   */
  <T> Future<T> still(Supplier<Future<T>> action);

  /** Completed when all that was kept by now, by whomever, is in a cut. */
  Future<Void> upToDate();

  /** The journal goes on, up to this id at least. */
  void heard(long lastId);
}
