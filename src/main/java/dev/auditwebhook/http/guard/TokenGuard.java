package dev.auditwebhook.http.guard;

import dev.auditwebhook.security.access.BearerToken;
import dev.auditwebhook.security.access.Keyring;
import dev.auditwebhook.security.access.Principal;
import dev.auditwebhook.security.access.Role;
import dev.auditwebhook.security.access.UnauthorizedThrottle;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** Checks bearer tokens and what they are good for, before anything of the body is read. */
public final class TokenGuard {

  private final Vertx vertx;
  private final UnauthorizedThrottle throttle;
  private final LongConsumer unauthorized;
  private final LongConsumer forbidden;
  private volatile Keyring keyring;

  /**
   * @param unauthorized adds to the total of answers with 401
   * @param forbidden adds to the total of answers with 403
   */
  public TokenGuard(
      Vertx vertx,
      Keyring keyring,
      UnauthorizedThrottle throttle,
      LongConsumer unauthorized,
      LongConsumer forbidden) {
    this.vertx = vertx;
    this.keyring = keyring;
    this.throttle = throttle;
    this.unauthorized = unauthorized;
    this.forbidden = forbidden;
  }

  /** Takes other tokens from now on. */
  public void replace(Keyring keyring) {
    this.keyring = keyring;
  }

  /** Lets whoever has a valid token pass, and remembers who that is. */
  public void authenticate(RoutingContext ctx) {
    String presented = presented(ctx.request());
    Optional<Principal> holder = keyring.holderOf(presented);
    if (holder.isPresent()) {
      Caller.put(ctx, holder.get());
      ctx.next();
    } else {
      unauthorized.accept(1);
      refuse(ctx, invalid(presented == null ? "a bearer token is needed" : "not a valid token"));
    }
  }

  /** What arrives of a body meanwhile is thrown away. */
  private void refuse(RoutingContext ctx, Problem problem) {
    String peer = PeerAddress.of(ctx.request().remoteAddress());
    long delay = throttle.hold(peer);
    if (delay > 0) {
      vertx.setTimer(
          delay,
          id -> {
            throttle.release(peer);
            ctx.fail(problem);
          });
      return;
    }
    // A connection of HTTP/2 may be a proxy's, which has the requests of others on it too.
    if (delay == UnauthorizedThrottle.TOO_MANY && ctx.request().version() != HttpVersion.HTTP_2) {
      ctx.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      ctx.request().connection().shutdown(1, TimeUnit.SECONDS);
    }
    ctx.fail(problem);
  }

  /** A handler that lets those pass of the authenticated whose role may use a route. */
  public Handler<RoutingContext> atLeast(Role least) {
    return ctx -> {
      Role role = Caller.of(ctx).principal().role();
      if (role.may(least)) {
        ctx.next();
      } else {
        forbidden.accept(1);
        String why = "this token has the role " + role + "; this route needs " + least;
        ctx.fail(new Problem(403, why));
      }
    };
  }

  /**
   * A handler that lets those pass whose token is still good for a route: a body that took its time
   * may have outlived it.
   */
  public Handler<RoutingContext> still(Role least) {
    return ctx -> {
      if (stillAdmits(ctx.request(), least)) {
        ctx.next();
      } else {
        unauthorized.accept(1);
        ctx.fail(invalid("the token is no longer valid"));
      }
    };
  }

  private static Problem invalid(String why) {
    return new Problem(401, why).header("WWW-Authenticate", "Bearer");
  }

  /** Whether the token of a request that was let in is still good for its route. */
  public boolean stillAdmits(HttpServerRequest request, Role least) {
    return keyring
        .holderOf(presented(request))
        .filter(holder -> holder.role().may(least))
        .isPresent();
  }

  /** The one token of a request; with several headers nobody knows which one counts. */
  private static String presented(HttpServerRequest request) {
    List<String> values = request.headers().getAll(HttpHeaders.AUTHORIZATION);
    return values.size() == 1 ? BearerToken.bearer(values.get(0)).orElse(null) : null;
  }
}
