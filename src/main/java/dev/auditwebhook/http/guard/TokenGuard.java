package dev.auditwebhook.http.guard;

import dev.auditwebhook.security.access.BearerToken;
import dev.auditwebhook.security.access.Keyring;
import dev.auditwebhook.security.access.Principal;
import dev.auditwebhook.security.access.Role;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;

/** Checks bearer tokens and what they are good for, before anything of the body is read. */
public final class TokenGuard {

  private volatile Keyring keyring;

  public TokenGuard(Keyring keyring) {
    this.keyring = keyring;
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
      ctx.fail(
          new Problem(401, presented == null ? "a bearer token is needed" : "not a valid token")
              .header("WWW-Authenticate", "Bearer"));
    }
  }

  /** A handler that lets those pass of the authenticated whose role may use a route. */
  public Handler<RoutingContext> atLeast(Role least) {
    return ctx -> {
      Role role = Caller.of(ctx).principal().role();
      if (role.may(least)) {
        ctx.next();
      } else {
        String why = "this token has the role " + role + "; this route needs " + least;
        ctx.fail(new Problem(403, why));
      }
    };
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
