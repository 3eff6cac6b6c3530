package dev.auditwebhook.testing;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A receiver that plays a script of answers, then its usual one, and records what it was sent. */
public final class ScriptedReceiver {

  /** What the receiver does with one request. */
  public interface Answer {
    void give(Vertx vertx, HttpServerRequest request);

    /** A status and nothing else. */
    static Answer status(int status) {
      return status(status, Map.of(), "");
    }

    /** A whole answer. */
    static Answer status(int status, Map<String, String> headers, String body) {
      return (vertx, request) -> {
        HttpServerResponse response = request.response().setStatusCode(status);
        headers.forEach(response::putHeader);
        response.end(body);
      };
    }

    /** Another answer, later. */
    default Answer after(long millis) {
      return (vertx, request) -> vertx.setTimer(millis, id -> give(vertx, request));
    }

    /** Another answer, held back until the future completes. */
    default Answer once(Future<?> released) {
      return (vertx, request) -> {
        Context context = vertx.getOrCreateContext();
        released.onComplete(done -> context.runOnContext(v -> give(vertx, request)));
      };
    }

    /** Takes the request and says nothing. */
    static Answer silence() {
      return (vertx, request) -> {};
    }

    /** Sends the head and a part of the body, and then nothing. */
    static Answer stall(int status) {
      return (vertx, request) ->
          request.response().setStatusCode(status).putHeader("content-length", "10").write("half");
    }

    /** Sends a body without end, a byte at a time. */
    static Answer drip(int status, long everyMillis) {
      return (vertx, request) -> {
        HttpServerResponse response = request.response().setStatusCode(status).setChunked(true);
        long timer = vertx.setPeriodic(everyMillis, id -> response.write("."));
        response.closeHandler(v -> vertx.cancelTimer(timer));
      };
    }

    /** Sends the head and a part of the body, and closes the connection. */
    static Answer closeHalfway(int status) {
      return (vertx, request) ->
          request
              .response()
              .setStatusCode(status)
              .putHeader("content-length", "10")
              .write("half")
              .onComplete(sent -> request.connection().close());
    }

    /** Sends a body without end, as fast as it is read. */
    static Answer flood(int status) {
      return (vertx, request) -> {
        HttpServerResponse response = request.response().setStatusCode(status).setChunked(true);
        pour(response, Buffer.buffer(new byte[64 * 1024]));
      };
    }

    private static void pour(HttpServerResponse response, Buffer chunk) {
      response.write(chunk).onSuccess(written -> pour(response, chunk));
    }

    /** Closes the connection instead of an answer. */
    static Answer close() {
      return (vertx, request) -> request.connection().close();
    }
  }

  /**
   * A request as it came.
   *
   * @param host the name and port that the client asked for: {@code Host}, or its HTTP/2 form
   * @param serverName the name in the TLS handshake (SNI), {@code null} when there was none
   */
  public record Received(
      String method,
      String path,
      MultiMap headers,
      Buffer body,
      long at,
      int clientPort,
      HttpVersion version,
      String host,
      String serverName) {
    public JsonObject json() {
      return new JsonObject(body);
    }

    public long eventId() {
      return json().getLong("event_id");
    }
  }

  private final Vertx vertx;
  private final List<Received> requests = new CopyOnWriteArrayList<>();
  private final Queue<Answer> script = new ConcurrentLinkedQueue<>();
  private volatile Function<Received, Answer> usual = request -> Answer.status(204);
  private volatile boolean recording = true;
  private final HttpServerOptions options;
  private HttpServer server;
  private int port;

  private ScriptedReceiver(Vertx vertx, HttpServerOptions options) {
    this.vertx = vertx;
    this.options = options;
  }

  public static ScriptedReceiver start(Vertx vertx) {
    return start(vertx, new HttpServerOptions());
  }

  /** A receiver with options of its own, such as a certificate; host and port are chosen here. */
  public static ScriptedReceiver start(Vertx vertx, HttpServerOptions options) {
    ScriptedReceiver receiver = new ScriptedReceiver(vertx, options);
    receiver.start();
    return receiver;
  }

  /** Listens, after {@link #stop()} on the same port again. */
  public ScriptedReceiver start() {
    server = await(listen(20));
    port = server.actualPort();
    return this;
  }

  /**
   * A random port, from below the range that the system gives to outgoing connections: one of those
   * could take the port while the receiver is stopped.
   */
  private Future<HttpServer> listen(int tries) {
    int wanted = port != 0 ? port : ThreadLocalRandom.current().nextInt(20_000, 32_000);
    return vertx
        .createHttpServer(new HttpServerOptions(options).setHost("127.0.0.1").setPort(wanted))
        .requestHandler(this::handle)
        .listen()
        .recover(taken -> tries > 1 ? listen(tries - 1) : Future.failedFuture(taken));
  }

  private void handle(HttpServerRequest request) {
    request
        .body()
        .onSuccess(
            body -> {
              Received received =
                  new Received(
                      request.method().name(),
                      request.path(),
                      MultiMap.caseInsensitiveMultiMap().addAll(request.headers()),
                      body,
                      System.nanoTime() / 1_000_000,
                      request.remoteAddress().port(),
                      request.version(),
                      String.valueOf(request.authority()),
                      request.connection().indicatedServerName());
              if (recording) {
                requests.add(received);
              }
              Answer next = script.poll();
              (next == null ? usual.apply(received) : next).give(vertx, request);
            });
  }

  /** Closes the port and all connections. */
  public void stop() {
    await(server.close());
  }

  /** Adds answers to the script, one a request. */
  public ScriptedReceiver then(Answer... answers) {
    script.addAll(List.of(answers));
    return this;
  }

  /** What every request gets after the script. */
  public ScriptedReceiver usually(Answer answer) {
    return usually(request -> answer);
  }

  public ScriptedReceiver usually(Function<Received, Answer> answers) {
    usual = answers;
    return this;
  }

  /** Whether requests are kept, for runs too long for that. */
  public void recording(boolean on) {
    recording = on;
  }

  public List<Received> requests() {
    return requests;
  }

  public List<Long> eventIds() {
    return requests.stream().map(Received::eventId).toList();
  }

  public String url() {
    return url("/in");
  }

  public String url(String path) {
    return "http://127.0.0.1:" + port + path;
  }

  public int port() {
    return port;
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(10, TimeUnit.SECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
