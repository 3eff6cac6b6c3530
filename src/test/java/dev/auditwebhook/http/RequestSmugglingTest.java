package dev.auditwebhook.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.WebhookRouterVerticle;
import dev.auditwebhook.http.guard.ClientLimits;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests whose end or host two readers could see differently: each is refused, and what comes
 * after it on its connection, which could be hidden in it, is not served.
 */
@Timeout(60)
class RequestSmugglingTest {

  private static final String AUTH = "Authorization: Bearer " + Api.ADMIN + "\r\n";
  private static final String ENTRY = "{\"action\":\"hidden\"}";
  private static final String HIDDEN =
      "POST /audit HTTP/1.1\r\nHost: h\r\n"
          + AUTH
          + "Content-Length: "
          + ENTRY.length()
          + "\r\n\r\n"
          + ENTRY;
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

  private Vertx vertx;
  private BusWebhook webhook;
  private int port;

  @BeforeEach
  void serve() {
    vertx = Vertx.vertx();
    webhook = BusWebhook.answeringAll(vertx);
    HttpOptions options = new HttpOptions().setPort(0).setAdminToken(Api.ADMIN);
    ClientLimits limits = new ClientLimits(64 * 1024, 60_000, 60_000, 200, 64);
    port = HttpService.start(vertx, options, limits).await().port();
  }

  @AfterEach
  void stillServesAndCloses() {
    assertThat(new Api(port, Api.ADMIN).call("GET", "/webhook").statusCode()).isEqualTo(200);
    vertx.close().await();
  }

  /** Asserts that there was one answer, the refusal, and that then the connection was closed. */
  private void assertRefused(int to, String request) throws Exception {
    String all = RawClient.exchange(to, request + HIDDEN);
    assertThat(all)
        .startsWith("HTTP/1.")
        .contains(" 400 Bad Request\r\n", "application/problem+json", "\"status\":400")
        .doesNotContain(Api.ADMIN, "Exception", "\tat ");
    assertThat(all.split("HTTP/1\\.", -1)).as(all).hasSize(2);
    assertThat(webhook.asked("audit.entry")).isEmpty();
  }

