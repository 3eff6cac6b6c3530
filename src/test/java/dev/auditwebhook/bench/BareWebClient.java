package dev.auditwebhook.bench;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.net.URI;

/** Vert.x {@link WebClient} and nothing else: a prepared body of an event's size, three headers. */
final class BareWebClient extends ClosedLoop {

  private final WebClient client;
  private final String host;
  private final int port;
  private final String path;
  private final Buffer body = Entries.body();

  /**
   * @param options as the module's {@code client}
   */
  BareWebClient(String url, int inFlight, JsonObject options) {
    super(inFlight);
    URI uri = URI.create(url);
    host = uri.getHost();
    port = uri.getPort();
    path = uri.getPath();
    client =
        WebClient.create(
            vertx, new WebClientOptions(options), new PoolOptions().setHttp1MaxSize(inFlight));
  }

  @Override
  Future<Integer> post() {
    return client
        .post(port, host, path)
        .putHeader("content-type", "application/json")
        .putHeader("webhook-id", "msg_0123456789abcdef0123456789abcdef_1234567")
        .putHeader("webhook-timestamp", "1767225600")
        .sendBuffer(body)
        .map(HttpResponse::statusCode);
  }
}
