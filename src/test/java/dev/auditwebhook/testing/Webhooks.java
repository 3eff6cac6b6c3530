package dev.auditwebhook.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.auditwebhook.BatchOptions;
import dev.auditwebhook.CircuitOptions;
import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.WebhookOptions;
import io.vertx.core.Future;
import io.vertx.core.eventbus.ReplyException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;

/** What tests of webhooks have in common, wherever these are deployed. */
public final class Webhooks {

  /** How long a test waits for what should come at once, in seconds. */
  static final int PATIENCE = 20;

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
   * bounds as in memory, and the webhooks of a directory and an address have it in common.
   */
  public static WebhookOptions onStore(WebhookOptions options, Path directory) {
    boolean chosen = !options.getStore().getType().equals(StoreOptions.MEMORY);
    String store = System.getProperty("webhook.test.store");
    if (chosen || store == null || store.equals("memory")) {
      return options;
    }
    if (store.equals("postgres")) {
      inDatabase(options, PostgresServer.shared().uri(), schemaOf(directory, options.getAddress()));
    } else {
      onDisk(options, directory.resolve(options.getAddress()));
    }
    options.getStore().setMaxEvents(options.getQueueCapacity());
    return options;
  }

  private static String schemaOf(Path directory, String address) {
    return schemasOf(directory) + Integer.toHexString(address.hashCode());
  }

  private static String schemasOf(Path directory) {
    byte[] name = directory.toString().getBytes(UTF_8);
    return "w" + UUID.nameUUIDFromBytes(name).toString().replace('-', '_') + "_";
  }

  /** Whether nodes can share the store that this run tests. */
  public static boolean isShared() {
    return "postgres".equals(System.getProperty("webhook.test.store"));
  }

  /** Removes what webhooks have kept that were {@link #onStore} with this directory. */
  static void removeStores(Path directory) {
    if (isShared()) {
      PostgresServer.shared().dropSchemas(schemasOf(directory));
    }
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
