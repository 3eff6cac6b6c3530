package dev.auditwebhook.endpoint.ledger;

import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * What is kept of an endpoint when its journal is opened.
 *
 * @param cursor all events up to this id are settled, or among the stragglers
 * @param ahead the ids above the cursor that are settled, in order
 * @param waiting how many events of the journal are above the cursor and not settled
 * @param damaged the ids of pending events that cannot be read; neither waiting nor stragglers
 * @param stragglers the ids of the pending events that the cursor has passed, in order
 * @param letters the ids of the dead letters, in order
 * @param damagedLetters those of them that cannot be read
 * @param totals in the order of {@link Total}; those that are missing are 0
 * @param settings what was set at run time, empty at first
 */
public record State(
    long cursor,
    List<Long> ahead,
    long waiting,
    List<Long> damaged,
    List<Long> stragglers,
    List<Long> letters,
    List<Long> damagedLetters,
    List<Long> totals,
    JsonObject settings) {

  /** That of an endpoint that sees what comes after this id. */
  public static State ofNew(long cursor) {
    return new State(
        cursor,
        List.of(),
        0,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        new JsonObject());
  }

  /** How many events are pending, and can be read. */
  public long pending() {
    return waiting + stragglers.size();
  }
}
