package dev.auditwebhook.security;

import dev.auditwebhook.json.StrictJson;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.WebClientOptions;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Vert.x {@link WebClientOptions} from configuration. Vert.x skips an unknown key silently; here it
 * is refused. So are {@code defaultHost} and {@code localAddress}, which would send events
 * elsewhere, and {@code nonProxyHosts}, which would send them past proxy and address guard both.
 */
public final class ClientOptions {

  /** A client that is shared with others could be neither guarded nor closed by itself. */
  private static final Set<String> REFUSED =
      Set.of("defaultHost", "localAddress", "nonProxyHosts", "shared", "name");

  /** Keys of Vert.x's JSON that have no setter of their name. */
  private static final Set<String> OTHER_KEYS =
      Set.of(
          """
          crlPaths crlValues enabledCipherSuites pemKeyCertOptions keyStoreOptions
          pfxKeyCertOptions pemTrustOptions trustStoreOptions pfxTrustOptions
          jdkSslEngineOptions openSslEngineOptions"""
              .split("\\s+"));

  private static final Set<String> SETTERS =
      Arrays.stream(WebClientOptions.class.getMethods())
          .map(Method::getName)
          .filter(name -> name.startsWith("set"))
          .map(name -> Character.toLowerCase(name.charAt(3)) + name.substring(4))
          .collect(Collectors.toUnmodifiableSet());

  private ClientOptions() {}

  /** Reads options as Vert.x documents them, redirects off; a refusal begins with the path. */
  public static WebClientOptions read(String path, JsonObject json) {
    for (String key : new TreeSet<>(json.fieldNames())) {
      if (REFUSED.contains(key)) {
        throw new IllegalArgumentException(path + "." + key + ": is not allowed here");
      }
      if (!SETTERS.contains(key) && !OTHER_KEYS.contains(key)) {
        throw new IllegalArgumentException(StrictJson.of(path, json).pathOf(key) + ": unknown key");
      }
    }
    WebClientOptions options;
    try {
      options = new WebClientOptions(json);
    } catch (ClassCastException e) {
      throw new IllegalArgumentException(path + ": has a value of a wrong type");
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(path + ": " + e.getMessage());
    }
    checkTypes(path, json, options.toJson());
    return options.setFollowRedirects(false);
  }

  /** Vert.x skips a value of a wrong type silently: then the default comes back instead. */
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

  /** The keys that weaken TLS, as they are set. */
  public static List<String> weaknesses(WebClientOptions options) {
    return Stream.of(
            options.isTrustAll() ? "trustAll" : "", options.isVerifyHost() ? "" : "verifyHost")
        .filter(key -> !key.isEmpty())
        .toList();
  }
}
