package dev.auditwebhook.testing;

import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.journal.Nodes;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what an engine that several nodes share tells its journal and its host. */
public class ScriptedNode implements Nodes.Follower, Nodes.Host {

  public final List<Nodes.Cut> cuts = new CopyOnWriteArrayList<>();
  public final List<Throwable> troubles = new CopyOnWriteArrayList<>();
  public final List<Nodes.Tenancy> tookOver = new CopyOnWriteArrayList<>();
  public final List<String> lost = new CopyOnWriteArrayList<>();

  /** The states of endpoints as they were taken over, by id. */
  public Map<String, State> states() {
    Map<String, State> states = new TreeMap<>();
    tookOver.forEach(tenancy -> states.put(tenancy.id(), tenancy.state()));
    return states;
  }

  @Override
  public void cut(Nodes.Cut cut) {
    cuts.add(cut);
  }

  @Override
  public void membersChanged() {}

  @Override
  public void trouble(Throwable failure) {
    troubles.add(failure);
  }

  @Override
  public void touch(String endpoint) {}

  @Override
  public void takeOver(Nodes.Tenancy tenancy) {
    tookOver.add(tenancy);
  }

  @Override
  public Future<Void> handOver(String endpoint) {
    return Future.succeededFuture();
  }

  @Override
  public void lose(String endpoint) {
    lost.add(endpoint);
  }

  @Override
  public void goOn() {}

  @Override
  public Future<JsonObject> answer(String what, Object body) {
    return Future.failedFuture("not asked here");
  }
}
