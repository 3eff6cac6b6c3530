package dev.auditwebhook.security;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Replaces what looks like a secret in JSON that people are shown.
 *
 * <p>A key tells: a usual name, a usual ending, or one that was added. Case does not count, and
 * camelCase and {@code -} are read as {@code _}.
 */
public final class Redaction {

  public static final String REDACTED = "<redacted>";

  private static final Set<String> NAMES =
      Set.of(
          """
          token admin_token password passwd passphrase api_key apikey private_key signature bearer
          secret authorization cookie jwt"""
              .split("\\s+"));

  private static final List<String> ENDINGS = List.of("_token", "_password", "_secret", "_key");

  /** Between a lower-case letter and a capital, and before the last capital of a run of them. */
  private static final Pattern HUMP =
      Pattern.compile("(?<=[\\p{Ll}\\p{Nd}])(?=\\p{Lu})|(?<=\\p{Lu})(?=\\p{Lu}\\p{Ll})");

  private final Set<String> names = new HashSet<>(NAMES);

  /** Redacts the values of some more keys. */
  public Redaction(List<String> added) {
    for (String key : added) {
      names.add(normal(key));
      names.add(key.toLowerCase(Locale.ROOT));
    }
  }

  /** A copy of a JSON value in which the value of each secret's key is {@value #REDACTED}. */
  public Object redact(Object json) {
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

  /** Finds the strings and numbers that are redacted, at any depth below their key. */
  public void findSecrets(Object json, Consumer<Object> found) {
    visit(json, false, found);
  }

  private void visit(Object json, boolean secret, Consumer<Object> found) {
    if (json instanceof JsonObject object) {
      visit(object.getMap(), secret, found);
    } else if (json instanceof Map<?, ?> map) {
      map.forEach((key, value) -> visit(value, secret || isSecret(String.valueOf(key)), found));
    } else if (json instanceof JsonArray array) {
      visit(array.getList(), secret, found);
    } else if (json instanceof List<?> list) {
      list.forEach(value -> visit(value, secret, found));
    } else if (secret && (json instanceof String || json instanceof Number)) {
      found.accept(json);
    }
  }

  private boolean isSecret(String key) {
    String name = normal(key);
    return names.contains(name)
        || ENDINGS.stream().anyMatch(name::endsWith)
        || names.contains(key.toLowerCase(Locale.ROOT));
  }

  private static String normal(String key) {
    return HUMP.matcher(key).replaceAll("_").replace('-', '_').toLowerCase(Locale.ROOT);
  }
}
