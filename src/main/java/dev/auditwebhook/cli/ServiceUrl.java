package dev.auditwebhook.cli;

/** How a client on the same machine reaches a service. */
final class ServiceUrl {

  private ServiceUrl() {}

  /** Such as {@code http://127.0.0.1:8080}; a wildcard address stands for the loopback one. */
  static String of(String host, int port) {
    String name = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
    return "http://" + (name.contains(":") ? "[" + name + "]" : name) + ":" + port;
  }
}
