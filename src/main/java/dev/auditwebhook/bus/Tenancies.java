package dev.auditwebhook.bus;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.endpoint.settings.Remains;
import dev.auditwebhook.journal.Journal;
import dev.auditwebhook.journal.Nodes;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;

/** The endpoints that this node runs of those that it shares with others, as they come and go. */
final class Tenancies implements Nodes.Host {

  private final Nodes nodes;
  private final Journal journal;
  private final Roster roster;
  private final Switchboard switchboard;

  Tenancies(Journal journal, Roster roster, Switchboard switchboard) {
    this.nodes = journal.nodes();
    this.journal = journal;
    this.roster = roster;
    this.switchboard = switchboard;
  }

  /** Begins to run endpoints; completed when this node has its share of what nobody runs. */
  Future<Void> join() {
    Map<String, EndpointOptions> configured = roster.configured();
    Map<String, JsonObject> json = new HashMap<>();
    configured.forEach((id, options) -> json.put(id, new JsonObject(options.toJson().encode())));
    return nodes.join(
        this,
        json,
        (id, kept) -> configured.containsKey(id) && Remains.isRemoved(kept, configured.get(id)));
  }

  /** This node takes nothing over any more. A second time is harmless. */
  void retire() {
    nodes.retire();
    switchboard.retire();
  }

  @Override
  public void takeOver(Nodes.Tenancy tenancy) {
    roster.takeUp(tenancy);
  }

  @Override
  public Future<Void> handOver(String id) {
    Endpoint endpoint = roster.find(id);
    return endpoint == null
        ? Future.succeededFuture()
        : endpoint
            .stop()
            .eventually(journal::keep)
            .otherwiseEmpty()
            .onComplete(v -> roster.letGo(endpoint));
  }

  @Override
  public void lose(String id) {
    Endpoint endpoint = roster.find(id);
    if (endpoint != null) {
      roster.letGo(endpoint);
      endpoint.close();
    }
  }

  @Override
  public void goOn() {
    roster.all().forEach(Endpoint::goOn);
  }

  @Override
  public Future<JsonObject> answer(String what, Object body) {
    return switchboard.answer(what, body);
  }
}
