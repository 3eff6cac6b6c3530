package dev.auditwebhook.bus;

import static dev.auditwebhook.EndpointOptions.DEFAULT_ID;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.endpoint.Surroundings;
import dev.auditwebhook.endpoint.attempt.MessageIds;
import dev.auditwebhook.endpoint.ledger.EndpointStore;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.settings.Remains;
import dev.auditwebhook.endpoint.settings.Settings;
import dev.auditwebhook.journal.Journal;
import dev.auditwebhook.journal.Nodes;
import dev.auditwebhook.json.StrictJson;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The endpoints that this node runs, by their ids, {@code default} first: those that are configured
 * and those that were made at run time. Where it shares them with other nodes they come and go.
 */
final class Roster {

  private static final Logger log = LoggerFactory.getLogger(Roster.class);

  /** That of the ids of endpoints in lists. */
  static final Comparator<String> ORDER =
      Comparator.comparing((String id) -> !id.equals(DEFAULT_ID))
          .thenComparing(Comparator.naturalOrder());

  /** How often it looks at the endpoints, in milliseconds. */
  static final long LOOK = 2_000;

  private final Surroundings around;
  private final Journal journal;
  private final MessageIds ids;

  /** As they are configured: by this node, or by the one whose configuration is in force. */
  private final Map<String, EndpointOptions> configured = new LinkedHashMap<>();

  private final TreeMap<String, Endpoint> endpoints = new TreeMap<>(ORDER);
  private final Set<String> leaving = new HashSet<>();
  private long looking = -1;

  Roster(WebhookOptions options, Surroundings around, Journal journal, MessageIds ids) {
    this.around = around;
    this.journal = journal;
    this.ids = ids;
    configured.put(DEFAULT_ID, options.defaultEndpoint());
    configured.putAll(options.getEndpoints());
  }

  /** Looks at all endpoints now and then, for what metrics tell of them. */
  void look() {
    boolean storeWarns = journal.warning() != null;
    endpoints.values().forEach(endpoint -> endpoint.look(storeWarns));
    looking = around.clock().timer(LOOK, this::look);
  }

  /** The endpoints that the configuration of this node names. */
  Map<String, EndpointOptions> configured() {
    return Map.copyOf(configured);
  }

  /**
   * Makes all endpoints, and goes on with what is kept of them. One that was taken out of the
   * configuration goes.
   *
   * @throws IllegalArgumentException in one line when the URL of one may not be used now
   */
  void takeUp() {
    configured.forEach(this::takeUp);
    journal
        .kept()
        .forEach(
            (id, state) -> {
              if (!configured.containsKey(id)) {
                takeUp(id, state);
              }
            });
  }

  private void takeUp(String id, EndpointOptions options) {
    State kept = journal.kept().get(id);
    if (kept != null && kept.number() >= 0) {
      add(id, kept);
    } else if (kept == null || !Remains.isRemoved(kept.settings(), options)) {
      add(id, journal.ofNew());
    }
  }

  private void takeUp(String id, State kept) {
    if (kept.number() >= 0 && !Remains.wasConfigured(kept.settings())) {
      add(id, kept);
      return;
    }
    if (kept.number() >= 0) {
      log.info(
          "Endpoint {} is configured no more: it is removed, with {} pending events and {} dead"
              + " letters",
          id,
          kept.pending(),
          kept.letters().size());
    }
    journal
        .forget(id, null)
        .onFailure(
            failure ->
                log.warn(
                    "Endpoint {} is not removed from the store: {}", id, failure.getMessage()));
  }

  private Endpoint add(String id, State state) {
    Endpoint endpoint = journal.add(id, state, store -> make(id, state, store));
    endpoints.put(id, endpoint);
    return endpoint;
  }

  private Endpoint make(String id, State state, EndpointStore store) {
    return new Endpoint(id, configured.get(id), around, state, store, ids);
  }

