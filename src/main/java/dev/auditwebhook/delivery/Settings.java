package dev.auditwebhook.delivery;

import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.security.UrlPolicy;
import dev.auditwebhook.security.UrlPolicy.Endpoint;
import dev.auditwebhook.store.PendingEvent;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What can be set at run time: the URL, a pause, the secrets, the backoff. The later word wins:
 * with each value the store keeps the configured one that it replaced, and the value holds at the
 * next start only while that is unchanged.
 */
final class Settings {

  /** How long a secret goes on signing after a newer one was set, in milliseconds. */
  static final long ROTATION = 24L * 60 * 60 * 1000;

  private static final int MAX_SECRETS = 8;

  /** Why sending is paused; absent when it is not. */
  private static final String PAUSED = "paused";

  /** The last URL that was not empty. */
  private static final String LAST_URL = "lastUrl";

  /** When {@link #LAST_URL} came, in milliseconds since the epoch. */
  private static final String URL_SINCE = "urlSince";

  private final WebhookOptions configured;
  private final JsonObject stored;

  /**
   * @param configured the configuration of this start
   * @param stored what {@link #toJson()} gave to the store, empty at first
   * @param now milliseconds since the epoch
   */
  Settings(WebhookOptions configured, JsonObject stored, long now) {
    this.configured = configured;
    this.stored = stored;
    String before = stored.getString(LAST_URL);
    drop("url", configured.getUrl());
    drop("secrets", new JsonArray(configured.getSecrets()));
    drop("initialBackoff", configured.getInitialBackoff());
    if (!url().equals(before)) {
      stored.remove(PAUSED);
      remember(now);
    }
  }

  private void drop(String key, Object nowConfigured) {
    JsonObject set = stored.getJsonObject(key);
    if (set != null
        && !Objects.equals(set(nowConfigured).getValue("value"), set.getValue("configured"))) {
      stored.remove(key);
    }
  }

  /** A round through JSON makes numbers and arrays comparable with what the store gives back. */
  private static JsonObject set(Object value) {
    return new JsonObject(new JsonObject().put("value", value).encode());
  }

  private void put(String key, Object value, Object replaced) {
    stored.put(key, set(value).put("configured", set(replaced).getValue("value")));
  }

  String url() {
    JsonObject set = stored.getJsonObject("url");
    return set == null ? configured.getUrl() : set.getString("value");
  }

  /**
   * The parts of the URL, which is not empty.
   *
   * @throws IllegalArgumentException in one line when the configuration of this start forbids one
   *     that was set before
   */
  Endpoint endpoint() {
    try {
      return UrlPolicy.vet(url(), configured.isAllowPrivateNetworks());
    } catch (IllegalArgumentException e) {
      StoreOptions store = configured.getStore();
      throw new IllegalArgumentException(
          "webhook.url: the one that was set at run time, kept in "
              + (store.getType().equals(StoreOptions.FILE) ? store.getPath() : "memory")
              + ", is refused: "
              + e.getMessage()
              + (configured.isAllowPrivateNetworks()
                  ? ""
                  : " while webhook.allowPrivateNetworks is false")
              + "; edit webhook.url, and it takes the place of that one",
          e);
    }
  }

  /** Sets the URL, which ends a pause. */
  void url(String url, long now) {
    put("url", url, configured.getUrl());
    stored.remove(PAUSED);
    remember(now);
  }

  /** Notes which URL attempts are made to from now on, and since when. */
  private void remember(long now) {
    if (!url().isEmpty()) {
      stored.put(LAST_URL, url()).put(URL_SINCE, now);
    }
  }

  /** An event with the attempts that count: those at the URL in force. */
  PendingEvent current(PendingEvent event) {
    boolean counts = event.attempts() == 0 || event.since() > stored.getLong(URL_SINCE, 0L);
    return counts ? event : event.waiting(0, event.since());
  }

  /** Stops sending, until {@link #resume()} or another URL. */
  void pause(String reason) {
    stored.put(PAUSED, reason);
  }

  void resume() {
    stored.remove(PAUSED);
  }

  /** Why nothing is sent though there is a URL, {@code null} when that is not so. */
  String pausedFor() {
    return url().isEmpty() ? null : stored.getString(PAUSED);
  }

  long initialBackoff() {
    JsonObject set = stored.getJsonObject("initialBackoff");
    return set == null ? configured.getInitialBackoff() : set.getLong("value");
  }

  void initialBackoff(long millis) {
    put("initialBackoff", millis, configured.getInitialBackoff());
  }

  /** Makes a secret the first; those before it go on signing for {@link #ROTATION}. */
  void secret(String secret, long now) {
    JsonArray value = new JsonArray().add(new JsonObject().put("secret", secret));
    for (JsonObject former : signing(now)) {
      if (!former.getString("secret").equals(secret) && value.size() < MAX_SECRETS) {
        value.add(former.put("until", former.getLong("until", now + ROTATION)));
      }
    }
    put("secrets", value, new JsonArray(configured.getSecrets()));
  }

  /** The secrets that sign now, the newest first. */
  List<String> secrets(long now) {
    return signing(now).stream().map(set -> set.getString("secret")).toList();
  }

  /** When the next former secret stops signing, or never: {@link Long#MAX_VALUE}. */
  long nextExpiry(long now) {
    return signing(now).stream()
        .mapToLong(set -> set.getLong("until", Long.MAX_VALUE))
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private List<JsonObject> signing(long now) {
    JsonObject set = stored.getJsonObject("secrets");
    List<JsonObject> signing = new ArrayList<>();
    if (set == null) {
      configured.getSecrets().forEach(text -> signing.add(new JsonObject().put("secret", text)));
    } else {
      for (Object item : set.getJsonArray("value")) {
        JsonObject secret = (JsonObject) item;
        if (secret.getLong("until", Long.MAX_VALUE) > now) {
          signing.add(secret);
        }
      }
    }
    return signing;
  }

  JsonObject toJson() {
    return stored;
  }
}
