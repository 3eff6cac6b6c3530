package dev.auditwebhook.journal.memory;

import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.journal.MessageIdPrefix;
import dev.auditwebhook.journal.Recipients;
import io.vertx.core.shareddata.Shareable;
import java.util.HashMap;
import java.util.Map;

/** What outlives the verticle. Used by one at a time, the last one or the next. */
final class Shelf implements Shareable {

  /** So many events are always kept without a look at who needs them. */
  private static final int CROWD = 1_024;

  final String messageIdPrefix = MessageIdPrefix.random();
  final EventLog journal = new EventLog();

  /** The last step of each endpoint, but for the changes. */
  final Map<String, Step> steps = new HashMap<>();

  Counts counts = new Counts(0, 0);
  long lastId;
  boolean isOpen;
  boolean isWatched;
  boolean isEnding;
  private int crowd = CROWD;

  /**
   * Forgets what is below an id. An endpoint that stands still holds what came for others since; so
   * from time to time that goes, too.
   */
  void cut(long needed) {
    journal.cut(needed);
    if (journal.size() > crowd) {
      Map<Integer, Long> cursors = new HashMap<>();
      steps.values().forEach(step -> cursors.put(step.number(), step.cursor()));
      journal.squeeze(whom -> passed(whom, cursors));
      crowd = 2 * journal.size();
    }
    crowd = Math.max(CROWD, Math.min(crowd, 2 * journal.size()));
  }

  private static long passed(Recipients whom, Map<Integer, Long> cursors) {
    long[] lowest = {Long.MAX_VALUE};
    whom.forEach(number -> lowest[0] = Math.min(lowest[0], cursors.getOrDefault(number, 0L)));
    return lowest[0];
  }
}
