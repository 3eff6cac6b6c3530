package dev.auditwebhook.bus;

import dev.auditwebhook.bus.trail.Author;
import dev.auditwebhook.bus.trail.Request;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.journal.Nodes;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Function;

/** The other nodes of a webhook, which do and say what a test has them do and say. */
final class ScriptedNodes implements Nodes {

  /** What they are asked, in order. */
  final List<String> asked = new ArrayList<>();

  /** Who asks for what they are asked about one endpoint, in order. */
  final List<Author> authors = new ArrayList<>();

  /** The ids of all endpoints. */
  final Set<String> endpoints = new TreeSet<>();

  /** All endpoints, as far as the acceptance of entries goes. */
  final List<Member> members = new ArrayList<>();

  /** How they answer for one endpoint. */
  Function<String, Future<JsonObject>> answers = what -> Future.succeededFuture(by("another"));

  /** What all of them say. */
  Future<List<JsonObject>> others = Future.succeededFuture(List.of());

  /** What is kept of an endpoint. */
  Function<String, JsonObject> kept = id -> report(id, null);

  /** When the tables have been read. */
  Future<Void> tables = Future.succeededFuture();

  /** What comes of a look at what the others did. */
  Future<Void> upToDate = Future.succeededFuture();

  Follower follower;
  Host host;
  Map<String, JsonObject> configured;
  BiPredicate<String, JsonObject> removed;
  boolean retired;

  /** Whether another node makes each endpoint first. */
  boolean overtaken;

  private int made;

  static JsonObject by(String node) {
    return new JsonObject().put("by", node);
  }

  /** What is said of an endpoint, as far as it matters here. */
  static JsonObject report(String id, String node) {
    return new JsonObject().put("endpoint", id).put("node", node);
  }

  /** One that begins now. */
  static Tenancy tenancy(String id, int number) {
    return new Tenancy(id, State.ofNew(number, 0, 0), 0, null);
  }

  @Override
  public void follow(Follower journal) {
    follower = journal;
  }

  @Override
  public Collection<? extends Member> members() {
    return members;
  }

  @Override
  public Future<Void> join(
      Host host, Map<String, JsonObject> configured, BiPredicate<String, JsonObject> removed) {
    this.host = host;
    this.configured = configured;
    this.removed = removed;
    return Future.succeededFuture();
  }

  @Override
  public void retire() {
    retired = true;
  }

  @Override
  public Future<Tenancy> create(String endpoint) {
    endpoints.add(endpoint);
    return Future.succeededFuture(overtaken ? null : tenancy(endpoint, 100 + made++));
  }

  @Override
  public Future<Boolean> has(String endpoint) {
    return Future.succeededFuture(endpoints.contains(endpoint));
  }

  @Override
  public Future<Set<String>> endpoints() {
    return tables.map(v -> endpoints);
  }

  @Override
  public Future<JsonObject> ask(String endpoint, String what, Object body) {
    Request request = Request.fromJson((JsonObject) body);
    asked.add(endpoint + " " + what + " " + request.body());
    authors.add(request.author());
    return answers.apply(what);
  }

  @Override
  public Future<List<JsonObject>> askOthers(String what, Object body) {
    asked.add("all " + what + " " + Request.fromJson((JsonObject) body).body());
    return others;
  }

  @Override
  public Future<List<JsonObject>> list() {
    return tables.map(v -> List.of(by("one"), by("another")));
  }

  @Override
  public String name() {
    return "one";
  }

  @Override
  public Future<List<JsonObject>> reports(Collection<String> ids) {
    return tables.map(v -> ids.stream().map(kept).toList());
  }

  @Override
  public Future<Void> upToDate() {
    return upToDate;
  }
}
