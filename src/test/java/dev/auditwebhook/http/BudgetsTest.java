package dev.auditwebhook.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.http.guard.ClientLimits;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The memory that all clients together may take: beyond it they are told to come back. */
@Timeout(60)
class BudgetsTest {

  private static final int MIB = 1024 * 1024;

  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<Message<Object>> entries = new LinkedBlockingQueue<>();
  private final List<RawClient> clients = new ArrayList<>();
  private final BusWebhook webhook =
      new BusWebhook(vertx)
          .handles("audit.entry", entries::add)
          .replies("webhook.dlq", new JsonObject().put("events", "x".repeat(3 * MIB)));
  private int port;

  @AfterEach
  void close() throws Exception {
    for (RawClient client : clients) {
      client.close();
    }
    vertx.close().await();
  }

  private void serve(long bodyTimeout, long bodies, long parsed, long answers) {
    HttpOptions options = new HttpOptions().setPort(0).setAdminToken(Api.ADMIN);
    ClientLimits limits =
        new ClientLimits(MIB, bodyTimeout, 60_000, 100, 1000, 1000, bodies, parsed, answers);
    port = HttpService.start(vertx, options, limits).await().port();
  }

  private RawClient open() throws Exception {
    RawClient client = new RawClient(port);
    clients.add(client);
    return client;
  }

  private RawClient post(int length, String body) throws Exception {
    return open()
        .send(
            "POST /audit HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer "
                + Api.ADMIN
                + "\r\nContent-Length: "
                + length
                + "\r\n\r\n"
                + body);
  }

