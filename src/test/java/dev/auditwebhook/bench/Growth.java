package dev.auditwebhook.bench;

import io.vertx.core.json.JsonObject;
import java.util.Locale;

/** How the cost of an event grows with what waits and with what is in flight: it should not. */
final class Growth {

  private final Plan plan;
  private final ReceiverProcess receiver;
  private final Report report;

  Growth(Plan plan, ReceiverProcess receiver, Report report) {
    this.plan = plan;
    this.receiver = receiver;
    this.report = report;
  }

  void heap() {
    // Half of what an endpoint in memory holds at least: what is in backoff is held.
    int events = Math.min(500, plan.parked());
    double bytes = Parked.heapAnEvent(receiver, events, 1);
    report.add(
        Row.figure("heap held by " + number(events) + " parked, an event", bytes, "B")
            .with("total_bytes", bytes * events));
  }

  void parked() {
    int few = Math.min(1_000, plan.parked() / 2);
    int many = plan.parked();
    int deliveries = Math.min(100_000, many / 2);
    Parked.Cost before = Parked.behind(receiver, few, deliveries);
    Parked.Cost big = Parked.behind(receiver, many, deliveries);
    Parked.Cost after = Parked.behind(receiver, few, deliveries);
    String title = number(many) + " parked against " + number(few);
    double wall = (before.wallNanos() + after.wallNanos()) / 2;
    double cpu = (before.cpuNanos() + after.cpuNanos()) / 2;
    report.add(
        against(title + ": time an event", big.wallNanos(), wall)
            .goalAtMost(1.0, 1.2)
            .with("release_ms", big.releaseMillis()));
    report.add(against("  CPU an event", big.cpuNanos(), cpu));
  }

  private static Row against(String name, double many, double few) {
    return Row.figure(name, many, "ns").beside(few).ratio(many / few, null, null);
  }

  void backoff() {
    // Half of what an endpoint in memory holds at least: what is in backoff is held.
    int events = Math.min(500, plan.parked());
    Comparison growth =
        Comparison.of(
            plan,
            () -> Parked.backoff(receiver, events, plan.waiting()),
            () -> Parked.backoff(receiver, 0, plan.waiting()));
    report.add(growth.rate(number(events) + " in backoff against none"));
    report.add(growth.row("  CPU an event", "ns", Sample::cpuNanos));
  }

  void inFlight() {
    for (int inFlight : new int[] {1, 1_024}) {
      JsonObject options = Scenarios.options(receiver.fast()).put("maxInFlight", inFlight);
      Comparison row =
          Comparison.of(
              plan,
              () -> new ModuleLoad(options, plan.waiting()),
              () -> new BareWebClient(receiver.fast(), inFlight, new JsonObject()));
      report.add(row.rate(number(inFlight) + " in flight, signed"));
      report.add(row.row("  CPU an event", "ns", Sample::cpuNanos));
    }
  }

  static String number(int value) {
    return String.format(Locale.ROOT, "%,d", value).replace(',', ' ');
  }
}
