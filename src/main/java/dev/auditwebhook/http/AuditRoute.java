package dev.auditwebhook.http;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.http.guard.Caller;
import dev.auditwebhook.http.guard.IngestQuota;
import dev.auditwebhook.http.guard.Problem;
import dev.auditwebhook.http.guard.RequestBody;
import dev.auditwebhook.http.guard.ResponseWriter;
import dev.auditwebhook.json.StrictJson;
import dev.auditwebhook.security.access.Principal;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;

/**
 * {@code POST /audit}: an entry, answered with 202 and its reply; or up to {@value EntryLines#MAX}
 * entries as newline-delimited JSON, answered with 200 and a line for each.
 */
final class AuditRoute {

  static final String PATH = "/audit";

  static final String NDJSON = "application/x-ndjson";

  private final BusCalls bus;
  private final String entryAddress;
  private final IngestQuota quota;

  AuditRoute(BusCalls bus, HttpOptions options, IngestQuota quota) {
    this.bus = bus;
    this.entryAddress = options.getEntryAddress();
    this.quota = quota;
  }

  void handle(RoutingContext ctx) {
    if (isNdjson(ctx.request().getHeader(HttpHeaders.CONTENT_TYPE))) {
      many(ctx, new EntryLines(RequestBody.whole(ctx)));
    } else {
      one(ctx, RequestBody.value(ctx));
    }
  }

  private void one(RoutingContext ctx, Object entry) {
    Principal principal = Caller.of(ctx).principal();
    if (quota.take(principal, 1) == 0) {
      throw IngestQuota.exceeded(principal);
    }
    ResponseWriter.json(ctx, 202, post(ctx, entry, BulkAnswer.LONGEST));
  }

  /** Those within the quota go on; the others are told so, each by its line. */
  private void many(RoutingContext ctx, EntryLines entries) {
    Principal principal = Caller.of(ctx).principal();
    // Refused later, all that were taken would be sent again.
    ResponseWriter.expect(ctx, entries.count() * BulkAnswer.LINE);
    int granted = quota.take(principal, entries.count());
    BulkAnswer.Post post =
        (number, entry, timeout) -> {
          if (number >= granted) {
            throw IngestQuota.exceeded(principal);
          }
          return post(ctx, RequestBody.parse("entry", entry), timeout);
        };
    new BulkAnswer(entries, post)
        .whole(() -> ctx.response().closed())
        .onSuccess(answer -> ResponseWriter.end(ctx, 200, NDJSON, answer))
        .onFailure(ctx::fail);
  }

  private static boolean isNdjson(String contentType) {
    return contentType != null
        && contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(NDJSON);
  }

  private Future<JsonObject> post(RoutingContext ctx, Object entry, long timeout) {
    return bus.post(ctx, entryAddress, judgeable(entry), timeout).map(AuditRoute::unlessDropped);
  }

  /** Entries are judged behind the bus, where refusals are counted: all goes there that can. */
  private static Object judgeable(Object entry) {
    if (entry instanceof BigInteger || entry instanceof BigDecimal) {
      throw Problem.badRequest("an entry must be a JSON object, was " + StrictJson.typeOf(entry));
    }
    return entry;
  }

  private static JsonObject unlessDropped(JsonObject reply) {
    if ("dropped".equals(reply.getValue("status"))) {
      throw Problem.unavailable(
              "the entry was dropped: the queue is full, or the store keeps nothing (GET /health/ready)")
          .member("event_id", reply.getValue("event_id"));
    }
    return reply;
  }
}
