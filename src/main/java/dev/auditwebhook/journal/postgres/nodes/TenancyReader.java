package dev.auditwebhook.journal.postgres.nodes;

import static java.util.stream.Collectors.toSet;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How far endpoints are, by the tables. */
public final class TenancyReader {

  /**
   * What the column {@code totals} of {@code progress} has, in its order; the other totals are
   * those of {@code intake}.
   */
  public static final List<Total> OF_PROGRESS =
      List.of(
          Total.DELIVERED,
          Total.FAILED,
          Total.BEFORE,
          Total.RETRIED,
          Total.REDRIVEN,
          Total.DLQ_EVICTED);

  /** So many events of the journal are gone through in one statement. */
  private static final long PAGE = 100_000;

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

  /**
   * How many events the journal has above the cursors of endpoints, by their numbers.
   *
   * @param upTo the last id that was looked at
   */
  record Waiting(long upTo, Map<Integer, Long> events) {

    static final Waiting NOT_COUNTED = new Waiting(0, Map.of());
  }

  private final Database database;

  TenancyReader(Database database) {
    this.database = database;
  }

  /** Those of them for which more is to be counted than takes a moment. */
  Future<Set<Integer>> farBehind(Collection<Integer> numbers) {
    return rows(numbers)
        .map(
            rows ->
                rows.stream()
                    .filter(row -> row.getLong("last_id") - row.getLong("position") > PAGE)
                    .map(row -> row.getInteger("number"))
                    .collect(toSet()));
  }

  /** Reads those with these numbers as they were kept last; what waits is by their totals. */
  Future<List<Found>> kept(Collection<Integer> numbers) {
    return rows(numbers)
        .map(rows -> rows.stream().map(row -> found(row, waitingByTotals(row))).toList());
  }

  /**
   * Counts what waits for endpoints that nobody runs, however much it is: to {@link #read} them
   * after that is quick.
   */
  Future<Waiting> count(Collection<Integer> numbers) {
    return rows(numbers).compose(rows -> count(rows, Waiting.NOT_COUNTED));
  }

  /**
   * Reads those with these numbers that are there, as of one moment.
   *
   * @param counted what was counted before, if anything
   */
  Future<List<Found>> read(Collection<Integer> numbers, Waiting counted) {
    return rows(numbers)
        .compose(
            rows ->
                count(rows, counted)
                    .map(
                        waiting ->
                            rows.stream().map(row -> found(row, waiting(row, waiting))).toList()));
  }

  private Future<List<Row>> rows(Collection<Integer> numbers) {
    return database
        .run("endpoint-states", Tuple.of(numbers.toArray(Integer[]::new)))
        .map(
            found -> {
              List<Row> rows = new ArrayList<>();
              found.forEach(rows::add);
              return rows;
            });
  }

  /** What the journal has up to an id does not change: it may be counted later, and by and by. */
  private Future<Waiting> count(List<Row> rows, Waiting counted) {
    long lastId = rows.stream().mapToLong(row -> row.getLong("last_id")).max().orElse(0);
    long lowest = rows.stream().mapToLong(row -> row.getLong("position")).min().orElse(0);
    long from = Math.max(counted.upTo(), lowest);
    if (from >= lastId) {
      return Future.succeededFuture(counted);
    }
    long to = Math.min(lastId, from + PAGE);
    Integer[] numbers = rows.stream().map(row -> row.getInteger("number")).toArray(Integer[]::new);
    Long[] cursors = rows.stream().map(row -> row.getLong("position")).toArray(Long[]::new);
    return database
        .run("endpoint-waiting", Tuple.of(numbers, cursors, from, to))
        .compose(
            more -> {
              Map<Integer, Long> events = new HashMap<>(counted.events());
              more.forEach(
                  row -> events.merge(row.getInteger("number"), row.getLong("events"), Long::sum));
              return count(rows, new Waiting(to, events));
            });
  }

  private static long waiting(Row row, Waiting counted) {
    return counted.events().getOrDefault(row.getInteger("number"), 0L)
        - row.getArrayOfLongs("ahead").length;
  }

  private static long waitingByTotals(Row row) {
    Long[] totals = row.getArrayOfLongs("totals");
    long ended =
        totals[OF_PROGRESS.indexOf(Total.DELIVERED)] + totals[OF_PROGRESS.indexOf(Total.FAILED)];
    return row.getLong("wanted")
        - row.getLong("dropped")
        - ended
        - row.getArrayOfLongs("stragglers").length;
  }

  private static Found found(Row row, long waiting) {
    Tenancy tenancy =
        new Tenancy(
            row.getString("id"),
            state(row, waiting),
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

  private static State state(Row row, long waiting) {
    return new State(
        row.getInteger("number"),
        row.getLong("position"),
        List.of(row.getArrayOfLongs("ahead")),
        waiting,
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
