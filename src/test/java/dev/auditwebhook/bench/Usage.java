package dev.auditwebhook.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * What all threads of this process have used, but for the caller and the one that makes the work.
 *
 * @param cpuNanos CPU time
 * @param bytes bytes allocated
 */
record Usage(long cpuNanos, long bytes) {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  static Usage now(long producerThread) {
    long[] ids = THREADS.getAllThreadIds();
    long[] cpu = THREADS.getThreadCpuTime(ids);
    long[] allocated = THREADS.getThreadAllocatedBytes(ids);
    long own = Thread.currentThread().getId();
    long cpuNanos = 0;
    long bytes = 0;
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] != own && ids[i] != producerThread && cpu[i] > 0) {
        cpuNanos += cpu[i];
        bytes += allocated[i];
      }
    }
    return new Usage(cpuNanos, bytes);
  }

  Usage since(Usage earlier) {
    return new Usage(cpuNanos - earlier.cpuNanos, bytes - earlier.bytes);
  }

  /** The heap in use after collections, in bytes. */
  static long heap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
