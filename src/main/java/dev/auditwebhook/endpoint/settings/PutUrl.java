package dev.auditwebhook.endpoint.settings;

import static dev.auditwebhook.endpoint.settings.LaterWord.CONFIGURED;
import static dev.auditwebhook.endpoint.settings.LaterWord.NOT_NAMED;
import static dev.auditwebhook.endpoint.settings.LaterWord.VALUE;

import dev.auditwebhook.security.UrlPolicy;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Objects;

/**
 * The URL that was put last, beside what goes only where it was configured for.
 *
 * @param configured the configuration of this start, empty where it does not name the endpoint
 * @param set all that was set at run time and holds
 */
record PutUrl(JsonObject configured, JsonObject set) {

  /** Where it is kept. */
  static final String KEY = "credentialsUrl";

  private static final List<String> CREDENTIALS = List.of("headers", "client", "auth");
  private static final String URL = "url";
  private static final String ALLOWED_ORIGINS = "allowedOrigins";

  private JsonObject kept() {
    return set.getJsonObject(KEY);
  }

  /** A build before kept no {@code allowedOrigins} with it: they count as unchanged. */
  void takeUp() {
    if (kept() != null && !kept().containsKey(ALLOWED_ORIGINS)) {
      kept().put(ALLOWED_ORIGINS, now(ALLOWED_ORIGINS));
    }
  }

  void put(String url) {
    set.put(
        KEY,
        new JsonObject()
            .put(VALUE, url)
            .put(CONFIGURED, credentials())
            .put(ALLOWED_ORIGINS, now(ALLOWED_ORIGINS)));
  }

  private Object now(String key) {
    return configured.getValue(key, NOT_NAMED);
  }

  /** The configured ones, with their URL. */
  private JsonObject credentials() {
    JsonObject all = new JsonObject().put(URL, now(URL));
    CREDENTIALS.forEach(each -> all.put(each, now(each)));
    return all.copy();
  }

  /**
   * The configured value takes the place of one that was put. A credential of the configuration is
   * not for the URL that was put.
   */
  void gaveWay(String key) {
    Object now = configured.getValue(key);
    boolean some = now != null && !now.equals(new JsonObject());
    if (some && kept() != null && CREDENTIALS.contains(key)) {
      kept().getJsonObject(CONFIGURED).remove(key);
    }
  }

  /** The URL that came with {@code allowedOrigins}. */
  String ofAllowedOrigins() {
    return kept() != null && Objects.equals(kept().getValue(ALLOWED_ORIGINS), now(ALLOWED_ORIGINS))
        ? kept().getString(VALUE)
        : configured.getString(URL, "");
  }

  /** As {@link Settings#credentialsUrl}. */
  String ofCredentials() {
    String named = configured.getString(URL, "");
    if (kept() == null) {
      return named;
    }
    String with = kept().getString(VALUE);
    JsonObject then = kept().getJsonObject(CONFIGURED);
    JsonObject now = credentials();
    boolean refused = !with.isEmpty() && origin(with) == null;
    if (CREDENTIALS.stream().noneMatch(set::containsKey)) {
      return then.equals(now) && !refused ? with : named;
    }
    boolean edited = !then.equals(now.put(URL, then.getValue(URL)));
    return refused || edited && !with.equals(named) ? null : with;
  }

  /** {@code null} for none, or for what may not be used at all any more. */
  static String origin(String url) {
    try {
      return UrlPolicy.vet(url, true).origin();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
