package dev.auditwebhook.wire;

import dev.auditwebhook.AuthOptions;
import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.json.StrictJson;
import dev.auditwebhook.security.GuardedResolver;
import dev.auditwebhook.security.UrlPolicy;
import dev.auditwebhook.security.UrlPolicy.Destination;
import dev.auditwebhook.wire.WebClients.Kind;
import dev.auditwebhook.wire.auth.AccessToken;
import dev.auditwebhook.wire.auth.TokenRoute;
import dev.auditwebhook.wire.auth.TokenSource;
import dev.auditwebhook.wire.auth.Tokens;
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
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * Sends through Vert.x {@code WebClient}, to a vetted address, with one deadline and one cap over
 * the whole exchange.
 */
public final class WebClientSender implements Sender {

  /** A name's addresses may change for as long as its URL does not. */
  private static final int MAX_ROUTES = 64;

  /**
   * What it reaches receivers with.
   *
   * @param resolver finds the addresses that connections go to
   * @param elapsed the time that has gone by since some moment, in milliseconds
   */
  public record Network(Vertx vertx, GuardedResolver resolver, LongSupplier elapsed) {}

  /** The way to one address of an endpoint, on a connection that is kept or on a fresh one. */
  private record Route(InetAddress address, boolean fresh) {}

  /** Where an attempt goes, on which of the addresses, and whether on a connection of its own. */
  private record Way(Destination destination, int attempt, boolean fresh) {}

  private final Format format;
  private final LongFunction<String> messageIds;
  private final BooleanSupplier mayBegin;
  private final StandardHeaders headers;
  private final Credentials credentials;
  private final GuardedResolver resolver;
  private final Deadlines deadlines;
  private final WebClients clients;
  private final Gzip gzip;

  /** {@code null} when there is no {@code auth}. */
  private final Tokens tokens;

  /** Whom they are asked of. */
  private final Destination tokenUrl;

  /** What all attempts on a route copy. */
  private final Map<Route, HttpRequest<Buffer>> requests = new HashMap<>();

  private Destination routedTo;

  /**
   * To be made in {@code start()}: then a closing Vert.x drains before it closes the clients.
   *
   * @param messageIds gives the message id of an event
   * @param mayBegin whether a request may go out: asked when all that comes before it is done, as
   *     the process may have been frozen meanwhile
   */
  public WebClientSender(
      Network network,
      EndpointOptions options,
      StandardHeaders headers,
      Credentials credentials,
      LongFunction<String> messageIds,
      BooleanSupplier mayBegin) {
    format =
        FormatCatalog.of(
            options.getFormat(),
            StrictJson.of("formatOptions", options.getFormatOptions()),
            options.getBatch().getMaxEvents() > 1);
    this.messageIds = messageIds;
    this.mayBegin = mayBegin;
    this.headers = headers;
    this.credentials = credentials;
    resolver = network.resolver();
    deadlines = new Deadlines(network.vertx(), options.getAttemptTimeout());
    clients = new WebClients(network.vertx(), options, this::intercept);
    boolean compresses = options.getCompression().equals(EndpointOptions.GZIP);
    gzip = compresses ? new Gzip(network.vertx()) : null;
    AuthOptions auth = options.getAuth();
    tokenUrl = auth == null ? null : UrlPolicy.vet(auth.getTokenUrl(), true);
    tokens = auth == null ? null : tokens(network, auth, options.getAttemptTimeout());
  }

  private Tokens tokens(Network network, AuthOptions auth, long timeout) {
    TokenRoute route =
        new TokenRoute(
            network.vertx(),
            tokenUrl,
            clients.apart(Kind.of(tokenUrl, credentials.goTo(tokenUrl), true)),
            number -> address(tokenUrl, number),
            timeout);
    return new Tokens(new TokenSource(auth, route), network.elapsed());
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
    Way way = new Way(destination, attempt, fresh);
    if (gzip == null) {
      authorize(exchange, way);
    } else {
      gzip.compress(body)
          .onComplete(
              compressed -> {
                exchange.compressed(compressed);
                authorize(exchange, way);
              },
              exchange::fail);
    }
    return exchange.answer();
  }

  private void authorize(Exchange exchange, Way way) {
    if (tokens != null && exchange.showsCredentials()) {
      show(tokens.get(), exchange, way);
    } else {
      post(exchange, way);
    }
  }

  private void show(Future<AccessToken> asked, Exchange exchange, Way way) {
    exchange.awaitsToken(tokenUrl.origin());
    asked.onComplete(
        token -> {
          exchange.shows(token, () -> show(tokens.insteadOf(token), exchange, way));
          post(exchange, way);
        },
        exchange::fail);
  }

  private void post(Exchange exchange, Way way) {
    address(way.destination(), way.attempt())
        .onComplete(
            address -> post(exchange, way.destination(), new Route(address, way.fresh())),
            exchange::fail);
  }

  /** A vetted address, or {@code null} where a proxy finds it. */
  private Future<InetAddress> address(Destination destination, int attempt) {
    return clients.isProxied()
        ? Future.succeededFuture()
        : resolver.addressFor(destination, attempt);
  }

  private void post(Exchange exchange, Destination destination, Route route) {
    if (exchange.isDone()) {
      return;
    }
    try {
      request(destination, route)
          .copy()
          .as(exchange)
          .sendBuffer(BufferInternal.buffer(Unpooled.wrappedBuffer(exchange.content())))
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
    return clients
        .get(Kind.of(destination, credentials.goTo(destination), route.fresh()))
        .request(
            HttpMethod.POST, pinned, destination.port(), destination.host(), destination.target())
        .ssl(destination.ssl());
  }

  private void intercept(HttpContext<?> context) {
    Exchange exchange = (Exchange) context.request().bodyCodec();
    if (context.phase() == ClientPhase.RECEIVE_RESPONSE) {
      exchange.receives(context.clientResponse());
    } else if (context.phase() != ClientPhase.SEND_REQUEST
        || exchange.sends(context.clientRequest(), headers, mayBegin)) {
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
