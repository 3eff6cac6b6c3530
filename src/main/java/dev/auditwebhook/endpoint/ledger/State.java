package dev.auditwebhook.endpoint.ledger;

import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;

/**
 * What is kept of an endpoint when its journal is opened.
 *
 * @param number its number among the recipients of events; -1 when it was removed, and only its
 *     settings are left
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
    int number,
    long cursor,
    List<Long> ahead,
    long waiting,
    List<Long> damaged,
    List<Long> stragglers,
    List<Long> letters,
    List<Long> damagedLetters,
    List<Long> totals,
    JsonObject settings) {

  /**
   * That of an endpoint that sees what comes from now on.
   *
   * @param cursor the last id that was given
   * @param arrived how many valid entries arrived so far
   */
  public static State ofNew(int number, long cursor, long arrived) {
    Long[] totals = new Long[Total.values().length];
    Arrays.fill(totals, 0L);
    totals[Total.BEFORE.ordinal()] = arrived;
    return new State(
        number,
        cursor,
        List.of(),
        0,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(totals),
        new JsonObject());
  }

  /** How many events are pending, and can be read. */
  public long pending() {
    return waiting + stragglers.size();
  }
}
