package dev.auditwebhook.bus;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.bus.trail.Request;
import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.journal.Journal;
import dev.auditwebhook.journal.Nodes;
import dev.auditwebhook.json.StrictJson;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * Says how the webhook is, or the endpoint that a request names. Reasons are fixed words, with the
 * id of the endpoint, unless it is {@code default}, and numbers.
 */
final class HealthDesk {

  /** The share of its capacity from which an endpoint is nearly full. */
  private static final double NEARLY_FULL = 0.9;

  private static final String REASONS = "reasons";

  /** Whoever asks without a token gets no more of them. */
  private static final int MAX_REASONS = 100;

  private final Roster roster;
  private final Journal journal;

  HealthDesk(Roster roster, Journal journal) {
    this.roster = roster;
    this.journal = journal;
  }

  /**
   * {@code webhook.ready}: whether entries can be accepted and kept. As long as one endpoint has
   * room they are.
   */
  Future<JsonObject> ready(Request request) {
    StrictJson json = StrictJson.of("", request.body());
    Endpoint asked = json.has("endpoint") ? roster.of(json) : null;
    json.end();
    List<String> reasons = new ArrayList<>();
    if (journal.isFaulty()) {
      reasons.add("store_fault");
    } else if (asked == null ? journal.isFull() : !journal.hasRoom() || !asked.hasRoom()) {
      (asked == null ? roster.all() : List.of(asked))
          .stream().filter(Endpoint::isEnabled).map(HealthDesk::fill).forEach(reasons::add);
      if (asked == null && reasons.isEmpty() && journal.nodes() != null) {
        reasons.add("nearly_full"); // Those that are full are on other nodes.
      }
    }
    return Future.succeededFuture(verdict("ready", reasons));
  }

  /**
   * {@code webhook.health}: whether events are delivered, as far as this node goes. Health checks
   * ask for no token.
   */
  Future<JsonObject> health(Request request) {
    StrictJson json = StrictJson.of("", request.body());
    List<String> reasons =
        json.has("endpoint") ? reasons(List.of(roster.of(json)), 1) : ofThisNode();
    json.end();
    return Future.succeededFuture(health(reasons));
  }

  /** What this node says to others of the endpoints that it runs. */
  Future<JsonObject> own(Request request) {
    List<String> reasons = ofThisNode().stream().limit(MAX_REASONS).toList();
    List<String> ids = roster.all().stream().map(Endpoint::id).toList();
    return Future.succeededFuture(
        new JsonObject().put(REASONS, new JsonArray(reasons)).put("endpoints", new JsonArray(ids)));
  }

  private List<String> ofThisNode() {
    Nodes nodes = journal.nodes();
    return reasons(roster.all(), nodes == null ? roster.all().size() : nodes.members().size());
  }

  /**
   * @param all how many endpoints were asked for, those of other nodes included
   */
  private List<String> reasons(Collection<Endpoint> asked, int all) {
    List<String> reasons = new ArrayList<>();
    if (journal.isFaulty()) {
      reasons.add("store_fault");
    }
    if (journal.isSetAside()) {
      reasons.add("store_set_aside");
    }
    for (Endpoint endpoint : asked) {
      if (!endpoint.status().equals("enabled")) {
        if (all == 1 || !isUnused(endpoint)) {
          reasons.add(endpoint.status() + named(endpoint.id()));
        }
      } else if (endpoint.isHeldUp()) {
        reasons.add("circuit_open" + named(endpoint.id()));
      }
      if (endpoint.pending() >= NEARLY_FULL * endpoint.capacity()) {
        reasons.add(fill(endpoint));
      }
    }
    return reasons;
  }

  /** Who has other endpoints need not give {@code default} a URL. */
  private static boolean isUnused(Endpoint endpoint) {
    return endpoint.id().equals(EndpointOptions.DEFAULT_ID)
        && endpoint.url().isEmpty()
        && endpoint.pending() == 0;
  }

  private static String fill(Endpoint endpoint) {
    return "nearly_full"
        + named(endpoint.id())
        + " "
        + endpoint.pending()
        + " of "
        + endpoint.capacity();
  }

  private static String named(String id) {
    return id.equals(EndpointOptions.DEFAULT_ID) ? "" : " " + id;
  }

  /** An endpoint of which no node says how it is. */
  static String noNode(String id) {
    return "no_node" + named(id);
  }

  /** The reasons that this node has {@linkplain #own of its own}, while others cannot be asked. */
  static List<String> withoutStore(JsonObject own) {
    return Stream.concat(Stream.of("store_fault"), reasons(own)).toList();
  }

  /** The reasons that a node gave. */
  static Stream<String> reasons(JsonObject reply) {
    return reply.getJsonArray(REASONS).stream().map(String.class::cast);
  }

  /** The reply to {@code webhook.health}. */
  static JsonObject health(List<String> reasons) {
    return verdict("healthy", reasons);
  }

  private static JsonObject verdict(String word, List<String> reasons) {
    return new JsonObject()
        .put(word, reasons.isEmpty())
        .put(REASONS, new JsonArray(reasons.stream().distinct().limit(MAX_REASONS).toList()));
  }
}
