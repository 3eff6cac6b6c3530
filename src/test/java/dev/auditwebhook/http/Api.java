package dev.auditwebhook.http;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;

/** A small blocking client of the API, on the JDK's HTTP client. */
final class Api {

  static final String ADMIN = "admin-token-of-the-tests";
  static final String INGEST = "ingest-token-of-the-tests";

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String base;
  private final String token;

  Api(int port, String token) {
    this("http://127.0.0.1:" + port, token);
  }

  Api(String base, String token) {
    this.base = base;
    this.token = token;
  }

  String base() {
    return base;
  }

  HttpResponse<String> post(String path, String contentType, String body) {
    return call("POST", path, contentType, body);
  }

  HttpResponse<String> call(String method, String path, String body) {
    return call(method, path, null, body);
  }

  private HttpResponse<String> call(String method, String path, String contentType, String body) {
    try {
      return client.send(
          request(method, path, contentType, body), HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  CompletableFuture<HttpResponse<String>> callSoon(String method, String path) {
    return client.sendAsync(
        request(method, path, null, null), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest request(String method, String path, String contentType, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    if (contentType != null) {
      request.header("Content-Type", contentType);
    }
    return request.build();
  }

  HttpResponse<String> call(String method, String path) {
    return call(method, path, null);
  }

  static JsonObject json(HttpResponse<String> response) {
    return new JsonObject(response.body());
  }
}
