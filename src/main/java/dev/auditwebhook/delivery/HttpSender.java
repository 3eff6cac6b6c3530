package dev.auditwebhook.delivery;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.security.ClientOptions;
import dev.auditwebhook.security.GuardedResolver;
import dev.auditwebhook.security.UrlPolicy.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.client.WebClientOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends through Vert.x's core HTTP client, whose requests and responses can be reset, and which
 * follows no redirect unless told to.
 */
final class HttpSender implements Sender {

  private static final Logger log = LoggerFactory.getLogger(HttpSender.class);

  /** How often idle connections are looked at, in milliseconds. */
  private static final long UPKEEP_INTERVAL = 5_000;

  /** A host name of one label, as SNI has them: no address, no {@code _}. */
  private static final Predicate<String> SHORT_NAME =
      Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?").asMatchPredicate();

  /**
   * The way to one address of an endpoint.
   *
   * @param kept its idle connections, {@code null} when Vert.x's pool keeps them
   */
  private record Route(
      HttpClientAgent agent,
      RequestOptions request,
      HttpConnectOptions connect,
      KeptConnections kept) {}

  private final Vertx vertx;
  private final RequestHeaders headers;
  private final GuardedResolver resolver;
  private final PoolOptions pool;
  private final Deadlines deadlines;
  private final boolean proxied;

  /** HTTP/2, pipelining and proxies are left to Vert.x's pool. */
  private final boolean pooled;

  private final long keepAliveNanos;
  private final long upkeepTimer;
  private final List<HttpClientAgent> agents = new ArrayList<>();
  private final HttpClientAgent agent;

  /** Of itself Java tells a receiver (SNI) only names with a dot; this one tells short ones too. */
  private final HttpClientAgent shortNameAgent;

  private final Set<HttpConnection> unused = new HashSet<>();
  private final Map<InetAddress, Route> routes = new HashMap<>();
  private Endpoint routedTo;

  /** To be called in {@code start()}: then a closing Vert.x drains before it closes the client. */
  HttpSender(
      Vertx vertx, WebhookOptions options, RequestHeaders headers, GuardedResolver resolver) {
    this.vertx = vertx;
    this.headers = headers;
    this.resolver = resolver;
    WebClientOptions clientOptions = new WebClientOptions(options.getClient());
    clientOptions.setConnectTimeout(
        (int) Math.min(clientOptions.getConnectTimeout(), options.getAttemptTimeout()));
    deadlines = new Deadlines(vertx, options.getAttemptTimeout());
    pool = new PoolOptions().setHttp1MaxSize(options.getMaxInFlight());
    ClientOptions.weaknesses(clientOptions)
        .forEach(key -> log.warn("webhook.client.{}: TLS proves less of who the receiver is", key));
    proxied = clientOptions.getProxyOptions() != null;
    if (proxied) {
      log.warn(
          "webhook.client.proxyOptions: the proxy resolves names, so it guards addresses, not we");
    }
    pooled =
        proxied
            || clientOptions.isPipelining()
            || clientOptions.isUseAlpn()
            || clientOptions.getProtocolVersion() != HttpVersion.HTTP_1_1
            || !clientOptions.isKeepAlive();
    keepAliveNanos = TimeUnit.SECONDS.toNanos(keepAliveSeconds(clientOptions));
    upkeepTimer = vertx.setPeriodic(UPKEEP_INTERVAL, id -> expire());
    agent = agent(clientOptions);
    shortNameAgent = agent(new WebClientOptions(clientOptions).setForceSni(true));
  }

  /** For Vert.x 0 is for ever. */
  private static long keepAliveSeconds(WebClientOptions options) {
    int seconds = options.getKeepAliveTimeout();
    return seconds == 0 ? TimeUnit.DAYS.toSeconds(10_000) : seconds;
  }

  private HttpClientAgent agent(WebClientOptions options) {
    HttpClientAgent built =
        vertx
            .httpClientBuilder()
            .with(options)
            .with(pool)
            .withConnectHandler(
                connection -> {
                  unused.add(connection);
                  connection.closeHandler(closed -> unused.remove(connection));
                })
            .build();
    agents.add(built);
    return built;
  }

