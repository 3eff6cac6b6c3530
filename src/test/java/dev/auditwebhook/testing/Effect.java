package dev.auditwebhook.testing;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Map;

/** What a receiver does with one request. */
@FunctionalInterface
public interface Effect {

  void play(Vertx vertx, HttpServerRequest request);

  /** A status and nothing else. */
  static Effect status(int status) {
    return status(status, Map.of(), "");
  }

  /** A whole answer. */
  static Effect status(int status, Map<String, String> headers, String body) {
    return (vertx, request) -> {
      HttpServerResponse response = request.response().setStatusCode(status);
      headers.forEach(response::putHeader);
      response.end(body);
    };
  }

  /** The same effect, later. */
  default Effect after(long millis) {
    return (vertx, request) -> vertx.setTimer(millis, id -> play(vertx, request));
  }

  /** The same effect, once the future has completed. */
  default Effect heldBackUntil(Future<?> released) {
    return (vertx, request) -> {
      Context context = vertx.getOrCreateContext();
      released.onComplete(done -> context.runOnContext(v -> play(vertx, request)));
    };
  }

  /** Takes the request and says nothing. */
  static Effect silence() {
    return (vertx, request) -> {};
  }

  /** Sends the head and a part of the body, and then nothing. */
  static Effect stall(int status) {
    return (vertx, request) -> half(status, request);
  }

  /** Sends the head and a part of the body, and closes the connection. */
  static Effect closeHalfway(int status) {
    return (vertx, request) ->
        half(status, request).onComplete(sent -> request.connection().close());
  }

  private static Future<Void> half(int status, HttpServerRequest request) {
    return request.response().setStatusCode(status).putHeader("content-length", "10").write("half");
  }

  /** Sends a body without end, a byte at a time. */
  static Effect drip(int status, long everyMillis) {
    return (vertx, request) -> {
      HttpServerResponse response = request.response().setStatusCode(status).setChunked(true);
      long timer = vertx.setPeriodic(everyMillis, id -> response.write("."));
      response.closeHandler(v -> vertx.cancelTimer(timer));
    };
  }

  /** Sends a body without end, as fast as it is read. */
  static Effect flood(int status) {
    return (vertx, request) ->
        pour(
            request.response().setStatusCode(status).setChunked(true),
            Buffer.buffer(new byte[64 * 1024]));
  }

  private static void pour(HttpServerResponse response, Buffer chunk) {
    response.write(chunk).onSuccess(written -> pour(response, chunk));
  }

  /** Closes the connection instead of an answer. */
  static Effect close() {
    return (vertx, request) -> request.connection().close();
  }

  /** Resets the HTTP/2 stream instead of an answer. */
  static Effect reset(long code) {
    return (vertx, request) -> request.response().reset(code);
  }
}
