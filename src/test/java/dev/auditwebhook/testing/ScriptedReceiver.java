package dev.auditwebhook.testing;

import static dev.auditwebhook.testing.Webhooks.result;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;

/** A receiver that plays a script of effects, then its usual one, and records what it was sent. */
public final class ScriptedReceiver {

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

    /** The ids of the events in it, which are several in a batch. */
    public List<Long> eventIds() {
      return body.getByte(0) == '['
          ? new JsonArray(body)
              .stream().map(event -> ((JsonObject) event).getLong("event_id")).toList()
          : List.of(eventId());
    }

    public String messageId() {
      return headers.get("webhook-id");
    }
  }

  private static final int FIRST_PORT = 20_000;
  private static final int PORTS = 12_000;
  private static final AtomicInteger PORTS_GIVEN =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(PORTS));

  private final Vertx vertx;
  private final List<Received> requests = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Received> untaken = new LinkedBlockingQueue<>();
  private final Queue<Effect> script = new ConcurrentLinkedQueue<>();
  private volatile Function<Received, Effect> usual = request -> Effect.status(204);
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
    server = result(listen(20));
    port = server.actualPort();
    return this;
  }

  private Future<HttpServer> listen(int tries) {
    int wanted = port != 0 ? port : nextPort();
    return vertx
        .createHttpServer(new HttpServerOptions(options).setHost("127.0.0.1").setPort(wanted))
        .requestHandler(this::handle)
        .listen()
        .recover(
            // A port that was closed is free once its event loop has looked again.
            taken ->
                tries > 1
                    ? vertx.timer(50).compose(v -> listen(tries - 1))
                    : Future.failedFuture(taken));
  }

  /**
   * A port from below the range that the system gives to outgoing connections: one of those could
   * take it while the receiver is stopped. No two of a run are the same: two servers of one Vert.x
   * would share the port, and each get half of the requests.
   */
  private static int nextPort() {
    return FIRST_PORT + Math.floorMod(PORTS_GIVEN.getAndIncrement(), PORTS);
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
                untaken.add(received);
              }
              Effect next = script.poll();
              (next == null ? usual.apply(received) : next).play(vertx, request);
            });
  }

  /** Closes the port and all connections. */
  public void stop() {
    result(server.close());
  }

  /** Adds effects to the script, one a request. */
  public ScriptedReceiver then(Effect... effects) {
    script.addAll(List.of(effects));
    return this;
  }

  /** What every request gets after the script. */
  public ScriptedReceiver usually(Effect effect) {
    return usually(request -> effect);
  }

  public ScriptedReceiver usually(Function<Received, Effect> effects) {
    usual = effects;
    return this;
  }

  /** Whether requests are kept, for runs too long for that. */
  public void recording(boolean on) {
    recording = on;
  }

  /** Waits for the next request that was not taken before. */
  public Received takeRequest() {
    try {
      Received next = untaken.poll(Webhooks.PATIENCE, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("no request after " + requests.size());
      }
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits for so many requests more. */
  public List<Received> takeRequests(int count) {
    return Stream.generate(this::takeRequest).limit(count).toList();
  }

  /** Takes the requests that have come by now. */
  public List<Received> takeArrived() {
    List<Received> arrived = new ArrayList<>();
    untaken.drainTo(arrived);
    return arrived;
  }

  /** All requests there were. */
  public List<Received> requests() {
    return requests;
  }

  public Received lastRequest() {
    return requests.get(requests.size() - 1);
  }

  /** The ids of all events in all requests. */
  public List<Long> eventIds() {
    return requests.stream().flatMap(request -> request.eventIds().stream()).toList();
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
}
