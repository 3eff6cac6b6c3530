package dev.auditwebhook.delivery;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.security.ClientOptions;
import dev.auditwebhook.security.GuardedResolver;
import dev.auditwebhook.security.UrlPolicy.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.client.WebClientOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

  /** A host name of one label, as SNI has them: no address, no {@code _}. */
  private static final Predicate<String> SHORT_NAME =
      Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?").asMatchPredicate();

  /** Where requests of one endpoint go, made once for each address. */
  private record Route(
      Endpoint endpoint, InetAddress address, HttpClientAgent agent, RequestOptions request) {}

  private final Vertx vertx;
  private final RequestHeaders headers;
  private final GuardedResolver resolver;
  private final PoolOptions pool;
  private final Deadlines deadlines;
  private final boolean proxied;
  private final List<HttpClientAgent> agents = new ArrayList<>();
  private final HttpClientAgent agent;

  /** Of itself Java tells a receiver (SNI) only names with a dot; this one tells short ones too. */
  private final HttpClientAgent shortNameAgent;

  private final Set<HttpConnection> unused = new HashSet<>();
  private Route lastRoute;

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
    agent = agent(clientOptions);
    shortNameAgent = agent(new WebClientOptions(clientOptions).setForceSni(true));
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
    if (lastRoute == null || lastRoute.endpoint() != endpoint || lastRoute.address() != address) {
      RequestOptions request =
          new RequestOptions()
              .setMethod(HttpMethod.POST)
              .setHost(endpoint.host())
              .setPort(endpoint.port())
              .setSsl(endpoint.ssl())
              .setURI(endpoint.target());
      if (address != null) {
        request.setServer(
            SocketAddress.inetSocketAddress(new InetSocketAddress(address, endpoint.port())));
      }
      lastRoute =
          new Route(
              endpoint,
              address,
              SHORT_NAME.test(endpoint.host()) ? shortNameAgent : agent,
              request);
    }
    return lastRoute;
  }

  private void post(Exchange exchange, Route route) {
    if (exchange.isDone()) {
      return;
    }
    try {
      route
          .agent()
          .request(route.request())
          .onComplete(request -> send(exchange, route, request), exchange::fail);
    } catch (RuntimeException e) {
      exchange.fail(e);
    }
  }

  private void send(Exchange exchange, Route route, HttpClientRequest request) {
    boolean reused = unused.isEmpty() || !unused.remove(request.connection());
    if (!exchange.sends(request, reused)) {
      return;
    }
    headers.addTo(request.headers(), exchange.messageId(), exchange.body());
    request
        .send(Buffer.buffer(exchange.body()))
        .onComplete(
            exchange::receives,
            cause -> {
              if (exchange.sendsAgain(cause)) {
                post(exchange, route);
              } else {
                exchange.fail(cause);
              }
            });
  }

  /** Closes all connections. */
  Future<Void> close() {
    deadlines.close();
    return Future.join(agents.stream().map(HttpClientAgent::close).toList()).mapEmpty();
  }
}
