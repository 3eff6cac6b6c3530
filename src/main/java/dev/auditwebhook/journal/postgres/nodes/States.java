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

/** How far endpoints are, by the tables, as of one moment. */
final class States {

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
   * @param oldestAt when its oldest pending event was accepted, {@code null} for none
   * @param arrived how many valid entries there were of all nodes
   * @param rejected how many that were not
   */
  record Found(
      Tenancy tenancy,
      String owner,
      long epoch,
      String node,
      Long oldestAt,
      long arrived,
      long rejected) {

    State state() {
      return tenancy.state();
    }

    long total(Total total) {
      return state().totals().get(total.ordinal());
    }
  }

  /** How long counting what waits may take, in milliseconds. */
  private static final long PATIENCE = 30_000;

  private final Database database;

  States(Database database) {
    this.database = database;
  }

  /** Reads those with these numbers that are there. */
  Future<List<Found>> read(Collection<Integer> numbers) {
    return database
        .run("endpoint-states", Tuple.of(numbers.toArray(Integer[]::new)), PATIENCE)
        .map(
            rows -> {
              List<Found> found = new ArrayList<>();
              rows.forEach(row -> found.add(found(row)));
              return found;
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
        row.getLong("oldest_at"),
        row.getLong("arrived"),
        row.getLong("rejected"));
  }

  private static State state(Row row) {
    return new State(
        row.getInteger("number"),
        row.getLong("position"),
        List.of(row.getArrayOfLongs("ahead")),
        row.getLong("waiting"),
        List.of(),
        List.of(row.getArrayOfLongs("stragglers")),
        List.of(row.getArrayOfLongs("letters")),
        List.of(),
        totals(row),
        (JsonObject) row.getValue("settings"));
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
