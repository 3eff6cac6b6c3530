package dev.auditwebhook.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;

/** The benchmark's main class. */
final class Bench {

  private final Arguments arguments;
  private final PrintStream out;

  Bench(Arguments arguments, PrintStream out) {
    this.arguments = arguments;
    this.out = out;
  }

  public static void main(String[] args) {
    Arguments arguments;
    try {
      arguments = Arguments.of(List.of(args));
    } catch (IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(2);
      return;
    }
    limit(arguments.plan().limitSeconds());
    try {
      System.exit(new Bench(arguments, System.out).run().hasFailures() ? 1 : 0);
    } catch (IOException | RuntimeException e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(1);
    }
  }

  /** Whatever hangs, the benchmark ends; so does its receiver, whose input ends with it. */
  private static void limit(int seconds) {
    new Timer(true)
        .schedule(
            new TimerTask() {
              @Override
              public void run() {
                System.err.println("bench: not done after " + seconds + " s, given up");
                Runtime.getRuntime().halt(1);
              }
            },
            seconds * 1_000L);
  }

  /** Measures, prints the table, and writes what was asked for. */
  Report run() throws IOException {
    long begin = System.nanoTime();
    Plan plan = arguments.plan();
    Report report = new Report(out);
    out.printf(
        "%s run on %d processors; Java %s with %s%n",
        plan.name(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.vm.version"),
        String.join(" ", Report.flags()));
    out.println("rounds in turns; ratio = module / bare Vert.x WebClient, the median of its pairs");
    try (ReceiverProcess receiver = ReceiverProcess.start(arguments.receiver())) {
      Scenarios scenarios = new Scenarios(plan, receiver, report);
      scenarios.warmUp();
      Scenarios.NAMES.stream().filter(arguments::wants).forEach(scenarios::run);
      if (arguments.profile() != null) {
        profile(scenarios, arguments.profile());
      }
    }
    long seconds = (System.nanoTime() - begin) / 1_000_000_000;
    out.printf("done in %d s%n", seconds);
    if (arguments.json() != null) {
      Files.writeString(
          arguments.json(), report.toJson(plan.name(), seconds).encodePrettily() + "\n");
    }
    return report;
  }

  private void profile(Scenarios scenarios, Path file) throws IOException {
    try (ModuleLoad module = scenarios.signedModule()) {
      Sample.warmUp(module, arguments.plan().firstWarmUp());
      HotSpots.record(file, () -> Sample.of(module, 10 * arguments.plan().round()));
      HotSpots.print(file, module.deliveryThread(), out);
    }
  }
}
