package dev.auditwebhook.cli;

import dev.auditwebhook.HttpOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Consumer;

/** The service as the commands start it, without knowing what it is made of. */
@FunctionalInterface
public interface Service {

  /** How the URL of a service with TLS begins. */
  String TLS = "https://";

  /** Deploys it with the configuration of a file. */
  Future<Running> deploy(Vertx vertx, JsonObject config);

  /**
   * The service at work.
   *
   * @param port of the HTTP API, 0 for none
   * @param tokens takes the tokens of other options, or refuses them with an {@link
   *     IllegalArgumentException}
   */
  record Running(int port, Consumer<HttpOptions> tokens) {}

  /**
   * As the options say, such as {@code http://127.0.0.1:8080}; a wildcard address stands for the
   * loopback one, and what stands before the host as a scheme goes over them.
   */
  static String url(HttpOptions http, int port) {
    String host = http.getHost();
    for (String scheme : List.of(TLS, "http://")) {
      if (host.startsWith(scheme)) {
        return url(scheme, host.substring(scheme.length()), port);
      }
    }
    boolean tls = http.getServer().getBoolean("ssl", false);
    return url(tls ? TLS : "http://", host, port);
  }

  private static String url(String scheme, String host, int port) {
    String name = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
    return scheme + (name.contains(":") ? "[" + name + "]" : name) + ":" + port;
  }
}
