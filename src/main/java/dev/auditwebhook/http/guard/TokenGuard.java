package dev.auditwebhook.http.guard;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.security.AdminToken;
import dev.auditwebhook.security.access.Principal;
import dev.auditwebhook.security.access.Role;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;

/** Checks bearer tokens, before anything of the body is read. */
public final class TokenGuard {

  private final Optional<AdminToken> admin;
  private final Optional<AdminToken> ingest;

  /** Guards with the tokens of the options; without an admin token all may pass. */
  public TokenGuard(HttpOptions options) {
    admin = Optional.ofNullable(options.getAdminToken()).map(AdminToken::of);
    ingest = Optional.ofNullable(options.getIngestToken()).map(AdminToken::of);
  }

  public void administrator(RoutingContext ctx) {
    check(ctx, false);
  }

  /** Lets producers of entries pass, and administrators. */
  public void producer(RoutingContext ctx) {
    check(ctx, true);
  }

  private void check(RoutingContext ctx, boolean producerMay) {
    String presented = presented(ctx);
    boolean isAdmin = admin.isEmpty() || admin.get().matches(presented);
    boolean isProducer = ingest.isPresent() && ingest.get().matches(presented);
    if (isAdmin || isProducer && producerMay) {
      Caller.put(ctx, principal(isAdmin));
      ctx.next();
    } else if (isProducer) {
      ctx.fail(new Problem(403, "this token is good for POST /audit alone"));
    } else {
      ctx.fail(
          new Problem(401, presented == null ? "a bearer token is needed" : "not a valid token")
              .header("WWW-Authenticate", "Bearer"));
    }
  }

  private Principal principal(boolean isAdmin) {
    return admin.isEmpty()
        ? Principal.OF_HOST
        : isAdmin ? new Principal("admin", Role.ADMIN) : new Principal("ingest", Role.INGEST);
  }

  /** The one token of the request; with several headers nobody knows which one counts. */
  private static String presented(RoutingContext ctx) {
    List<String> values = ctx.request().headers().getAll(HttpHeaders.AUTHORIZATION);
    return values.size() == 1 ? AdminToken.bearer(values.get(0)).orElse(null) : null;
  }
}
