package dev.auditwebhook.cli;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.WebhookOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/**
 * The variables that go over the configuration file. An empty one counts as not set.
 *
 * @param variables names and values
 */
public record Environment(Map<String, String> variables) {

  static final String SECRET = "WEBHOOK_SECRET";
  static final String ADMIN_TOKEN = "WEBHOOK_ADMIN_TOKEN";
  static final String HTTP_HOST = "WEBHOOK_HTTP_HOST";
  static final String HTTP_PORT = "WEBHOOK_HTTP_PORT";

  /** Those of this process. */
  public static Environment ofProcess() {
    return new Environment(System.getenv());
  }

  boolean has(String name) {
    return !variables.getOrDefault(name, "").isEmpty();
  }

  /**
   * A configuration with these variables over it.
   *
   * @param config stays as it is
   * @throws IllegalArgumentException in one line that begins with the name of a bad variable
   */
  public JsonObject over(JsonObject config) {
    JsonObject result = config.copy();
    if (has(SECRET)) {
      put(SECRET, result, "webhook", "secrets", new JsonArray().add(variables.get(SECRET)));
    }
    if (has(ADMIN_TOKEN)) {
      put(ADMIN_TOKEN, result, "http", "adminToken", variables.get(ADMIN_TOKEN));
    }
    if (has(HTTP_HOST)) {
      put(HTTP_HOST, result, "http", "host", variables.get(HTTP_HOST));
    }
    if (has(HTTP_PORT)) {
      put(HTTP_PORT, result, "http", "port", number(HTTP_PORT));
    }
    return result;
  }

  private Object number(String name) {
    try {
      return Integer.valueOf(variables.get(name).strip());
    } catch (NumberFormatException e) {
      return variables.get(name);
    }
  }

  private static void put(
      String name, JsonObject config, String section, String key, Object value) {
    check(name, section, new JsonObject().put(key, value));
    if (!config.containsKey(section)) {
      config.put(section, new JsonObject());
    }
    // Of any other type it is left alone: whoever reads the configuration refuses it by its path.
    if (config.getValue(section) instanceof JsonObject object) {
      object.put(key, value);
    }
  }

  private static void check(String name, String section, JsonObject json) {
    try {
      if (section.equals("webhook")) {
        new WebhookOptions(json);
      } else {
        new HttpOptions(json);
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + " as " + e.getMessage(), e);
    }
  }
}
