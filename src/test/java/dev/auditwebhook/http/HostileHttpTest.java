package dev.auditwebhook.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.http.guard.ClientLimits;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that no client of good will sends: each is answered or cut, and nothing else notices.
 */
@Timeout(60)
class HostileHttpTest {

  private static final ClientLimits SHORT = new ClientLimits(64 * 1024, 400, 400, 200, 64);
  private static final String AUTH = "Authorization: Bearer " + Api.ADMIN + "\r\n";

  private Vertx vertx;
  private BusWebhook webhook;
  private int port;

  @BeforeEach
  void serve() {
    vertx = Vertx.vertx();
    webhook = BusWebhook.answeringAll(vertx);
    port = start(SHORT);
  }

  @AfterEach
  void stillServesAndCloses() {
    assertThat(new Api(port, Api.ADMIN).call("GET", "/webhook").statusCode()).isEqualTo(200);
    vertx.close().await();
  }

  private int start(ClientLimits limits) {
    HttpOptions options = new HttpOptions().setPort(0).setAdminToken(Api.ADMIN);
    return HttpService.start(vertx, options, limits).await().port();
  }

  private static String post(String path, String headers, String body) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
        + headers
        + "\r\n"
        + body;
  }

  private static String length(long n) {
    return "Content-Length: " + n + "\r\n";
  }

  private static void assertProblem(String answer, int status) {
    assertThat(answer)
        .startsWith("HTTP/1.")
        .contains(" " + status + " ", "application/problem+json", "\"status\":" + status)
        .doesNotContain(Api.ADMIN, "Exception", "\tat ");
  }

  @Test
  void aBodyOfTheBoundIsReadAndOneByteMoreIsNot() throws Exception {
    int whole = start(ClientLimits.DEFAULT);
    int bound = 1024 * 1024;
    String entry = "{\"action\":\"" + "a".repeat(bound - 13) + "\"}";
    assertThat(entry).hasSize(bound);
    assertThat(RawClient.exchange(whole, post("/audit", AUTH + length(bound), entry)))
        .startsWith("HTTP/1.1 202 ");
    assertProblem(
        RawClient.exchange(whole, post("/audit", AUTH + length(bound + 1), entry + " ")), 413);
    String chunked = Integer.toHexString(bound) + "\r\n" + entry + "\r\n1\r\n \r\n0\r\n\r\n";
    assertProblem(
        RawClient.exchange(whole, post("/audit", AUTH + "Transfer-Encoding: chunked\r\n", chunked)),
        413);
    assertThat(webhook.asked("audit.entry")).hasSize(1);
  }

  @Test
  void anIdOfAnyLengthThatALineCanHoldIsAskedFor() throws Exception {
    String id = "a".repeat(3_000);
    assertThat(status("/endpoints/" + id, AUTH)).isEqualTo(200);
    assertThat(webhook.asked("webhook.get")).containsExactly("{\"endpoint\":\"" + id + "\"}");
  }

  @Test
  void theConfigurationOfAStrangerIsNotWaitedFor() throws Exception {
    for (String method : List.of("PUT", "PATCH", "DELETE")) {
      String head = method + " /endpoints/siem HTTP/1.1\r\nHost: h\r\nConnection: close\r\n";
      assertProblem(RawClient.exchange(port, head + length(100) + "\r\n{"), 401);
      assertProblem(RawClient.exchange(port, head + AUTH + length(100) + "\r\n{"), 408);
      assertProblem(RawClient.exchange(port, head + AUTH + length(1L << 40) + "\r\n"), 413);
    }
    assertThat(webhook.asked("webhook.endpoint.put")).isEmpty();
    assertThat(webhook.asked("webhook.endpoint.remove")).isEmpty();
  }

  @Test
  void aDeclaredGiantIsRefusedBeforeItComes() throws Exception {
    assertProblem(RawClient.exchange(port, post("/audit", AUTH + length(1L << 40), "")), 413);
  }

  @Test
  void theBodyOfAStrangerIsNotWaitedFor() throws Exception {
    assertProblem(RawClient.exchange(port, post("/audit", length(100), "{")), 401);
    assertProblem(
        RawClient.exchange(port, post("/audit", "Expect: 100-continue\r\n" + length(9), "")), 401);
  }

  @Test
  void continueIsSentToThoseWhoMay() throws Exception {
    try (RawClient client = new RawClient(port)) {
      client.send(post("/audit", AUTH + "Expect: 100-continue\r\n" + length(14), ""));
      assertThat(client.readAnswer()).startsWith("HTTP/1.1 100 ");
      client.send("{\"action\":\"a\"}");
      assertThat(client.readAnswer()).startsWith("HTTP/1.1 202 ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":", "[{\"a\":"})
  void deepNestingIs400(String opening) throws Exception {
    int whole = start(ClientLimits.DEFAULT);
    String body = opening.repeat(100_000);
    for (String path : List.of("/audit", "/webhook/dlq/redrive", "/endpoints/siem/dlq/redrive")) {
      assertProblem(RawClient.exchange(whole, post(path, AUTH + length(body.length()), body)), 400);
    }
  }

  @Test
  void aBodyThatNeverEndsIsCut() throws Exception {
    assertProblem(RawClient.exchange(port, post("/audit", AUTH + length(100), "{")), 408);
  }

  @Test
  void aDrippingBodyIsCut() throws Exception {
    try (RawClient client = new RawClient(port)) {
      client.send(post("/audit", AUTH + length(60_000), ""));
      int sent = 0;
      while (sent < 60_000 && client.trySend(" ")) {
        sent++;
        Thread.onSpinWait();
        if (sent % 16 == 0) {
          pause(client);
        }
      }
      assertThat(sent).isLessThan(60_000);
    }
    assertThat(webhook.asked("audit.entry")).isEmpty();
  }

  /** A moment on the socket itself: a read that times out. */
  private static void pause(RawClient client) throws Exception {
    client.awaitSilence(5);
  }

  @Test
  void aSilentConnectionIsCut() throws Exception {
    try (RawClient client = new RawClient(port)) {
      assertThat(client.readToEnd()).isEmpty();
    }
  }

  @Test
  void drippingHeadersAreCut() throws Exception {
    try (RawClient client = new RawClient(port)) {
      client.send("GET /health/live HTTP/1.1\r\nHost: h\r\nX: ");
      int sent = 0;
      while (sent < 5_000 && client.trySend("x")) {
        sent++;
        pause(client);
      }
      assertThat(sent).isLessThan(5_000);
    }
  }

  @Test
  void aConnectionThatStaysAfterItsAnswerIsCut() throws Exception {
    try (RawClient client = new RawClient(port)) {
      client.send("GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThat(client.readToEnd()).startsWith("HTTP/1.1 200 ").endsWith("{\"live\":true}");
    }
  }

  @Test
  void aLongAnswerIsNotTakenForASilentConnection() throws Exception {
    new BusWebhook(vertx)
        .handles(
            "slow.get",
            message ->
                vertx.setTimer(
                    3 * SHORT.quietTimeout(),
                    id -> message.reply(new io.vertx.core.json.JsonObject())));
    HttpOptions options = new HttpOptions().setPort(0).setAdminToken(Api.ADMIN).setAddress("slow");
    int slow = HttpService.start(vertx, options, SHORT).await().port();
    assertThat(new Api(slow, Api.ADMIN).call("GET", "/webhook").statusCode()).isEqualTo(200);
  }

  @Test
  void headerFloodsAreCut() throws Exception {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 100_000; i++) {
      many.append("X-").append(i).append(": y\r\n");
    }
    try (RawClient client = new RawClient(port)) {
      client.send("GET /health/live HTTP/1.1\r\nHost: h\r\n");
      client.trySend(many.toString());
      assertProblem(client.readToEnd(), 431);
    }
    try (RawClient client = new RawClient(port)) {
      client.send("GET /health/live HTTP/1.1\r\nHost: h\r\nX: ");
      client.trySend("y".repeat(1_000_000));
      assertProblem(client.readToEnd(), 431);
    }
    try (RawClient client = new RawClient(port)) {
      client.trySend("GET /" + "y".repeat(1_000_000) + " HTTP/1.1\r\n");
      assertProblem(client.readToEnd(), 414);
    }
  }

  @Test
  void aThousandRequestsAtOnceOnOneConnectionAreAnswered() throws Exception {
    int roomy = start(ClientLimits.DEFAULT);
    try (RawClient client = new RawClient(roomy)) {
      client.send("GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n".repeat(1_000));
      for (int i = 0; i < 1_000; i++) {
        assertThat(client.readAnswer()).as("answer " + i).startsWith("HTTP/1.1 200 ");
      }
    }
  }

  @Test
  void aThousandSilentConnectionsDisturbNobody() throws Exception {
    int roomy = start(ClientLimits.DEFAULT);
    List<RawClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 1000; i++) {
        clients.add(new RawClient(roomy).send("GET /webh"));
      }
      assertThat(new Api(roomy, Api.ADMIN).call("GET", "/webhook").statusCode()).isEqualTo(200);
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "//webhook/../webhook/dlq,401",
    "/health/../webhook,401",
    "/health/live/../../webhook,401",
    "/health/live/%2e%2e/%2e%2e/webhook,401",
    "/health/live/..%2f..%2fwebhook,401",
    "/health/live%2f..%2f..%2fwebhook,401",
    "/%77ebhook,401",
    "/health/live;/../webhook,401",
    "/health/live%00,401",
    "/health/live/../../endpoints,401",
    "/health/live/../../endpoints/siem,401",
    "/health/live/%2e%2e/%2e%2e/endpoints/siem,401",
    "/endpoints/..%2f..%2fhealth%2flive,401",
    "/%65ndpoints/siem,401",
    "//endpoints//siem//dlq,401",
    "/endpoints/../health/live,200",
    "/../../../etc/passwd,401",
    "/%2e%2e/%2e%2e/etc/passwd,401",
    "/..\\..\\webhook,401",
    "/webhook#/health/live,401",
    "//,200",
    "/./,200",
    "/health//live,200",
    "/webhook/../health/live,200",
    "/?/webhook,200"
  })
  void pathTricksDoNotGetPastTheGuard(String path, int status) throws Exception {
    assertThat(status(path, "")).as(path).isIn(status, 400);
    assertThat(webhook.asked("webhook.get")).isEmpty();
    assertThat(webhook.asked("webhook.dlq")).isEmpty();
    assertThat(webhook.asked("webhook.endpoints")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/%",
        "/%zz",
        "/%c0%ae",
        "/webhook/dlq/%ff",
        "/endpoints/%",
        "/endpoints/%zz",
        "/endpoints/%ff",
        "/endpoints/%00",
        "/endpoints/%c0%ae%c0%ae",
        "/endpoints/%2e%2e/webhook",
        "/endpoints/\u00ff",
        "/endpoints/;/dlq",
        "/endpoints/siem/dlq?limit=%",
        "/endpoints/siem/dlq?%zz",
        "/webhook/attempts?endpoint=%zz",
        "/webhook/dlq?limit=%",
        "/webhook/dlq?%zz",
        "/webhook?%",
        "*",
        "webhook",
        "http://other/webhook/%",
        "http://",
        "http:///",
        "?",
        "/\u00ff",
        "/webhook?=",
        "/webhook?&&&"
      })
  void pathsAndQueriesThatAreNoneAreAnswered(String path) throws Exception {
    assertThat(status(path, AUTH)).as(path).isIn(200, 400, 404, 405);
  }

  private int status(String path, String headers) throws Exception {
    String answer =
        RawClient.exchange(
            port,
            "GET " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + headers + "\r\n");
    assertThat(answer).as(path).startsWith("HTTP/1.1 ").doesNotContain("Exception", "\tat ");
    return Integer.parseInt(answer.substring(9, 12));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n\r\n\r\n\u0000\r\n\r\n",
        "GET\r\n\r\n",
        "GET /webhook\r\n\r\n",
        "GET /webhook HTTP/9.9\r\n\r\n",
        "GET /webhook HTTP/1.1\r\n\r\n",
        "GET /webhook HTTP/1.1\r\nHost: ///\r\n\r\n",
        "POST /audit HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
        "POST /audit HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n",
        "POST /audit HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        "POST /audit HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST /audit HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: x\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\r\n\r\n"
      })
  void whatIsNoRequestIsAnsweredOrCut(String bytes) throws Exception {
    try (RawClient client = new RawClient(port)) {
      client.send(bytes.replaceFirst("\r\nHost: h\r\n", "\r\n" + AUTH + "Host: h\r\n"));
      assertThat(client.readToEnd())
          .doesNotContain("Exception", "\tat ", " 500 ", " 200 ", " 202 ");
    }
  }

  @Test
  void contentTypesAreNotInsistedOn() throws Exception {
    for (String type :
        List.of(
            "application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "\u00ff")) {
      String headers = AUTH + "Content-Type: " + type + "\r\n" + length(15);
      assertThat(RawClient.exchange(port, post("/audit", headers, "{\"action\":\"%\"} ")))
          .as(type)
          .startsWith("HTTP/1.1 202 ");
    }
  }

  @Test
  void aConnectionServesOnAfterARefusal() throws Exception {
    try (RawClient client = new RawClient(port)) {
      String wrong = "POST /audit HTTP/1.1\r\nHost: h\r\n" + AUTH + length(1) + "\r\nx";
      client.send(wrong + wrong);
      assertThat(client.readAnswer()).startsWith("HTTP/1.1 400 ");
      assertThat(client.readAnswer()).startsWith("HTTP/1.1 400 ");
      client.send("GET /webhook HTTP/1.1\r\nHost: h\r\n" + AUTH + "\r\n");
      assertThat(client.readAnswer()).startsWith("HTTP/1.1 200 ");
    }
  }
}
