package dev.auditwebhook.wire.auth;

import dev.auditwebhook.security.ForbiddenAddressException;
import dev.auditwebhook.security.UrlPolicy.Destination;
import dev.auditwebhook.wire.format.Verdict;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.VertxWrapper;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.oauth2.OAuth2Auth;
import io.vertx.ext.auth.oauth2.OAuth2Options;
import io.vertx.ext.auth.oauth2.Oauth2Credentials;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * One request for a token. The library makes a client of its own, which could be neither led to a
 * vetted address nor kept from reading without end: it is given this one.
 */
final class TokenRequest implements HttpClientAgent {

  /** So many bytes of an answer are read. */
  private static final int READ_LIMIT = 64 * 1024;

  /** What a header can carry. */
  private static final Predicate<String> TOKEN = Pattern.compile("[!-~]+").asMatchPredicate();

  private final TokenRoute route;
  private final int number;
  private final Promise<AccessToken> token = Promise.promise();
  private HttpClientRequest request;
  private int status;
  private String retryAfter;
  private int bytesRead;
  private boolean whole;

  TokenRequest(TokenRoute route, int number) {
    this.route = route;
    this.number = number;
  }

  Future<AccessToken> send(OAuth2Options options, Oauth2Credentials credentials) {
    String late = "timeout after " + route.timeout() + " ms";
    long timer = route.vertx().setTimer(route.timeout(), id -> giveUp(late));
    Future.succeededFuture(options)
        .compose(with -> OAuth2Auth.create(new Leading(), with).authenticate(credentials))
        .map(this::read)
        .onComplete(token::tryComplete, failure -> token.tryFail(explained(failure)));
    return token.future().onComplete(ended -> route.vertx().cancelTimer(timer));
  }

  /** Vert.x, but what asks it for a client gets this one. */
  private final class Leading extends VertxWrapper {

    Leading() {
      super((VertxInternal) route.vertx());
    }

    @Override
    public HttpClientAgent createHttpClient(HttpClientOptions options) {
      return TokenRequest.this;
    }
  }

  @Override
  public Future<HttpClientRequest> request(RequestOptions asked) {
    return route.addresses().apply(number).compose(address -> request(asked, address));
  }

  private Future<HttpClientRequest> request(RequestOptions asked, InetAddress address) {
    if (token.future().isComplete()) {
      return Future.failedFuture("too late");
    }
    Destination to = route.destination();
    asked
        .setHost(to.host())
        .setPort(to.port())
        .setSsl(to.ssl())
        .setURI(to.target())
        .setFollowRedirects(false);
    if (address != null) {
      asked.setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(address, to.port())));
    }
    return route.client().request(asked).onSuccess(this::watch);
  }

  private void watch(HttpClientRequest made) {
    request = made;
    request.exceptionHandler(broken -> {}); // The response tells as well.
    if (token.future().isComplete()) {
      request.reset();
    } else {
      request.response().onSuccess(this::watch);
    }
  }

  private void watch(HttpClientResponse response) {
    status = response.statusCode();
    retryAfter = response.getHeader(HttpHeaders.RETRY_AFTER);
    response.handler(this::count).endHandler(v -> whole = true);
  }

  private void count(Buffer data) {
    bytesRead += data.length();
    if (bytesRead > READ_LIMIT) {
      giveUp("the answer is larger than " + READ_LIMIT / 1024 + " KiB");
    }
  }

  private void giveUp(String problem) {
    token.tryFail(new TokenException(route.destination().origin(), problem, false, null, null));
    if (request != null) {
      request.reset();
    }
  }

  /** What went wrong, but nothing of what the answer says. */
  private TokenException explained(Throwable failure) {
    String origin = route.destination().origin();
    boolean taken = Verdict.of(status) == Verdict.DELIVERED;
    if (status == 0 || taken && !whole) {
      boolean forbidden = failure instanceof ForbiddenAddressException;
      return new TokenException(origin, null, forbidden, null, failure);
    } else if (taken) {
      return new TokenException(origin, "the answer has no bearer token", false, null, null);
    }
    boolean refused = Verdict.of(status) != Verdict.RETRY;
    return new TokenException(origin, Integer.toString(status), refused, retryAfter, null);
  }

  private AccessToken read(User user) {
    Object value = user.principal().getValue("access_token");
    Object type = user.principal().getValue("token_type");
    boolean bearer = type == null || type.toString().equalsIgnoreCase("Bearer");
    if (!bearer || !(value instanceof String text) || !TOKEN.test(text)) {
      throw new IllegalArgumentException("no bearer token");
    }
    Long expires = user.attributes().getLong("exp");
    return new AccessToken(
        text,
        expires == null
            ? AccessToken.UNLIMITED
            : TimeUnit.SECONDS.toMillis(expires - user.attributes().getLong("iat")));
  }

  @Override
  public Future<HttpClientConnection> connect(HttpConnectOptions options) {
    return Future.failedFuture("never asked for");
  }

  @Override
  public Future<Boolean> updateSSLOptions(ClientSSLOptions options, boolean force) {
    return Future.failedFuture("never asked for");
  }

  @Override
  public Future<Void> shutdown(long timeout, TimeUnit unit) {
    return Future.succeededFuture();
  }
}
