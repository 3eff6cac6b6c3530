package dev.auditwebhook.delivery;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.delivery.WebClients.Kind;
import dev.auditwebhook.security.GuardedResolver;
import dev.auditwebhook.security.UrlPolicy.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.impl.HttpContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Sends through Vert.x {@code WebClient}, to a vetted address, with one deadline and one cap over
 * the whole exchange.
 */
final class WebClientSender implements Sender {

  /** A host name of one label, as SNI has them: no address, no {@code _}. */
  private static final Predicate<String> SHORT_NAME =
      Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?").asMatchPredicate();

  /** A name's addresses may change for as long as its URL does not. */
  private static final int MAX_ROUTES = 64;

  /** The way to one address of an endpoint, on a connection that is kept or on a fresh one. */
  private record Route(InetAddress address, boolean fresh) {}

  private final RequestHeaders headers;
  private final Credentials credentials;
  private final GuardedResolver resolver;
  private final Deadlines deadlines;
  private final WebClients clients;

  /** What all attempts on a route copy. */
  private final Map<Route, HttpRequest<Buffer>> requests = new Recent<>(MAX_ROUTES);

  private Endpoint routedTo;

  /** To be called in {@code start()}: then a closing Vert.x drains before it closes the clients. */
  WebClientSender(
      Vertx vertx,
      WebhookOptions options,
      RequestHeaders headers,
      Credentials credentials,
      GuardedResolver resolver) {
    this.headers = headers;
    this.credentials = credentials;
    this.resolver = resolver;
    deadlines = new Deadlines(vertx, options.getAttemptTimeout());
    clients = new WebClients(vertx, options, this::intercept);
  }

  @Override
  public Future<Answer> send(Endpoint endpoint, int attempt, String messageId, byte[] body) {
    return send(endpoint, attempt, exchange(endpoint, messageId, body), false);
  }

  @Override
  public Future<Answer> sendApart(Endpoint endpoint, String messageId, byte[] body) {
    return send(endpoint, 0, exchange(endpoint, messageId, body), true);
  }

  private Exchange exchange(Endpoint endpoint, String messageId, byte[] body) {
    return new Exchange(deadlines, messageId, body, credentials.goTo(endpoint));
  }

  private Future<Answer> send(Endpoint endpoint, int attempt, Exchange exchange, boolean fresh) {
    if (clients.isProxied()) {
      post(exchange, endpoint, new Route(null, fresh));
    } else {
      resolver
          .addressFor(endpoint, attempt)
          .onComplete(
              address -> post(exchange, endpoint, new Route(address, fresh)), exchange::fail);
    }
    return exchange.answer();
  }

  private void post(Exchange exchange, Endpoint endpoint, Route route) {
    if (exchange.isDone()) {
      return;
    }
    try {
      request(endpoint, route)
          .copy()
          .as(exchange)
          .sendBuffer(Buffer.buffer(exchange.body()))
          .onComplete(
              response -> exchange.complete(),
              cause -> {
                if (exchange.sendsAgain(cause)) {
                  post(exchange, endpoint, new Route(route.address(), true));
                } else {
                  exchange.fail(cause);
                }
              });
    } catch (RuntimeException e) {
      exchange.fail(e);
    }
  }

  private HttpRequest<Buffer> request(Endpoint endpoint, Route route) {
    if (endpoint != routedTo) {
      requests.clear();
      routedTo = endpoint;
    }
    return requests.computeIfAbsent(route, to -> newRequest(endpoint, to));
  }

  private HttpRequest<Buffer> newRequest(Endpoint endpoint, Route route) {
    SocketAddress pinned =
        route.address() == null
            ? null
            : SocketAddress.inetSocketAddress(
                new InetSocketAddress(route.address(), endpoint.port()));
    boolean shortName = SHORT_NAME.test(endpoint.host());
    Kind kind = new Kind(shortName, endpoint.ssl(), credentials.goTo(endpoint), route.fresh());
    return clients
        .get(kind)
        .request(HttpMethod.POST, pinned, endpoint.port(), endpoint.host(), endpoint.target())
        .ssl(endpoint.ssl());
  }

  private void intercept(HttpContext<?> context) {
    Exchange exchange = (Exchange) context.request().bodyCodec();
    boolean proceeds =
        switch (context.phase()) {
          case SEND_REQUEST -> sends(exchange, context.clientRequest());
          case RECEIVE_RESPONSE -> exchange.receives(context.clientResponse());
          default -> true;
        };
    if (proceeds) {
      context.next();
    }
  }

  private boolean sends(Exchange exchange, HttpClientRequest request) {
    boolean sends = exchange.sends(request, Line.of(request.connection()).get());
    if (sends) {
      headers.addTo(
          request.headers(), exchange.messageId(), exchange.body(), exchange.showsCredentials());
    }
    return sends;
  }

  /** Closes all connections. */
  Future<Void> close() {
    deadlines.close();
    return clients.close();
  }
}
