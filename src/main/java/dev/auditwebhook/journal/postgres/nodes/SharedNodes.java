package dev.auditwebhook.journal.postgres.nodes;

import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.journal.Nodes;
import dev.auditwebhook.journal.postgres.database.Database;
import dev.auditwebhook.metrics.Metrics;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;

/** This node among those that share the journal. */
public final class SharedNodes implements Nodes {

  /**
   * @param database for all but leases
   * @param renewals another one, so that no renewal waits behind other statements
   */
  public SharedNodes(
      Database database, Database renewals, Clock clock, StoreOptions options, JournalTail tail) {
    throw new UnsupportedOperationException();
  }

  /** This node is there from now on, and knows the endpoints. Comes before all else. */
  public Future<Void> open() {
    throw new UnsupportedOperationException();
  }

  public Membership membership() {
    throw new UnsupportedOperationException();
  }

  public Leases leases() {
    throw new UnsupportedOperationException();
  }

  public Directory directory() {
    throw new UnsupportedOperationException();
  }

  /** Registers what is measured of all of them. */
  public void register(Metrics metrics) {
    throw new UnsupportedOperationException();
  }

  /**
   * Takes a notification that is for this room.
   *
   * @param payload {@code endpoints}, {@code request <target node>} or {@code reply <sender node>}
   */
  public void heard(String payload) {
    throw new UnsupportedOperationException();
  }

  /** An endpoint that this node ran is forgotten by the tables. */
  public void forgotten(String endpoint) {
    throw new UnsupportedOperationException();
  }

  /** Hands all endpoints back, and leaves. */
  public Future<Void> close() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void follow(Follower follower) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Collection<Share> members() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> join(
      Host host, Map<String, JsonObject> configured, BiPredicate<String, JsonObject> removed) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void retire() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Tenancy> create(String endpoint) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Boolean> has(String endpoint) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Set<String>> endpoints() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<JsonObject> ask(String endpoint, String what, Object body) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<List<JsonObject>> askOthers(String what, Object body) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<List<JsonObject>> list() {
    throw new UnsupportedOperationException();
  }

  @Override
  public String name() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<List<JsonObject>> reports(Collection<String> endpoints) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> upToDate() {
    throw new UnsupportedOperationException();
  }
}
