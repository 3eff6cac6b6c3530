package dev.auditwebhook.http;

import dev.auditwebhook.http.guard.WatchedConnection;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One reader of server-sent events. It is sent what happens from its first comment on, gathered so
 * that a flood costs few writes; one that falls too far behind is dropped. Lives on one context.
 */
final class AttemptStream {

  static final String CONTENT_TYPE = "text/event-stream";

  /**
   * What readers may take. Times are in milliseconds.
   *
   * @param readers the most at once
   * @param readersOfToken the most at once with tokens of one name
   * @param heartbeat between two signs of life
   * @param gather how long attempts are gathered before one write carries them all
   * @param behind the most bytes that wait for a reader, beyond what the connection holds
   */
  record Bounds(int readers, int readersOfToken, long heartbeat, long gather, int behind) {
    static final Bounds DEFAULT = new Bounds(32, 8, 15_000, 50, 256 * 1024);
  }

  private static final String COMMENT = ":\n\n";

  private final Vertx vertx;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Bounds bounds;
  private final Consumer<AttemptStream> left;
  private final Context context;
  private Buffer waiting = Buffer.buffer();
  private MessageConsumer<JsonObject> consumer;
  private long heartbeat;
  private boolean gathering;
  private boolean over;

  /** A reader, of whom {@code left} is told once, when it has gone. */
  AttemptStream(
      Vertx vertx, HttpServerRequest request, Bounds bounds, Consumer<AttemptStream> left) {
    this.vertx = vertx;
    this.request = request;
    this.response = request.response();
    this.bounds = bounds;
    this.left = left;
    this.context = vertx.getOrCreateContext();
  }

  /** Sends the reader those of the attempts published at an address that it wants. */
  void start(String address, Predicate<JsonObject> wanted) {
    response
        .setChunked(true)
        .putHeader(HttpHeaders.CONTENT_TYPE, CONTENT_TYPE)
        // A reverse proxy that gathers answers would hold the events back.
        .putHeader("x-accel-buffering", "no")
        .exceptionHandler(gone -> leave())
        .closeHandler(gone -> leave())
        .drainHandler(drained -> flush());
    heartbeat = vertx.setPeriodic(bounds.heartbeat(), id -> beat());
    consumer = vertx.eventBus().localConsumer(address);
    consumer.handler(
        message -> {
          if (wanted.test(message.body())) {
            add(message.body());
          }
        });
    // The context's end takes the consumer along, and so the stream.
    consumer.endHandler(gone -> end());
    response.write(COMMENT);
  }

  /** What the reader asked with. */
  HttpServerRequest request() {
    return request;
  }

  /** Ends the stream from any context. */
  void endSoon() {
    context.runOnContext(now -> end());
  }

  private void add(JsonObject attempt) {
    waiting.appendString("data: ").appendString(attempt.encode()).appendString("\n\n");
    if (waiting.length() > bounds.behind()) {
      leave();
      waiting = Buffer.buffer();
      WatchedConnection.cut(request);
    } else if (!gathering) {
      gathering = true;
      vertx.setTimer(
          bounds.gather(),
          id -> {
            gathering = false;
            flush();
          });
    }
  }

  private void flush() {
    if (!over && waiting.length() > 0 && !response.writeQueueFull()) {
      Buffer next = waiting;
      waiting = Buffer.buffer();
      response.write(next);
    }
  }

  private void beat() {
    if (!over && !response.writeQueueFull()) {
      response.write(COMMENT);
    }
  }

  private void end() {
    if (!over) {
      leave();
      response.end(waiting);
    }
  }

  private void leave() {
    if (!over) {
      over = true;
      vertx.cancelTimer(heartbeat);
      consumer.unregister();
      left.accept(this);
    }
  }
}
