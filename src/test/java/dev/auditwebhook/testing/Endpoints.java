package dev.auditwebhook.testing;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.endpoint.Surroundings;
import dev.auditwebhook.endpoint.attempt.MessageIds;
import dev.auditwebhook.endpoint.ledger.EndpointStore;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.journal.Journal;
import dev.auditwebhook.metrics.Metrics;
import dev.auditwebhook.security.GuardedResolver;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Consumer;

/** Endpoints whose attempts never leave: the name of their receiver is never resolved. */
public final class Endpoints {

  /** Where they seem to send. */
  public static final String URL = "http://siem.example/in";

  private Endpoints() {}

  /** One that is paused, with what a journal keeps of it. */
  public static Endpoint paused(
      Vertx vertx, SettableClock clock, WebhookOptions options, Journal journal, String id) {
    return paused(vertx, clock, options, journal, id, store -> {});
  }

  /**
   * @param stores gets where it keeps its ledger
   */
  public static Endpoint paused(
      Vertx vertx,
      SettableClock clock,
      WebhookOptions options,
      Journal journal,
      String id,
      Consumer<EndpointStore> stores) {
    EndpointOptions configured = options.defaultEndpoint();
    Endpoint endpoint = add(vertx, clock, options, journal, new Named(id, configured), stores);
    endpoint.set(null, null, null, true);
    clock.turn(1_000);
    return endpoint;
  }

  /** One that no configuration names. */
  public static Endpoint made(
      Vertx vertx, SettableClock clock, WebhookOptions options, Journal journal, String id) {
    return add(vertx, clock, options, journal, new Named(id, null), store -> {});
  }

  private record Named(String id, EndpointOptions configured) {}

  private static Endpoint add(
      Vertx vertx,
      SettableClock clock,
      WebhookOptions options,
      Journal journal,
      Named named,
      Consumer<EndpointStore> stores) {
    GuardedResolver silent = new GuardedResolver(Endpoints::never, true, clock::now);
    Surroundings around =
        new Surroundings(vertx, clock, options, silent, Metrics.NONE, attempt -> {});
    MessageIds ids = new MessageIds(journal.messageIdPrefix());
    State kept = journal.kept().get(named.id());
    State state = kept == null || kept.number() < 0 ? journal.ofNew() : kept;
    return journal.add(
        named.id(),
        state,
        store -> {
          stores.accept(store);
          return new Endpoint(named.id(), named.configured(), around, state, store, ids);
        });
  }

  private static Future<List<InetAddress>> never(String host) {
    return Promise.<List<InetAddress>>promise().future();
  }
}
