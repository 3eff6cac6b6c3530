package dev.auditwebhook.endpoint.ledger;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/**
 * What one endpoint did since its last step, to be kept all or not at all.
 *
 * @param endpoint its id
 * @param number its number among the recipients of events
 * @param cursor all events up to this id are settled or have a change of their own
 * @param ahead the ids above the cursor that are settled, in order
 * @param changes what became of single events, by id
 * @param totals the totals of now, in the order of {@link Total}
 * @param settings what was set at run time, as it is now
 */
public record Step(
    String endpoint,
    int number,
    long cursor,
    List<Long> ahead,
    Map<Long, Change> changes,
    List<Long> totals,
    JsonObject settings) {

  /** What is left of an endpoint that was removed. */
  public static Step ofRemoved(String endpoint, JsonObject settings) {
    return new Step(endpoint, -1, 0, List.of(), Map.of(), List.of(), settings);
  }

  /** The same with the cursor at least so far: all up to there is past. */
  public Step upTo(long position) {
    return position <= cursor
        ? this
        : new Step(
            endpoint,
            number,
            position,
            ahead.stream().filter(id -> id > position).toList(),
            changes,
            totals,
            settings);
  }

  /** What is the same until the next step. */
  public Step withoutChanges() {
    return new Step(endpoint, number, cursor, ahead, Map.of(), totals, settings);
  }
}
