package dev.auditwebhook.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.json.ExactJson;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookRoutesTest {

  private Vertx vertx;
  private Api api;

  @BeforeEach
  void serve() throws Exception {
    vertx = Vertx.vertx();
    HttpOptions options =
        new HttpOptions().setPort(0).setAdminToken(Api.ADMIN).setIngestToken(Api.INGEST);
    api = new Api(HttpService.start(vertx, options).await().port(), Api.ADMIN);
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "GET    | /webhook             | -                 | webhook.get         | {}",
        "GET    | /webhook?            | -                 | webhook.get         | {}",
        "PUT    | /webhook             | {\"url\":\"u\"}   | webhook.set         | {\"url\":\"u\"}",
        "PUT    | /webhook             | {\"x\":null}      | webhook.set         | {\"x\":null}",
        "PUT    | /webhook             | {\"paused\":true} | webhook.set         | {\"paused\":true}",
        "DELETE | /webhook             | -                 | webhook.set         | {\"url\":\"\"}",
        "POST   | /webhook/test        | -                 | webhook.test        | {}",
        "GET    | /webhook/dlq         | -                 | webhook.dlq         | {}",
        "GET    | /webhook/dlq?limit=5 | -                 | webhook.dlq         | {\"limit\":5}",
        "GET    | /webhook/dlq?after=-1| -                 | webhook.dlq         | {\"after\":-1}",
        "POST   | /webhook/dlq/redrive | -                 | webhook.dlq.redrive | {}",
        "POST   | /webhook/dlq/redrive | {\"event_ids\":[]}| webhook.dlq.redrive | {\"event_ids\":[]}",
        "POST   | /webhook/dlq/purge   | {\"all\":true}    | webhook.dlq.purge   | {}",
        "POST   | /webhook/dlq/purge   | {\"event_ids\":[]}| webhook.dlq.purge   | {\"event_ids\":[]}",
        "POST   | /webhook/dlq/purge   | {\"event_ids\":[7]}|webhook.dlq.purge   | {\"event_ids\":[7]}",
        "DELETE | /webhook/dlq/7       | -                 | webhook.dlq.purge   | {\"event_ids\":[7]}"
      })
  void eachRouteIsOneRequestOnTheBus(
      String method, String path, String body, String address, String request) {
    BusWebhook webhook = BusWebhook.answeringAll(vertx);

    HttpResponse<String> response = api.call(method, path, body);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).contains("application/json");
    assertThat(Api.json(response)).isEqualTo(new JsonObject().put("type", address));
    assertThat(webhook.asked(address)).containsExactly(request);
  }

  @Test
  void limitAndAfterGoTogether() {
    BusWebhook webhook = BusWebhook.answeringAll(vertx);
    api.call("GET", "/webhook/dlq?limit=10&after=17");
    assertThat(webhook.asked("webhook.dlq")).containsExactly("{\"limit\":10,\"after\":17}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /webhook/dlq?limit=x",
        "GET /webhook/dlq?limit=",
        "GET /webhook/dlq?limit=1.5",
        "GET /webhook/dlq?limit=99999999999999999999",
        "GET /webhook/dlq?limit=1&limit=2",
        "GET /webhook/dlq?lmit=1",
        "POST /webhook/dlq/redrive?event_ids=7",
        "POST /webhook/dlq/purge",
        "POST /webhook/dlq/purge?event_ids=7",
        "GET /webhook?x=1",
        "DELETE /webhook/dlq/x",
        "DELETE /webhook/dlq/7.0",
        "DELETE /webhook/dlq/7%2F8",
        "DELETE /webhook/dlq/purge",
        "PUT /webhook",
        "POST /audit"
      })
  void malformedRequestsAre400AndReachNobody(String line) {
    BusWebhook webhook = BusWebhook.answeringAll(vertx);
    String[] words = line.split(" ");

    HttpResponse<String> response = api.call(words[0], words[1]);

    assertProblem(response, 400);
    assertThat(webhook.asked("webhook.dlq")).isEmpty();
    assertThat(webhook.asked("webhook.dlq.purge")).isEmpty();
    assertThat(webhook.asked("webhook.dlq.redrive")).isEmpty();
    assertThat(webhook.asked("webhook.get")).isEmpty();
    assertThat(webhook.asked("webhook.set")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PUT /webhook {\"url\":\"http://127.0.0.1:1/\",\"url\":\"\"}",
        "POST /webhook/dlq/redrive {\"event_ids\":[1],\"event_ids\":[2]}",
        "POST /audit {\"action\":\"a\",\"action\":\"b\"}",
        "POST /audit {\"action\":\"a\",\"details\":{\"user\":1,\"user\":2}}"
      })
  void aKeyThatIsThereTwiceIs400AndReachesNobody(String line) {
    BusWebhook webhook = BusWebhook.answeringAll(vertx);
    String[] words = line.split(" ");

    JsonObject problem = assertProblem(api.call(words[0], words[1], words[2]), 400);

    assertThat(problem.getString("detail"))
        .startsWith("the body is refused: a key is there twice in one object (line 1, column ");
    assertThat(webhook.asked("webhook.set")).isEmpty();
    assertThat(webhook.asked("webhook.dlq.redrive")).isEmpty();
    assertThat(webhook.asked("audit.entry")).isEmpty();
  }

  @Test
  void anEntryIsAcceptedWithTheReply() {
    BusWebhook webhook = BusWebhook.answeringAll(vertx);
    HttpResponse<String> response = api.call("POST", "/audit", "{\"action\":\"a\"}");
    assertThat(response.statusCode()).isEqualTo(202);
    assertThat(response.body()).isEqualTo("{\"status\":\"queued\",\"event_id\":1}");
    assertThat(webhook.asked("audit.entry")).containsExactly("{\"action\":\"a\"}");
  }

  @Test
  void aDroppedEntryIs503WithItsId() {
    new BusWebhook(vertx)
        .replies("audit.entry", new JsonObject("{\"event_id\":17,\"status\":\"dropped\"}"));
    HttpResponse<String> response = api.call("POST", "/audit", "{\"action\":\"a\"}");
    JsonObject problem = assertProblem(response, 503);
    assertThat(problem.getInteger("event_id")).isEqualTo(17);
    assertThat(response.headers().firstValue("retry-after")).contains("1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"action\":\"a\",\"details\":{\"n\":123456789012345678901234567890}}",
        "{\"action\":\"a\",\"details\":0.1234567890123456789}",
        "{\"action\":\"a\",\"details\":[1E+400,-1E-400,9223372036854775808,1.10]}",
        "{\"action\":\"a\",\"details\":{\"\":null,\"\u00fc\":\"\ud83d\ude00\\u0000\"}}",
        "{\"action\":\"a\",\"details\":\"plain\",\"extra\":[[[{}]]]}"
      })
  void anEntryReachesTheBusUnchanged(String entry) {
    BusWebhook webhook = BusWebhook.answeringAll(vertx);
    assertThat(api.call("POST", "/audit", entry).statusCode()).isEqualTo(202);
    assertThat(webhook.asked("audit.entry")).containsExactly(entry);
  }

  @Test
  void theDeepestEntryPassesBothWays() {
    int levels = ExactJson.MAX_DEPTH - 1;
    String details = "[".repeat(levels) + "]".repeat(levels);
    String entry = "{\"action\":\"a\",\"details\":" + details + "}";
    BusWebhook webhook =
        BusWebhook.answeringAll(vertx)
            .handles(
                "deep.dlq",
                message ->
                    message.reply(
                        new JsonObject()
                            .put("events", JsonArray.of(ExactJson.parse(Buffer.buffer(entry))))));
    assertThat(api.call("POST", "/audit", entry).statusCode()).isEqualTo(202);
    assertThat(webhook.asked("audit.entry")).containsExactly(entry);

    HttpOptions options = new HttpOptions().setPort(0).setAdminToken(Api.ADMIN).setAddress("deep");
    Api deep = new Api(HttpService.start(vertx, options).await().port(), Api.ADMIN);
    assertThat(deep.call("GET", "/webhook/dlq").body()).isEqualTo("{\"events\":[" + entry + "]}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1]", "\"x\"", "7", "123456789012", "true", "null"})
  void whatIsNoEntryIsJudgedBehindTheBus(String value) {
    BusWebhook webhook =
        new BusWebhook(vertx).fails("audit.entry", 400, "an entry must be a JSON object");
    assertProblem(api.call("POST", "/audit", value), 400);
    assertThat(webhook.asked("audit.entry")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.5", "123456789012345678901234567890"})
  void numbersThatTheBusCannotCarryAre400(String value) {
    BusWebhook webhook = BusWebhook.answeringAll(vertx);
    JsonObject problem = assertProblem(api.call("POST", "/audit", value), 400);
    assertThat(problem.getString("detail"))
        .isEqualTo("an entry must be a JSON object, was a number");
    assertThat(webhook.asked("audit.entry")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "null", "\"\"", "1", "{", "not json", "\ufeff{}", "{}{}"})
  void aBodyThatIsNoObjectIs400(String body) {
    BusWebhook webhook = BusWebhook.answeringAll(vertx);
    assertProblem(api.call("PUT", "/webhook", body), 400);
    assertProblem(api.call("POST", "/webhook/dlq/redrive", body), 400);
    assertProblem(api.call("POST", "/webhook/dlq/purge", body), 400);
    assertThat(webhook.asked("webhook.set")).isEmpty();
    assertThat(webhook.asked("webhook.dlq.purge")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"all\":false}",
        "{\"all\":null}",
        "{\"all\":\"true\"}",
        "{\"all\":1}",
        "{\"all\":[]}",
        "{\"All\":true}",
        "{\"event_ids\":null}",
        "{\"event_ids\":7}",
        "{\"event_ids\":\"all\"}",
        "{\"all\":true,\"event_ids\":[7]}",
        "{\"all\":false,\"event_ids\":[7]}",
        "{\"all\":null,\"event_ids\":null}",
        "{\"ids\":[7]}"
      })
  void aPurgeThatDoesNotSayWhatIs400AndPurgesNothing(String body) {
    BusWebhook webhook = BusWebhook.answeringAll(vertx);
    assertProblem(api.call("POST", "/webhook/dlq/purge", body), 400);
    assertThat(webhook.asked("webhook.dlq.purge")).isEmpty();
  }

  /** A proxy that drops bodies made this one purge everything. */
  @Test
  void theRouteThatPurgedAllWithoutABodyIsGone() {
    BusWebhook webhook = BusWebhook.answeringAll(vertx);
    for (String body : new String[] {null, "", "{}", "{\"event_ids\":[7]}", "{\"all\":true}"}) {
      assertProblem(api.call("DELETE", "/webhook/dlq", body), 405);
    }
    assertThat(webhook.asked("webhook.dlq.purge")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"400,400", "404,404", "409,409", "502,502", "503,503", "599,599", "500,500"})
  void aRefusalKeepsItsCodeAndItsText(int code, int status) {
    new BusWebhook(vertx).fails("webhook.set", code, "url: because");
    JsonObject problem = assertProblem(api.call("PUT", "/webhook", "{\"url\":\"x\"}"), status);
    assertThat(problem.getString("detail")).isEqualTo("url: because");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 200, 302, 600})
  void aFailureWithoutAStatusIs500AndItsTextStaysInside(int code) {
    new BusWebhook(vertx).fails("webhook.get", code, "java.lang.hunter2");
    assertThat(assertProblem(api.call("GET", "/webhook"), 500).getString("detail"))
        .doesNotContain("hunter2");
  }

  @Test
  void aReplyThatIsNoObjectIs500() {
    new BusWebhook(vertx).replies("webhook.get", "text").replies("webhook.dlq", null);
    assertProblem(api.call("GET", "/webhook"), 500);
    assertProblem(api.call("GET", "/webhook/dlq"), 500);
  }

  @Test
  void withoutAWebhookAllIs503() {
    assertThat(assertProblem(api.call("GET", "/webhook"), 503).getString("detail"))
        .isEqualTo("no webhook is deployed");
    assertProblem(api.call("POST", "/audit", "{}"), 503);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST   | /webhook             | DELETE, GET, HEAD, PUT",
        "PATCH  | /webhook/dlq         | GET, HEAD",
        "DELETE | /webhook/dlq         | GET, HEAD",
        "GET    | /webhook/dlq/purge   | POST",
        "GET    | /webhook/dlq/redrive | POST",
        "GET    | /webhook/dlq/7       | DELETE",
        "GET    | /webhook/test        | POST",
        "PUT    | /audit               | POST",
        "OPTIONS| /audit               | POST",
        "BREW   | /audit               | POST",
        "POST   | /                    | GET, HEAD",
        "DELETE | /health/live         | GET, HEAD",
        "POST   | /health/ready        | GET, HEAD",
        "POST   | /health/delivery     | GET, HEAD"
      })
  void anotherMethodIs405(String method, String path, String allow) {
    HttpResponse<String> response = api.call(method, path);
    assertProblem(response, 405);
    List<String> allowed = List.of(response.headers().firstValue("allow").get().split(", "));
    assertThat(allowed).containsExactlyInAnyOrder(allow.split(", "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nothing",
        "/webhook/",
        "/webhook/dlq/",
        "/webhook/x",
        "/webhook%2Fdlq",
        "/Webhook",
        "/index.html",
        "/metrics/x",
        "/webhook/dlq/7/8",
        "/health",
        "/audit/x"
      })
  void anUnknownPathIs404(String path) {
    BusWebhook webhook = BusWebhook.answeringAll(vertx);
    assertProblem(api.call("DELETE", path), 404);
    assertThat(webhook.asked("webhook.dlq.purge")).isEmpty();
    assertThat(webhook.asked("webhook.set")).isEmpty();
  }

  @Test
  void headIsGetWithoutABody() {
    BusWebhook.answeringAll(vertx);
    for (String path :
        List.of(
            "/webhook", "/webhook/dlq", "/health/live", "/health/ready", "/health/delivery", "/")) {
      HttpResponse<String> head = api.call("HEAD", path);
      HttpResponse<String> get = api.call("GET", path);
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.body()).isEmpty();
      assertThat(head.headers().firstValue("content-length"))
          .isEqualTo(get.headers().firstValue("content-length"));
    }
  }

  @Test
  void everyAnswerIsProtected() {
    BusWebhook.answeringAll(vertx);
    for (String path : List.of("/webhook", "/nothing", "/health/live", "/", "/webhook?x=1")) {
      HttpResponse<String> response = api.call("GET", path);
      assertThat(response.headers().firstValue("x-content-type-options")).contains("nosniff");
      assertThat(response.headers().firstValue("cache-control")).contains("no-store");
      assertThat(response.headers().firstValue("content-security-policy").get())
          .startsWith("default-src 'none'")
          .doesNotContain("unsafe");
    }
  }

  static JsonObject assertProblem(HttpResponse<String> response, int status) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
    JsonObject problem = Api.json(response);
    assertThat(problem.getString("type")).isEqualTo("about:blank");
    assertThat(problem.getInteger("status")).isEqualTo(status);
    assertThat(problem.getString("title")).isNotBlank();
    assertThat(problem.getString("detail")).isNotBlank().doesNotContain("\n", "\tat ");
    return problem;
  }
}
