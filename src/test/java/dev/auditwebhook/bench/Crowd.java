package dev.auditwebhook.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** What many endpoints cost: together, each, and one in trouble the others. */
final class Crowd {

  private static final int TEN = 10;
  private static final String ALL = "all";
  private static final int WARM_UPS = 3;

  private final Plan plan;
  private final ReceiverProcess receiver;
  private final Report report;

  Crowd(Plan plan, ReceiverProcess receiver, Report report) {
    this.plan = plan;
    this.receiver = receiver;
    this.report = report;
  }

  /** The options with so many endpoints in all, which are like {@code default}. */
  static JsonObject of(JsonObject options, int endpoints) {
    JsonObject others = new JsonObject();
    for (int i = 1; i < endpoints; i++) {
      JsonObject one = options.copy();
      one.remove("drainTimeout"); // Not an endpoint's own.
      others.put("e" + i, one);
    }
    return options.copy().put("endpoints", others);
  }

  void rate() {
    JsonObject options = Scenarios.options(receiver.fast());
    Comparison comparison =
        Comparison.of(
            plan,
            plan.firstWarmUp(),
            () -> new ModuleLoad(of(options, TEN), plan.waiting()),
            () -> new ModuleLoad(options, plan.waiting()));
    report.add(comparison.rate(TEN + " endpoints in all, against one").goal(0.8, 0.7));
    report.add(comparison.row("  CPU a delivery", "ns", Sample::cpuNanos));
    report.add(comparison.row("  allocated a delivery", "B", Sample::bytes));
  }

  void heap() {
    int events = Math.min(100_000, plan.parked());
    receiver.switchTo(503);
    double one = Parked.heapAnEvent(receiver, events, 1);
    double ten = Parked.heapAnEvent(receiver, events, TEN);
    report.add(
        Row.figure("heap, " + Growth.number(events) + " parked for " + TEN + ", an event", ten, "B")
            .beside(one)
            .ratio(ten / one, null, null)
            .goalAtMost(1.05, 1.1));
  }

  /** Nine endpoints at half of what ten can do, while a tenth is well, and while it is down. */
  void oneDown() {
    JsonObject well = of(Scenarios.options(receiver.fast()), TEN);
    JsonObject down = well.copy();
    down.getJsonObject("endpoints").getJsonObject("e1").put("url", receiver.switched());
    receiver.switchTo(503);
    try (ModuleLoad allWell = new ModuleLoad(well, plan.waiting());
        ModuleLoad oneDown = new ModuleLoad(down, plan.waiting())) {
      Sample.warmUp(allWell, plan.warmUp());
      double half = Sample.of(allWell, plan.round()).perSecond() / TEN / 2;
      List<Histogram> ofWell = new ArrayList<>();
      List<Histogram> ofDown = new ArrayList<>();
      for (int i = -WARM_UPS; i < plan.rounds(); i++) {
        Histogram without = Latency.ofModule(allWell, half, plan.latency());
        Histogram with = Latency.ofModule(oneDown, half, plan.latency());
        if (i >= 0) {
          ofWell.add(without);
          ofDown.add(with);
        }
      }
      for (int percentile : new int[] {50, 99}) {
        report.add(
            Comparison.row(
                    "one of " + TEN + " down, the others' p" + percentile,
                    "us",
                    Latencies.micros(ofDown, percentile),
                    Latencies.micros(ofWell, percentile))
                .with("entries_per_second", half)
                .with("dropped", oneDown.getDefault().getLong("dropped")));
      }
    }
  }

  /** An event a second for each of very many endpoints. */
  void many() {
    int endpoints = plan.endpoints();
    JsonObject options = Scenarios.options("").put("queueCapacity", 1_024);
    long before = heldBy(options);
    JsonObject others = new JsonObject();
    for (int i = 0; i < endpoints; i++) {
      others.put(
          "e" + i,
          Scenarios.options(receiver.fast()).put("actions", new JsonArray().add(ALL).add("e" + i)));
    }
    long start = System.nanoTime();
    try (ModuleLoad module = new ModuleLoad(options.put("endpoints", others), 0)) {
      double deployed = (System.nanoTime() - start) / 1e6;
      double held = (double) (Usage.heap() - before) / endpoints;
      String title = Growth.number(endpoints) + " endpoints: ";
      report.add(Row.figure(title + "deployed in", deployed, "ms"));
      report.add(Row.figure(title + "heap each, at rest", held / 1_024, "KiB"));
      report.add(load(module, title + "each event for one, CPU", endpoints, false));
      report.add(load(module, title + "each event for all, CPU", endpoints, true));
      double used = (double) (Usage.heap() - before) / endpoints;
      report.add(Row.figure(title + "heap each, after deliveries", used / 1_024, "KiB"));
    }
  }

  private long heldBy(JsonObject options) {
    try (ModuleLoad module = new ModuleLoad(options, 0)) {
      module.get();
      return Usage.heap();
    }
  }

  /** How much of a core so many deliveries a second take. */
  private Row load(ModuleLoad module, String name, int endpoints, boolean toAll) {
    pace(module, endpoints, toAll, plan.warmUp() + 1_000);
    long delivered = module.delivered();
    Usage usage = Usage.now(module.producerThread());
    long nanos = System.nanoTime();
    pace(module, endpoints, toAll, 4 * plan.round());
    nanos = System.nanoTime() - nanos;
    usage = Usage.now(module.producerThread()).since(usage);
    delivered = module.delivered() - delivered;
    return Row.figure(name, 100.0 * usage.cpuNanos() / nanos, "% core")
        .with("deliveries_per_second", delivered * 1e9 / nanos)
        .with("bytes_per_second", usage.bytes() * 1e9 / nanos);
  }

  /** Publishes at a steady pace, and returns once all is delivered. */
  private static void pace(ModuleLoad module, int endpoints, boolean toAll, long millis) {
    long deliveries = Math.max(1, millis / 1_000) * endpoints;
    long events = toAll ? deliveries / endpoints : deliveries;
    double nanosAnEvent = 1e9 / (toAll ? 1 : endpoints);
    long expected = module.delivered() + deliveries;
    long begin = System.nanoTime();
    for (int i = 0; i < events; i++) {
      module.publish(toAll ? ALL : "e" + i % endpoints);
      long due = begin + (long) ((i + 1) * nanosAnEvent);
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
    }
    module.until(state -> state.getLong("delivered") == expected);
  }
}
