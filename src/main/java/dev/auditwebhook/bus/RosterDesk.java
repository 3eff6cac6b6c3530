package dev.auditwebhook.bus;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.bus.trail.Deed;
import dev.auditwebhook.bus.trail.Request;
import dev.auditwebhook.bus.trail.Trail;
import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.endpoint.settings.Settings;
import dev.auditwebhook.json.StrictJson;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;

/** Reads the requests that concern which endpoints there are, and makes their replies. */
final class RosterDesk {

  private final Roster roster;
  private final Function<Endpoint, Future<JsonObject>> reports;
  private final Trail trail;
  private final boolean allowPrivateNetworks;

  /**
   * @param reports what {@code webhook.get} tells of an endpoint
   */
  RosterDesk(
      Roster roster,
      Function<Endpoint, Future<JsonObject>> reports,
      Trail trail,
      boolean allowPrivateNetworks) {
    this.roster = roster;
    this.reports = reports;
    this.trail = trail;
    this.allowPrivateNetworks = allowPrivateNetworks;
  }

  /** {@code webhook.endpoints}. */
  Future<JsonObject> list(Request request) {
    StrictJson.of("", request.body()).end();
    List<Future<JsonObject>> all = roster.all().stream().map(reports).toList();
    return Future.join(all).map(joined -> endpoints(joined.list()));
  }

  /** The reply to {@code webhook.endpoints}. */
  static JsonObject endpoints(List<JsonObject> reports) {
    return new JsonObject()
        .put("type", "list_webhook_endpoints_ok")
        .put("count", reports.size())
        .put("endpoints", new JsonArray(reports));
  }

  /** {@code webhook.endpoint.put}. All is checked before anything changes. */
  Future<JsonObject> put(Request request) {
    StrictJson json = StrictJson.of("", request.body());
    String id = json.string("endpoint", "");
    json.check("endpoint", () -> EndpointOptions.checkId(id));
    json.require(json.has("config"), "config", "must be there: the options of the endpoint");
    JsonObject config = json.raw("config");
    json.end();
    EndpointOptions options = new EndpointOptions("config", config, allowPrivateNetworks);
    Endpoint former = roster.find(id);
    JsonObject before =
        former == null ? Settings.replaced(null, new EndpointOptions()) : former.configuration();
    return trail
        .note(
            request.author(),
            new Deed("put", id, before, Settings.replaced(before, options)),
            roster.put(id, options),
            made -> new JsonObject().put("created", made))
        .map(
            made ->
                new JsonObject()
                    .put("type", "put_webhook_endpoint_ok")
                    .put("endpoint", id)
                    .put("created", made));
  }

  /** {@code webhook.endpoint.remove}. */
  Future<JsonObject> remove(Request request) {
    StrictJson json = StrictJson.of("", request.body());
    json.require(json.has("endpoint"), "endpoint", "must be there");
    Endpoint endpoint = roster.of(json);
    json.end();
    return trail
        .note(
            request.author(),
            new Deed("remove", endpoint.id(), endpoint.configuration(), null),
            roster.remove(endpoint),
            abandoned -> new JsonObject().put("abandoned", abandoned))
        .map(
            abandoned ->
                new JsonObject()
                    .put("type", "remove_webhook_endpoint_ok")
                    .put("endpoint", endpoint.id())
                    .put("abandoned", abandoned));
  }
}
