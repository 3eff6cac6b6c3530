package dev.auditwebhook.security;

import dev.auditwebhook.json.StrictJson;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Options of Vert.x from configuration. Vert.x skips an unknown key and a value of a wrong type
 * silently; here they are refused.
 *
 * @param <T> the type of the options
 */
public final class VertxOptions<T> {

  /**
   * A file with keys, certificates or revocations.
   *
   * @param key the path of the key that names it
   */
  public record NamedFile(String key, String file) {}

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

  private final Set<String> setters;
  private final Predicate<String> refused;
  private final Function<JsonObject, T> reader;
  private final Function<T, JsonObject> writer;

  /** Options of a type that knows its JSON, with the keys that are refused. */
  VertxOptions(
      Class<T> type,
      Predicate<String> refused,
      Function<JsonObject, T> reader,
      Function<T, JsonObject> writer) {
    this.setters = setters(type);
    this.refused = refused;
    this.reader = reader;
    this.writer = writer;
  }

  /** Reads options; a refusal begins with the path. */
  T read(String path, JsonObject json) {
    for (String key : new TreeSet<>(json.fieldNames())) {
      if (!setters.contains(key) && !OTHER_KEYS.contains(key) && !MATERIAL.containsKey(key)) {
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
      throw new IllegalArgumentException(refusal(path, json));
    }
    checkTypes(path, json, writer.apply(options));
    return options;
  }

  /** Vert.x does not say which value it cannot take, so they are tried one by one. */
  private String refusal(String path, JsonObject json) {
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

  /** The files that options name, by all keys that end in path or paths. */
  public static List<NamedFile> files(String path, JsonObject options) {
    return named(path, options).toList();
  }

  private static Stream<NamedFile> named(String path, Object value) {
    if (value instanceof JsonObject object) {
      return object.stream().flatMap(each -> named(path + "." + each.getKey(), each.getValue()));
    }
    if (value instanceof JsonArray array) {
      return array.stream().flatMap(each -> named(path, each));
    }
    return value instanceof String file && path.matches(".*\\.(path|\\w+Paths?)")
        ? Stream.of(new NamedFile(path, file))
        : Stream.empty();
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
