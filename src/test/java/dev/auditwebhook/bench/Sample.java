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
  private static final int MOST_TRIES = 10;

  /** Runs a load for a while, only so that it is warm. */
  static void warmUp(Load load, long millis) {
    load.start();
    pause(RAMP_MILLIS + millis);
    load.stop();
  }

  /**
   * Runs a load for a while, of which the first moment does not count. The while is longer when
   * nothing was delivered in it.
   */
  static Sample of(Load load, long millis) {
    load.start();
    pause(RAMP_MILLIS);
    long before = load.delivered();
    long nanos = System.nanoTime();
    Usage usage = Usage.now(load.producerThread());
    long delivered = 0;
    for (int tries = 0; delivered == 0 && tries < MOST_TRIES; tries++) {
      pause(millis);
      delivered = load.delivered() - before;
    }
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
