package dev.auditwebhook.testing;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.endpoint.Surroundings;
import dev.auditwebhook.endpoint.attempt.MessageIds;
import dev.auditwebhook.endpoint.ledger.EndpointStore;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.settings.Revision;
import dev.auditwebhook.journal.Journal;
import dev.auditwebhook.metrics.Metrics;
import dev.auditwebhook.security.GuardedResolver;
import dev.auditwebhook.security.Resolver;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Consumer;

/** Endpoints; most of them never reach anybody: the name of their receiver is not resolved. */
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
    Named named = new Named(id, configured);
    Endpoint endpoint = add(vertx, clock, options, journal, named, Endpoints::never, stores);
    endpoint.set(Revision.ofPause(true));
    clock.turn(1_000);
    return endpoint;
  }

  /** One that no configuration names. */
  public static Endpoint made(
      Vertx vertx, SettableClock clock, WebhookOptions options, Journal journal, String id) {
    Named named = new Named(id, null);
    return add(vertx, clock, options, journal, named, Endpoints::never, store -> {});
  }

  /**
   * The default one, whose attempts leave once an address is known.
   *
   * @param addresses those of all names
   */
  public static Endpoint reaching(
      Vertx vertx,
      Clock clock,
      WebhookOptions options,
      Journal journal,
      Future<List<InetAddress>> addresses) {
    Named named = new Named(EndpointOptions.DEFAULT_ID, options.defaultEndpoint());
    return add(vertx, clock, options, journal, named, host -> addresses, store -> {});
  }

  private record Named(String id, EndpointOptions configured) {}

  private static Endpoint add(
      Vertx vertx,
      Clock clock,
      WebhookOptions options,
      Journal journal,
      Named named,
      Resolver addresses,
      Consumer<EndpointStore> stores) {
    GuardedResolver resolver = new GuardedResolver(addresses, true, clock::now);
    Surroundings around =
        new Surroundings(vertx, clock, options, resolver, Metrics.NONE, attempt -> {});
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
