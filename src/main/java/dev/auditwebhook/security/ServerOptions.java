package dev.auditwebhook.security;

import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.OpenSSLEngineOptions;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;

/**
 * Vert.x {@link HttpServerOptions} from configuration: TLS, and what there is of the transport.
 * Everything else is refused, as it would undo what keeps hostile clients out.
 */
public final class ServerOptions {

  private static final List<String> KEYS =
      List.of("pemKeyCertOptions", "pfxKeyCertOptions", "keyStoreOptions");
  private static final List<String> TRUST =
      List.of("pemTrustOptions", "pfxTrustOptions", "trustStoreOptions");

  private static final Set<String> TLS =
      Set.of(
          "ssl",
          "useAlpn",
          "alpnVersions",
          "sni",
          "clientAuth",
          "crlPaths",
          "crlValues",
          "enabledCipherSuites",
          "enabledSecureTransportProtocols",
          "jdkSslEngineOptions",
          "openSslEngineOptions");

  private static final Set<String> TRANSPORT =
      Set.of(
          "acceptBacklog",
          "receiveBufferSize",
          "sendBufferSize",
          "tcpFastOpen",
          "tcpKeepAlive",
          "tcpNoDelay",
          "tcpQuickAck",
          "tcpUserTimeout",
          "trafficClass",
          "useProxyProtocol",
          "proxyProtocolTimeout",
          "proxyProtocolTimeoutUnit");

  /** What may leave nothing that a client can speak. */
  private static final List<String> NARROWING =
      List.of("enabledCipherSuites", "enabledSecureTransportProtocols");

  private static final int HANDSHAKE_SECONDS = 5;

  private static final VertxOptions<HttpServerOptions> OPTIONS =
      new VertxOptions<>(
          HttpServerOptions.class,
          key -> !isAllowed(key),
          HttpServerOptions::new,
          HttpServerOptions::toJson);

  private ServerOptions() {}

  /** Reads options as Vert.x documents them; a refusal begins with the path. */
  public static HttpServerOptions read(String path, JsonObject json) {
    HttpServerOptions options = OPTIONS.read(path, json);
    List<String> keys = KEYS.stream().filter(json::containsKey).toList();
    List<String> trust = TRUST.stream().filter(json::containsKey).toList();
    if (options.isSsl()) {
      require(!keys.isEmpty(), path, "ssl: needs a certificate and its key, as pemKeyCertOptions");
    } else {
      List<String> useless = keys.isEmpty() ? trust : keys;
      require(useless.isEmpty(), path, "ssl: must be true where there are " + first(useless));
    }
    require(keys.size() < 2, path, "%s: there are other keys".formatted(last(keys)));
    require(trust.size() < 2, path, "%s: there are other trust options".formatted(last(trust)));
    require(
        options.getClientAuth() == ClientAuth.NONE || !trust.isEmpty(),
        path,
        "clientAuth: needs to know whom to trust, as pemTrustOptions");
    if (options.isSsl()
        && NARROWING.stream().anyMatch(json::containsKey)
        && !(options.getSslEngineOptions() instanceof OpenSSLEngineOptions)) {
      requireUsable(path, options);
    }
    require(
        !options.isUseProxyProtocol() || knowsProxyProtocol(),
        path,
        "useProxyProtocol: needs io.netty:netty-codec-haproxy on the class path");
    // Vert.x would serve HTTP/2 unasked.
    return options
        .setUseAlpn(json.getBoolean("useAlpn", false))
        .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
        .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
  }

  /**
   * With cipher suites that Java does not know, or with nothing that it still uses, every client
   * would be refused. Protocols that it does not know are left out by Vert.x.
   */
  private static void requireUsable(String path, HttpServerOptions options) {
    Set<String> suites = options.getEnabledCipherSuites();
    Set<String> protocols = options.getEnabledSecureTransportProtocols();
    require(
        List.of(engine().getSupportedCipherSuites()).containsAll(suites),
        path,
        "enabledCipherSuites: has a name that this Java does not know");
    String nothing = ": leaves nothing that this Java uses";
    require(speaks(protocols, Set.of()), path, "enabledSecureTransportProtocols" + nothing);
    require(speaks(protocols, suites), path, "enabledCipherSuites" + nothing);
  }

  private static boolean speaks(Set<String> protocols, Set<String> suites) {
    SSLEngine engine = engine();
    engine.setUseClientMode(false);
    engine.setEnabledProtocols(
        Stream.of(engine.getSupportedProtocols())
            .filter(protocols::contains)
            .toArray(String[]::new));
    if (!suites.isEmpty()) {
      engine.setEnabledCipherSuites(suites.toArray(String[]::new));
    }
    try {
      engine.beginHandshake();
      return true;
    } catch (SSLException e) {
      return false;
    }
  }

  /** Without keys and trust: those of the JVM, which may be broken, have no part in it. */
  private static SSLEngine engine() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[0], new TrustManager[0], null);
      return context.createSSLEngine();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has TLS", e);
    }
  }

  /** The refusal of a host that is not loopback, where there is no TLS. */
  public static IllegalArgumentException notLoopback(String host) {
    return new IllegalArgumentException(
        "http.host: %s is not loopback, and without TLS tokens would be sent in the clear:"
                .formatted(host)
            + " set http.server with ssl and a certificate, or http.allowPlaintext to true");
  }

  /** Vert.x would serve without it, and take the header of a proxy for a request. */
  private static boolean knowsProxyProtocol() {
    try {
      Class.forName("io.netty.handler.codec.haproxy.HAProxyMessageDecoder");
      return true;
    } catch (ClassNotFoundException missing) {
      return false;
    }
  }

  private static boolean isAllowed(String key) {
    return TLS.contains(key)
        || TRANSPORT.contains(key)
        || KEYS.contains(key)
        || TRUST.contains(key);
  }

  private static String first(List<String> keys) {
    return keys.isEmpty() ? "" : keys.get(0);
  }

  private static String last(List<String> keys) {
    return keys.isEmpty() ? "" : keys.get(keys.size() - 1);
  }

  private static void require(boolean holds, String path, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(path + "." + rule);
    }
  }
}
