package dev.auditwebhook.bus;

import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.journal.Journal;
import dev.auditwebhook.json.StrictJson;
import dev.auditwebhook.security.SigningKey;
import dev.auditwebhook.security.UrlPolicy;
import io.vertx.core.Future;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Reads the requests that concern an endpoint and makes their replies, for all ways in. */
final class EndpointDesk {

  /** The share of its capacity from which an endpoint is nearly full. */
  private static final double NEARLY_FULL = 0.9;

  private final Endpoint endpoint;
  private final Journal journal;
  private final boolean allowPrivateNetworks;

  EndpointDesk(Endpoint endpoint, Journal journal, boolean allowPrivateNetworks) {
    this.endpoint = endpoint;
    this.journal = journal;
    this.allowPrivateNetworks = allowPrivateNetworks;
  }

  /** {@code webhook.set}. All is checked before anything changes. */
  Future<JsonObject> set(Object body) {
    StrictJson json = StrictJson.of("", body);
    String url = json.string("url", null);
    String secret = json.string("secret", null);
    Long initialBackoff =
        json.has("initial_backoff") ? json.whole("initial_backoff", 0L, 1, 86_400_000L) : null;
    Boolean paused = json.has("paused") ? json.bool("paused", false) : null;
    json.end();
    if (url == null && secret == null && initialBackoff == null && paused == null) {
      throw new IllegalArgumentException(
          "one of url, secret, initial_backoff and paused must be given");
    }
    if (url != null && !url.isEmpty()) {
      json.check("url", () -> UrlPolicy.vet(url, allowPrivateNetworks));
    }
    if (secret != null) {
      json.check("secret", () -> SigningKey.of(secret));
    }
    if (Boolean.TRUE.equals(paused) && (url == null ? endpoint.url() : url).isEmpty()) {
      throw refusal(409, "paused: there is nothing to pause without a URL; set one first");
    }
    Future<Void> kept = endpoint.set(url, secret, initialBackoff, paused);
    return kept.map(
        new JsonObject()
            .put("type", "set_webhook_ok")
            .put("status", endpoint.status())
            .put("url", endpoint.url()));
  }

  /** {@code webhook.get}. */
  Future<JsonObject> get(Object body) {
    StrictJson.of("", body).end();
    List<String> warnings = new ArrayList<>(endpoint.warnings());
    if (journal.warning() != null) {
      warnings.add(0, journal.warning());
    }
    return Future.succeededFuture(
        new JsonObject()
            .put("type", "get_webhook_ok")
            .mergeIn(endpoint.report(journal.rejected()))
            .put("warning", warnings.isEmpty() ? null : String.join("; ", warnings)));
  }

  /** {@code webhook.test}. */
  Future<JsonObject> test(Object body) {
    StrictJson.of("", body).end();
    requireEnabled(endpoint);
    if (endpoint.isTesting()) {
      throw refusal(409, "another test is running");
    }
    return endpoint
        .test()
        .map(
            answer -> {
              if (answer.status() == 0 || answer.error() != null) {
                throw refusal(502, answer.problem());
              }
              return new JsonObject()
                  .put("type", "test_webhook_ok")
                  .put("status", answer.status())
                  .put("latency_ms", answer.latency());
            });
  }

  /** Refuses what makes no sense without a URL. */
  static void requireEnabled(Endpoint endpoint) {
    if (!endpoint.isEnabled()) {
      throw refusal(409, "no webhook is set: set a URL first");
    }
  }

  static ReplyException refusal(int code, String message) {
    return new ReplyException(ReplyFailure.RECIPIENT_FAILURE, code, message);
  }

  /** {@code webhook.ready}: whether entries can be accepted and kept. */
  Future<JsonObject> ready(Object body) {
    StrictJson.of("", body).end();
    JsonArray reasons = new JsonArray();
    if (journal.isFaulty()) {
      reasons.add("store_fault");
    } else if (!journal.hasRoom() || !endpoint.hasRoom()) {
      reasons.add(fill());
    }
    return Future.succeededFuture(
        new JsonObject().put("ready", reasons.isEmpty()).put("reasons", reasons));
  }

  /** {@code webhook.health}: whether events are delivered. Health checks ask for no token. */
  Future<JsonObject> health(Object body) {
    StrictJson.of("", body).end();
    JsonArray reasons = new JsonArray();
    if (!endpoint.status().equals("enabled")) {
      reasons.add(endpoint.status());
    } else if (endpoint.isHeldUp()) {
      reasons.add("circuit_open");
    }
    if (endpoint.pending() >= NEARLY_FULL * endpoint.capacity()) {
      reasons.add(fill());
    }
    if (journal.isFaulty()) {
      reasons.add("store_fault");
    }
    if (journal.isSetAside()) {
      reasons.add("store_set_aside");
    }
    return Future.succeededFuture(
        new JsonObject().put("healthy", reasons.isEmpty()).put("reasons", reasons));
  }

  private String fill() {
    return "nearly_full " + endpoint.pending() + " of " + endpoint.capacity();
  }
}