  private static String post(String version, String headers, String body) {
    return "POST /audit HTTP/"
        + version
        + "\r\nConnection: keep-alive\r\n"
        + AUTH
        + headers
        + "\r\n"
        + body;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length: 0\r\nTransfer-Encoding: chunked",
        "transfer-encoding: CHUNKED\r\ncontent-length: 5",
        "Content-Length: 5\r\nTransfer-Encoding:\r\n chunked",
        "Content-Length: 5\r\nTransfer-Encoding: xchunked",
        "Content-Length: 5\r\nTransfer-Encoding:"
      })
  void aLengthAndATransferEncoding(String headers) throws Exception {
    assertRefused(port, post("1.1", "Host: h\r\n" + headers + "\r\n", "0\r\n\r\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: x",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding:",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: identity, chunked",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: ,chunked",
        "Transfer-Encoding: chunked,",
        "Transfer-Encoding: chunked;a=b",
        "Transfer-Encoding: \"chunked\"",
        "Transfer-Encoding: chunked x",
        "Transfer-Encoding:\r\n chunked",
        "Transfer-Encoding: chunked\r\n x",
        "Transfer-Encoding: x\r\n chunked",
        "Transfer-Encoding: \u000bchunked",
        "Transfer-Encoding: chunked\u000b",
        "Transfer-Encoding: \u0000chunked",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding\t: chunked",
        "Transfer-Encoding\u000b: chunked",
        "Transfer-Encoding\r\n : chunked"
      })
  void aTransferEncodingThatIsNotJustChunked(String header) throws Exception {
    assertRefused(port, post("1.1", "Host: h\r\n" + header + "\r\n", "0\r\n\r\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: x",
        "Transfer-Encoding: chunked\r\nContent-Length: 5"
      })
  void aTransferEncodingBeforeHttp11(String header) throws Exception {
    assertRefused(port, post("1.0", "Host: h\r\n" + header + "\r\n", "0\r\n\r\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"zz\r\n", "-5\r\nx", "ffffffffffffffff\r\n", "3\r\n{\"aXX\r\n", "3 3\r\n{}\n\r\n"})
  void chunksThatAreNone(String chunks) throws Exception {
    assertRefused(port, post("1.1", "Host: h\r\n" + CHUNKED, chunks));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: +5",
        "Content-Length: -0",
        "Content-Length: -5",
        "Content-Length: 0x5",
        "Content-Length: 5x",
        "Content-Length: 5 0",
        "Content-Length: 5.0",
        "Content-Length: 5, 5",
        "Content-Length: 5, 6",
        "Content-Length: 5,",
        "Content-Length:",
        "Content-Length:\r\n 5",
        "Content-Length: 5\r\n 0",
        "Content-Length: \u00b2",
        "Content-Length: 99999999999999999999",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5\r\ncontent-length: 6",
        "Content-Length: 5\r\nContent-Length: x",
        "Content-Length : 5",
        "Content-Length\u000b: 5"
      })
  void aLengthThatIsNotOneNumber(String header) throws Exception {
    assertRefused(port, post("1.1", "Host: h\r\n" + header + "\r\n", "12345"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Host: h\r\nHost: h\r\n",
        "Host: h\r\nHost: other\r\n",
        "host: h\r\nHOST: other\r\n",
        "Host: h, other\r\n",
        "Host: h other\r\n",
        "Host: h\r\n other\r\n",
        "Host: h/webhook\r\n",
        "Host: u@h\r\n",
        "Host : h\r\n",
        "Host: h\r\nHost : other\r\n"
      })
  void aHostThatIsNotOne(String hosts) throws Exception {
    assertRefused(port, post("1.1", hosts + "Content-Length: 0\r\n", ""));
  }

  @Test
  void twoHostsBeforeHttp11() throws Exception {
    assertRefused(port, post("1.0", "Host: h\r\nHost: h\r\nContent-Length: 0\r\n", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/health/live", "/health/ready", "/", "/console/app.js", "/webhook", "/x", "/%zz"})
  void onEveryRoute(String path) throws Exception {
    String get = "GET " + path + " HTTP/1.1\r\n" + AUTH;
    assertRefused(port, get + "Host: h\r\nHost: other\r\n\r\n");
    assertRefused(port, get + "\r\n");
    assertRefused(port, get + "Host: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n");
    assertRefused(port, get + "Host: h\r\nContent-Length: 0\r\n" + CHUNKED + "\r\n0\r\n\r\n");
  }

  @Test
  void withoutAToken() throws Exception {
    String strange = "POST /audit HTTP/1.1\r\nHost: h\r\nHost: h\r\nContent-Length: 0\r\n\r\n";
    assertRefused(port, strange);
  }

  @Test
  void inTheRouterOfAHost() throws Exception {
    Router host = Router.router(vertx);
    host.route("/admin/*")
        .subRouter(
            WebhookRouterVerticle.router(vertx, new JsonObject().put("adminToken", Api.ADMIN))
                .await());
    HttpServer server = vertx.createHttpServer().requestHandler(host).listen(0).await();
    for (String path : List.of("/admin/health/live", "/admin/audit", "/admin/")) {
      String post = "POST " + path + " HTTP/1.1\r\n" + AUTH;
      assertRefused(server.actualPort(), post + "Host: h\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
      assertRefused(
          server.actualPort(),
          post + "Host: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n");
    }
  }

  @Test
  void whatComesAfterTheRefusalIsNotServedEither() throws Exception {
    try (RawClient client = new RawClient(port)) {
      client.send(post("1.1", "Host: h\r\nHost: h\r\nContent-Length: 5\r\n", ""));
      assertThat(client.readAnswer()).startsWith("HTTP/1.1 400 ");
      client.trySend("12345" + HIDDEN);
      assertThat(client.readToEnd()).isEmpty();
    }
    assertThat(webhook.asked("audit.entry")).isEmpty();
  }

  @Test
  void aRefusalBehindAnotherRequestComesInItsTurn() throws Exception {
    String health = "GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n";
    try (RawClient client = new RawClient(port)) {
      client.send(health + "GET / HTTP/1.1\r\n\r\n" + HIDDEN);
      assertThat(client.readAnswer()).startsWith("HTTP/1.1 200 ");
      assertThat(client.readAnswer()).startsWith("HTTP/1.1 400 ");
      assertThat(client.readToEnd()).isEmpty();
    }
    assertThat(webhook.asked("audit.entry")).isEmpty();
  }

  /** The server is shown only the first length of an HTTP/1.0 request: it takes no second one. */
  @Test
  void afterABodyInHttp10TheConnectionIsClosed() throws Exception {
    String lengths = "Content-Length: 14\r\nContent-Length: 60\r\n";
    String all = RawClient.exchange(port, post("1.0", lengths, "{\"action\":\"a\"}") + HIDDEN);
    assertThat(all).startsWith("HTTP/1.").contains(" 202 ");
    assertThat(all.split("HTTP/1\\.", -1)).as(all).hasSize(2);
    assertThat(webhook.asked("audit.entry"))
        .hasSize(1)
        .noneMatch(e -> e.toString().contains("hidden"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"chunked", "Chunked", "CHUNKED"})
  void chunkedAsItShouldBeIsServedAndTheNextRequestToo(String coding) throws Exception {
    try (RawClient client = new RawClient(port)) {
      String chunks = "e\r\n{\"action\":\"a\"}\r\n0\r\n\r\n";
      client.send(post("1.1", "Host: h\r\nTransfer-Encoding: " + coding + "\r\n", chunks) + HIDDEN);
      assertThat(client.readAnswer()).startsWith("HTTP/1.1 202 ");
      assertThat(client.readAnswer()).startsWith("HTTP/1.1 202 ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"127.0.0.1", "127.0.0.1:8080", "[::1]:8080", "audit_log.example", "a.b:1"})
  void aHostAsItShouldBeIsServed(String name) throws Exception {
    String get = "GET /health/live HTTP/1.1\r\nConnection: close\r\nHost: " + name + "\r\n\r\n";
    assertThat(RawClient.exchange(port, get)).startsWith("HTTP/1.1 200 ");
  }
}
