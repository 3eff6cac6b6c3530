package dev.auditwebhook.http;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.http.guard.IngestQuota;
import dev.auditwebhook.security.access.UnauthorizedThrottle;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;

/**
 * What holders of tokens, and those without one, may take of a webhook, through however many
 * instances of its routes in one Vert.x.
 */
record CommonLimits(IngestQuota quota, ReaderPlaces places, UnauthorizedThrottle throttle)
    implements Shareable {

  static CommonLimits of(Vertx vertx, HttpOptions options) {
    LocalMap<String, CommonLimits> shared = vertx.sharedData().getLocalMap("dev.auditwebhook.http");
    return shared.computeIfAbsent(
        options.getAddress(),
        address ->
            new CommonLimits(
                new IngestQuota(),
                new ReaderPlaces(AttemptStream.Bounds.DEFAULT),
                new UnauthorizedThrottle(UnauthorizedThrottle.LONGEST)));
  }
}
