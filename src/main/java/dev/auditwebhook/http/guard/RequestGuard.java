package dev.auditwebhook.http.guard;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Refuses requests whose length or host could be read in two ways: a proxy in front that reads the
 * other one would let a second request through, hidden in the first. After such a request nothing
 * more is served on its connection.
 */
public final class RequestGuard {

  /** Longer than any answer takes: it ends the connection only where the answer does not. */
  private static final long LAST_ANSWER = 2 * ClientLimits.LONGEST_ANSWER;

  private final ResponseWriter answers;
  private final ClientLimits limits;

  public RequestGuard(ResponseWriter answers, ClientLimits limits) {
    this.answers = answers;
    this.limits = limits;
  }

  /** As the first handler of a router. */
  public void handle(RoutingContext ctx) {
    if (admits(ctx.request())) {
      ctx.next();
    }
  }

  /** Whether a request may be served; one that may not has been answered with 400. */
  public boolean admits(HttpServerRequest request) {
    String fault = fault(request);
    if (fault == null) {
      if (mayHaveHadTwoLengths(request)) {
        request.connection().shutdown(LAST_ANSWER, TimeUnit.MILLISECONDS);
      }
      return true;
    }
    if (request.version() != HttpVersion.HTTP_2) {
      request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      request.connection().shutdown(limits.linger(), TimeUnit.MILLISECONDS);
    }
    answers.problem(request, Problem.badRequest(fault));
    return false;
  }

  private static String fault(HttpServerRequest request) {
    List<String> codings = request.headers().getAll(HttpHeaders.TRANSFER_ENCODING);
    List<String> lengths = request.headers().getAll(HttpHeaders.CONTENT_LENGTH);
    if (!codings.isEmpty()) {
      if (request.version() != HttpVersion.HTTP_1_1) {
        return "only HTTP/1.1 has a transfer-encoding";
      }
      if (!lengths.isEmpty()) {
        return "there must not be both a transfer-encoding and a content-length";
      }
      if (codings.size() > 1 || !codings.get(0).equalsIgnoreCase("chunked")) {
        return "the transfer-encoding must be chunked";
      }
    }
    if (lengths.size() > 1 || lengths.size() == 1 && !lengths.get(0).matches("[0-9]+")) {
      return "the content-length must be one number";
    }
    return hostFault(request);
  }

  private static String hostFault(HttpServerRequest request) {
    int hosts = request.headers().getAll(HttpHeaders.HOST).size();
    boolean needed = request.version() == HttpVersion.HTTP_1_1;
    if (hosts > 1 || hosts == 0 && needed) {
      return "there must be one host header";
    }
    return needed && request.authority() == null ? "the host header is malformed" : null;
  }

  /** Of an HTTP/1.0 request only the first of several lengths is to be seen here. */
  private static boolean mayHaveHadTwoLengths(HttpServerRequest request) {
    return request.version() == HttpVersion.HTTP_1_0
        && request.headers().contains(HttpHeaders.CONTENT_LENGTH);
  }
}
