package dev.auditwebhook.cli;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;

/** The service as the commands start it, without knowing what it is made of. */
@FunctionalInterface
public interface Service {

  /** Deploys it with the configuration of a file; gives the port of the HTTP API, 0 for none. */
  Future<Integer> deploy(Vertx vertx, JsonObject config);

  /** Such as {@code http://127.0.0.1:8080}; a wildcard address stands for the loopback one. */
  static String url(String host, int port) {
    String name = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
    return "http://" + (name.contains(":") ? "[" + name + "]" : name) + ":" + port;
  }
}
