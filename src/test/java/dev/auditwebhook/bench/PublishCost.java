package dev.auditwebhook.bench;

import java.util.concurrent.CompletableFuture;

/**
 * What {@code publish} costs its caller: short bursts, each timed as a whole, with the module at
 * rest in between.
 */
final class PublishCost {

  private static final int BURST = 100;

  private PublishCost() {}

  /** Nanoseconds an entry on a plain thread: the median of the bursts. */
  static double onPlainThread(ModuleLoad module, int bursts) {
    double[] nanos = new double[bursts];
    for (int i = 0; i < bursts; i++) {
      nanos[i] = burst(module);
      rest(module);
    }
    return Comparison.median(nanos);
  }

  /** Nanoseconds an entry on an event loop, which is not the module's. */
  static double onEventLoop(ModuleLoad module, int bursts) {
    double[] nanos = new double[bursts];
    for (int i = 0; i < bursts; i++) {
      CompletableFuture<Double> burst = new CompletableFuture<>();
      module.producer().runOnContext(v -> burst.complete(burst(module)));
      nanos[i] = burst.join();
      rest(module);
    }
    return Comparison.median(nanos);
  }

  private static double burst(ModuleLoad module) {
    long start = System.nanoTime();
    for (int i = 0; i < BURST; i++) {
      module.publish();
    }
    return (double) (System.nanoTime() - start) / BURST;
  }

  private static void rest(ModuleLoad module) {
    module.until(state -> state.getLong("pending") == 0);
  }
}
