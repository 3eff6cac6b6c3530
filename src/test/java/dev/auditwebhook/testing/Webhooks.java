package dev.auditwebhook.testing;

import dev.auditwebhook.BatchOptions;
import dev.auditwebhook.CircuitOptions;
import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.WebhookOptions;
import io.vertx.core.Future;
import io.vertx.core.eventbus.ReplyException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;

/** What tests of webhooks have in common, wherever these are deployed. */
public final class Webhooks {

  /** How long a test waits for what should come at once, in seconds. */
  static final int PATIENCE = 20;

  /** Those of the webhooks of this run, by the directories that they would be in on disk. */
  private static final Map<Path, String> SCHEMAS = new ConcurrentHashMap<>();

  private Webhooks() {}

  /**
   * Sets when the circuit opens and for how long.
   *
   * @param resetTimeout in ms
   */
  public static WebhookOptions circuit(WebhookOptions options, int maxFailures, long resetTimeout) {
    return options.setCircuitBreaker(
        new CircuitOptions().setMaxFailures(maxFailures).setResetTimeout(resetTimeout));
  }

  /**
   * Sets how many events go out in one request.
   *
   * @param maxDelay in ms
   */
  public static WebhookOptions batches(WebhookOptions options, int maxEvents, long maxDelay) {
    return options.setBatch(new BatchOptions().setMaxEvents(maxEvents).setMaxDelay(maxDelay));
  }

  /** Event ids from the first to the last. */
  public static List<Long> ids(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  /** The options with a store on disk, whose writes are 1 ms apart. */
  public static WebhookOptions onDisk(WebhookOptions options, Path path) {
    return options.setStore(
        new StoreOptions().setType(StoreOptions.FILE).setPath(path.toString()).setSyncInterval(1));
  }

  /** The options with a store in a database, whose writes are 1 ms apart, and short leases. */
  public static WebhookOptions inDatabase(WebhookOptions options, String uri, String schema) {
    return options.setStore(
        new StoreOptions()
            .setType(StoreOptions.POSTGRES)
            .setUri(uri)
            .setSchema(schema)
            .setSyncInterval(1)
            .setLease(2_000));
  }

  /**
   * The options with the store that this run tests, unless they have chosen one. It has the same
   * bounds on disk and in a database as in memory.
   */
  public static WebhookOptions onStore(WebhookOptions options, Path directory) {
    if (!options.getStore().getType().equals(StoreOptions.MEMORY)) {
      return options;
    }
    Path own = directory.resolve(options.getAddress());
    switch (System.getProperty("webhook.test.store", StoreOptions.MEMORY)) {
      case StoreOptions.FILE -> onDisk(options, own);
      case StoreOptions.POSTGRES -> {
        PostgresServer server = PostgresServer.shared();
        inDatabase(
            options, server.uri(), SCHEMAS.computeIfAbsent(own, first -> server.freshSchema()));
      }
      default -> {
        return options;
      }
    }
    options.getStore().setMaxEvents(options.getQueueCapacity());
    return options;
  }

  /** What comes of the future, which must be soon. */
  public static <T> T result(Future<T> future) {
    try {
      return future.await(PATIENCE, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no result in time", e);
    }
  }

  /** The failure that a request must end in. */
  public static ReplyException refusal(Future<?> request) {
    try {
      result(request);
    } catch (ReplyException e) {
      return e;
    }
    throw new AssertionError("the request was served");
  }
}
