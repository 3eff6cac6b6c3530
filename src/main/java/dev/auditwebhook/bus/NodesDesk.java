package dev.auditwebhook.bus;

import dev.auditwebhook.bus.trail.Request;
import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.journal.Nodes;
import dev.auditwebhook.json.StrictJson;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Reads the requests that concern all endpoints of all nodes, and makes their replies of what each
 * node has to say. Of an endpoint whose node says nothing there is what was kept last.
 */
final class NodesDesk {

  /** What a node says of the endpoints that it runs. */
  private static final String OWN_ENDPOINTS = "endpoints";

  /** How the endpoints are that a node runs. */
  private static final String OWN_HEALTH = "health.own";

  /** When all are asked again, as an endpoint was changing hands, in milliseconds. */
  private static final long AGAIN = 250;

  /** How long all nodes may take to be asked, in milliseconds: those who ask wait for 5 s. */
  static final long PATIENCE = 4_000;

  /** How long what is kept of one endpoint may take to be read, in milliseconds. */
  static final long KEPT = 2_000;

  private final Nodes nodes;
  private final Roster roster;
  private final Clock clock;
  private final Instant started;

  /**
   * @param nodes {@code null} when there is this one alone
   */
  NodesDesk(Nodes nodes, Roster roster, Clock clock) {
    this.nodes = nodes;
    this.roster = roster;
    this.clock = clock;
    started = now();
  }

  private Instant now() {
    return Instant.ofEpochMilli(clock.now());
  }

  /** {@code webhook.nodes}. */
  Future<JsonObject> list(Request request) {
    StrictJson.of("", request.body()).end();
    return (nodes == null
            ? Future.succeededFuture(List.of(itself()))
            : inTime(PATIENCE, nodes.list(), "the database does not answer; ask again"))
        .map(
            all ->
                new JsonObject()
                    .put("type", "list_webhook_nodes_ok")
                    .put("count", all.size())
                    .put("nodes", new JsonArray(all)));
  }

  private JsonObject itself() {
    return new JsonObject()
        .put("id", "local")
        .put("name", "local")
        .put("self", true)
        .put("alive", true)
        .put("started", started.toString())
        .put("seen", now().toString())
        .put("endpoints", roster.all().size());
  }

  /**
   * {@code webhook.endpoints}.
   *
   * @param own what this node says, by the request
   */
  Future<JsonObject> endpoints(Request request, Function<String, Future<JsonObject>> own) {
    StrictJson.of("", request.body()).end();
    return inTime(PATIENCE, endpoints(own), "the database does not answer; ask again");
  }

  private Future<JsonObject> endpoints(Function<String, Future<JsonObject>> own) {
    return askAll(OWN_ENDPOINTS, own, true)
        .compose(
            told -> {
              Map<String, JsonObject> endpoints = new TreeMap<>(Roster.ORDER);
              told.replies.stream()
                  .flatMap(NodesDesk::endpoints)
                  .map(JsonObject.class::cast)
                  .forEach(each -> endpoints.putIfAbsent(each.getString("endpoint"), each));
              return kept(told.silent)
                  .map(
                      kept -> {
                        kept.forEach(each -> endpoints.put(each.getString("endpoint"), each));
                        return RosterDesk.endpoints(List.copyOf(endpoints.values()));
                      });
            });
  }

  /**
   * {@code webhook.health} of all endpoints. Without the store it is what this node says.
   *
   * @param own what this node says, by the request
   */
  Future<JsonObject> health(Request request, Function<String, Future<JsonObject>> own) {
    StrictJson.of("", request.body()).end();
    return clock
        .within(PATIENCE, askAll(OWN_HEALTH, own, true))
        .map(
            told -> {
              Stream<String> reasons = told.replies.stream().flatMap(HealthDesk::reasons);
              return Stream.concat(reasons, told.silent.stream().map(HealthDesk::noNode)).toList();
            })
        .recover(failure -> own.apply(OWN_HEALTH).map(HealthDesk::withoutStore))
        .map(HealthDesk::health);
  }

  /**
   * What each node had to say.
   *
   * @param silent the endpoints that none of them spoke of
   */
  private record Told(List<JsonObject> replies, Set<String> silent) {}

  private Future<Told> askAll(
      String what, Function<String, Future<JsonObject>> own, boolean again) {
    Future<JsonObject> mine = own.apply(what);
    Future<List<JsonObject>> others = nodes.askOthers(what, Request.own().toJson());
    Future<Set<String>> ids = nodes.endpoints();
    return Future.all(mine, others, ids)
        .compose(
            v -> {
              List<JsonObject> replies = new ArrayList<>(others.result());
              replies.add(0, mine.result());
              Set<String> silent = new TreeSet<>(Roster.ORDER);
              silent.addAll(ids.result());
              replies.stream()
                  .flatMap(NodesDesk::endpoints)
                  .map(NodesDesk::id)
                  .forEach(silent::remove);
              return silent.isEmpty() || !again
                  ? Future.succeededFuture(new Told(replies, silent))
                  : clock.after(AGAIN).compose(then -> askAll(what, own, false));
            });
  }

  /** The endpoints of a reply, or their ids. */
  private static Stream<Object> endpoints(JsonObject reply) {
    return reply.getJsonArray("endpoints").stream();
  }

  private static String id(Object endpoint) {
    return endpoint instanceof JsonObject report ? report.getString("endpoint") : (String) endpoint;
  }

  /** The reply to {@code webhook.get} of an endpoint whose node does not answer. */
  Future<JsonObject> lastKept(String id) {
    String silent = "the node that runs the endpoint " + id + " does not answer";
    return inTime(KEPT, kept(Set.of(id)), silent + ", nor does the database; ask again")
        .map(
            reports -> {
              if (reports.isEmpty()) {
                throw Refusal.of(503, silent);
              }
              return EndpointDesk.get(reports.get(0));
            });
  }

  private <T> Future<T> inTime(long millis, Future<T> result, String otherwise) {
    return clock
        .within(millis, result)
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof TimeoutException ? Refusal.of(503, otherwise) : failure));
  }

  private Future<List<JsonObject>> kept(Set<String> ids) {
    return ids.isEmpty()
        ? Future.succeededFuture(List.of())
        : nodes.reports(ids).map(reports -> reports.stream().map(NodesDesk::warned).toList());
  }

  private static JsonObject warned(JsonObject report) {
    String why =
        report.getString("node") == null
            ? "no node runs it now"
            : "the node that runs it does not answer";
    return report.put("warning", why + ": what is shown was kept last");
  }
}
