package dev.auditwebhook.wire;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.json.StrictJson;
import dev.auditwebhook.security.GuardedResolver;
import dev.auditwebhook.security.UrlPolicy.Destination;
import dev.auditwebhook.wire.WebClients.Kind;
import dev.auditwebhook.wire.format.Event;
import dev.auditwebhook.wire.format.Format;
import dev.auditwebhook.wire.format.FormatCatalog;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.impl.ClientPhase;
import io.vertx.ext.web.client.impl.HttpContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Sends through Vert.x {@code WebClient}, to a vetted address, with one deadline and one cap over
 * the whole exchange.
 */
public final class WebClientSender implements Sender {

  /** A host name of one label, as SNI has them: no address, no {@code _}. */
  private static final Predicate<String> SHORT_NAME =
      Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?").asMatchPredicate();

  /** A name's addresses may change for as long as its URL does not. */
  private static final int MAX_ROUTES = 64;

  /** The way to one address of an endpoint, on a connection that is kept or on a fresh one. */
  private record Route(InetAddress address, boolean fresh) {}

  private final Format format;
  private final LongFunction<String> messageIds;
  private final StandardHeaders headers;
  private final Credentials credentials;
  private final GuardedResolver resolver;
  private final Deadlines deadlines;
  private final WebClients clients;

  /** What all attempts on a route copy. */
  private final Map<Route, HttpRequest<Buffer>> requests = new HashMap<>();

  private Destination routedTo;

  /**
   * To be made in {@code start()}: then a closing Vert.x drains before it closes the clients.
   *
   * @param messageIds gives the message id of an event
   */
  public WebClientSender(
      Vertx vertx,
      EndpointOptions options,
      StandardHeaders headers,
      Credentials credentials,
      GuardedResolver resolver,
      LongFunction<String> messageIds) {
    format =
        FormatCatalog.of(
            options.getFormat(),
            StrictJson.of("formatOptions", options.getFormatOptions()),
            options.getBatch().getMaxEvents() > 1);
    this.messageIds = messageIds;
    this.headers = headers;
    this.credentials = credentials;
    this.resolver = resolver;
    deadlines = new Deadlines(vertx, options.getAttemptTimeout());
    clients = new WebClients(vertx, options, this::intercept);
  }

  @Override
  public Format format() {
    return format;
  }

  @Override
  public Future<Answer> send(
      Destination destination, int attempt, String messageId, List<Event> events) {
    byte[] body = format.body(events, messageIds);
    return send(destination, attempt, messageId, body, false);
  }

  @Override
  public Future<Answer> sendApart(Destination destination, String messageId, List<Event> events) {
    return send(destination, 0, messageId, format.body(events, id -> messageId), true);
  }

  private Future<Answer> send(
      Destination destination, int attempt, String messageId, byte[] body, boolean fresh) {
    Exchange exchange =
        new Exchange(deadlines, format, messageId, body, credentials.goTo(destination));
    if (clients.isProxied()) {
      post(exchange, destination, new Route(null, fresh));
    } else {
      resolver
          .addressFor(destination, attempt)
          .onComplete(
              address -> post(exchange, destination, new Route(address, fresh)), exchange::fail);
    }
    return exchange.answer();
  }

  private void post(Exchange exchange, Destination destination, Route route) {
    if (exchange.isDone()) {
      return;
    }
    try {
      request(destination, route)
          .copy()
          .as(exchange)
          .sendBuffer(BufferInternal.buffer(Unpooled.wrappedBuffer(exchange.body())))
          .onFailure(
              cause -> {
                if (exchange.sendsAgain(cause)) {
                  post(exchange, destination, new Route(route.address(), true));
                } else {
                  exchange.fail(cause);
                }
              });
    } catch (RuntimeException e) {
      exchange.fail(e);
    }
  }

  private HttpRequest<Buffer> request(Destination destination, Route route) {
    if (destination != routedTo || requests.size() > MAX_ROUTES) {
      requests.clear();
      routedTo = destination;
    }
    return requests.computeIfAbsent(route, to -> newRequest(destination, to));
  }

  private HttpRequest<Buffer> newRequest(Destination destination, Route route) {
    SocketAddress pinned =
        route.address() == null
            ? null
            : SocketAddress.inetSocketAddress(
                new InetSocketAddress(route.address(), destination.port()));
    boolean shortName = SHORT_NAME.test(destination.host());
    Kind kind =
        new Kind(shortName, destination.ssl(), credentials.goTo(destination), route.fresh());
    return clients
        .get(kind)
        .request(
            HttpMethod.POST, pinned, destination.port(), destination.host(), destination.target())
        .ssl(destination.ssl());
  }

  private void intercept(HttpContext<?> context) {
    Exchange exchange = (Exchange) context.request().bodyCodec();
    if (context.phase() == ClientPhase.RECEIVE_RESPONSE) {
      exchange.receives(context.clientResponse());
    } else if (context.phase() != ClientPhase.SEND_REQUEST
        || exchange.sends(context.clientRequest(), headers)) {
      context.next();
    }
  }

  /** Lets attempts that are under way come to their end, then closes all connections. */
  public Future<Void> retire() {
    return deadlines.allEnded().compose(v -> close());
  }

  /** Closes all connections. */
  public Future<Void> close() {
    deadlines.close();
    return clients.close();
  }
}
