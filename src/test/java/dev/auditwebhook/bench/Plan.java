package dev.auditwebhook.bench;

/**
 * How long and how much. All times in milliseconds.
 *
 * @param name of the mode
 * @param firstWarmUp of each side, before anything is measured
 * @param warmUp of each side of a row
 * @param round one measurement
 * @param rounds pairs of them in a row
 * @param latency one run at half load
 * @param bursts of publishes whose cost is measured
 * @param waiting how many events the producer keeps waiting
 * @param parked the many events of the rows on growth
 * @param endpoints the many endpoints
 * @param limitSeconds after which the harness gives up
 */
record Plan(
    String name,
    long firstWarmUp,
    long warmUp,
    long round,
    int rounds,
    long latency,
    int bursts,
    int waiting,
    int parked,
    int endpoints,
    int limitSeconds) {

  static final Plan FULL =
      new Plan("full", 5_000, 1_000, 1_500, 3, 1_000, 2_000, 4_096, 1_000_000, 1_000, 420);
  static final Plan QUICK =
      new Plan("quick", 3_000, 50, 250, 2, 200, 200, 4_096, 20_000, 1_000, 180);

  /** Shows that the harness works, and nothing else. */
  static final Plan SMOKE = new Plan("smoke", 50, 50, 50, 1, 100, 20, 64, 400, 20, 60);
}
