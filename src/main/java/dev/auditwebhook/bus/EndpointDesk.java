package dev.auditwebhook.bus;

import dev.auditwebhook.bus.trail.Deed;
import dev.auditwebhook.bus.trail.Request;
import dev.auditwebhook.bus.trail.Trail;
import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.endpoint.settings.Revision;
import dev.auditwebhook.journal.Journal;
import dev.auditwebhook.journal.Nodes;
import dev.auditwebhook.json.StrictJson;
import dev.auditwebhook.security.SigningKey;
import dev.auditwebhook.security.UrlPolicy;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Reads the requests that concern an endpoint and makes their replies, for all ways in. */
final class EndpointDesk {

  private final Roster roster;
  private final Journal journal;
  private final Nodes nodes;
  private final Trail trail;
  private final boolean allowPrivateNetworks;

  EndpointDesk(Roster roster, Journal journal, Trail trail, boolean allowPrivateNetworks) {
    this.roster = roster;
    this.journal = journal;
    this.nodes = journal.nodes();
    this.trail = trail;
    this.allowPrivateNetworks = allowPrivateNetworks;
  }

  /** {@code webhook.set}. All is checked before anything changes. */
  Future<JsonObject> set(Request request) {
    StrictJson json = StrictJson.of("", request.body());
    Endpoint endpoint = roster.of(json);
    Revision revision = revision(json);
    String url = revision.url();
    if (url != null && !url.isEmpty()) {
      json.check("url", () -> UrlPolicy.vet(url, allowPrivateNetworks));
      json.check("url", () -> endpoint.checkUrl(url));
    }
    if (Boolean.TRUE.equals(revision.paused()) && (url == null ? endpoint.url() : url).isEmpty()) {
      throw Refusal.of(409, "paused: there is nothing to pause without a URL; set one first");
    }
    JsonObject before = endpoint.configuration();
    Future<Void> kept = endpoint.set(revision);
    Deed deed = new Deed(called(revision), endpoint.id(), before, endpoint.configuration());
    return trail
        .note(request.author(), deed, kept, v -> new JsonObject())
        .map(
            new JsonObject()
                .put("type", "set_webhook_ok")
                .put("status", endpoint.status())
                .put("url", endpoint.url()));
  }

  private static Revision revision(StrictJson json) {
    String url = json.string("url", null);
    String secret = json.string("secret", null);
    boolean revoke = json.bool("revoke", false);
    Long initialBackoff =
        json.has("initial_backoff") ? json.whole("initial_backoff", 0L, 1, 86_400_000L) : null;
    Boolean paused = json.has("paused") ? json.bool("paused", false) : null;
    json.end();
    json.require(
        secret != null || !revoke,
        "revoke",
        "needs the secret that takes the place of the former ones");
    if (url == null && secret == null && initialBackoff == null && paused == null) {
      throw new IllegalArgumentException(
          "one of url, secret, initial_backoff and paused must be given");
    }
    if (secret != null) {
      json.check("secret", () -> SigningKey.of(secret));
    }
    return new Revision(url, secret, revoke, initialBackoff, paused);
  }

  /** A pause is called so by whoever looks for one. */
  private static String called(Revision revision) {
    return !revision.isOfPauseAlone() ? "set" : revision.paused() ? "pause" : "resume";
  }

  /** {@code webhook.get}. */
  Future<JsonObject> get(Request request) {
    Endpoint endpoint = asked(request);
    return journal.upToDate().compose(v -> report(endpoint)).map(EndpointDesk::get);
  }

  /** The reply to {@code webhook.get}. */
  static JsonObject get(JsonObject report) {
    return new JsonObject().put("type", "get_webhook_ok").mergeIn(report);
  }

  private Endpoint asked(Request request) {
    StrictJson json = StrictJson.of("", request.body());
    Endpoint endpoint = roster.of(json);
    json.end();
    return endpoint;
  }

  /** What {@code webhook.get} tells of an endpoint. */
  Future<JsonObject> report(Endpoint endpoint) {
    return endpoint
        .report(journal.rejected())
        .map(
            report -> {
              List<String> warnings = new ArrayList<>(endpoint.warnings());
              if (journal.warning() != null) {
                warnings.add(0, journal.warning());
              }
              report.put("warning", warnings.isEmpty() ? null : String.join("; ", warnings));
              return nodes == null ? report : report.put("node", nodes.name());
            });
  }

  /** {@code webhook.test}. */
  Future<JsonObject> test(Request request) {
    Endpoint endpoint = asked(request);
    Refusal.unlessEnabled(endpoint);
    if (endpoint.isTesting()) {
      throw Refusal.of(409, "another test is running");
    }
    return endpoint
        .test()
        .map(
            answer -> {
              if (answer.status() == 0 || answer.error() != null) {
                throw Refusal.of(502, answer.problem());
              }
              return new JsonObject()
                  .put("type", "test_webhook_ok")
                  .put("status", answer.status())
                  .put("latency_ms", answer.latency());
            });
  }
}
