package dev.auditwebhook.wire;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.security.ClientOptions;
import dev.auditwebhook.security.UrlPolicy.Destination;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.impl.CleanableHttpClient;
import io.vertx.core.http.impl.Http1xClientConnection;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.ext.web.client.impl.HttpContext;
import io.vertx.ext.web.client.impl.WebClientInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The web clients that send, made when they are first needed, each over an {@link HttpClientAgent}
 * of its own: so connections can be guarded, and closed with the verticle.
 */
final class WebClients {

  private static final Logger log = LoggerFactory.getLogger(WebClients.class);

  /** A host name of one label, as SNI has them: no address, no {@code _}. */
  private static final Predicate<String> SHORT_NAME =
      Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?").asMatchPredicate();

  /**
   * What a client is for.
   *
   * @param shortName a host name of one label: of itself Java tells a receiver (SNI) only names
   *     with a dot
   * @param ssl whether it speaks TLS
   * @param credentials whether it may show the configured client certificate
   * @param fresh whether each request gets a connection of its own
   */
  record Kind(boolean shortName, boolean ssl, boolean credentials, boolean fresh) {

    static Kind of(Destination destination, boolean credentials, boolean fresh) {
      boolean shortName = SHORT_NAME.test(destination.host());
      return new Kind(shortName, destination.ssl(), credentials, fresh);
    }
  }

  private final Vertx vertx;
  private final WebClientOptions options;
  private final int maxInFlight;
  private final long attemptTimeout;
  private final Handler<HttpContext<?>> interceptor;
  private final Map<Kind, WebClient> clients = new HashMap<>();
  private final List<HttpClientAgent> agents = new ArrayList<>();

  /**
   * @param interceptor sees each request and response, which {@code WebClient} itself keeps hidden
   */
  WebClients(Vertx vertx, EndpointOptions configured, Handler<HttpContext<?>> interceptor) {
    this.vertx = vertx;
    this.interceptor = interceptor;
    options =
        new WebClientOptions(configured.getClient())
            .setFollowRedirects(false)
            .setUserAgentEnabled(false);
    options.setConnectTimeout(
        (int) Math.min(options.getConnectTimeout(), configured.getAttemptTimeout()));
    maxInFlight = configured.getMaxInFlight();
    attemptTimeout = configured.getAttemptTimeout();
    ClientOptions.weaknesses(options)
        .forEach(key -> log.warn("webhook.client.{}: TLS proves less of who the receiver is", key));
    if (isProxied()) {
      log.warn(
          "webhook.client.proxyOptions: the proxy resolves names, so it guards addresses, not we");
    }
  }

  /** Whether requests go to a proxy, which finds the receiver's address. */
  boolean isProxied() {
    return options.getProxyOptions() != null;
  }

  WebClient get(Kind kind) {
    return clients.computeIfAbsent(kind, this::create);
  }

  private WebClientOptions optionsFor(Kind kind) {
    WebClientOptions chosen = new WebClientOptions(options);
    if (kind.shortName()) {
      chosen.setForceSni(true);
    }
    if (!kind.credentials()) {
      chosen.setKeyCertOptions(null);
    }
    return chosen;
  }

  /** A client for something else than attempts: HTTP/1.1, and a connection a request. */
  HttpClientAgent apart(Kind kind) {
    WebClientOptions chosen = optionsFor(kind);
    chosen
        .setProtocolVersion(HttpVersion.HTTP_1_1)
        .setUseAlpn(false)
        .setKeepAlive(false)
        .setPipelining(false)
        .setDecompressionSupported(false);
    HttpClientAgent agent = vertx.httpClientBuilder().with(chosen).build();
    agents.add(agent);
    return agent;
  }

  private WebClient create(Kind kind) {
    WebClientOptions chosen = optionsFor(kind);
    if (!kind.ssl()
        && chosen.getProtocolVersion() == HttpVersion.HTTP_2
        && chosen.isHttp2ClearTextUpgrade()) {
      // A receiver that declines the upgrade would keep a connection that cannot be guarded.
      chosen.setProtocolVersion(HttpVersion.HTTP_1_1);
    }
    PoolOptions pool = new PoolOptions().setHttp1MaxSize(maxInFlight);
    if (kind.fresh()) {
      // A test does not wait for attempts.
      pool.setHttp1MaxSize(maxInFlight + 1).setHttp2MaxSize(maxInFlight + 1);
      chosen.setKeepAlive(false).setPipelining(false).setHttp2MultiplexingLimit(1);
    }
    HttpClientAgent agent =
        vertx
            .httpClientBuilder()
            .with(chosen)
            .with(pool)
            .withConnectHandler(connection -> connected(connection, kind.fresh()))
            .build();
    agents.add(agent);
    WebClient client = WebClient.wrap(agent, chosen);
    ((WebClientInternal) client).addInterceptor(interceptor);
    return client;
  }

  private void connected(HttpConnection connection, boolean fresh) {
    Line line =
        connection instanceof Http1xClientConnection http1
            ? AnswerGuard.guard(http1, options)
            : new Http2Line(connection, fresh, attemptTimeout);
    Line.of(connection).set(line);
  }

  /** Closes all connections; completed on the context of the caller. */
  Future<Void> close() {
    ContextInternal context = ((VertxInternal) vertx).getOrCreateContext();
    // The last connection may end on a thread of Netty's own.
    Promise<Void> closed = context.promise();
    Future.join(agents.stream().map(HttpClientAgent::close).toList())
        .<Void>mapEmpty()
        .onComplete(closed);
    return closed.future().onComplete(v -> agents.forEach(agent -> letGo(context, agent)));
  }

  /**
   * A context holds on to each client that was made on it, closed or not, to close it at its end.
   */
  private static void letGo(ContextInternal context, HttpClientAgent agent) {
    context.closeFuture().remove(((CleanableHttpClient) agent).delegate);
  }
}
