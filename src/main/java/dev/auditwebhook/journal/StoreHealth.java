package dev.auditwebhook.journal;

import io.vertx.core.Future;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether an engine keeps and reads what it is asked to. What changes is said in the log. */
final class StoreHealth {

  private static final Logger log = LoggerFactory.getLogger(StoreHealth.class);

  private final Engine engine;

  // Volatile, as metrics are read from any thread.
  private volatile String unkept;
  private volatile String unreadable;

  StoreHealth(Engine engine) {
    this.engine = engine;
  }

  /** Something was kept. */
  void kept() {
    if (unkept != null) {
      unkept = null;
      log.warn("{}: events are kept again", engine.key());
    }
  }

  /** Something was not kept. */
  void notKept(Throwable failure) {
    if (unkept == null) {
      unkept = failure.getMessage() + "; new events are dropped until it can";
      log.error("{}: {}", engine.key(), unkept);
    }
  }

  /** Why nothing can be kept now, {@code null} when it can. */
  String unkept() {
    return unkept;
  }

  /** Remembers how a reading ends. */
  <T> Future<T> noted(Future<T> reading) {
    return reading.onComplete(read -> unreadable = null, this::notRead);
  }

  private void notRead(Throwable failure) {
    String problem = Objects.requireNonNullElse(failure.getMessage(), failure.toString());
    if (!problem.equals(unreadable)) {
      unreadable = problem;
      log.error("{}: {}", engine.key(), unreadable);
    }
  }

  boolean isFaulty() {
    return unkept != null || unreadable != null;
  }

  /** What an operator must know, {@code null} when all is well. */
  String warning() {
    return Stream.of(unkept, unreadable, engine.damage())
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }
}
