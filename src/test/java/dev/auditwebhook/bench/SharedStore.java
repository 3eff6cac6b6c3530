package dev.auditwebhook.bench;

import dev.auditwebhook.testing.PostgresServer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** What the store in PostgreSQL costs, with the database on the same processors. */
final class SharedStore {

  /** Entries a second on the way from one node to another. */
  private static final int ACROSS = 1_000;

  private static final int WARM_UPS = 3;

  private final Plan plan;
  private final ReceiverProcess receiver;
  private final Report report;

  SharedStore(Plan plan, ReceiverProcess receiver, Report report) {
    this.plan = plan;
    this.receiver = receiver;
    this.report = report;
  }

  /** The options on a schema of its own. */
  static JsonObject on(PostgresServer server, String schema, JsonObject options) {
    return options
        .copy()
        .put(
            "store",
            new JsonObject()
                .put("type", "postgres")
                .put("uri", server.uri())
                .put("schema", schema)
                .put("maxEvents", 2_000_000));
  }

  /** One node, against the store in memory; and what is left of it in the tables. */
  void rate() {
    try (PostgresServer server = PostgresServer.own()) {
      String schema = server.freshSchema();
      JsonObject options = on(server, schema, Scenarios.options(receiver.fast()));
      Comparison stores =
          Comparison.of(
              plan,
              plan.firstWarmUp(),
              () -> new ModuleLoad(options, plan.waiting()),
              () -> new ModuleLoad(Scenarios.options(receiver.fast()), plan.waiting()));
      report.add(stores.rate("PostgreSQL, one node, against memory").goal(0.6, 0.35));
      report.add(stores.row("  CPU an event, without the database", "ns", Sample::cpuNanos));
      report.add(stores.row("  allocated an event", "B", Sample::bytes));
      double events = number(server, "SELECT last_id FROM " + schema + ".head");
      double dead =
          number(
              server,
              "SELECT sum(n_dead_tup) FROM pg_stat_user_tables WHERE schemaname = '"
                  + schema
                  + "'");
      double bytes =
          number(
              server,
              "SELECT sum(pg_total_relation_size(relid)) FROM pg_stat_user_tables"
                  + " WHERE schemaname = '"
                  + schema
                  + "' AND relname NOT LIKE 'journal%'");
      report.add(
          Row.figure("  dead rows after " + Growth.number((int) events) + " events", dead, ""));
      report.add(Row.figure("  tables without the journal", bytes / 1_024, "KiB"));
    }
  }

  private static double number(PostgresServer server, String query) {
    return Double.parseDouble(server.select(query).get(0));
  }

  /** From the publication on a node to the delivery by another. */
  void across() {
    try (PostgresServer server = PostgresServer.own()) {
      JsonObject options = on(server, server.freshSchema(), Scenarios.options(receiver.fast()));
      try (ModuleLoad owner = new ModuleLoad(options, plan.waiting());
          ModuleLoad other = new ModuleLoad(options, plan.waiting())) {
        List<Histogram> across = new ArrayList<>();
        for (int i = -WARM_UPS; i < plan.rounds(); i++) {
          Histogram round = Latency.across(other, owner, ACROSS, plan.latency());
          if (i >= 0) {
            across.add(round);
          }
        }
        for (int percentile : new int[] {50, 99}) {
          double[] micros = Latencies.micros(across, percentile);
          report.add(
              Row.figure(
                      "accepted on one node, delivered by another, p" + percentile,
                      Comparison.median(micros) / 1_000,
                      "ms")
                  .goalAtMost(100, 100)
                  .with("entries_per_second", ACROSS));
        }
      }
    }
  }

  /** The cost of a delivery does not grow with what waits. */
  void parked() {
    try (PostgresServer server = PostgresServer.own()) {
      int few = Math.min(1_000, plan.parked() / 2);
      int many = plan.parked();
      int deliveries = Math.min(50_000, many / 2);
      Parked.Cost before = behind(server, few, deliveries);
      Parked.Cost big = behind(server, many, deliveries);
      Parked.Cost after = behind(server, few, deliveries);
      double wall = (before.wallNanos() + after.wallNanos()) / 2;
      report.add(
          Row.figure(
                  "PostgreSQL, "
                      + Growth.number(many)
                      + " parked against "
                      + Growth.number(few)
                      + ": time an event",
                  big.wallNanos(),
                  "ns")
              .beside(wall)
              .ratio(big.wallNanos() / wall, null, null)
              .goalAtMost(1.1, 1.3)
              .with("release_ms", big.releaseMillis()));
    }
  }

  private Parked.Cost behind(PostgresServer server, int parked, int deliveries) {
    return Parked.behind(
        receiver,
        options -> on(server, server.freshSchema(), options.put("queueCapacity", 16_384)),
        parked,
        deliveries);
  }
}
