package dev.auditwebhook.security;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Vert.x {@link WebClientOptions} from configuration. {@code defaultHost} and {@code localAddress},
 * which would send events elsewhere, are refused, and {@code nonProxyHosts}, which would send them
 * past proxy and address guard both.
 */
public final class ClientOptions {

  /** A client that is shared with others could be neither guarded nor closed by itself. */
  private static final Set<String> REFUSED =
      Set.of("defaultHost", "localAddress", "nonProxyHosts", "shared", "name");

  private static final VertxOptions<WebClientOptions> OPTIONS =
      new VertxOptions<>(
          WebClientOptions.class,
          REFUSED::contains,
          WebClientOptions::new,
          WebClientOptions::toJson);

  private ClientOptions() {}

  /** Reads options as Vert.x documents them, redirects off; a refusal begins with the path. */
  public static WebClientOptions read(String path, JsonObject json) {
    return OPTIONS.read(path, json).setFollowRedirects(false);
  }

  /** The keys that weaken TLS, as they are set. */
  public static List<String> weaknesses(WebClientOptions options) {
    return Stream.of(
            options.isTrustAll() ? "trustAll" : "", options.isVerifyHost() ? "" : "verifyHost")
        .filter(key -> !key.isEmpty())
        .toList();
  }
}
