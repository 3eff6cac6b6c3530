package dev.auditwebhook.http.guard;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.handler.HttpException;
import java.util.LinkedHashMap;
import java.util.Map;

/** A request that is not served, as RFC 9457 describes it. Its detail is for the client to read. */
public final class Problem extends RuntimeException {

  public static final String CONTENT_TYPE = "application/problem+json";
  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient JsonObject members = new JsonObject();
  private final transient Map<CharSequence, String> headers = new LinkedHashMap<>();

  public Problem(int status, String detail) {
    super(detail, null, false, false);
    this.status = status;
  }

  /** A request that is malformed, or asks for what cannot be. */
  public static Problem badRequest(String detail) {
    return new Problem(400, detail);
  }

  /** A passing state: the client is told to come back soon. */
  public static Problem unavailable(String detail) {
    return new Problem(503, detail).header(HttpHeaders.RETRY_AFTER, "1");
  }

  /**
   * The problem behind a failure. Only a {@link Problem} speaks to the client; of anything else the
   * client learns no more than the status: the router's, or 500 when that is none.
   */
  public static Problem of(Throwable failure, int status) {
    if (failure instanceof Problem problem) {
      return problem;
    }
    int code = failure instanceof HttpException e ? e.getStatusCode() : status;
    if (code >= 400 && code < 500) {
      return new Problem(code, code == 404 ? "there is no such route" : "the request is malformed");
    }
    return new Problem(500, "an error of this server, which its log explains");
  }

  public Problem header(CharSequence name, String value) {
    headers.put(name, value);
    return this;
  }

  public Problem member(String name, Object value) {
    members.put(name, value);
    return this;
  }

  public int status() {
    return status;
  }

  /** What it says beside its detail. */
  public JsonObject members() {
    return members;
  }

  Map<CharSequence, String> headers() {
    return headers;
  }

  private String title() {
    // The one of RFC 5842 that Netty does not know.
    return status == 508 ? "Loop Detected" : HttpResponseStatus.valueOf(status).reasonPhrase();
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("type", "about:blank")
        .put("title", title())
        .put("status", status)
        .put("detail", getMessage())
        .mergeIn(members);
  }
}
