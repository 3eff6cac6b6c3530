package dev.auditwebhook.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * Latencies at one steady rate, of the module and of the bare client in turns.
 *
 * @param ours a histogram a round
 * @param theirs the histogram before it
 * @param perSecond the rate
 */
record Latencies(List<Histogram> ours, List<Histogram> theirs, double perSecond) {

  private static final int LEAST_WARM_UPS = 4;
  private static final int MOST_WARM_UPS = 8;
  private static final int WARM_UPS_WITHOUT_GAIN = 2;

  /**
   * Warms each side on what is measured: a full load goes by other branches than a paced one, and
   * what the compiler has yet to do is seen in p99.
   */
  static Latencies of(Plan plan, ModuleLoad module, ClosedLoop bare, double perSecond) {
    Supplier<Histogram> our = () -> Latency.ofModule(module, perSecond, plan.latency());
    Supplier<Histogram> their = () -> Latency.ofBare(bare, perSecond, plan.latency());
    warmUp(their);
    warmUp(our);
    List<Histogram> ours = new ArrayList<>();
    List<Histogram> theirs = new ArrayList<>();
    for (int i = 0; i < plan.rounds(); i++) {
      theirs.add(their.get());
      ours.add(our.get());
    }
    return new Latencies(ours, theirs, perSecond);
  }

  /** Runs until p99 gets no better. */
  private static void warmUp(Supplier<Histogram> run) {
    long best = Long.MAX_VALUE;
    int withoutGain = 0;
    for (int runs = 0; runs < MOST_WARM_UPS; runs++) {
      if (runs >= LEAST_WARM_UPS && withoutGain >= WARM_UPS_WITHOUT_GAIN) {
        return;
      }
      long p99 = run.get().getValueAtPercentile(99);
      withoutGain = p99 < 0.9 * best ? 0 : withoutGain + 1;
      best = Math.min(best, p99);
    }
  }

  /** A row of a percentile, in microseconds. */
  Row row(String name, int percentile) {
    return Comparison.row(name, "us", micros(ours, percentile), micros(theirs, percentile))
        .with("events_per_second", perSecond);
  }

  static double[] micros(List<Histogram> histograms, int percentile) {
    return histograms.stream().mapToDouble(h -> h.getValueAtPercentile(percentile) / 1e3).toArray();
  }
}
