package dev.auditwebhook.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** {@code POST /audit}, one request at a time. */
final class EmitClient {

  /** What the service said: the reply or the problem, empty when it was no JSON object. */
  record Reply(int status, JsonObject body, long retryAfter) {

    boolean isAccepted() {
      return status == 202;
    }

    boolean isDiscarded() {
      return "discarded".equals(body.getValue("status"));
    }

    boolean isBusy() {
      return status == 503 || status == 429;
    }

    void pause() throws InterruptedException {
      Thread.sleep(1_000 * Math.min(retryAfter, 60));
    }

    /** The status and the problem's detail, in one line. */
    String problem() {
      Object detail = body.getValue("detail", body.getValue("title"));
      return status + (detail == null ? "" : " " + Terminal.plain(detail.toString()));
    }
  }

  private final HttpClient http;
  private final String url;
  private final HttpRequest.Builder request;

  /** A client of a URL without a path; the token is {@code null} for none. */
  EmitClient(String url, String token) {
    this(url, token, Optional.empty());
  }

  /** As above, with other TLS than that of the JVM. */
  EmitClient(String url, String token, Optional<SSLContext> tls) {
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10));
    tls.ifPresent(client::sslContext);
    this.http = client.build();
    this.url = url;
    request =
        HttpRequest.newBuilder(URI.create(url + "/audit"))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json");
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
  }

  /** Sends one entry; fails in one line without a service, or when it does not take the token. */
  Reply post(byte[] entry) throws IOException, InterruptedException {
    HttpRequest post = request.POST(HttpRequest.BodyPublishers.ofByteArray(entry)).build();
    HttpResponse<String> response;
    try {
      response = http.send(post, HttpResponse.BodyHandlers.ofString());
    } catch (ConnectException e) {
      throw new IOException(url + ": connection refused, is the service running?", e);
    } catch (IOException e) {
      throw new IOException(url + ": " + Terminal.firstLine(e), e);
    }
    if (response.statusCode() == 401) {
      throw new IOException(url + ": 401, the token is not the service's");
    }
    Reply reply = new Reply(response.statusCode(), json(response.body()), retryAfter(response));
    if (reply.status() == 403) {
      throw new IOException(url + ": " + reply.problem());
    }
    return reply;
  }

  private static JsonObject json(String body) {
    try {
      return new JsonObject(body);
    } catch (DecodeException | ClassCastException e) {
      return new JsonObject();
    }
  }

  private static long retryAfter(HttpResponse<?> response) {
    String seconds = response.headers().firstValue("Retry-After").orElse("1");
    return seconds.matches("\\d{1,6}") ? Long.parseLong(seconds) : 1;
  }
}
