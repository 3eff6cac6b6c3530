package dev.auditwebhook.http;

import static dev.auditwebhook.http.WebhookRoutesTest.assertProblem;
import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.refusal;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookClient.DeadLetter;
import dev.auditwebhook.WebhookClient.State;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Many endpoints over HTTP and through the client, from a request to a receiver and back. */
@EveryStore
@Timeout(60)
class ManyEndpointsTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();
  private final ScriptedReceiver siem = webhook.anotherReceiver();
  private Api api;

  @BeforeEach
  void serve() {
    webhook.deploy();
    api = new Api(webhook.serveHttp(Api.ADMIN), Api.ADMIN);
  }

  private JsonObject config() {
    return new JsonObject().put("url", siem.url()).put("initialBackoff", 20).put("jitter", 0);
  }

  private HttpResponse<String> put(String id, JsonObject config) {
    return api.call("PUT", "/endpoints/" + id, config.encode());
  }

  private JsonObject served(String method, String path, String body) {
    HttpResponse<String> response = api.call(method, path, body);
    assertThat(response.statusCode()).as("%s %s %s", method, path, response.body()).isLessThan(300);
    return Api.json(response);
  }

  private JsonObject get(String path) {
    return served("GET", path, null);
  }

  private State awaitState(String id, Predicate<State> wanted) {
    return await()
        .atMost(20, TimeUnit.SECONDS)
        .until(
            () -> {
              State state = new State(get("/endpoints/" + id));
              assertThat(state.isBalanced()).as("ledger %s", state.json()).isTrue();
              return state;
            },
            wanted);
  }

  @Test
  void anEndpointGetsWhatArrivesFromItsMakingOnUntilItsRemoval() {
    webhook.publish(2);
    webhook.awaitSettled(2);

    HttpResponse<String> made = put("siem", config());
    assertThat(made.statusCode()).isEqualTo(201);
    assertThat(made.body())
        .isEqualTo("{\"type\":\"put_webhook_endpoint_ok\",\"endpoint\":\"siem\",\"created\":true}");
    webhook.publish(2);
    awaitState("siem", state -> state.delivered() == 2);
    webhook.awaitSettled(4);
    assertThat(siem.eventIds()).containsExactlyInAnyOrder(3L, 4L);
    assertThat(receiver.eventIds()).containsExactlyInAnyOrder(1L, 2L, 3L, 4L);

    assertThat(served("DELETE", "/endpoints/siem", null).encode())
        .isEqualTo(
            "{\"type\":\"remove_webhook_endpoint_ok\",\"endpoint\":\"siem\",\"abandoned\":0}");
    webhook.publish(1);
    webhook.awaitSettled(5);
    assertThat(siem.eventIds()).hasSize(2);
    assertProblem(api.call("GET", "/endpoints/siem"), 404);
  }

  @Test
  void allAreListedEachAsItIsAlone() {
    for (String id : List.of("siem", "archive", "0-alert")) {
      put(id, config());
    }
    JsonObject list = get("/endpoints");
    assertThat(list.getString("type")).isEqualTo("list_webhook_endpoints_ok");
    assertThat(list.getInteger("count")).isEqualTo(4);
    assertThat(list.getJsonArray("endpoints"))
        .extracting(endpoint -> ((JsonObject) endpoint).getString("endpoint"))
        .containsExactly("default", "0-alert", "archive", "siem");
    for (Object endpoint : list.getJsonArray("endpoints")) {
      JsonObject alone = get("/endpoints/" + ((JsonObject) endpoint).getString("endpoint"));
      assertThat(alone.remove("type")).isEqualTo("get_webhook_ok");
      assertThat(endpoint).isEqualTo(alone);
    }
  }

  @Test
  void theRoutesOfTheWebhookMeanTheDefaultOne() {
    put("siem", config());
    webhook.publish(1);
    webhook.awaitSettled(1);
    assertThat(get("/webhook")).isEqualTo(get("/endpoints/default"));
    String url = receiver.url("/other");
    served("PATCH", "/endpoints/default", new JsonObject().put("url", url).encode());
    assertThat(get("/webhook").getString("url")).isEqualTo(url);
    served("DELETE", "/webhook", null);
    assertThat(get("/endpoints/default").getString("url")).isEmpty();
    assertThat(get("/endpoints/siem").getString("url")).isEqualTo(siem.url());
  }

  @Test
  void aConfigurationIsReplacedAsAWhole() {
    put("siem", config().put("secrets", JsonArray.of(SECRET)).put("format", "ndjson"));
    JsonObject before = get("/endpoints/siem");
    assertThat(before.getBoolean("signed")).isTrue();
    assertThat(before.getString("format")).isEqualTo("ndjson");

    HttpResponse<String> replaced = put("siem", config());

    assertThat(replaced.statusCode()).isEqualTo(200);
    assertThat(Api.json(replaced).getBoolean("created")).isFalse();
    JsonObject after = get("/endpoints/siem");
    assertThat(after.getBoolean("signed")).isFalse();
    assertThat(after.getString("format")).isEqualTo("event");
    assertThat(get("/endpoints").getInteger("count")).isEqualTo(2);
  }

  @Test
  void aSettingOfOneIsNoSettingOfAnother() {
    put("siem", config());
    assertThat(served("PATCH", "/endpoints/siem", "{\"paused\":true}").encode())
        .isEqualTo(
            new JsonObject()
                .put("type", "set_webhook_ok")
                .put("status", "paused")
                .put("url", siem.url())
                .encode());
    webhook.publish(3);
    webhook.awaitSettled(3);
    assertThat(get("/endpoints/siem").getInteger("pending")).isEqualTo(3);
    assertThat(get("/webhook").getBoolean("paused")).isFalse();
    assertThat(siem.requests()).isEmpty();

    served("PATCH", "/endpoints/siem", "{\"paused\":false}");

    awaitState("siem", state -> state.delivered() == 3);
  }

  @Test
  void whatIsPendingGoesWithTheEndpointAndTheReplySaysHowMuch() {
    put("siem", config());
    served("PATCH", "/endpoints/siem", "{\"paused\":true}");
    webhook.publish(3);
    webhook.awaitSettled(3);
    assertThat(served("DELETE", "/endpoints/siem", null).getInteger("abandoned")).isEqualTo(3);
    assertThat(put("siem", config()).statusCode()).isEqualTo(201);
    assertThat(get("/endpoints/siem").getInteger("received")).isZero();
    assertThat(siem.requests()).isEmpty();
  }

  @Test
  void eachHasItsOwnDeadLetters() {
    siem.usually(status(400));
    put("siem", config());
    webhook.publish(3);
    awaitState("siem", state -> state.failed() == 3);
    webhook.awaitSettled(3);

    assertThat(get("/webhook/dlq").getInteger("count")).isZero();
    JsonObject page = get("/endpoints/siem/dlq?limit=2&after=1");
    assertThat(page.getJsonArray("events"))
        .extracting(letter -> ((JsonObject) letter).getLong("event_id"))
        .containsExactly(2L, 3L);
    assertProblem(api.call("DELETE", "/webhook/dlq/1"), 404);
    assertThat(served("DELETE", "/endpoints/siem/dlq/1", null).getInteger("purged")).isEqualTo(1);
    siem.usually(status(204));
    assertThat(served("POST", "/webhook/dlq/redrive", null).getInteger("redriven")).isZero();
    assertThat(
            served("POST", "/endpoints/siem/dlq/redrive", "{\"event_ids\":[2]}")
                .getInteger("redriven"))
        .isEqualTo(1);
    awaitState("siem", state -> state.delivered() == 1);
    assertThat(served("POST", "/webhook/dlq/purge", "{\"all\":true}").getInteger("purged"))
        .isZero();
    assertThat(served("POST", "/endpoints/siem/dlq/purge", "{\"all\":true}").getInteger("purged"))
        .isEqualTo(1);
    assertThat(receiver.eventIds()).containsExactlyInAnyOrder(1L, 2L, 3L);
  }

  @Test
  void aTestGoesToThatOneAlone() {
    siem.usually(status(418));
    put("siem", config());
    assertThat(served("POST", "/endpoints/siem/test", null).getInteger("status")).isEqualTo(418);
    assertThat(siem.takeRequest().eventId()).isZero();
    assertThat(receiver.requests()).isEmpty();
  }

  @Test
  void healthNamesTheOneThatIsNotWell() {
    put("siem", config());
    assertThat(api.call("GET", "/health/delivery").statusCode()).isEqualTo(200);
    served("PATCH", "/endpoints/siem", "{\"paused\":true}");
    assertThat(reasons()).containsExactly("paused siem");
    served("PUT", "/webhook", "{\"paused\":true}");
    assertThat(reasons()).containsExactlyInAnyOrder("paused", "paused siem");
    assertThat(api.call("GET", "/health/ready").statusCode()).isEqualTo(200);
    served("PATCH", "/endpoints/siem", "{\"url\":\"\"}");
    assertThat(reasons()).contains("disabled siem");
  }

  private List<String> reasons() {
    JsonObject problem = assertProblem(api.call("GET", "/health/delivery"), 503);
    return problem.getJsonArray("reasons").stream().map(String::valueOf).toList();
  }

  @Test
  void theAttemptsOfOneAreHeardAlone() throws Exception {
    put("siem", config());
    try (BufferedReader ofSiem = attempts("/endpoints/siem/attempts");
        BufferedReader ofDefault = attempts("/webhook/attempts?endpoint=default")) {
      webhook.publish(3);
      for (int i = 0; i < 3; i++) {
        assertThat(next(ofSiem).getString("endpoint")).isEqualTo("siem");
        assertThat(next(ofDefault).getString("endpoint")).isEqualTo("default");
      }
    }
    assertProblem(api.call("GET", "/endpoints/seim/attempts"), 404);
    assertProblem(api.call("GET", "/webhook/attempts?endpoint=seim"), 404);
  }

  private BufferedReader attempts(String path) throws Exception {
    HttpResponse<InputStream> stream =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(api.base() + path))
                    .header("Authorization", "Bearer " + Api.ADMIN)
                    .build(),
                HttpResponse.BodyHandlers.ofInputStream());
    assertThat(stream.statusCode()).isEqualTo(200);
    BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body()));
    assertThat(lines.readLine()).isEqualTo(":");
    return lines;
  }

  private static JsonObject next(BufferedReader lines) {
    try {
      String line = lines.readLine();
      while (!line.startsWith("data: ")) {
        line = lines.readLine();
      }
      return new JsonObject(line.substring(6));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "GET    | /endpoints/seim             | -",
        "PATCH  | /endpoints/seim             | {\"url\":\"http://127.0.0.1:1/\"}",
        "DELETE | /endpoints/seim             | -",
        "POST   | /endpoints/seim/test        | -",
        "GET    | /endpoints/seim/dlq         | -",
        "POST   | /endpoints/seim/dlq/redrive | -",
        "POST   | /endpoints/seim/dlq/purge   | {\"all\":true}",
        "DELETE | /endpoints/seim/dlq/7       | -",
        "GET    | /endpoints/SIEM             | -",
        "PATCH  | /endpoints/SIEM             | {\"paused\":true}",
        "DELETE | /endpoints/SIEM             | -",
        "GET    | /endpoints/%73eim           | -",
        "GET    | /endpoints/siem%20          | -",
        "GET    | /endpoints/a%2Fb            | -",
        "GET    | /endpoints/%00              | -"
      })
  void anEndpointThatIsNotThereIs404AndNothingIsDone(String method, String path, String body) {
    put("siem", config());
    JsonObject before = get("/endpoints");
    assertProblem(api.call(method, path, body), 404);
    assertThat(get("/endpoints")).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SIEM",
        "-siem",
        "a_b",
        "a.b",
        "s%C3%AFem",
        "a%2Fb",
        "a%20b",
        "%00",
        "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-0123456789"
      })
  void anIdThatIsNoneIs400InOneLineAndNothingIsMade(String id) {
    JsonObject problem = assertProblem(put(id, config()), 400);
    assertThat(problem.getString("detail")).contains("endpoint");
    assertThat(get("/endpoints").getInteger("count")).isEqualTo(1);
  }

  @Test
  void theLongestIdServes() {
    String id = "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-012345678";
    assertThat(put(id, config()).statusCode()).isEqualTo(201);
    served("PATCH", "/endpoints/" + id, "{\"paused\":true}");
    assertThat(reasons()).isEqualTo(List.of("paused " + id));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"uri\":\"http://127.0.0.1:1/\"}            | uri",
        "{\"endpoint\":\"other\"}                     | endpoint",
        "{\"url\":\"ftp://127.0.0.1/\"}               | url",
        "{\"url\":\"http://169.254.169.254/\"}        | url",
        "{\"secrets\":[\"whsec_short\"]}              | secrets",
        "{\"format\":\"splunk\"}                      | format",
        "{\"formatOptions\":{\"indx\":\"audit\"}}     | formatOptions",
        "{\"compression\":\"zstd\"}                   | compression",
        "{\"batch\":{\"maxEvents\":0}}                | batch.maxEvents",
        "{\"circuitBreaker\":{\"size\":1}}            | circuitBreaker.size",
        "{\"store\":{\"type\":\"memory\"}}            | store",
        "{\"endpoints\":{}}                           | endpoints"
      })
  void aConfigurationThatIsNoneIs400NamesTheKeyAndChangesNothing(String config, String key) {
    put("siem", config());
    JsonObject before = get("/endpoints");
    for (String id : List.of("siem", "other")) {
      HttpResponse<String> response = api.call("PUT", "/endpoints/" + id, config);
      assertThat(assertProblem(response, 400).getString("detail"))
          .contains(key)
          .doesNotContain("whsec_short", "\n");
    }
    assertThat(get("/endpoints")).isEqualTo(before);
  }

  @Test
  void thereIsANodeThatRunsAllOfThem() {
    put("siem", config());
    JsonObject list = get("/nodes");
    assertThat(list.getString("type")).isEqualTo("list_webhook_nodes_ok");
    assertThat(list.getInteger("count")).isEqualTo(1);
    JsonObject node = list.getJsonArray("nodes").getJsonObject(0);
    assertThat(node.getBoolean("self")).isTrue();
    assertThat(node.getBoolean("alive")).isTrue();
    assertThat(node.getInteger("endpoints")).isEqualTo(2);
    assertThat(node.getInstant("seen")).isAfterOrEqualTo(node.getInstant("started"));
  }

  @Test
  void theDefaultOneIsNotRemoved() {
    JsonObject before = get("/webhook");
    assertProblem(api.call("DELETE", "/endpoints/default"), 409);
    assertThat(get("/webhook")).isEqualTo(before);
  }

  @Test
  void noReplyShowsASecret() {
    JsonObject config =
        config()
            .put("secrets", JsonArray.of(SECRET))
            .put("headers", new JsonObject().put("Authorization", "Splunk hunter2"));
    for (HttpResponse<String> response :
        List.of(
            put("siem", config),
            api.call("GET", "/endpoints"),
            api.call("GET", "/endpoints/siem"),
            api.call("PATCH", "/endpoints/siem", "{\"secret\":\"" + SECRET + "\"}"),
            api.call("DELETE", "/endpoints/siem"))) {
      assertThat(response.statusCode()).isLessThan(300);
      assertThat(response.body()).doesNotContain(SECRET.substring(6), "hunter2");
    }
  }

  @Test
  void theClientDoesTheSame() {
    WebhookClient client = webhook.client();
    EndpointOptions config =
        new EndpointOptions().setUrl(siem.url()).setInitialBackoff(20).setMaxAttempts(1);
    siem.usually(status(503));
    assertThat(result(client.put("siem", config))).isTrue();
    assertThat(result(client.put("siem", config))).isFalse();
    WebhookClient one = client.endpoint("siem");
    webhook.publish(1);
    awaitState("siem", state -> state.failed() == 1);

    assertThat(result(client.endpoints()))
        .extracting(State::endpoint)
        .containsExactly("default", "siem");
    assertThat(result(one.get()).format()).isEqualTo("event");
    assertThat(result(one.deadLetters(10, 0))).extracting(DeadLetter::eventId).containsExactly(1L);
    assertThat(result(client.deadLetters(10, 0))).isEmpty();
    assertThat(result(one.test()).status()).isEqualTo(503);
    assertThat(result(one.pause())).isEqualTo(WebhookClient.Status.PAUSED);
    assertThat(result(one.health()).reasons()).containsExactly("paused siem");
    assertThat(result(client.health()).reasons()).containsExactly("paused siem");
    assertThat(result(client.endpoint("default").health()).good()).isTrue();
    assertThat(result(one.redrive())).isEqualTo(1);
    State parked = result(one.get());
    assertThat(parked.pending()).isEqualTo(1);
    assertThat(parked.oldestPending()).isNotNull();
    assertThat(result(client.remove("siem"))).isEqualTo(1);
    assertThat(refusal(one.get()).failureCode()).isEqualTo(404);
    assertThat(refusal(client.remove("siem")).failureCode()).isEqualTo(404);
    assertThat(refusal(client.remove("default")).failureCode()).isEqualTo(409);
    assertThat(refusal(client.remove(null)).failureCode()).isEqualTo(400);
    assertThat(refusal(client.put(null, config)).failureCode()).isEqualTo(400);
    assertThat(refusal(client.put("SIEM", config)).failureCode()).isEqualTo(400);
  }
}
