package dev.auditwebhook.bus;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.bus.trail.Author;
import dev.auditwebhook.bus.trail.Request;
import dev.auditwebhook.bus.trail.Trail;
import dev.auditwebhook.endpoint.Surroundings;
import dev.auditwebhook.endpoint.attempt.AttemptReport;
import dev.auditwebhook.endpoint.attempt.MessageIds;
import dev.auditwebhook.journal.Journal;
import dev.auditwebhook.metrics.Metrics;
import dev.auditwebhook.security.GuardedResolver;
import dev.auditwebhook.testing.ScriptedEngine;
import dev.auditwebhook.testing.SettableClock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What a node has that shares its journal with scripted ones, at a time that a test turns. */
final class SharedScene {

  /** Where attempts seem to go: the name is never resolved. */
  static final String URL = "http://siem.example/in";

  /** Who asks. */
  static final Author AUTHOR = new Author("ops", "10.0.0.5");

  final SettableClock clock = new SettableClock();
  final ScriptedNodes nodes = new ScriptedNodes();
  final ScriptedEngine engine = new ScriptedEngine();
  final Journal journal;
  final List<AttemptReport> attempts = new ArrayList<>();
  final Roster roster;

  /** What the desks of this node were asked. */
  final List<String> here = new ArrayList<>();

  /** How the desks of this node answer, by the request. */
  final Map<String, Function<Request, Future<JsonObject>>> desks = new HashMap<>();

  final Switchboard switchboard;
  final Tenancies tenancies;

  SharedScene(Vertx vertx) {
    engine.share(nodes);
    journal = Journal.open(engine, clock).result();
    WebhookOptions options =
        new WebhookOptions()
            .setDrainTimeout(300)
            .putEndpoint("siem", new EndpointOptions().setMaxAttempts(7));
    GuardedResolver silent = new GuardedResolver(SharedScene::never, true, clock::now);
    Surroundings around =
        new Surroundings(vertx, clock, options, silent, Metrics.NONE, attempts::add);
    roster = new Roster(options, around, journal, new MessageIds(journal.messageIdPrefix()));
    List.of("get", "set", "dlq", "dlq.redrive", "test", "ready", "health").forEach(this::desk);
    List.of("endpoint.remove", "endpoints", "health.own").forEach(this::desk);
    RosterDesk endpoints =
        new RosterDesk(
            roster,
            each -> Future.succeededFuture(new JsonObject()),
            new Trail(Metrics.NONE, null),
            true);
    desks.put("endpoint.put", endpoints::put);
    NodesDesk ofAll = new NodesDesk(nodes, roster, clock);
    desks.put("nodes", ofAll::list);
    switchboard = new Switchboard(journal, roster, clock, desks, ofAll);
    tenancies = new Tenancies(journal, roster, switchboard);
  }

  private void desk(String what) {
    desks.put(
        what,
        request -> {
          here.add(what + " " + request.body());
          return Future.succeededFuture(ScriptedNodes.by("one"));
        });
  }

  private static Future<List<InetAddress>> never(String host) {
    return Promise.<List<InetAddress>>promise().future();
  }

  /** This node runs an endpoint, which has no URL. */
  void run(String id, int number) {
    nodes.endpoints.add(id);
    tenancies.takeOver(ScriptedNodes.tenancy(id, number));
  }

  Future<JsonObject> ask(String what, Object body) {
    return switchboard.to(what).apply(new Request(body, AUTHOR));
  }

  static JsonObject named(String id) {
    return new JsonObject().put("endpoint", id);
  }
}
