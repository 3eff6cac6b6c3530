package dev.auditwebhook.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.WebhookOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/**
 * The variables that go over the configuration file. An empty one counts as not set. Each has a
 * second form, with {@code _FILE}, that names a file with the value in it; a line break at its end
 * is none of the value.
 */
public record Environment(Map<String, String> variables) {

  static final String SECRET = "WEBHOOK_SECRET";
  static final String ADMIN_TOKEN = "WEBHOOK_ADMIN_TOKEN";
  static final String INGEST_TOKEN = "WEBHOOK_INGEST_TOKEN";
  static final String HTTP_HOST = "WEBHOOK_HTTP_HOST";
  static final String HTTP_PORT = "WEBHOOK_HTTP_PORT";
  static final String STORE_URI = "WEBHOOK_STORE_URI";
  static final String LOG_FORMAT = "WEBHOOK_LOG_FORMAT";

  private static final String FILE = "_FILE";

  /** The longest value that a file may have, in bytes. */
  private static final int MAX_BYTES = 65_536;

  public static Environment ofProcess() {
    return new Environment(System.getenv());
  }

  boolean has(String name) {
    return isSet(name) || isSet(name + FILE);
  }

  private boolean isSet(String name) {
    return !variables.getOrDefault(name, "").isEmpty();
  }

  /** How log lines are written, {@code text} or {@code json}; anything else is refused. */
  String logFormat() {
    String format = isSet(LOG_FORMAT) ? variables.get(LOG_FORMAT) : "text";
    if (!format.equals("text") && !format.equals("json")) {
      throw new IllegalArgumentException(LOG_FORMAT + ": must be text or json");
    }
    return format;
  }

  /** The value of a variable that is there. */
  private String value(String name) {
    if (!isSet(name + FILE)) {
      return variables.get(name);
    }
    if (isSet(name)) {
      throw new IllegalArgumentException(
          "%s and %s%s are both set: one of them has to go".formatted(name, name, FILE));
    }
    return contentOf(name + FILE);
  }

  private String contentOf(String name) {
    Path file = Path.of(variables.get(name));
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      // It is read again and again, which a pipe would not stand.
      throw new IllegalArgumentException(shown(name) + ": is not a regular file");
    }
    String why;
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      String content = new String(bytes, UTF_8).replaceFirst("\\r?\\n\\z", "");
      if (bytes.length <= MAX_BYTES && !content.isEmpty()) {
        return content;
      }
      why = content.isEmpty() ? "is empty" : "has more than " + MAX_BYTES + " bytes";
    } catch (NoSuchFileException e) {
      why = "no such file";
    } catch (AccessDeniedException e) {
      why = "permission denied";
    } catch (IOException e) {
      why = "cannot be read";
    }
    throw new IllegalArgumentException(shown(name) + ": " + why);
  }

  /** How a refusal names a variable, and the file that it names. */
  private String shown(String name) {
    return isSet(name + FILE) ? shown(name + FILE) : name + fileOf(name);
  }

  private String fileOf(String name) {
    return name.endsWith(FILE) ? " (" + Terminal.plain(variables.get(name)) + ")" : "";
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
    put(result, INGEST_TOKEN, "http", "ingestToken", token -> token);
    return overAddress(result);
  }

  /** A copy with those of these variables over it that say where the HTTP API listens. */
  JsonObject overAddress(JsonObject config) {
    JsonObject result = config.copy();
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
    JsonObject alone = new JsonObject().put(key, read.apply(value(name)));
    check(
        shown(name),
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
    String uri = value(STORE_URI);
    check(
        shown(STORE_URI),
        () ->
            new StoreOptions(new JsonObject().put("type", StoreOptions.POSTGRES).put("uri", uri)));
    if (config.getValue("webhook", new JsonObject()) instanceof JsonObject webhook
        && webhook.getValue("store", new JsonObject()) instanceof JsonObject store) {
      if (!StoreOptions.POSTGRES.equals(store.getValue("type"))) {
        throw new IllegalArgumentException(
            shown(STORE_URI) + " is set: then webhook.store.type must be \"postgres\"");
      }
      store.put("uri", uri);
    }
  }
}
