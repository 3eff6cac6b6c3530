package dev.auditwebhook.endpoint.settings;

import static dev.auditwebhook.endpoint.settings.LaterWord.NOT_NAMED;
import static dev.auditwebhook.endpoint.settings.LaterWord.SET;
import static dev.auditwebhook.endpoint.settings.LaterWord.VALUE;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.security.UrlPolicy;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The values of options that were set at run time, each with the configured one that it replaced,
 * and what is in force of both.
 */
final class RuntimeValues {

  /** Kept apart from the options: each secret with the time when it ends. */
  static final String SECRETS = "secrets";

  private static final String URL = "url";
  private static final String ALLOWED_ORIGINS = "allowedOrigins";
  private static final String REQUIRE_HTTPS = "requireHttps";

  /**
   * Options that may not be valid beside one that was edited since, the first to go first. What
   * narrows where events go is the last, and goes only where a configured URL needs it.
   */
  private static final List<List<String>> GIVE_WAY =
      List.of(
          List.of("format", "formatOptions", "batch"),
          List.of("auth"),
          List.of("headers"),
          List.of("signatureHeader"),
          List.of(REQUIRE_HTTPS));

  private final String path;
  private final JsonObject configured;
  private final JsonObject stored;

  /**
   * Those that hold: a value whose configured one was edited since is the former word.
   *
   * @param path how messages name the options
   * @param configured the configuration of this start, {@code null} where it does not name it
   * @param stored where they are kept
   */
  RuntimeValues(String path, EndpointOptions configured, JsonObject stored) {
    this.path = path;
    this.configured = configured == null ? new JsonObject() : plain(configured.toJson());
    this.stored = stored;
    JsonObject set = set();
    for (String key : List.copyOf(set.fieldNames())) {
      if (!key.equals(PutUrl.KEY) && !LaterWord.holds(set.getJsonObject(key), configured(key))) {
        set.remove(key);
      }
    }
    putUrl().takeUp();
  }

  /** A round through JSON makes values comparable with what the store gives back. */
  static JsonObject plain(JsonObject json) {
    return new JsonObject(json.encode());
  }

  private JsonObject set() {
    if (!stored.containsKey(SET)) {
      stored.put(SET, new JsonObject());
    }
    return stored.getJsonObject(SET);
  }

  /** The value that was set, {@code null} for none. */
  Object of(String key) {
    JsonObject entry = set().getJsonObject(key);
    return entry == null ? null : entry.getValue(VALUE);
  }

  void put(String key, Object value) {
    set()
        .put(
            key,
            plain(new JsonObject().put(VALUE, value)).put(LaterWord.CONFIGURED, configured(key)));
  }

  /** Puts all options, of which those are kept that are configured otherwise. */
  void put(EndpointOptions replacement) {
    for (Map.Entry<String, Object> option : plain(replacement.toJson())) {
      if (configured.containsKey(option.getKey())
          && Objects.equals(configured.getValue(option.getKey()), option.getValue())) {
        set().remove(option.getKey());
      } else {
        put(option.getKey(), option.getValue());
      }
    }
    putUrl().put(replacement.getUrl());
  }

  /** What the configuration says of what was set. */
  private Object configured(String key) {
    return configured.getValue(key, NOT_NAMED);
  }

  private PutUrl putUrl() {
    return new PutUrl(configured, set());
  }

  EndpointOptions inForce() {
    JsonObject all = configured.copy();
    for (Map.Entry<String, Object> each : set()) {
      if (!each.getKey().equals(SECRETS) && !each.getKey().equals(PutUrl.KEY)) {
        all.put(each.getKey(), ((JsonObject) each.getValue()).getValue(VALUE));
      }
    }
    return new EndpointOptions(path, all, true);
  }

  private Object inForce(String key) {
    Object value = of(key);
    return value == null ? configured.getValue(key) : value;
  }

  /**
   * What was set may not be valid beside what was edited since, which is the later word.
   *
   * @param warnings is told what gives way
   * @throws IllegalArgumentException in one line when what was set is not valid by itself any more
   */
  EndpointOptions inForceAtStart(Consumer<String> warnings) {
    letUrlGiveWay(warnings);
    if (!isValid()) {
      letOthersGiveWay(warnings);
    }
    try {
      return inForce();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          e.getMessage()
              + "; it was set at run time: configure another, and it takes the place of that one",
          e);
    }
  }

  private void letUrlGiveWay(Consumer<String> warnings) {
    if (!(of(URL) instanceof String url) || url.isEmpty()) {
      return;
    }
    try {
      checkUrl(url);
    } catch (IllegalArgumentException e) {
      set().remove(URL);
      String now = PutUrl.origin(configured.getString(URL, ""));
      warnings.accept(
          "the URL that was set at run time is refused: "
              + e.getMessage()
              + "; "
              + (now == null ? "none" : now)
              + " takes its place");
    }
  }

  private void letOthersGiveWay(Consumer<String> warnings) {
    JsonObject all = set().copy();
    Deque<List<String>> gone = new ArrayDeque<>();
    for (List<String> group : GIVE_WAY) {
      if (!isValid()) {
        group.forEach(set()::remove);
        gone.push(group);
      }
    }
    if (!isValid()) {
      stored.put(SET, all);
      return;
    }
    for (List<String> group : gone) {
      group.stream().filter(all::containsKey).forEach(key -> set().put(key, all.getValue(key)));
      if (!isValid()) {
        group.forEach(set()::remove);
      }
    }
    List<String> keys = all.fieldNames().stream().filter(key -> !set().containsKey(key)).toList();
    if (!keys.isEmpty()) {
      keys.forEach(putUrl()::gaveWay);
      warnings.accept(
          "what was set at run time is not valid beside what is configured by now, which takes its"
              + " place: "
              + String.join(", ", keys));
    }
  }

  private boolean isValid() {
    try {
      inForce();
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** As {@link Settings#checkUrl}. */
  void checkUrl(String url) {
    String origin = UrlPolicy.vet(url, true).origin();
    if (Boolean.TRUE.equals(inForce(REQUIRE_HTTPS)) && !origin.startsWith("https:")) {
      throw new IllegalArgumentException(EndpointOptions.HTTPS_ONLY);
    }
    if (inForce(ALLOWED_ORIGINS) instanceof JsonArray allowed
        && !allowed.isEmpty()
        && !origin.equals(PutUrl.origin(putUrl().ofAllowedOrigins()))
        && allowed.stream().noneMatch(each -> origin.equals(PutUrl.origin((String) each)))) {
      throw new IllegalArgumentException(origin + " is not an origin of allowedOrigins");
    }
  }

  /** As {@link Settings#credentialsUrl}. */
  String credentialsUrl() {
    return putUrl().ofCredentials();
  }
}
