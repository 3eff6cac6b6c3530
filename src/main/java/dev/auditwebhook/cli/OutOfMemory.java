package dev.auditwebhook.cli;

import io.vertx.core.Vertx;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a process does that has run out of memory: half dead, it would do harm unnoticed. */
final class OutOfMemory {

  private static final Logger LOG = LoggerFactory.getLogger(OutOfMemory.class);

  /** As the JVM itself does with {@code -XX:+ExitOnOutOfMemoryError}. */
  private static final int STATUS = 3;

  private OutOfMemory() {}

  /**
   * Ends the process at once, without a drain, when memory runs out, be it Netty's own, of which
   * the JVM does not know.
   */
  static void endsTheProcess(Vertx vertx) {
    vertx.exceptionHandler(OutOfMemory::unhandled);
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> unhandled(failure));
  }

  private static void unhandled(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof OutOfMemoryError) {
        System.err.println("Ended: out of memory: " + each.getMessage());
        Runtime.getRuntime().halt(STATUS);
      }
    }
    LOG.error("Unhandled exception", failure);
  }
}
