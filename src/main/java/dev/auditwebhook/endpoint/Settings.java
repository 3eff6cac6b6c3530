package dev.auditwebhook.endpoint;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.wire.StandardHeaders;
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
final class Settings implements StandardHeaders.Secrets {

  /** How long a secret goes on signing after a newer one was set, in milliseconds. */
  static final long ROTATION = 24L * 60 * 60 * 1000;

  private static final int MAX_SECRETS = 8;

  /** Why sending is paused; absent when it is not. */
  private static final String PAUSED = "paused";

  private static final String LAST_URL = "lastUrl";

  /** When {@link #LAST_URL} came, in milliseconds since the epoch. */
  private static final String URL_SINCE = "urlSince";

  private final EndpointOptions configured;
  private final JsonObject stored;
  private final Runnable changed;

  // Volatile, as metrics are read from any thread.
  private volatile String pausedFor;

  /**
   * @param configured the configuration of this start
   * @param stored what is kept of former changes, empty at first; it is kept up to date here
   * @param now milliseconds since the epoch
   * @param changed called after each change
   */
  Settings(EndpointOptions configured, JsonObject stored, long now, Runnable changed) {
    this.configured = configured;
    this.stored = stored;
    this.changed = changed;
    String before = stored.getString(LAST_URL);
    drop("url", configured.getUrl());
    drop("secrets", new JsonArray(configured.getSecrets()));
    drop("initialBackoff", configured.getInitialBackoff());
    if (!url().equals(before)) {
      stored.remove(PAUSED);
      remember(now);
    }
    changed();
  }

  private void changed() {
    pausedFor = url().isEmpty() ? null : stored.getString(PAUSED);
    changed.run();
  }

  EndpointOptions configured() {
    return configured;
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

  /** Sets the URL, which ends a pause. */
  void url(String url, long now) {
    put("url", url, configured.getUrl());
    stored.remove(PAUSED);
    remember(now);
    changed();
  }

  /** Notes which URL attempts are made to from now on, and since when. */
  private void remember(long now) {
    if (!url().isEmpty()) {
      stored.put(LAST_URL, url()).put(URL_SINCE, now);
    }
  }

  /** Whether the attempts of an event count: those at the URL in force. */
  boolean counts(Pending event) {
    return event.attempts() == 0 || event.since() > stored.getLong(URL_SINCE, 0L);
  }

  /** Stops sending, until {@link #resume()} or another URL. */
  void pause(String reason) {
    stored.put(PAUSED, reason);
    changed();
  }

  void resume() {
    stored.remove(PAUSED);
    changed();
  }

  /** Why nothing is sent though there is a URL, {@code null} when that is not so. */
  String pausedFor() {
    return pausedFor;
  }

  long initialBackoff() {
    JsonObject set = stored.getJsonObject("initialBackoff");
    return set == null ? configured.getInitialBackoff() : set.getLong("value");
  }

  void initialBackoff(long millis) {
    put("initialBackoff", millis, configured.getInitialBackoff());
    changed();
  }

  /** Makes a secret the first; those before it go on signing for {@link #ROTATION}. */
  void secret(String secret, long now) {
    JsonArray value = new JsonArray().add(new JsonObject().put("secret", secret));
    for (JsonObject former : secrets(now)) {
      if (!former.getString("secret").equals(secret) && value.size() < MAX_SECRETS) {
        value.add(former.put("until", former.getLong("until", now + ROTATION)));
      }
    }
    put("secrets", value, new JsonArray(configured.getSecrets()));
    changed();
  }

  @Override
  public List<String> signing(long now) {
    return secrets(now).stream().map(set -> set.getString("secret")).toList();
  }

  @Override
  public long nextExpiry(long now) {
    return secrets(now).stream()
        .mapToLong(set -> set.getLong("until", Long.MAX_VALUE))
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private List<JsonObject> secrets(long now) {
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
}
