package dev.auditwebhook.bus;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.journal.Journal;
import dev.auditwebhook.json.StrictJson;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Says how the webhook is, or the endpoint that a request names. Reasons are fixed words, with the
 * id of the endpoint, unless it is {@code default}, and numbers.
 */
final class HealthDesk {

  /** The share of its capacity from which an endpoint is nearly full. */
  private static final double NEARLY_FULL = 0.9;

  /** Whoever asks without a token gets no more of them. */
  private static final int MAX_REASONS = 100;

  private final Roster roster;
  private final Journal journal;

  HealthDesk(Roster roster, Journal journal) {
    this.roster = roster;
    this.journal = journal;
  }

  private Collection<Endpoint> asked(Object body) {
    StrictJson json = StrictJson.of("", body);
    Collection<Endpoint> asked = json.has("endpoint") ? List.of(roster.of(json)) : roster.all();
    json.end();
    return asked;
  }

  /**
   * {@code webhook.ready}: whether entries can be accepted and kept. As long as one endpoint has
   * room they are.
   */
  Future<JsonObject> ready(Object body) {
    List<Endpoint> enabled = asked(body).stream().filter(Endpoint::isEnabled).toList();
    List<String> reasons = new ArrayList<>();
    if (journal.isFaulty()) {
      reasons.add("store_fault");
    } else if (!journal.hasRoom()
        || !enabled.isEmpty() && enabled.stream().noneMatch(Endpoint::hasRoom)) {
      enabled.forEach(endpoint -> reasons.add(fill(endpoint)));
    }
    return verdict("ready", reasons);
  }

  /** {@code webhook.health}: whether events are delivered. Health checks ask for no token. */
  Future<JsonObject> health(Object body) {
    Collection<Endpoint> asked = asked(body);
    List<String> reasons = new ArrayList<>();
    if (journal.isFaulty()) {
      reasons.add("store_fault");
    }
    if (journal.isSetAside()) {
      reasons.add("store_set_aside");
    }
    for (Endpoint endpoint : asked) {
      if (!endpoint.status().equals("enabled")) {
        if (!isUnused(endpoint, asked)) {
          reasons.add(endpoint.status() + named(endpoint));
        }
      } else if (endpoint.isHeldUp()) {
        reasons.add("circuit_open" + named(endpoint));
      }
      if (endpoint.pending() >= NEARLY_FULL * endpoint.capacity()) {
        reasons.add(fill(endpoint));
      }
    }
    return verdict("healthy", reasons);
  }

  /** Who has other endpoints need not give {@code default} a URL. */
  private static boolean isUnused(Endpoint endpoint, Collection<Endpoint> asked) {
    return endpoint.id().equals(EndpointOptions.DEFAULT_ID)
        && endpoint.url().isEmpty()
        && endpoint.pending() == 0
        && asked.size() > 1;
  }

  private static String fill(Endpoint endpoint) {
    return "nearly_full"
        + named(endpoint)
        + " "
        + endpoint.pending()
        + " of "
        + endpoint.capacity();
  }

  private static String named(Endpoint endpoint) {
    return endpoint.id().equals(EndpointOptions.DEFAULT_ID) ? "" : " " + endpoint.id();
  }

  private static Future<JsonObject> verdict(String word, List<String> reasons) {
    return Future.succeededFuture(
        new JsonObject()
            .put(word, reasons.isEmpty())
            .put("reasons", new JsonArray(reasons.stream().limit(MAX_REASONS).toList())));
  }
}