  private RawClient postLines(int count) throws Exception {
    return open()
        .send(
            "POST /audit HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(Api.ADMIN, AuditRoute.NDJSON, 3 * count, "{}\n".repeat(count)));
  }

  private RawClient get(String path) throws Exception {
    return get(path, "", "");
  }

  private RawClient get(String path, String headers, String body) throws Exception {
    return open()
        .send(
            "GET %s HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer %s\r\n%s\r\n%s"
                .formatted(path, Api.ADMIN, headers, body));
  }

  private static void assertBusy(String answer) {
    assertThat(answer).startsWith("HTTP/1.1 503 ").containsIgnoringCase("retry-after: 1");
  }

  private Message<Object> entry() throws Exception {
    return entries.poll(20, TimeUnit.SECONDS);
  }

  /** Waits until the server has read all that was sent, which no answer tells. */
  private void awaitStalled(RawClient client) throws Exception {
    client.awaitSilence(200);
  }

  @Test
  void bodiesOnTheirWayShareABudget() throws Exception {
    serve(60_000, 100_000, MIB, MIB);
    RawClient first = post(60_000, " ".repeat(50_000));
    awaitStalled(first);
    RawClient second = post(60_000, " ".repeat(60_000 - 2) + "{}");
    assertBusy(second.readAnswer());
    second.send("GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n");
    first.send(" ".repeat(10_000 - 2) + "{}");
    entry().reply(new JsonObject());
    assertThat(first.readAnswer()).startsWith("HTTP/1.1 202 ");
    RawClient third = post(90_000, " ".repeat(90_000 - 2) + "{}");
    entry().reply(new JsonObject());
    assertThat(third.readAnswer()).startsWith("HTTP/1.1 202 ");
  }

  @Test
  void aBodyIsInHandUntilItsAnswer() throws Exception {
    serve(60_000, 100_000, MIB, MIB);
    RawClient first = post(60_000, " ".repeat(60_000 - 2) + "{}");
    Message<Object> asked = entry();
    assertBusy(post(60_000, " ".repeat(60_000 - 2) + "{}").readAnswer());
    asked.reply(new JsonObject());
    assertThat(first.readAnswer()).startsWith("HTTP/1.1 202 ");
  }

  @Test
  void whatIsGivenUpIsGivenBack() throws Exception {
    serve(60_000, 100_000, MIB, MIB);
    for (int i = 0; i < 10; i++) {
      RawClient gone = post(60_000, " ".repeat(50_000));
      awaitStalled(gone);
      gone.close();
      await()
          .atMost(20, TimeUnit.SECONDS)
          .until(
              () -> {
                RawClient next = post(60_000, " ".repeat(60_000 - 1) + "x");
                return next.readAnswer().startsWith("HTTP/1.1 400 ");
              });
    }
  }

  @Test
  void aBodyThatStallsGivesWayToOneThatComes() throws Exception {
    serve(3_000, 100_000, MIB, MIB);
    RawClient stalled = post(90_000, " ".repeat(80_000));
    awaitStalled(stalled);
    RawClient quick = post(60_000, " ".repeat(60_000 - 2) + "{}");
    assertBusy(stalled.readAnswer());
    entry().reply(new JsonObject());
    assertThat(quick.readAnswer()).startsWith("HTTP/1.1 202 ");
  }

  @Test
  void aStreamHoldsNothingOfTheBodyThatItWasAskedWith() throws Exception {
    serve(60_000, 100_000, 100_000, MIB);
    RawClient reader = get("/webhook/attempts", "Content-Length: 60000\r\n", "{".repeat(60_000));
    assertThat(reader.readAnswer()).contains("text/event-stream");
    RawClient producer = post(60_000, "[" + ",".repeat(60_000 - 2) + "]");
    assertThat(producer.readAnswer()).startsWith("HTTP/1.1 400 ");
    RawClient drip = get("/webhook/attempts", "Content-Length: 2000000\r\n", "{");
    assertThat(drip.readAnswer()).startsWith("HTTP/1.1 413 ");
  }

  @Test
  void whatIsParsedWeighsWhatItTakesOfTheMemory() throws Exception {
    serve(60_000, 10 * MIB, 100_000, MIB);
    String heavy = "[" + "{\"\":0},".repeat(1000) + "0]";
    RawClient first = post(heavy.length(), heavy);
    Message<Object> asked = entry();
    assertBusy(post(heavy.length(), heavy).readAnswer());
    RawClient light = post(2, "{}");
    entry().reply(new JsonObject());
    assertThat(light.readAnswer()).startsWith("HTTP/1.1 202 ");
    asked.fail(400, "no entry");
    assertThat(first.readAnswer()).startsWith("HTTP/1.1 400 ");
    post(heavy.length(), heavy);
    entry().reply(new JsonObject());
  }

  @Test
  void answersThatNobodyReadsShareABudget() throws Exception {
    serve(60_000, MIB, MIB, 32L * MIB);
    List<RawClient> slow = new ArrayList<>();
    await()
        .atMost(20, TimeUnit.SECONDS)
        .until(
            () -> {
              for (int i = 0; i < 32; i++) {
                slow.add(get("/webhook/dlq"));
              }
              RawClient next = get("/webhook/dlq");
              return next.readAnswer().startsWith("HTTP/1.1 503 ");
            });
    assertThat(get("/health/live").readAnswer()).startsWith("HTTP/1.1 200 ");
    for (RawClient one : slow) {
      one.close();
    }
    await()
        .atMost(20, TimeUnit.SECONDS)
        .until(() -> get("/webhook/dlq").readAnswer().startsWith("HTTP/1.1 200 "));
    assertThat(webhook.asked("webhook.dlq")).isNotEmpty();
  }

  @Test
  void entriesInBulkAreTakenOnlyIfThereIsRoomToSaySo() throws Exception {
    serve(60_000, MIB, 10 * MIB, 100_000);
    RawClient first = postLines(1_000);
    await().atMost(20, TimeUnit.SECONDS).until(() -> webhook.asked("audit.entry").size() == 64);
    assertBusy(postLines(1_000).readAnswer());
    assertThat(webhook.asked("audit.entry")).hasSize(64);
    for (int i = 0; i < 1_000; i++) {
      entry().reply(new JsonObject().put("longer than expected", "x".repeat(500)));
    }
    assertThat(first.readAnswer()).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void filesOfTheConsoleAreCountedToo() throws Exception {
    serve(60_000, MIB, MIB, 1000);
    assertThat(get("/console/app.js").readAnswer()).startsWith("HTTP/1.1 200 ");
  }
}
