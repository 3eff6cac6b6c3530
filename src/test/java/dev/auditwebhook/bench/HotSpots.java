package dev.auditwebhook.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/** Where one thread spends its time and what it allocates, from a recording of the JVM. */
final class HotSpots {

  private static final int TOP = 25;
  private static final String MODULE = "dev.auditwebhook.";
  private static final String LAMBDA = "$$Lambda";
  private static final String IDLE = "sun.nio.ch.EPoll.wait";

  private final Map<String, Double> cpuTop = new HashMap<>();
  private final Map<String, Double> cpuInnermost = new HashMap<>();
  private final Map<String, Double> cpuWithin = new HashMap<>();
  private final Map<String, Double> cpuVertx = new HashMap<>();
  private final Map<String, Double> allocatedClass = new HashMap<>();
  private final Map<String, Double> allocatedBy = new HashMap<>();
  private final Map<String, Double> allocatedInnermost = new HashMap<>();
  private final Map<String, Double> allocatedWithin = new HashMap<>();

  private boolean allocated;

  private HotSpots() {}

  /** Records while {@code work} runs, into a file. */
  static void record(Path file, Runnable work) throws IOException {
    try (Recording recording = new Recording()) {
      recording.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(5));
      recording.enable("jdk.NativeMethodSample").withPeriod(Duration.ofMillis(5));
      recording.enable("jdk.ObjectAllocationSample").with("throttle", "1000/s").withStackTrace();
      recording.start();
      work.run();
      recording.stop();
      recording.dump(file);
    }
  }

  /** Prints the hot spots of a thread. */
  static void print(Path file, String thread, PrintStream out) throws IOException {
    HotSpots spots = new HotSpots();
    try (RecordingFile recording = new RecordingFile(file)) {
      while (recording.hasMoreEvents()) {
        spots.take(recording.readEvent(), thread);
      }
    }
    print(out, "CPU, by the method on top", spots.cpuTop);
    print(out, "CPU, by the innermost method of the module", spots.cpuInnermost);
    print(out, "CPU, within a method of the module", spots.cpuWithin);
    print(out, "CPU, within a method of Vert.x", spots.cpuVertx);
    print(out, "allocated, by class", spots.allocatedClass);
    print(out, "allocated, by the first method outside the JDK", spots.allocatedBy);
    print(out, "allocated, by the innermost method of the module", spots.allocatedInnermost);
    print(out, "allocated, within a method of the module", spots.allocatedWithin);
  }

  private void take(RecordedEvent event, String thread) {
    boolean allocation = event.getEventType().getName().equals("jdk.ObjectAllocationSample");
    RecordedThread on = event.getThread(allocation ? "eventThread" : "sampledThread");
    if (on == null || !thread.equals(on.getJavaName()) || event.getStackTrace() == null) {
      return;
    }
    List<RecordedFrame> frames = event.getStackTrace().getFrames();
    if (name(frames.get(0)).equals(IDLE)) {
      return;
    }
    if (allocation && !allocated) {
      allocated = true; // The first one weighs all that the thread allocated before.
    } else if (allocation) {
      double bytes = event.getLong("weight");
      add(allocatedClass, event.getClass("objectClass").getName(), bytes);
      frames.stream()
          .map(HotSpots::name)
          .filter(name -> !name.startsWith("java.") && !name.startsWith("jdk."))
          .findFirst()
          .ifPresent(name -> add(allocatedBy, name, bytes));
      add(allocatedInnermost, innermost(frames), bytes);
      within(frames, name -> name.startsWith(MODULE), allocatedWithin, bytes);
    } else {
      add(cpuTop, name(frames.get(0)), 1);
      add(cpuInnermost, innermost(frames), 1);
      within(frames, name -> name.startsWith(MODULE), cpuWithin, 1);
      within(frames, name -> name.startsWith("io.vertx."), cpuVertx, 1);
    }
  }

  private static String innermost(List<RecordedFrame> frames) {
    return frames.stream()
        .map(HotSpots::name)
        .filter(name -> name.startsWith(MODULE) && !name.contains(LAMBDA))
        .findFirst()
        .orElse("(none: Vert.x, Netty and JDK alone)");
  }

  /** Adds once for each method that is on the stack, however often. */
  private static void within(
      List<RecordedFrame> frames,
      Predicate<String> wanted,
      Map<String, Double> sums,
      double amount) {
    Set<String> names = new HashSet<>();
    frames.stream()
        .map(HotSpots::name)
        .filter(wanted.and(name -> !name.contains(LAMBDA)))
        .forEach(names::add);
    names.forEach(name -> add(sums, name, amount));
    add(sums, "(all)", amount);
  }

  private static String name(RecordedFrame frame) {
    return frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
  }

  private static void add(Map<String, Double> sums, String name, double amount) {
    sums.merge(name, amount, Double::sum);
  }

  private static void print(PrintStream out, String title, Map<String, Double> sums) {
    double all =
        sums.getOrDefault("(all)", sums.values().stream().mapToDouble(Double::doubleValue).sum());
    out.printf("%n%s%n", title);
    sums.entrySet().stream()
        .filter(sum -> !sum.getKey().equals("(all)"))
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(TOP)
        .forEach(sum -> out.printf("%6.1f %%  %s%n", 100 * sum.getValue() / all, sum.getKey()));
  }
}
