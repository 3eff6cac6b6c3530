package dev.auditwebhook.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Two loads in turns, so that whatever else the machine does weighs on both.
 *
 * @param ours a sample a round
 * @param theirs the sample before or after it
 */
record Comparison(List<Sample> ours, List<Sample> theirs) {

  /** Runs both: while one works the other rests. */
  static Comparison of(Plan plan, Supplier<Load> ours, Supplier<Load> theirs) {
    return of(plan, plan.warmUp(), ours, theirs);
  }

  /** The same with a warm-up of our side, in milliseconds, for what no row before has warmed. */
  static Comparison of(Plan plan, long warmUp, Supplier<Load> ours, Supplier<Load> theirs) {
    try (Load module = ours.get();
        Load bare = theirs.get()) {
      Sample.warmUp(bare, plan.warmUp());
      Sample.warmUp(module, warmUp);
      Sample[] ourSamples = new Sample[plan.rounds()];
      Sample[] theirSamples = new Sample[plan.rounds()];
      for (int i = 0; i < plan.rounds(); i++) {
        theirSamples[i] = Sample.of(bare, plan.round());
        ourSamples[i] = Sample.of(module, plan.round());
      }
      return new Comparison(List.of(ourSamples), List.of(theirSamples));
    }
  }

  /** A row of events a second: ratio of the two, pair by pair. */
  Row rate(String name) {
    return row(name, "/s", Sample::perSecond)
        .with("module_cpu_ns", median(ours, Sample::cpuNanos))
        .with("bare_cpu_ns", median(theirs, Sample::cpuNanos))
        .with("module_bytes", median(ours, Sample::bytes))
        .with("bare_bytes", median(theirs, Sample::bytes));
  }

  /** A row of any figure: ratio of the two, pair by pair. */
  Row row(String name, String unit, ToDoubleFunction<Sample> figure) {
    return row(
        name,
        unit,
        ours.stream().mapToDouble(figure).toArray(),
        theirs.stream().mapToDouble(figure).toArray());
  }

  /** A row of figures that were taken in turns: the ratio is of neighbours in time. */
  static Row row(String name, String unit, double[] ours, double[] theirs) {
    double[] ratios =
        IntStream.range(0, ours.length).mapToDouble(i -> ours[i] / theirs[i]).sorted().toArray();
    return Row.figure(name, median(ours), unit)
        .beside(median(theirs))
        .ratio(median(ratios), ratios[0], ratios[ratios.length - 1]);
  }

  /** A row of our events a second against a rate that cannot be passed. */
  Row ofIdeal(String name, double ideal) {
    double[] ratios = ours.stream().mapToDouble(s -> s.perSecond() / ideal).sorted().toArray();
    return Row.figure(name, median(ours, Sample::perSecond), "/s")
        .beside(median(theirs, Sample::perSecond))
        .ratio(median(ratios), ratios[0], ratios[ratios.length - 1]);
  }

  double ourRate() {
    return median(ours, Sample::perSecond);
  }

  double theirRate() {
    return median(theirs, Sample::perSecond);
  }

  private static double median(List<Sample> samples, ToDoubleFunction<Sample> figure) {
    return median(samples.stream().mapToDouble(figure).toArray());
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
