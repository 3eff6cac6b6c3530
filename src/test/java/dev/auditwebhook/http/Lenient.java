package dev.auditwebhook.http;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.http.guard.ClientLimits;
import dev.auditwebhook.http.guard.UnauthorizedThrottle;
import io.vertx.core.Vertx;

/** A service that answers wrong tokens at once, however many there are. */
final class Lenient {

  private Lenient() {}

  static HttpService serve(Vertx vertx, HttpOptions options) {
    return serve(vertx, options, ClientLimits.DEFAULT);
  }

  static HttpService serve(Vertx vertx, HttpOptions options, ClientLimits limits) {
    return HttpService.start(
            vertx,
            options,
            limits,
            new AttemptsRoute(vertx, options),
            ApiRouter.guard(vertx, options, new UnauthorizedThrottle(0)))
        .await();
  }
}
