package dev.auditwebhook.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.TokenOptions;
import dev.auditwebhook.security.access.Keyring;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenGuardTest {

  private static final List<String> GUARDED =
      List.of(
          "GET /webhook",
          "PUT /webhook",
          "DELETE /webhook",
          "POST /webhook/test",
          "GET /webhook/dlq",
          "DELETE /webhook/dlq/7",
          "POST /webhook/dlq/redrive",
          "POST /webhook/dlq/purge",
          "GET /webhook/attempts",
          "GET /endpoints",
          "GET /endpoints/siem",
          "PUT /endpoints/siem",
          "PATCH /endpoints/siem",
          "DELETE /endpoints/siem",
          "POST /endpoints/siem/test",
          "GET /endpoints/siem/dlq",
          "DELETE /endpoints/siem/dlq/7",
          "POST /endpoints/siem/dlq/redrive",
          "POST /endpoints/siem/dlq/purge",
          "GET /endpoints/siem/attempts",
          "GET /nodes",
          "GET /metrics",
          "GET /openapi.json");

  /** Paths and methods that there are not: nobody without a token learns which these are. */
  private static final List<String> UNKNOWN =
      List.of("OPTIONS /endpoints/siem", "GET /audit", "PUT /webhook/dlq", "GET /nothing");

  private static final String READER = "token-of-a-reader-of-states";

  private Vertx vertx;
  private BusWebhook webhook;
  private HttpService service;
  private int port;

  @BeforeEach
  void serve() {
    vertx = Vertx.vertx();
    webhook = BusWebhook.answeringAll(vertx);
    service = Lenient.serve(vertx, options());
    port = service.port();
  }

  private static HttpOptions options() {
    return new HttpOptions().setPort(0).setAdminToken(Api.ADMIN).setIngestToken(Api.INGEST);
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void withoutATokenAllButHealthAndTheConsoleIs401() {
    Api nobody = new Api(port, null);
    for (List<String> lines : List.of(GUARDED, UNKNOWN)) {
      lines.forEach(line -> assert401(call(nobody, line)));
    }
    assert401(nobody.call("POST", "/audit", "{\"action\":\"a\"}"));
    assertThat(webhook.asked("audit.entry")).isEmpty();
    webhook.assertNothingWasChanged();
    for (String path : List.of("/", "/health/live", "/health/ready", "/health/delivery")) {
      assertThat(nobody.call("GET", path).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void theIngestTokenIsGoodForEntriesAlone() {
    Api producer = new Api(port, Api.INGEST);
    assertThat(producer.call("POST", "/audit", "{\"action\":\"a\"}").statusCode()).isEqualTo(202);
    for (String line : GUARDED) {
      WebhookRoutesTest.assertProblem(call(producer, line), 403);
    }
    for (String line : UNKNOWN) {
      assertThat(call(producer, line).statusCode()).as(line).isIn(404, 405);
    }
    webhook.assertNothingWasChanged();
  }

  @Test
  void theAdminTokenIsGoodForEntriesToo() {
    Api admin = new Api(port, Api.ADMIN);
    assertThat(admin.call("POST", "/audit", "{\"action\":\"a\"}").statusCode()).isEqualTo(202);
  }

  @Test
  void tokensOfEveryLengthAreRefusedButTheRightOne() {
    String source = Api.ADMIN + "x".repeat(4000);
    for (int length = 1; length <= source.length(); length += length < 64 ? 1 : 311) {
      String token = source.substring(0, length);
      int status = new Api(port, token).call("GET", "/webhook").statusCode();
      assertThat(status).as(token).isEqualTo(token.equals(Api.ADMIN) ? 200 : 401);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization: Bearer",
        "Authorization: Bearer ",
        "Authorization: admin-token-of-the-tests",
        "Authorization: Basic admin-token-of-the-tests",
        "Authorization: Bearer admin-token-of-the-tests\r\nAuthorization: Bearer admin-token-of-the-tests",
        "Authorization: Bearer ADMIN-TOKEN-OF-THE-TESTS",
        "Authorization: Bearer admin-token-of-the-tests, Bearer x",
        "Authorization: Bearer \"admin-token-of-the-tests\"",
        "Authorization: Bearer admin-token-of-the-tests\u00ff",
        "Cookie: token=admin-token-of-the-tests",
        "X-Admin-Token: admin-token-of-the-tests"
      })
  void otherFormsOfTheHeaderAreRefused(String header) throws Exception {
    String answer =
        RawClient.exchange(
            port,
            "GET /webhook HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + header + "\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 401 ").doesNotContain("admin-token-of-the-tests");
  }

  @Test
  void theSchemeIsReadInAnyCase() throws Exception {
    String answer =
        RawClient.exchange(
            port,
            "GET /webhook HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                + "authorization: bEARER admin-token-of-the-tests\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void whoGoesOnTryingWaitsAndARightTokenDoesNot() {
    int strict = HttpService.start(vertx, new HttpOptions(options()).setPort(0)).await().port();
    Api guesser = new Api(strict, "a-token-that-nobody-has");
    for (int i = 0; i < 5; i++) {
      assert401(guesser.call("GET", "/webhook"));
    }
    List<CompletableFuture<HttpResponse<String>>> tries =
        Stream.generate(() -> guesser.callSoon("GET", "/webhook")).limit(16).toList();
    assertThat(new Api(strict, Api.ADMIN).call("GET", "/webhook").statusCode()).isEqualTo(200);
    assertThat(tries).anyMatch(waiting -> !waiting.isDone());
    assertThat(tries).allSatisfy(answer -> assert401(answer.join()));
  }

  @Test
  void whoTriesOnManyConnectionsIsAnsweredButHasToConnectAnew() {
    int strict = HttpService.start(vertx, new HttpOptions(options()).setPort(0)).await().port();
    NetClient client = vertx.createNetClient();
    AtomicInteger cut = new AtomicInteger();
    for (int i = 0; i < 100; i++) {
      client
          .connect(strict, "127.0.0.1")
          .onSuccess(
              socket -> {
                Buffer answer = Buffer.buffer();
                socket.handler(answer::appendBuffer);
                socket.endHandler(
                    end -> cut.addAndGet(answer.toString().startsWith("HTTP/1.1 401 ") ? 1 : 0));
                socket.write("GET /webhook HTTP/1.1\r\nHost: h\r\n\r\n");
              });
    }
    await().untilAsserted(() -> assertThat(cut).hasPositiveValue());
  }

  @Test
  void refusalsAreCounted() {
    call(new Api(port, null), "GET /webhook");
    call(new Api(port, "a-token-that-nobody-has"), "GET /nothing");
    call(new Api(port, Api.INGEST), "PUT /webhook");
    Lenient.serve(vertx, options().setPort(0));
    assertThat(call(new Api(port, Api.ADMIN), "GET /metrics").body())
        .contains("webhook_http_unauthorized_total{address=\"webhook\"} 2.0")
        .contains("webhook_http_forbidden_total{address=\"webhook\"} 1.0");
  }

  @Test
  void aBodyThatOutlivesItsTokenChangesNothing() throws Exception {
    String change = "{\"url\":\"\"}";
    String head =
        "%s HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n";
    try (RawClient admin = new RawClient(port);
        RawClient producer = new RawClient(port)) {
      admin.send(head.formatted("PUT /webhook", Api.ADMIN, change.length()) + "{");
      producer.send(head.formatted("POST /audit", Api.INGEST, change.length()) + "{");
      call(new Api(port, Api.ADMIN), "GET /webhook");
      service.tokens(Keyring.of(new HttpOptions().setAdminToken(READER)));
      admin.send(change.substring(1));
      producer.send(change.substring(1));
      assertThat(admin.readAnswer()).startsWith("HTTP/1.1 401 ");
      assertThat(producer.readAnswer()).startsWith("HTTP/1.1 401 ");
    }
    webhook.assertNothingWasChanged();
    assertThat(webhook.asked("audit.entry")).isEmpty();
  }

  @Test
  void otherTokensAreTakenWhileItServes() {
    service.tokens(
        Keyring.of(
            options()
                .setIngestToken(null)
                .addToken(new TokenOptions().setName("ops").setRole("read").setToken(READER))));
    assertThat(call(new Api(port, READER), "GET /webhook").statusCode()).isEqualTo(200);
    assert401(call(new Api(port, Api.INGEST), "GET /webhook"));
    service.tokens(Keyring.of(options()));
    assert401(call(new Api(port, READER), "GET /webhook"));
    assertThat(call(new Api(port, Api.ADMIN), "GET /webhook").statusCode()).isEqualTo(200);
  }

  private static HttpResponse<String> call(Api api, String line) {
    String[] words = line.split(" ");
    return api.call(words[0], words[1]);
  }

  private static void assert401(HttpResponse<String> response) {
    WebhookRoutesTest.assertProblem(response, 401);
    assertThat(response.headers().firstValue("www-authenticate")).contains("Bearer");
  }
}