  /**
   * This node runs an endpoint from now on.
   *
   * @throws IllegalArgumentException in one line when it cannot
   */
  Endpoint takeUp(Nodes.Tenancy tenancy) {
    String id = tenancy.id();
    if (tenancy.configured() == null) {
      configured.remove(id);
    } else {
      configured.put(id, new EndpointOptions(Settings.path(id), tenancy.configured(), true));
    }
    Endpoint endpoint = journal.add(tenancy, store -> make(id, tenancy.state(), store));
    endpoints.put(id, endpoint);
    return endpoint;
  }

  /** This node runs an endpoint no more; a second time is harmless. */
  void letGo(Endpoint endpoint) {
    if (endpoints.remove(endpoint.id(), endpoint)) {
      journal.letGo(endpoint);
    }
  }

  /** All of them. */
  Collection<Endpoint> all() {
    return endpoints.values();
  }

  /** The one with an id, {@code null} when this node does not run it. */
  Endpoint find(String id) {
    return endpoints.get(id);
  }

  /** The endpoint that a request names, or {@code default}; 404 when there is none. */
  Endpoint of(StrictJson request) {
    String id = request.string("endpoint", DEFAULT_ID);
    Endpoint endpoint = endpoints.get(id);
    if (endpoint == null) {
      throw Refusal.of(404, "there is no endpoint " + shown(id));
    }
    return endpoint;
  }

  /** As long as an id may be: whoever mistakes a field for it shows no secret. */
  private static String shown(String id) {
    try {
      EndpointOptions.checkId(id);
      return id;
    } catch (IllegalArgumentException e) {
      return "of that id: " + e.getMessage();
    }
  }

  /**
   * Makes an endpoint, or puts options in the place of those of one.
   *
   * @param options that are valid
   * @return whether it was made, once that is kept, or cannot be now
   */
  Future<Boolean> put(String id, EndpointOptions options) {
    if (leaving.contains(id)) {
      throw Refusal.of(409, "the endpoint " + id + " is being removed; ask again");
    }
    Endpoint endpoint = endpoints.get(id);
    return endpoint == null
        ? make(id).compose(made -> made.put(options)).map(true)
        : endpoint.put(options).map(false);
  }

  private Future<Endpoint> make(String id) {
    return journal.nodes() == null
        ? Future.succeededFuture(add(id, journal.ofNew()))
        : journal
            .keep()
            .otherwiseEmpty() // What arrived before it is not for it.
            .compose(v -> journal.nodes().create(id))
            .map(tenancy -> takeUp(id, tenancy));
  }

  private Endpoint takeUp(String id, Nodes.Tenancy created) {
    if (created == null) {
      throw Refusal.notHere(id);
    }
    return takeUp(created);
  }

  /**
   * Removes an endpoint with what is pending for it, and its dead letters.
   *
   * @return how many events were pending, once that is kept
   */
  Future<Long> remove(Endpoint endpoint) {
    String id = endpoint.id();
    if (id.equals(DEFAULT_ID)) {
      throw Refusal.of(409, "the endpoint default is always there; an empty URL disables it");
    }
    if (!leaving.add(id)) {
      throw Refusal.of(409, "the endpoint " + id + " is being removed");
    }
    JsonObject remains = configured.containsKey(id) ? Remains.ofRemoved(configured.get(id)) : null;
    return journal
        .remove(endpoint, remains)
        .onComplete(v -> leaving.remove(id), failure -> leaving.remove(id))
        .map(v -> removed(endpoint))
        .recover(
            failure ->
                Future.failedFuture(
                    Refusal.of(503, "the removal cannot be kept now; nothing was removed")));
  }

  private long removed(Endpoint endpoint) {
    endpoints.remove(endpoint.id(), endpoint);
    long abandoned = endpoint.pending();
    log.info(
        "Endpoint {} is removed, with {} pending events and {} dead letters",
        endpoint.id(),
        abandoned,
        endpoint.deadLetters().ids().size());
    endpoint.close();
    return abandoned;
  }

  /** Lets what can go out go out, and closes all. */
  Future<Void> stop() {
    return join(endpoints.values().stream().map(Endpoint::stop).toList());
  }

  Future<Void> close() {
    around.clock().cancel(looking);
    return join(endpoints.values().stream().map(Endpoint::close).toList());
  }

  private static Future<Void> join(List<Future<Void>> all) {
    return Future.join(all).mapEmpty();
  }
}
