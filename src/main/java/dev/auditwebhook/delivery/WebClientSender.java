package dev.auditwebhook.delivery;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.security.ClientOptions;
import dev.auditwebhook.security.GuardedResolver;
import dev.auditwebhook.security.UrlPolicy.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.ext.web.client.impl.HttpContext;
import io.vertx.ext.web.client.impl.HttpRequestImpl;
import io.vertx.ext.web.client.impl.WebClientInternal;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends through Vert.x {@link WebClient}, with one deadline and one cap over the whole exchange.
 */
final class WebClientSender implements Sender {

  private static final Logger log = LoggerFactory.getLogger(WebClientSender.class);

  /** A host name of one label, as SNI has them: no address, no {@code _}. */
  private static final Predicate<String> SHORT_NAME =
      Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?").asMatchPredicate();

  private final Vertx vertx;
  private final long attemptTimeout;
  private final PoolOptions pool;
  private final List<HttpClientAgent> agents = new ArrayList<>();
  private final WebClient client;

  /** Of itself Java tells a receiver (SNI) only names with a dot; this one tells short ones too. */
  private final WebClient shortNameClient;

  private final GuardedResolver resolver;
  private final boolean proxied;
  private final Set<HttpConnection> used = Collections.newSetFromMap(new WeakHashMap<>());

  /** To be called in {@code start()}: then a closing Vert.x drains before it closes the client. */
  WebClientSender(Vertx vertx, WebhookOptions options, GuardedResolver resolver) {
    this.vertx = vertx;
    this.resolver = resolver;
    this.attemptTimeout = options.getAttemptTimeout();
    WebClientOptions clientOptions =
        new WebClientOptions(options.getClient())
            .setFollowRedirects(false)
            .setUserAgentEnabled(true);
    clientOptions.setUserAgent("vertx-audit-webhook");
    clientOptions.setConnectTimeout(
        (int) Math.min(clientOptions.getConnectTimeout(), attemptTimeout));
    pool = new PoolOptions().setHttp1MaxSize(options.getMaxInFlight());
    ClientOptions.weaknesses(clientOptions)
        .forEach(key -> log.warn("webhook.client.{}: TLS proves less of who the receiver is", key));
    proxied = clientOptions.getProxyOptions() != null;
    if (proxied) {
      log.warn(
          "webhook.client.proxyOptions: the proxy resolves names, so it guards addresses, not we");
    }
    client = client(clientOptions);
    shortNameClient = client(new WebClientOptions(clientOptions).setForceSni(true));
  }

  private WebClient client(WebClientOptions options) {
    HttpClientAgent agent = vertx.httpClientBuilder().with(options).with(pool).build();
    agents.add(agent);
    WebClient wrapped = WebClient.wrap(agent, options);
    ((WebClientInternal) wrapped).addInterceptor(this::intercept);
    return wrapped;
  }

  @Override
  public Future<Answer> send(Endpoint endpoint, int attempt, MultiMap headers, Buffer body) {
    Exchange exchange = new Exchange(vertx, attemptTimeout);
    if (proxied) {
      post(exchange, endpoint, null, headers, body);
    } else {
      resolver
          .addressFor(endpoint, attempt)
          .onComplete(
              address ->
                  post(
                      exchange,
                      endpoint,
                      SocketAddress.inetSocketAddress(
                          new InetSocketAddress(address, endpoint.port())),
                      headers,
                      body),
              exchange::fail);
    }
    return exchange.answer();
  }

  private void post(
      Exchange exchange, Endpoint endpoint, SocketAddress pinned, MultiMap headers, Buffer body) {
    if (exchange.isDone()) {
      return;
    }
    try {
      (SHORT_NAME.test(endpoint.host()) ? shortNameClient : client)
          .request(HttpMethod.POST, pinned, endpoint.port(), endpoint.host(), endpoint.target())
          .ssl(endpoint.ssl())
          .putHeaders(headers)
          .as(exchange)
          .sendBuffer(body)
          .onComplete(
              response -> exchange.complete(),
              cause -> {
                if (exchange.sendsAgain(cause)) {
                  post(exchange, endpoint, pinned, headers, body);
                } else {
                  exchange.fail(cause);
                }
              });
    } catch (RuntimeException e) {
      exchange.fail(e);
    }
  }

  /** Shows each exchange its request and response, which {@code WebClient} itself keeps hidden. */
  private void intercept(HttpContext<?> context) {
    Exchange exchange = (Exchange) ((HttpRequestImpl<?>) context.request()).bodyCodec();
    boolean proceed =
        switch (context.phase()) {
          case SEND_REQUEST ->
              exchange.sends(
                  context.clientRequest(), !used.add(context.clientRequest().connection()));
          case RECEIVE_RESPONSE -> exchange.receives(context.clientResponse());
          default -> true;
        };
    if (proceed) {
      context.next();
    }
  }

  /** Closes all connections. */
  Future<Void> close() {
    return Future.join(agents.stream().map(HttpClientAgent::close).toList()).mapEmpty();
  }
}
