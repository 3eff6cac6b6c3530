package dev.auditwebhook.security;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Replaces what looks like a secret in JSON that people are shown. */
public final class Redaction {

  /** What stands for a redacted value. */
  public static final String REDACTED = "<redacted>";

  private static final Set<String> NAMES =
      Set.of(
          "token",
          "admin_token",
          "password",
          "api_key",
          "private_key",
          "signature",
          "bearer",
          "secret",
          "authorization");

  private static final List<String> ENDINGS = List.of("_token", "_password", "_secret", "_key");

  /** Between a lower-case letter and a capital, and before the last capital of a run of them. */
  private static final Pattern HUMP =
      Pattern.compile("(?<=[\\p{Ll}\\p{Nd}])(?=\\p{Lu})|(?<=\\p{Lu})(?=\\p{Lu}\\p{Ll})");

  private Redaction() {}

  /**
   * A copy of a JSON value in which the value of each secret's key, whatever its type, is {@value
   * #REDACTED}.
   *
   * @param json a JSON value; at most about 1000 levels, as Vert.x reads them
   * @return the copy
   */
  public static Object redact(Object json) {
    if (json instanceof JsonObject object) {
      return redact(object.getMap());
    } else if (json instanceof Map<?, ?> map) {
      JsonObject copy = new JsonObject();
      map.forEach(
          (key, value) ->
              copy.put(
                  String.valueOf(key), isSecret(String.valueOf(key)) ? REDACTED : redact(value)));
      return copy;
    } else if (json instanceof JsonArray array) {
      return redact(array.getList());
    } else if (json instanceof List<?> list) {
      JsonArray copy = new JsonArray();
      list.forEach(value -> copy.add(redact(value)));
      return copy;
    }
    return json;
  }

  /** Whether a key's value is redacted; camelCase and {@code -} are read as {@code _}. */
  static boolean isSecret(String key) {
    String name = HUMP.matcher(key).replaceAll("_").replace('-', '_').toLowerCase(Locale.ROOT);
    return NAMES.contains(name)
        || ENDINGS.stream().anyMatch(name::endsWith)
        || NAMES.contains(key.toLowerCase(Locale.ROOT));
  }
}
