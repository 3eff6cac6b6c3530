package dev.auditwebhook.bench;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;

/** Vert.x's core {@link HttpClient}, to see what {@code WebClient} itself costs. */
final class BareHttpClient extends ClosedLoop {

  private final HttpClient client;
  private final URI uri;
  private final Buffer body = Entries.body();

  BareHttpClient(String url, int inFlight) {
    super(inFlight);
    uri = URI.create(url);
    client =
        vertx.createHttpClient(
            new HttpClientOptions(), new PoolOptions().setHttp1MaxSize(inFlight));
  }

  @Override
  Future<Integer> post() {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost(uri.getHost())
            .setPort(uri.getPort())
            .setURI(uri.getPath())
            .putHeader("content-type", "application/json")
            .putHeader("user-agent", "vertx-audit-webhook")
            .putHeader("webhook-id", "msg_0123456789abcdef0123456789abcdef_1234567")
            .putHeader("webhook-timestamp", "1767225600");
    return client
        .request(options)
        .compose(request -> request.send(body))
        .compose(response -> response.end().map(response.statusCode()));
  }
}
