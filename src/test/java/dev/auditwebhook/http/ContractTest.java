package dev.auditwebhook.http;

import static dev.auditwebhook.testing.Effect.close;
import static dev.auditwebhook.testing.Effect.silence;
import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.http.guard.ClientLimits;
import dev.auditwebhook.testing.Readme;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract and the service agree: in their routes, and in every status of each. */
class ContractTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  /** What takes another class path, or a client that dawdles; it has tests of its own. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          "GET /metrics 501",
          "POST /audit 408",
          "PUT /webhook 408",
          "POST /webhook/dlq/purge 408",
          "POST /webhook/dlq/redrive 408");

  private static final String ENTRY = "{\"action\":\"user.login\",\"details\":{\"a\":1}}";

  /** A good body for each operation that needs one. */
  private static final Map<String, String> BODIES =
      Map.of(
          "POST /audit",
          ENTRY,
          "PUT /webhook",
          "{\"initial_backoff\":20}",
          "POST /webhook/dlq/purge",
          "{\"all\":true}");

  private Contract contract;
  private Api api;

  @BeforeEach
  void serve() {
    contract = new Contract(webhook.vertx());
    api = api(http(), Api.ADMIN);
  }

  private static HttpOptions http() {
    return new HttpOptions().setPort(0).setAdminToken(Api.ADMIN).setIngestToken(Api.INGEST);
  }

  private Api api(HttpOptions options, String token) {
    return new Api(result(HttpService.start(webhook.vertx(), options)).port(), token);
  }

  @Test
  void itsRoutesAreThoseOfTheRouter() {
    Set<String> routes = new TreeSet<>();
    for (Route route : ApiRouter.create(webhook.vertx(), http()).getRoutes()) {
      if (route.getPath() != null && !route.getPath().startsWith("/console/")) {
        String path = route.getPath().replaceAll(":(\\w+)", "{$1}");
        Set<HttpMethod> methods = route.methods() == null ? Set.of() : route.methods();
        methods.stream()
            .filter(method -> !method.name().equals("HEAD"))
            .forEach(method -> routes.add(method + " " + path));
      }
    }
    assertThat(contract.operations()).isEqualTo(routes);
  }

  @Test
  void theManualNamesEveryRouteOfIt() {
    String manual = Readme.chapter("HTTP").replace("?limit=&after=", "");
    for (String operation : contract.operations()) {
      assertThat(manual).contains("`" + operation.replace("{event_id}", ":event_id") + "`");
    }
  }

  @Test
  void itIsServedAsItIsWritten() {
    assertThat(Api.json(api.call("GET", "/openapi.json"))).isEqualTo(contract.json());
    assertThat(contract.json().getString("openapi")).startsWith("3.1");
  }

  @Test
  void everyStatusOfEveryRouteIsAsItSays() throws Exception {
    whatIsServed();
    whatIsRefusedByTheWebhook();
    whatIsRefusedByTheGuard();
    whatIsNotValid();
    whatTheBusCannotDo();

    Set<String> missing = new TreeSet<>(contract.statuses());
    missing.removeAll(contract.exercised());
    assertThat(missing).isEqualTo(new TreeSet<>(ELSEWHERE));
  }

  private void whatIsServed() throws Exception {
    receiver.usually(status(400));
    webhook.deploy(webhook.options().setQueueCapacity(3));
    served("GET", "/", null);
    served("GET", "/health/live", null);
    served("GET", "/health/ready", null);
    served("GET", "/health/delivery", null);
    served("GET", "/metrics", null);
    served("GET", "/openapi.json", null);
    served("GET", "/webhook", null);
    served("POST", "/audit", ENTRY);
    served("POST", "/audit", "{\"action\":\"a\",\"other\":1,\"timestamp\":null}");
    webhook.awaitSettled(2);
    served("GET", "/webhook", null);
    served("GET", "/webhook/dlq?limit=1&after=1", null);
    served("GET", "/webhook/dlq", null);
    served("DELETE", "/webhook/dlq/1", null);
    served("POST", "/webhook/dlq/redrive", "{\"event_ids\":[2]}");
    webhook.awaitSettled(2);
    served("POST", "/webhook/dlq/redrive", null);
    webhook.awaitSettled(2);
    served("POST", "/webhook/dlq/purge", "{\"event_ids\":[]}");
    served("POST", "/webhook/dlq/purge", "{\"all\":true}");
    served("POST", "/webhook/test", null);
    served("PUT", "/webhook", "{\"url\":\"" + receiver.url() + "\",\"initial_backoff\":20}");
    served("PUT", "/webhook", "{\"paused\":true}");
    served("GET", "/webhook", null);
    served("PUT", "/webhook", "{\"paused\":false}");
    anAttemptIsAsTheContractSays();
    served("DELETE", "/webhook", null);
    served("POST", "/audit", ENTRY);
    served("GET", "/webhook", null);
  }

  private void served(String method, String path, String body) {
    assertThat(contract.allows(method, path, body)).as("%s %s %s", method, path, body).isTrue();
    HttpResponse<String> response = api.call(method, path, body);
    assertThat(response.statusCode()).as("%s %s %s", method, path, response.body()).isLessThan(300);
    contract.check(method, path, response);
  }

  private void anAttemptIsAsTheContractSays() throws Exception {
    HttpResponse<InputStream> stream =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(api.base() + AttemptsRoute.PATH))
                    .header("Authorization", "Bearer " + Api.ADMIN)
                    .build(),
                BodyHandlers.ofInputStream());
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body()))) {
      String line = lines.readLine();
      contract.check(
          "GET",
          AttemptsRoute.PATH,
          stream.statusCode(),
          stream.headers().firstValue("content-type").orElseThrow(),
          line);
      served("POST", "/audit", ENTRY);
      while (!line.startsWith("data: ")) {
        line = lines.readLine();
      }
      JsonObject attempt = new JsonObject(line.substring(6));
      assertThat(contract.checkSchema("Attempt", attempt).getValid()).as(line).isTrue();
    }
  }

  private void whatIsRefusedByTheWebhook() {
    refused(404, "DELETE", "/webhook/dlq/999", null);
    refused(404, "POST", "/webhook/dlq/purge", "{\"event_ids\":[999]}");
    refused(409, "PUT", "/webhook", "{\"paused\":true}");
    refused(409, "POST", "/webhook/test", null);
    refused(409, "POST", "/webhook/dlq/redrive", null);
    refused(503, "GET", "/health/delivery", null);
    result(webhook.client().setUrl(receiver.url()));
    refused(404, "POST", "/webhook/dlq/redrive", "{\"event_ids\":[999]}");
    receiver.usually(close());
    refused(502, "POST", "/webhook/test", null);
    receiver.usually(silence());
    webhook.publish(3);
    refused(503, "POST", "/audit", ENTRY);
    refused(503, "GET", "/health/ready", null);
    receiver.usually(status(204));
  }

  private void refused(int status, String method, String path, String body) {
    refused(api, status, method, path, body);
  }

  private void refused(Api by, int status, String method, String path, String body) {
    HttpResponse<String> response = by.call(method, path, body);
    assertThat(response.statusCode())
        .as("%s %s %s", method, path, response.body())
        .isEqualTo(status);
    contract.check(method, path, response);
  }

  /** Every operation that documents a status, with a body that is good where one is needed. */
  private void each(int status, Refusal refusal) {
    for (String documented : List.copyOf(contract.statuses())) {
      String[] words = documented.split(" ");
      if (words[2].equals(Integer.toString(status))) {
        String path = words[1].replace("{event_id}", "7");
        String body = BODIES.get(words[0] + " " + words[1]);
        refusal.of(words[0], path, body);
      }
    }
  }

  private interface Refusal {
    void of(String method, String path, String body);
  }

  private void whatIsRefusedByTheGuard() {
    Api nobody = new Api(api.base(), null);
    Api producer = new Api(api.base(), Api.INGEST);
    each(401, (method, path, body) -> refused(nobody, 401, method, path, body));
    each(403, (method, path, body) -> refused(producer, 403, method, path, body));
  }

  private void whatIsNotValid() {
    String blown = "{\"action\":\"" + "a".repeat(1 << 20) + "\"}";
    each(413, (method, path, body) -> refused(413, method, path, blown));
    each(
        400,
        (method, path, body) -> {
          if (path.equals("/audit")) {
            notValid(method, path, "{}");
          } else {
            refused(400, method, path + "?x=1", body);
          }
        });
    notValid("POST", "/audit", "{\"action\":\"\"}");
    notValid("PUT", "/webhook", "{}");
    notValid("PUT", "/webhook", "{\"url\":null}");
    notValid("PUT", "/webhook", "{\"initial_backoff\":0}");
    notValid("PUT", "/webhook", "{\"uri\":\"http://a\"}");
    notValid("GET", "/webhook/dlq?limit=0", null);
    notValid("GET", "/webhook/dlq?limit=10001", null);
    notValid("GET", "/webhook/dlq?after=-1", null);
    notValid("POST", "/webhook/dlq/redrive", "{\"event_ids\":[\"7\"]}");
    notValid("PUT", "/webhook", "{\"paused\":\"yes\"}");
    notValid("POST", "/webhook/dlq/purge", null);
    notValid("POST", "/webhook/dlq/purge", "{}");
    notValid("POST", "/webhook/dlq/purge", "{\"all\":false}");
    notValid("POST", "/webhook/dlq/purge", "{\"all\":true,\"event_ids\":[7]}");
    notValid("POST", "/webhook/dlq/purge", "{\"event_ids\":null}");
  }

  /** What the service refuses, the contract does not allow either. */
  private void notValid(String method, String path, String body) {
    assertThat(contract.allows(method, path, body)).as("%s %s %s", method, path, body).isFalse();
    refused(400, method, path, body);
  }

  private void whatTheBusCannotDo() {
    for (int status : List.of(500, 503, 504)) {
      String address = "broken" + status;
      String entry = "entry" + status;
      BusWebhook broken = new BusWebhook(webhook.vertx()).fails(entry, status, "for a test");
      for (String name : List.of("get", "set", "dlq", "dlq.redrive", "dlq.purge", "test")) {
        broken.fails(address + "." + name, status, "for a test");
      }
      HttpOptions options = http().setAddress(address).setEntryAddress(entry);
      AttemptsRoute full =
          new AttemptsRoute(
              webhook.vertx(), options, new AttemptStream.Bounds(0, 1_000, 50, 1_000));
      HttpService service =
          result(HttpService.start(webhook.vertx(), options, ClientLimits.DEFAULT, full));
      Api failing = new Api(service.port(), Api.ADMIN);
      each(status, (method, path, body) -> refused(failing, status, method, path, body));
    }
  }
}
