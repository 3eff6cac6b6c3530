package dev.auditwebhook.security;

import dev.auditwebhook.json.StrictJson;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Options of Vert.x from configuration. Vert.x skips an unknown key and a value of a wrong type
 * silently; here they are refused.
 */
final class VertxOptions {

  private static final Set<String> STORE =
      Set.of("path", "password", "value", "alias", "aliasPassword");

  /** Where keys and certificates are, with the keys of these objects. */
  private static final Map<String, Set<String>> MATERIAL =
      Map.of(
          "pemKeyCertOptions",
          Set.of(
              "keyPath",
              "keyPaths",
              "keyValue",
              "keyValues",
              "certPath",
              "certPaths",
              "certValue",
              "certValues"),
          "keyStoreOptions",
          STORE,
          "pfxKeyCertOptions",
          STORE,
          "pemTrustOptions",
          Set.of("certPaths", "certValues"),
          "trustStoreOptions",
          STORE,
          "pfxTrustOptions",
          STORE);

  /** Other keys of Vert.x's JSON that have no setter of their name. */
  private static final Set<String> OTHER_KEYS =
      Set.of(
          "crlPaths",
          "crlValues",
          "enabledCipherSuites",
          "jdkSslEngineOptions",
          "openSslEngineOptions");

  private VertxOptions() {}

  /** Reads options of a type that knows its JSON; a refusal begins with the path. */
  static <T> T read(
      String path,
      JsonObject json,
      Predicate<String> refused,
      Function<JsonObject, T> reader,
      Function<T, JsonObject> writer) {
    Set<String> known = setters(reader.apply(new JsonObject()).getClass());
    for (String key : new TreeSet<>(json.fieldNames())) {
      if (!known.contains(key) && !OTHER_KEYS.contains(key) && !MATERIAL.containsKey(key)) {
        throw new IllegalArgumentException(StrictJson.of(path, json).pathOf(key) + ": unknown key");
      }
      if (refused.test(key)) {
        throw new IllegalArgumentException(path + "." + key + ": is not allowed here");
      }
      if (MATERIAL.containsKey(key)) {
        checkMaterial(StrictJson.of(path, json).object(key), MATERIAL.get(key));
      }
    }
    T options;
    try {
      options = reader.apply(json);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(refusal(path, json, reader));
    }
    checkTypes(path, json, writer.apply(options));
    return options;
  }

  /** Vert.x does not say which value it cannot take, so they are tried one by one. */
  private static String refusal(String path, JsonObject json, Function<JsonObject, ?> reader) {
    for (String key : new TreeSet<>(json.fieldNames())) {
      try {
        reader.apply(new JsonObject().put(key, json.getValue(key)));
      } catch (ClassCastException e) {
        return path + "." + key + ": has a value of a wrong type";
      } catch (RuntimeException e) {
        boolean name = String.valueOf(e.getMessage()).startsWith("No enum constant");
        return path + "." + key + ": " + (name ? "has an unknown value" : e.getMessage());
      }
    }
    return path + ": has values that do not fit each other";
  }

  private static Set<String> setters(Class<?> options) {
    return Arrays.stream(options.getMethods())
        .map(Method::getName)
        .filter(name -> name.startsWith("set"))
        .map(name -> Character.toLowerCase(name.charAt(3)) + name.substring(4))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static void checkMaterial(StrictJson material, Set<String> known) {
    for (String key : known) {
      if (key.endsWith("s")) {
        material.strings(key, null);
      } else {
        material.string(key, null);
      }
    }
    material.end();
  }

  private static void checkTypes(String path, JsonObject given, JsonObject taken) {
    for (String key : given.fieldNames()) {
      Object value = given.getValue(key);
      boolean scalar =
          value instanceof String || value instanceof Number || value instanceof Boolean;
      if (scalar && taken.containsKey(key) && !value.toString().equals(taken.getString(key))) {
        throw new IllegalArgumentException(path + "." + key + ": has a value of a wrong type");
      }
    }
  }
}
