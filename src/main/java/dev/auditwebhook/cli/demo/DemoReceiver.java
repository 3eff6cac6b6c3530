package dev.auditwebhook.cli.demo;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;

/**
 * A receiver that fails now and then on purpose: every fifth request is answered 503, and one kind
 * of entry is always answered 400.
 */
public final class DemoReceiver {

  private static final int FAILS_EVERY = 5;
  private static final int SLOWEST_MS = 40;

  private final Vertx vertx;
  private int requests;

  public DemoReceiver(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Listens on a free port of the loopback address; gives the URL to send to. */
  public Future<String> start() {
    return vertx
        .createHttpServer()
        .requestHandler(this::receive)
        .listen(0, "127.0.0.1")
        .map(listening -> "http://127.0.0.1:" + listening.actualPort() + "/in");
  }

  private void receive(HttpServerRequest request) {
    int number = ++requests;
    request
        .body()
        .onSuccess(
            body ->
                vertx.setTimer(
                    1 + number * 7 % SLOWEST_MS,
                    timer -> request.response().setStatusCode(status(number, body)).end()));
  }

  private static int status(int number, Buffer body) {
    if (number % FAILS_EVERY == 2) {
      return 503;
    }
    return SampleEntries.REFUSED.equals(new JsonObject(body).getString("action")) ? 400 : 204;
  }
}
