package dev.auditwebhook.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.TokenOptions;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many entries in one {@code POST /audit}. */
class BulkRouteTest {

  private static final String SLOW = "the-token-of-a-slow-producer";

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Vertx vertx;
  private BusWebhook webhook;
  private int port;

  @BeforeEach
  void serve() {
    vertx = Vertx.vertx();
    webhook = new BusWebhook(vertx);
    HttpOptions options =
        new HttpOptions()
            .setPort(0)
            .setAdminToken(Api.ADMIN)
            .setIngestToken(Api.INGEST)
            .addToken(
                new TokenOptions().setName("slow").setRole("ingest").setToken(SLOW).setQuota(3));
    port = HttpService.start(vertx, options).await().port();
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private HttpRequest request(String contentType, String body) {
    return request(Api.INGEST, contentType, body);
  }

  private HttpRequest request(String token, String contentType, String body) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/audit"))
        .header("Authorization", "Bearer " + token)
        .header("Content-Type", contentType)
        .header("webhook-id", "msg_other_1")
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  private HttpResponse<String> post(String body) throws Exception {
    return client.send(request("application/x-ndjson", body), BodyHandlers.ofString());
  }

  private static List<String> lines(HttpResponse<String> response) {
    return response.body().lines().toList();
  }

  private static String entries(int count) {
    return IntStream.range(0, count)
        .mapToObj(n -> "{\"action\":\"a" + n + "\"}\n")
        .collect(Collectors.joining());
  }

  private static String action(Message<Object> message) {
    return ((JsonObject) message.body()).getString("action");
  }

  @Test
  void lineNAnswersEntryN() throws Exception {
    webhook.handles(
        "audit.entry",
        message -> {
          switch (action(message)) {
            case "full" ->
                message.reply(new JsonObject().put("status", "dropped").put("event_id", 8));
            case "bad" -> message.fail(400, "action: must not be bad");
            default -> message.reply(new JsonObject().put("status", "queued").put("event_id", 7));
          }
        });

    HttpResponse<String> response =
        post(
            """
            {"action":"good"}
            {"action":
            {"action":"bad"}
            17.5

            {"action":"full"}
            {"action":"good"}""");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).contains("application/x-ndjson");
    assertThat(lines(response))
        .containsExactly(
            "{\"status\":\"queued\",\"event_id\":7}",
            "{\"type\":\"audit_entry_error\",\"status\":400,\"detail\":\"the entry is refused: not"
                + " JSON (line 1, column 11)\"}",
            "{\"type\":\"audit_entry_error\",\"status\":400,\"detail\":\"action: must not be bad\"}",
            "{\"type\":\"audit_entry_error\",\"status\":400,\"detail\":\"an entry must be a JSON"
                + " object, was a number\"}",
            "{\"type\":\"audit_entry_error\",\"status\":503,\"detail\":\"the entry was dropped: the"
                + " queue is full, or the store keeps nothing (GET /health/ready)\",\"event_id\":8}",
            "{\"status\":\"queued\",\"event_id\":7}");
  }

  @Test
  void aThousandGoInOrderWhateverTheRepliesDo() throws Exception {
    AtomicInteger held = new AtomicInteger();
    ConcurrentLinkedQueue<Message<Object>> waiting = new ConcurrentLinkedQueue<>();
    AtomicInteger most = new AtomicInteger();
    webhook.handles(
        "audit.entry",
        message -> {
          most.accumulateAndGet(held.incrementAndGet(), Math::max);
          waiting.add(message);
          if (waiting.size() == 10) { // The last of ten is answered first.
            List<Message<Object>> ten = List.copyOf(waiting);
            waiting.clear();
            for (int i = ten.size() - 1; i >= 0; i--) {
              held.decrementAndGet();
              ten.get(i).reply(new JsonObject().put("of", action(ten.get(i))));
            }
          }
        });

    HttpResponse<String> response = post(entries(1_000));

    assertThat(webhook.asked("audit.entry"))
        .containsExactlyElementsOf(entries(1_000).lines().map(Object.class::cast).toList());
    assertThat(lines(response))
        .containsExactlyElementsOf(
            IntStream.range(0, 1_000).mapToObj(n -> "{\"of\":\"a" + n + "\"}").toList());
    assertThat(most.get()).isLessThanOrEqualTo(64);
  }

  @Test
  void fewAreOnTheirWayAtOnce() {
    webhook.handles("audit.entry", message -> {});
    client.sendAsync(request("application/x-ndjson", entries(1_000)), BodyHandlers.ofString());
    await().until(() -> webhook.asked("audit.entry").size() == 64);
  }

  @Test
  void withoutAWebhookEachEntryIs503() throws Exception {
    assertThat(lines(post("{}\n{}")))
        .containsOnly(
            "{\"type\":\"audit_entry_error\",\"status\":503,\"detail\":\"no webhook is deployed\"}")
        .hasSize(2);
  }

  @Test
  void thoseOverTheQuotaOfTheTokenAreNotTaken() throws Exception {
    webhook.replies("audit.entry", new JsonObject().put("status", "queued"));

    HttpResponse<String> response =
        client.send(request(SLOW, "application/x-ndjson", entries(5)), BodyHandlers.ofString());

    assertThat(lines(response).subList(0, 3)).containsOnly("{\"status\":\"queued\"}");
    assertThat(lines(response).subList(3, 5))
        .containsOnly(
            "{\"type\":\"audit_entry_error\",\"status\":429,\"detail\":\"the quota of the token"
                + " slow is 3 entries a second; send this one again later\"}");
    assertThat(webhook.asked("audit.entry")).hasSize(3);
    assertThat(lines(post(entries(5)))).hasSize(5).containsOnly("{\"status\":\"queued\"}");
  }

  @Test
  void moreThanAThousandAreRefusedWhole() throws Exception {
    webhook.replies("audit.entry", new JsonObject());
    assertThat(post(entries(1_001)).statusCode()).isEqualTo(413);
    assertThat(webhook.asked("audit.entry")).isEmpty();
  }

  @Test
  void whatSaysItIsSomethingElseIsOneEntry() throws Exception {
    webhook.replies("audit.entry", new JsonObject().put("status", "queued"));
    HttpRequest one = request("application/json", "{\"action\":\"a\"}");
    assertThat(client.send(one, BodyHandlers.ofString()).statusCode()).isEqualTo(202);
    HttpRequest two = request("text/plain; application/x-ndjson", "{}\n{}");
    assertThat(client.send(two, BodyHandlers.ofString()).statusCode()).isEqualTo(400);
    HttpRequest many = request("Application/X-NDJSON ; charset=utf-8", "{}\n{}");
    assertThat(client.send(many, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
  }

  @Test
  void theMessageThatAnEntryCameInGoesAlong() throws Exception {
    ConcurrentLinkedQueue<String> ids = new ConcurrentLinkedQueue<>();
    webhook.handles(
        "audit.entry",
        message -> {
          ids.add(String.valueOf(message.headers().get("webhook-id")));
          message.fail(508, "it came from this webhook");
        });
    HttpResponse<String> many = post("{\"action\":\"a\"}");
    assertThat(many.statusCode()).isEqualTo(508);
    assertThat(Api.json(many).getString("title")).isEqualTo("Loop Detected");
    HttpRequest one = request("application/json", "{\"action\":\"a\"}");
    assertThat(client.send(one, BodyHandlers.ofString()).statusCode()).isEqualTo(508);
    assertThat(ids).containsExactly("msg_other_1", "msg_other_1");
  }
}
