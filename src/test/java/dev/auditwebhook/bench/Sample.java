package dev.auditwebhook.bench;

/**
 * One round of a load.
 *
 * @param perSecond events delivered a second
 * @param cpuNanos CPU time an event, without the thread that makes the work
 * @param bytes bytes allocated an event, without the thread that makes the work
 */
record Sample(double perSecond, double cpuNanos, double bytes) {

  private static final long RAMP_MILLIS = 150;

  /** How much longer than planned a round may last on a busy machine, until something came. */
  private static final long PATIENCE_MILLIS = 10_000;

  /** Runs a load for a while, only so that it is warm. */
  static void warmUp(Load load, long millis) {
    load.start();
    pause(RAMP_MILLIS + millis);
    load.stop();
  }

  /**
   * Runs a load for a while, of which the first quarter of a second does not count. The while is
   * longer when nothing was delivered in it.
   */
  static Sample of(Load load, long millis) {
    load.start();
    pause(RAMP_MILLIS);
    long before = load.delivered();
    long nanos = System.nanoTime();
    Usage usage = Usage.now(load.producerThread());
    pause(millis);
    for (long waited = 0; load.delivered() == before && waited < PATIENCE_MILLIS; waited += 10) {
      pause(10);
    }
    long delivered = load.delivered() - before;
    nanos = System.nanoTime() - nanos;
    usage = Usage.now(load.producerThread()).since(usage);
    load.stop();
    if (delivered == 0) {
      throw new IllegalStateException("nothing was delivered in " + nanos / 1_000_000 + " ms");
    }
    return new Sample(
        delivered * 1e9 / nanos,
        (double) usage.cpuNanos() / delivered,
        (double) usage.bytes() / delivered);
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }
}
