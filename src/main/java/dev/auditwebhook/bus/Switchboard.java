package dev.auditwebhook.bus;

import static dev.auditwebhook.EndpointOptions.DEFAULT_ID;

import dev.auditwebhook.EndpointOptions;
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
  private final Map<String, Function<Object, Future<JsonObject>>> desks;
  private final NodesDesk ofAll;
  private boolean retired;

  /**
   * @param desks that answer for what is on this node, by the requests
   */
  Switchboard(
      Journal journal,
      Roster roster,
      Clock clock,
      Map<String, Function<Object, Future<JsonObject>>> desks,
      NodesDesk ofAll) {
    this.journal = journal;
    this.nodes = journal.nodes();
    this.roster = roster;
    this.clock = clock;
    this.desks = desks;
    this.ofAll = ofAll;
  }

  /** Who answers a request, for all nodes. */
  Function<Object, Future<JsonObject>> to(String what) {
    return switch (what) {
      case "get" -> this::get;
      case "endpoints" -> body -> ofAll.endpoints(body, this::own);
      case "health" -> this::health;
      default -> body -> route(what, body);
    };
  }

  private Future<JsonObject> own(String what) {
    return desks.get(what).apply(new JsonObject());
  }

  private Future<JsonObject> health(Object body) {
    return body instanceof JsonObject json && json.containsKey("endpoint")
        ? route("health", body)
        : ofAll.health(body, this::own);
  }

  /** When the node that runs the endpoint does not answer, what was kept last does. */
  private Future<JsonObject> get(Object body) {
    String id = named("get", body);
    return id == null || isHere("get", id)
        ? desks.get("get").apply(body)
        : clock
            .within(PATIENCE, route("get", body))
            .recover(
                failure -> isSilence(failure) ? ofAll.lastKept(id) : Future.failedFuture(failure));
  }

  private static boolean isSilence(Throwable failure) {
    return failure instanceof TimeoutException
        || failure instanceof ReplyException known
            && (known.failureCode() == 503 || known.failureCode() == 504);
  }

  private Future<JsonObject> route(String what, Object body) {
    String id = named(what, body);
    if (id == null || isHere(what, id)) {
      return desks.get(what).apply(body);
    }
    return nodes.has(id).compose(has -> has ? known(id, what, body) : unknown(id, what, body));
  }

  /** One that is to be replaced may have been removed meanwhile. */
  private Future<JsonObject> known(String id, String what, Object body) {
    return nodes
        .ask(id, what, body)
        .recover(
            failure ->
                what.equals("endpoint.put")
                        && failure instanceof ReplyException refusal
                        && refusal.failureCode() == 404
                    ? unknown(id, what, body)
                    : Future.failedFuture(failure));
  }

  /** One that is to be made may have been made elsewhere meanwhile. */
  private Future<JsonObject> unknown(String id, String what, Object body) {
    return desks
        .get(what)
        .apply(body)
        .recover(
            failure ->
                Refusal.isNotHere(failure)
                    ? nodes.has(id).compose(v -> nodes.ask(id, what, body))
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
  Future<JsonObject> answer(String what, Object body) {
    String id = desks.containsKey(what) ? named(what, body) : null;
    return Future.succeededFuture()
        .compose(v -> answer(what, id, body))
        .recover(failure -> Future.failedFuture(Refusal.of(what, failure)));
  }

  private Future<JsonObject> answer(String what, String id, Object body) {
    if (!desks.containsKey(what)) {
      throw Refusal.of(501, "this node knows no request " + what);
    }
    if (id != null && !isHere(what, id)) {
      throw Refusal.notHere(id);
    }
    return desks.get(what).apply(body);
  }
}
