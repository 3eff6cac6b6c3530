package dev.auditwebhook.bus;

import static dev.auditwebhook.EndpointOptions.DEFAULT_ID;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.bus.trail.Request;
import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.journal.Journal;
import dev.auditwebhook.journal.Nodes;
import io.vertx.core.Future;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Takes each request to where it can be answered: to the desks of this node, or to the node that
 * runs the endpoint which it names. Requests are called by their addresses without the prefix.
 */
final class Switchboard {

  /** How long an endpoint may take to say how it is, in milliseconds. */
  static final long PATIENCE = 2_000;

  /** What changes nothing is answered here as long as the endpoint is, whoever owns it by now. */
  private static final Set<String> READING = Set.of("get", "dlq", "ready", "health");

  /** What concerns {@code default} when it names no endpoint. */
  private static final Set<String> OF_ONE =
      Set.of(
          "get",
          "set",
          "dlq",
          "dlq.redrive",
          "dlq.purge",
          "test",
          "endpoint.put",
          "endpoint.remove");

  private final Journal journal;
  private final Nodes nodes;
  private final Roster roster;
  private final Clock clock;
  private final Map<String, Function<Request, Future<JsonObject>>> desks;
  private final NodesDesk ofAll;
  private boolean retired;

  /**
   * @param desks that answer for what is on this node, by the requests
   */
  Switchboard(
      Journal journal,
      Roster roster,
      Clock clock,
      Map<String, Function<Request, Future<JsonObject>>> desks,
      NodesDesk ofAll) {
    this.journal = journal;
    this.nodes = journal.nodes();
    this.roster = roster;
    this.clock = clock;
    this.desks = desks;
    this.ofAll = ofAll;
  }

  /** Who answers a request, for all nodes. */
  Function<Request, Future<JsonObject>> to(String what) {
    return switch (what) {
      case "get" -> this::get;
      case "endpoints" -> request -> ofAll.endpoints(request, this::own);
      case "health" -> this::health;
      default -> request -> route(what, request);
    };
  }

  private Future<JsonObject> own(String what) {
    return desks.get(what).apply(Request.own());
  }

  private Future<JsonObject> health(Request request) {
    return request.body() instanceof JsonObject json && json.containsKey("endpoint")
        ? route("health", request)
        : ofAll.health(request, this::own);
  }

  /** When the node that runs the endpoint does not answer, what was kept last does. */
  private Future<JsonObject> get(Request request) {
    String id = named("get", request.body());
    return id == null || isHere("get", id)
        ? desks.get("get").apply(request)
        : clock
            .within(PATIENCE, route("get", request))
            .recover(
                failure -> isSilence(failure) ? ofAll.lastKept(id) : Future.failedFuture(failure));
  }

  private static boolean isSilence(Throwable failure) {
    return failure instanceof TimeoutException
        || failure instanceof ReplyException known
            && (known.failureCode() == 503 || known.failureCode() == 504);
  }

  private Future<JsonObject> route(String what, Request request) {
    String id = named(what, request.body());
    if (id == null || isHere(what, id)) {
      return desks.get(what).apply(request);
    }
    return nodes
        .has(id)
        .compose(has -> has ? known(id, what, request) : unknown(id, what, request));
  }

  /** One that is to be replaced may have been removed meanwhile. */
  private Future<JsonObject> known(String id, String what, Request request) {
    return nodes
        .ask(id, what, request.toJson())
        .recover(
            failure ->
                what.equals("endpoint.put")
                        && failure instanceof ReplyException refusal
                        && refusal.failureCode() == 404
                    ? unknown(id, what, request)
                    : Future.failedFuture(failure));
  }

  /** One that is to be made may have been made elsewhere meanwhile. */
  private Future<JsonObject> unknown(String id, String what, Request request) {
    return desks
        .get(what)
        .apply(request)
        .recover(
            failure ->
                Refusal.isNotHere(failure)
                    ? nodes.has(id).compose(v -> nodes.ask(id, what, request.toJson()))
                    : Future.failedFuture(failure));
  }

  /** The endpoint that a request names; {@code null} for none, or when it is not valid. */
  private static String named(String what, Object body) {
    if (body instanceof JsonObject json
        && json.getValue("endpoint", OF_ONE.contains(what) ? DEFAULT_ID : null)
            instanceof String id) {
      try {
        EndpointOptions.checkId(id);
        return id;
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
    return null;
  }

  /** A change that cannot be kept, as another node may have the endpoint by now, is not made. */
  private boolean isHere(String what, String id) {
    return roster.find(id) != null && (READING.contains(what) || !retired && journal.owns(id));
  }

  /** This node leaves: its endpoints are changed where they go. */
  void retire() {
    retired = true;
  }

  /** Answers a request of another node, for this one alone. */
  Future<JsonObject> answer(String what, Object sent) {
    return Future.succeededFuture()
        .compose(v -> answer(what, Request.fromJson((JsonObject) sent)))
        .recover(failure -> Future.failedFuture(Refusal.of(what, failure)));
  }

  private Future<JsonObject> answer(String what, Request request) {
    if (!desks.containsKey(what)) {
      throw Refusal.of(501, "this node knows no request " + what);
    }
    String id = named(what, request.body());
    if (id != null && !isHere(what, id)) {
      throw Refusal.notHere(id);
    }
    return desks.get(what).apply(request);
  }
}
