package dev.auditwebhook.journal.postgres.nodes;

import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.journal.Nodes.Tenancy;
import dev.auditwebhook.journal.postgres.database.Database;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** How far endpoints are, by the tables. */
final class TenancyReader {

  /** The totals of {@code progress}, in its order; the others are those of {@code intake}. */
  private static final List<Total> OF_PROGRESS =
      List.of(
          Total.DELIVERED,
          Total.FAILED,
          Total.BEFORE,
          Total.RETRIED,
          Total.REDRIVEN,
          Total.DLQ_EVICTED);

  /**
   * An endpoint.
   *
   * @param owner who has it, {@code null} for nobody
   * @param node the name of that node, {@code null} when it is not alive
   * @param arrived how many valid entries there were of all nodes
   * @param rejected how many that were not
   */
  record Found(
      Tenancy tenancy, String owner, long epoch, String node, long arrived, long rejected) {

    State state() {
      return tenancy.state();
    }

    long total(Total total) {
      return state().totals().get(total.ordinal());
    }
  }

  private final Database database;

  TenancyReader(Database database) {
    this.database = database;
  }

  /** Reads those with these numbers that are there, as of one moment. */
  Future<List<Found>> read(Collection<Integer> numbers) {
    return database
        .run("endpoint-states", Tuple.of(numbers.toArray(Integer[]::new)))
        .map(
            rows -> {
              List<Found> all = new ArrayList<>();
              rows.forEach(row -> all.add(found(row)));
              return all;
            });
  }

  private static Found found(Row row) {
    Tenancy tenancy =
        new Tenancy(
            row.getString("id"),
            state(row),
            row.getLong("last_id"),
            (JsonObject) row.getValue("configured"));
    return new Found(
        tenancy,
        row.getString("owner"),
        row.getLong("epoch"),
        row.getString("node"),
        row.getLong("arrived"),
        row.getLong("rejected"));
  }

  private static State state(Row row) {
    List<Long> stragglers = List.of(row.getArrayOfLongs("stragglers"));
    List<Long> totals = totals(row);
    return new State(
        row.getInteger("number"),
        row.getLong("position"),
        List.of(row.getArrayOfLongs("ahead")),
        Math.max(0, pending(totals) - stragglers.size()),
        List.of(),
        stragglers,
        List.of(row.getArrayOfLongs("letters")),
        List.of(),
        totals,
        (JsonObject) row.getValue("settings"));
  }

  /**
   * All totals are kept along with what they count, so the journal, which may have millions, need
   * not be gone through.
   */
  private static long pending(List<Long> totals) {
    return totals.get(Total.WANTED.ordinal())
        - totals.get(Total.DROPPED.ordinal())
        - totals.get(Total.DELIVERED.ordinal())
        - totals.get(Total.FAILED.ordinal());
  }

  private static List<Long> totals(Row row) {
    Long[] totals = new Long[Total.values().length];
    Arrays.fill(totals, 0L);
    Long[] kept = row.getArrayOfLongs("totals");
    for (int i = 0; i < kept.length; i++) {
      totals[OF_PROGRESS.get(i).ordinal()] = kept[i];
    }
    totals[Total.WANTED.ordinal()] = row.getLong("wanted");
    totals[Total.DROPPED.ordinal()] = row.getLong("dropped");
    return List.of(totals);
  }
}
