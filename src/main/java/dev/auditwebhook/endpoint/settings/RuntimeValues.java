package dev.auditwebhook.endpoint.settings;

import static dev.auditwebhook.endpoint.settings.LaterWord.NOT_NAMED;
import static dev.auditwebhook.endpoint.settings.LaterWord.SET;
import static dev.auditwebhook.endpoint.settings.LaterWord.VALUE;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.security.UrlPolicy;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The values of options that were set at run time, each with the configured one that it replaced,
 * and what is in force of both.
 */
final class RuntimeValues {

  private static final Logger log = LoggerFactory.getLogger(RuntimeValues.class);

  /** Kept apart from the options: each secret with the time when it ends. */
  static final String SECRETS = "secrets";

  /** The URL that was put last, beside what goes only where it was configured for. */
  private static final String CREDENTIALS_URL = "credentialsUrl";

  private static final List<String> CREDENTIALS = List.of("headers", "client", "auth");

  private static final String URL = "url";
  private static final String ALLOWED_ORIGINS = "allowedOrigins";
  private static final String REQUIRE_HTTPS = "requireHttps";

  /** Options of which one may not be valid with another one; none goes where all are. */
  private static final List<List<String>> GIVE_WAY =
      List.of(
          List.of(),
          List.of("format", "formatOptions", "batch"),
          List.of("auth", "headers", "signatureHeader", REQUIRE_HTTPS, CREDENTIALS_URL));

  private final JsonObject configured;
  private final JsonObject stored;

  /**
   * Those that hold: a value whose configured one was edited since is the former word.
   *
   * @param configured the configuration of this start, {@code null} where it does not name it
   * @param stored where they are kept
   */
  RuntimeValues(EndpointOptions configured, JsonObject stored) {
    this.configured = configured == null ? new JsonObject() : plain(configured.toJson());
    this.stored = stored;
    JsonObject set = set();
    for (String key : List.copyOf(set.fieldNames())) {
      if (!key.equals(CREDENTIALS_URL)
          && !LaterWord.holds(set.getJsonObject(key), configured(key))) {
        set.remove(key);
      }
    }
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
    put(CREDENTIALS_URL, replacement.getUrl());
    set().getJsonObject(CREDENTIALS_URL).put(ALLOWED_ORIGINS, configured(ALLOWED_ORIGINS));
  }

  /** What the configuration says of what was set. */
  private Object configured(String key) {
    if (!key.equals(CREDENTIALS_URL)) {
      return configured.getValue(key, NOT_NAMED);
    }
    JsonObject with = new JsonObject().put(URL, configured.getValue(URL, NOT_NAMED));
    CREDENTIALS.forEach(each -> with.put(each, configured.getValue(each, NOT_NAMED)));
    return with;
  }

  EndpointOptions inForce() {
    JsonObject all = configured.copy();
    for (Map.Entry<String, Object> each : set()) {
      if (!each.getKey().equals(SECRETS) && !each.getKey().equals(CREDENTIALS_URL)) {
        all.put(each.getKey(), ((JsonObject) each.getValue()).getValue(VALUE));
      }
    }
    return new EndpointOptions(all);
  }

  /** What was set may not be valid with what was edited since, which is the later word. */
  EndpointOptions inForceAtStart() {
    Object url = of(URL);
    if (Boolean.TRUE.equals(inForce(REQUIRE_HTTPS)) && isPlain((String) inForce(URL))) {
      set().remove(url == null ? REQUIRE_HTTPS : URL);
    }
    EndpointOptions options = valid();
    if (of(URL) != null && !mayGoTo(options.getUrl(), options)) {
      set().remove(URL);
      options = valid();
    }
    if (url != null && of(URL) == null) {
      log.warn(
          "The URL that was set at run time, {}, is not allowed by the configuration any more: {}"
              + " takes its place",
          origin((String) url),
          options.getUrl().isEmpty() ? "none" : origin(options.getUrl()));
    }
    return options;
  }

  private Object inForce(String key) {
    Object value = of(key);
    return value == null ? configured.getValue(key) : value;
  }

  private static boolean isPlain(String url) {
    return url != null && url.regionMatches(true, 0, "http:", 0, 5);
  }

  private EndpointOptions valid() {
    JsonObject all = set().copy();
    for (List<String> group : GIVE_WAY) {
      group.forEach(set()::remove);
      try {
        return inForce();
      } catch (IllegalArgumentException e) {
        stored.put(SET, all.copy());
      }
    }
    GIVE_WAY.forEach(group -> group.forEach(set()::remove));
    return inForce();
  }

  /**
   * Whether a URL may be set, as far as {@code allowedOrigins} go: the origin of the URL that came
   * with them is one of them.
   */
  boolean mayGoTo(String url, EndpointOptions options) {
    List<String> allowed = options.getAllowedOrigins();
    String origin = url.isEmpty() ? null : origin(url);
    return origin == null
        || allowed.isEmpty()
        || origin.equals(origin(urlOfAllowedOrigins()))
        || allowed.stream().anyMatch(each -> origin.equals(origin(each)));
  }

  private String urlOfAllowedOrigins() {
    JsonObject put = set().getJsonObject(CREDENTIALS_URL);
    return put != null && Objects.equals(put.getValue(ALLOWED_ORIGINS), configured(ALLOWED_ORIGINS))
        ? put.getString(VALUE)
        : configured.getString(URL, "");
  }

  /** {@code null} for none, or for what may not be used at all any more. */
  private static String origin(String url) {
    try {
      return UrlPolicy.vet(url, true).origin();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** As {@link Settings#credentialsUrl}. */
  String credentialsUrl() {
    String named = configured.getString(URL, "");
    JsonObject put = set().getJsonObject(CREDENTIALS_URL);
    if (put == null) {
      return named;
    }
    String with = put.getString(VALUE);
    JsonObject then = put.getJsonObject(LaterWord.CONFIGURED);
    JsonObject now = (JsonObject) configured(CREDENTIALS_URL);
    if (CREDENTIALS.stream().noneMatch(set()::containsKey)) {
      return then.equals(now) ? with : named;
    }
    boolean edited = !then.equals(now.put(URL, then.getValue(URL)));
    return edited && !with.equals(named) ? null : with;
  }
}
