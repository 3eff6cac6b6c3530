package dev.auditwebhook.cli;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.WebhookOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.function.Function;

/** The variables that go over the configuration file. An empty one counts as not set. */
public record Environment(Map<String, String> variables) {

  static final String SECRET = "WEBHOOK_SECRET";
  static final String ADMIN_TOKEN = "WEBHOOK_ADMIN_TOKEN";
  static final String HTTP_HOST = "WEBHOOK_HTTP_HOST";
  static final String HTTP_PORT = "WEBHOOK_HTTP_PORT";
  static final String STORE_URI = "WEBHOOK_STORE_URI";
  static final String LOG_FORMAT = "WEBHOOK_LOG_FORMAT";

  public static Environment ofProcess() {
    return new Environment(System.getenv());
  }

  boolean has(String name) {
    return !variables.getOrDefault(name, "").isEmpty();
  }

  /** How log lines are written, {@code text} or {@code json}; anything else is refused. */
  String logFormat() {
    String format = has(LOG_FORMAT) ? variables.get(LOG_FORMAT) : "text";
    if (!format.equals("text") && !format.equals("json")) {
      throw new IllegalArgumentException(LOG_FORMAT + ": must be text or json");
    }
    return format;
  }

  /** A copy with these variables over it; a refusal begins with the name of a bad variable. */
  public JsonObject over(JsonObject config) {
    JsonObject result = overHttp(config);
    put(result, SECRET, "webhook", "secrets", secret -> new JsonArray().add(secret));
    putStoreUri(result);
    return result;
  }

  /** A copy with those of these variables over it that are of the HTTP API. */
  JsonObject overHttp(JsonObject config) {
    JsonObject result = config.copy();
    put(result, ADMIN_TOKEN, "http", "adminToken", token -> token);
    put(result, HTTP_HOST, "http", "host", host -> host);
    put(result, HTTP_PORT, "http", "port", Environment::number);
    return result;
  }

  private static Object number(String text) {
    try {
      return Integer.valueOf(text.strip());
    } catch (NumberFormatException e) {
      return text;
    }
  }

  private void put(
      JsonObject config, String name, String section, String key, Function<String, Object> read) {
    if (!has(name)) {
      return;
    }
    JsonObject alone = new JsonObject().put(key, read.apply(variables.get(name)));
    check(
        name,
        () -> {
          if (section.equals("webhook")) {
            new WebhookOptions(alone);
          } else {
            new HttpOptions(alone);
          }
        });
    if (!config.containsKey(section)) {
      config.put(section, alone);
    } else if (config.getValue(section) instanceof JsonObject object) {
      // Of any other type it is left alone: whoever reads the configuration refuses it by its path.
      object.mergeIn(alone);
    }
  }

  private static void check(String name, Runnable options) {
    try {
      options.run();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + " as " + e.getMessage(), e);
    }
  }

  /** Who sets it means a database to be used: without one, events would be kept elsewhere. */
  private void putStoreUri(JsonObject config) {
    if (!has(STORE_URI)) {
      return;
    }
    String uri = variables.get(STORE_URI);
    check(
        STORE_URI,
        () ->
            new StoreOptions(new JsonObject().put("type", StoreOptions.POSTGRES).put("uri", uri)));
    if (config.getValue("webhook", new JsonObject()) instanceof JsonObject webhook
        && webhook.getValue("store", new JsonObject()) instanceof JsonObject store) {
      if (!StoreOptions.POSTGRES.equals(store.getValue("type"))) {
        throw new IllegalArgumentException(
            STORE_URI + " is set: then webhook.store.type must be \"postgres\"");
      }
      store.put("uri", uri);
    }
  }
}
