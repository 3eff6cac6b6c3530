package dev.auditwebhook.delivery;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.json.StrictJson;
import dev.auditwebhook.security.Signer;
import dev.auditwebhook.security.UrlPolicy;
import dev.auditwebhook.store.Store;
import dev.auditwebhook.store.Total;
import io.vertx.core.Future;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Reads the requests of the addresses and makes their replies, for all ways in. */
final class Requests {

  /** The share of its capacity from which a store is nearly full. */
  private static final double NEARLY_FULL = 0.9;

  private final WebhookOptions options;
  private final Store store;
  private final Settings settings;
  private final RequestHeaders headers;
  private final Credentials credentials;
  private final Lifecycle lifecycle;
  private final Dispatcher dispatcher;
  private final Health health;
  private final TestDelivery testDelivery;

  Requests(
      WebhookOptions options,
      Store store,
      Settings settings,
      RequestHeaders headers,
      Credentials credentials,
      Lifecycle lifecycle,
      Dispatcher dispatcher,
      Health health,
      TestDelivery testDelivery) {
    this.options = options;
    this.store = store;
    this.settings = settings;
    this.headers = headers;
    this.credentials = credentials;
    this.lifecycle = lifecycle;
    this.dispatcher = dispatcher;
    this.health = health;
    this.testDelivery = testDelivery;
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
      refuse(json, "url", () -> UrlPolicy.vet(url, options.isAllowPrivateNetworks()));
    }
    if (secret != null) {
      refuse(json, "secret", () -> Signer.keyOf(secret));
    }
    if (Boolean.TRUE.equals(paused) && (url == null ? settings.url() : url).isEmpty()) {
      throw refusal(409, "paused: there is nothing to pause without a URL; set one first");
    }
    lifecycle.set(url, secret, initialBackoff, paused);
    JsonObject reply =
        new JsonObject()
            .put("type", "set_webhook_ok")
            .put("status", status())
            .put("url", settings.url());
    // Where it cannot be kept now, it is done all the same.
    return store.kept().otherwiseEmpty().map(reply);
  }

  private String status() {
    if (settings.url().isEmpty()) {
      return "disabled";
    }
    return settings.pausedFor() == null ? "enabled" : "paused";
  }

  private static void refuse(StrictJson json, String key, Runnable check) {
    try {
      check.run();
    } catch (IllegalArgumentException e) {
      throw json.refused(key, e.getMessage());
    }
  }

  /** {@code webhook.get}. */
  Future<JsonObject> get(Object body) {
    StrictJson.of("", body).end();
    Circuit circuit = circuit();
    return Future.succeededFuture(
        new JsonObject()
            .put("type", "get_webhook_ok")
            .put("enabled", status().equals("enabled"))
            .put("paused", settings.pausedFor() != null)
            .put("url", settings.url())
            .put("signed", headers.signed())
            .put("delivered", store.total(Total.DELIVERED))
            .put("failed", store.total(Total.FAILED))
            .put("dropped", store.total(Total.DROPPED))
            .put("dlq_size", store.deadLetters())
            .put("dlq_evicted", store.total(Total.DLQ_EVICTED))
            .put("received", store.total(Total.RECEIVED))
            .put("discarded", store.total(Total.DISCARDED))
            .put("rejected", store.total(Total.REJECTED))
            .put("pending", store.pending())
            .put("in_flight", dispatcher.inFlight())
            .put("retried", store.total(Total.RETRIED))
            .put("circuit", circuit == null ? "closed" : circuit.state())
            .put("circuit_since", circuit == null ? null : text(circuit.since()))
            .put("next_probe", circuit == null ? null : text(circuit.nextProbe()))
            .put("last_delivery", text(health.lastDelivery()))
            .put("last_error", health.lastError())
            .put("reason", settings.pausedFor())
            .put("warning", warning()));
  }

  /** What an operator must know, {@code null} when all is well. */
  private String warning() {
    Target target = dispatcher.target();
    String leftOut = target == null ? null : credentials.warning(target.endpoint());
    if (store.warning() == null || leftOut == null) {
      return leftOut == null ? store.warning() : leftOut;
    }
    return store.warning() + "; " + leftOut;
  }

  /** The circuit of the endpoint, {@code null} while there is none. */
  private Circuit circuit() {
    return dispatcher.target() == null ? null : dispatcher.target().circuit();
  }

  private static String text(Instant instant) {
    return instant == null ? null : instant.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  /** {@code webhook.test}. */
  Future<JsonObject> test(Object body) {
    StrictJson.of("", body).end();
    if (!lifecycle.isEnabled()) {
      throw refusal(409, "no webhook is set: set a URL first");
    }
    if (testDelivery.isRunning()) {
      throw refusal(409, "another test is running");
    }
    return testDelivery
        .send(dispatcher.target().endpoint())
        .map(
            answer -> {
              if (answer.status() == 0 || answer.error() != null) {
                throw refusal(502, Health.describe(answer));
              }
              return new JsonObject()
                  .put("type", "test_webhook_ok")
                  .put("status", answer.status())
                  .put("latency_ms", answer.latency());
            });
  }

  static ReplyException refusal(int code, String message) {
    return new ReplyException(ReplyFailure.RECIPIENT_FAILURE, code, message);
  }

  /** {@code webhook.ready}: whether entries can be accepted and kept. */
  Future<JsonObject> ready(Object body) {
    StrictJson.of("", body).end();
    JsonArray reasons = new JsonArray();
    if (store.isFaulty()) {
      reasons.add("store_fault");
    } else if (!store.hasRoom()) {
      reasons.add(fill());
    }
    return Future.succeededFuture(
        new JsonObject().put("ready", reasons.isEmpty()).put("reasons", reasons));
  }

  /** {@code webhook.health}: whether events are delivered. Health checks ask for no token. */
  Future<JsonObject> health(Object body) {
    StrictJson.of("", body).end();
    JsonArray reasons = new JsonArray();
    Circuit circuit = circuit();
    if (!status().equals("enabled")) {
      reasons.add(status());
    } else if (circuit != null
        && !circuit.isClosed()
        && !(circuit.isHalfOpen() && store.pending() == 0)) {
      reasons.add("circuit_open");
    }
    if (store.pending() >= NEARLY_FULL * store.capacity()) {
      reasons.add(fill());
    }
    if (store.isFaulty()) {
      reasons.add("store_fault");
    }
    if (store.isSetAside()) {
      reasons.add("store_set_aside");
    }
    return Future.succeededFuture(
        new JsonObject().put("healthy", reasons.isEmpty()).put("reasons", reasons));
  }

  private String fill() {
    return "nearly_full " + store.pending() + " of " + store.capacity();
  }
}