  @Override
  public Future<Answer> send(Endpoint endpoint, int attempt, String messageId, byte[] body) {
    Exchange exchange = new Exchange(deadlines, messageId, body);
    if (proxied) {
      post(exchange, route(endpoint, null));
    } else {
      resolver
          .addressFor(endpoint, attempt)
          .onComplete(address -> post(exchange, route(endpoint, address)), exchange::fail);
    }
    return exchange.answer();
  }

  private Route route(Endpoint endpoint, InetAddress address) {
    if (endpoint != routedTo) {
      closeRoutes();
      routedTo = endpoint;
    }
    Route known = routes.get(address);
    if (known == null) {
      known = newRoute(endpoint, address);
      routes.put(address, known);
    }
    return known;
  }

  private Route newRoute(Endpoint endpoint, InetAddress address) {
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost(endpoint.host())
            .setPort(endpoint.port())
            .setSsl(endpoint.ssl())
            .setURI(endpoint.target());
    HttpConnectOptions connect =
        new HttpConnectOptions()
            .setHost(endpoint.host())
            .setPort(endpoint.port())
            .setSsl(endpoint.ssl());
    if (address != null) {
      SocketAddress pinned =
          SocketAddress.inetSocketAddress(new InetSocketAddress(address, endpoint.port()));
      request.setServer(pinned);
      connect.setServer(pinned);
    }
    return new Route(
        SHORT_NAME.test(endpoint.host()) ? shortNameAgent : agent,
        request,
        connect,
        pooled ? null : new KeptConnections(keepAliveNanos));
  }

  private void post(Exchange exchange, Route route) {
    if (exchange.isDone()) {
      return;
    }
    HttpClientConnection kept = pooled ? null : route.kept().poll();
    try {
      if (kept != null) {
        kept.request(route.request())
            .onComplete(
                request -> send(exchange, route, request, true, kept),
                closed -> post(exchange, route));
      } else if (pooled) {
        route
            .agent()
            .request(route.request())
            .onComplete(
                request ->
                    send(exchange, route, request, !unused.remove(request.connection()), null),
                exchange::fail);
      } else {
        route
            .agent()
            .connect(route.connect())
            .onComplete(connection -> connected(exchange, route, connection), exchange::fail);
      }
    } catch (RuntimeException e) {
      exchange.fail(e);
    }
  }

  private void connected(Exchange exchange, Route route, HttpClientConnection connection) {
    connection.closeHandler(closed -> route.kept().remove(connection));
    if (exchange.isDone()) {
      route.kept().add(connection);
    } else {
      connection
          .request(route.request())
          .onComplete(request -> send(exchange, route, request, false, connection), exchange::fail);
    }
  }

  /**
   * @param reused whether the connection has carried a request before
   * @param connection to be kept after a whole answer, {@code null} when the pool does that
   */
  private void send(
      Exchange exchange,
      Route route,
      HttpClientRequest request,
      boolean reused,
      HttpClientConnection connection) {
    if (!exchange.sends(request, reused)) {
      return;
    }
    headers.addTo(request.headers(), exchange.messageId(), exchange.body());
    request
        .send(Buffer.buffer(exchange.body()))
        .onComplete(
            response -> {
              boolean keeps = connection != null && KeptConnections.persistsAfter(response);
              exchange.receives(response, keeps ? () -> route.kept().add(connection) : null);
            },
            cause -> {
              if (exchange.sendsAgain(cause)) {
                post(exchange, route);
              } else {
                exchange.fail(cause);
              }
            });
  }

  private void expire() {
    if (!pooled) {
      routes.values().forEach(route -> route.kept().expire());
    }
  }

  private void closeRoutes() {
    if (!pooled) {
      routes.values().forEach(route -> route.kept().close());
    }
    routes.clear();
  }

  /** Closes all connections. */
  Future<Void> close() {
    vertx.cancelTimer(upkeepTimer);
    deadlines.close();
    return Future.join(agents.stream().map(HttpClientAgent::close).toList()).mapEmpty();
  }
}
