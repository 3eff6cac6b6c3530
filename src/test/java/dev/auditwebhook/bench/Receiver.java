package dev.auditwebhook.bench;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * The receivers, in a process of their own: it prints their ports as one line of JSON, obeys the
 * lines of its standard input and ends with it.
 */
final class Receiver {

  static final int DELAY_MILLIS = 20;

  private Receiver() {}

  public static void main(String[] args) throws Exception {
    RawServer fast = RawServer.start(204, 0);
    RawServer slow = RawServer.start(204, DELAY_MILLIS);
    RawServer switched = RawServer.start(503, 0);
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    HttpServer http2 =
        vertx
            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
            .requestHandler(
                request -> request.endHandler(end -> request.response().setStatusCode(204).end()))
            .listen()
            .await(10, TimeUnit.SECONDS);
    print(
        new JsonObject()
            .put("fast", fast.port())
            .put("slow", slow.port())
            .put("switched", switched.port())
            .put("http2", http2.actualPort()));
    obey(fast, slow, switched);
    System.exit(0);
  }

  private static void obey(RawServer fast, RawServer slow, RawServer switched) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.startsWith("status ")) {
        switched.status(Integer.parseInt(line.substring("status ".length())));
      }
      print(
          new JsonObject()
              .put("fast", fast.answered())
              .put("slow", slow.answered())
              .put("switched", switched.answered()));
    }
  }

  private static void print(JsonObject line) {
    System.out.println(line.encode());
    System.out.flush();
  }
}
