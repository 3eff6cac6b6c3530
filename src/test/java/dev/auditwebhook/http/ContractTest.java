package dev.auditwebhook.http;

import static dev.auditwebhook.testing.Effect.close;
import static dev.auditwebhook.testing.Effect.silence;
import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.TokenOptions;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.http.guard.ClientLimits;
import dev.auditwebhook.testing.Readme;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import dev.auditwebhook.wire.format.FormatCatalog;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.json.schema.OutputUnit;
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
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
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
          "POST /webhook/test 408",
          "POST /endpoints/{id}/test 408",
          "POST /webhook/dlq/purge 408",
          "POST /webhook/dlq/redrive 408",
          "PUT /endpoints/{id} 408",
          "PATCH /endpoints/{id} 408",
          "POST /endpoints/{id}/dlq/purge 408",
          "POST /endpoints/{id}/dlq/redrive 408");

  private static final String METRICS = "metrics-token-of-the-tests";

  private static final String ENTRY = "{\"action\":\"user.login\",\"details\":{\"a\":1}}";

  /** A good body for each operation that needs one. */
  private static final Map<String, String> BODIES =
      Map.of(
          "POST /audit",
          ENTRY,
          "PUT /webhook",
          "{\"initial_backoff\":20}",
          "POST /webhook/dlq/purge",
          "{\"all\":true}",
          "PUT /endpoints/{id}",
          "{}",
          "PATCH /endpoints/{id}",
          "{\"initial_backoff\":20}",
          "POST /endpoints/{id}/dlq/purge",
          "{\"all\":true}");

  private Contract contract;
  private Api api;

  @BeforeEach
  void serve() {
    contract = new Contract(webhook.vertx());
    api = api(http(), Api.ADMIN);
  }

  private static HttpOptions http() {
    return new HttpOptions()
        .setPort(0)
        .setAdminToken(Api.ADMIN)
        .setIngestToken(Api.INGEST)
        .addToken(new TokenOptions().setName("scraper").setRole("metrics").setToken(METRICS));
  }

  private Api api(HttpOptions options, String token) {
    return new Api(Lenient.serve(webhook.vertx(), options).port(), token);
  }

  @Test
  void itsRoutesAreThoseOfTheRouter() {
    Set<String> routes = new TreeSet<>();
    for (Route route : ApiRouter.create(webhook.vertx(), http()).getRoutes()) {
      if (route.getPath() != null && !route.getPath().startsWith("/console/")) {
        String path = route.getPath().replaceAll(":(\\w+)", "{$1}").replace("{endpoint_", "{");
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
    String manual = Readme.chapter("HTTP").replaceAll("\\?\\w+=(&\\w+=)*`", "`");
    for (String operation : contract.operations()) {
      assertThat(manual).contains("`" + operation.replaceAll("\\{(\\w+)}", ":$1") + "`");
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
    served("GET", "/token", null);
    served("GET", "/metrics", null);
    served("GET", "/openapi.json", null);
    whatIsServedOf("/webhook", "PUT", webhook.client());
    String config = "{\"url\":\"" + receiver.url() + "\",\"initialBackoff\":20}";
    assertThat(served("PUT", "/endpoints/siem", config).statusCode()).isEqualTo(201);
    assertThat(served("PUT", "/endpoints/siem", config).statusCode()).isEqualTo(200);
    served("GET", "/endpoints", null);
    served("GET", "/nodes", null);
    whatIsServedOf("/endpoints/siem", "PATCH", webhook.client().endpoint("siem"));
    served("DELETE", "/webhook", null);
    served("GET", "/webhook", null);
    served("DELETE", "/endpoints/siem", null);
    served("GET", "/endpoints", null);
    served("POST", "/audit", ENTRY);
    manyEntriesAreAnsweredAsTheContractSays();
    whatIsOverAQuotaIsRefused();
  }

  private void whatIsOverAQuotaIsRefused() {
    String token = "the-token-of-a-busy-producer";
    TokenOptions busy =
        new TokenOptions().setName("busy").setRole("ingest").setToken(token).setQuota(1);
    Api producer = api(http().addToken(busy), token);
    producer.post("/audit", AuditRoute.NDJSON, ENTRY);
    refused(producer, 429, "POST", "/audit", ENTRY);
  }

  private void manyEntriesAreAnsweredAsTheContractSays() {
    HttpResponse<String> response = api.post("/audit", AuditRoute.NDJSON, ENTRY + "\n{}\n" + ENTRY);
    contract.check("POST", "/audit", response);
    List<JsonObject> lines = response.body().lines().map(JsonObject::new).toList();
    assertThat(lines).hasSize(3);
    for (JsonObject line : lines) {
      String schema = line.containsKey("detail") ? "EntryError" : "Accepted";
      assertThat(contract.checkSchema(schema, line).getValid()).as("%s", line).isTrue();
    }
  }

  /** All routes of one endpoint, which is refused what it sends. */
  private void whatIsServedOf(String path, String change, WebhookClient endpoint) throws Exception {
    served("GET", path, null);
    long first = Api.json(served("POST", "/audit", ENTRY)).getLong("event_id");
    served("POST", "/audit", "{\"action\":\"a\",\"other\":1,\"timestamp\":null}");
    awaitDeadLetters(endpoint, 2);
    served("GET", path, null);
    served("GET", path + "/dlq?limit=1&after=" + first, null);
    served("GET", path + "/dlq", null);
    served("DELETE", path + "/dlq/" + first, null);
    served("POST", path + "/dlq/redrive", "{\"event_ids\":[" + (first + 1) + "]}");
    awaitDeadLetters(endpoint, 1);
    served("POST", path + "/dlq/redrive", null);
    awaitDeadLetters(endpoint, 1);
    served("POST", path + "/dlq/purge", "{\"event_ids\":[]}");
    served("POST", path + "/dlq/purge", "{\"all\":true}");
    served("POST", path + "/test", null);
    served(change, path, "{\"url\":\"" + receiver.url() + "\",\"initial_backoff\":20}");
    String secret = "\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"";
    served(change, path, "{\"secret\":" + secret + "}");
    served(change, path, "{\"secret\":" + secret + ",\"revoke\":true}");
    served(change, path, "{\"paused\":true}");
    served("GET", path, null);
    served(change, path, "{\"paused\":false}");
    anAttemptIsAsTheContractSays(path + "/attempts");
    awaitDeadLetters(endpoint, 1);
  }

  private static void awaitDeadLetters(WebhookClient endpoint, int letters) {
    await()
        .atMost(20, TimeUnit.SECONDS)
        .until(
            () -> result(endpoint.get()),
            state -> state.pending() == 0 && state.dlqSize() == letters);
  }

  private HttpResponse<String> served(String method, String path, String body) {
    assertThat(contract.allows(method, path, body)).as("%s %s %s", method, path, body).isTrue();
    HttpResponse<String> response = api.call(method, path, body);
    assertThat(response.statusCode()).as("%s %s %s", method, path, response.body()).isLessThan(300);
    contract.check(method, path, response);
    return response;
  }

  private void anAttemptIsAsTheContractSays(String path) throws Exception {
    HttpResponse<InputStream> stream =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(api.base() + path))
                    .header("Authorization", "Bearer " + Api.ADMIN)
                    .build(),
                BodyHandlers.ofInputStream());
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body()))) {
      String line = lines.readLine();
      contract.check(
          "GET",
          path,
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
    each(
        404,
        (method, path, body) -> {
          if (!path.startsWith("/webhook")) {
            refused(404, method, path, body);
          }
        });
    refused(404, "GET", "/webhook/attempts?endpoint=siem", null);
    refused(409, "DELETE", "/endpoints/default", null);
    refused(503, "GET", "/health/delivery", null);
    served("PUT", "/endpoints/siem", "{}");
    whatIsRefusedOf("/webhook", "PUT", webhook.client());
    whatIsRefusedOf("/endpoints/siem", "PATCH", webhook.client().endpoint("siem"));
    result(webhook.client().remove("siem"));
    receiver.usually(silence());
    webhook.publish(3);
    refused(503, "POST", "/audit", ENTRY);
    refused(503, "GET", "/health/ready", null);
    receiver.usually(status(204));
  }

  /** What an endpoint refuses that has no URL, and then what it refuses that has one. */
  private void whatIsRefusedOf(String path, String change, WebhookClient endpoint) {
    refused(404, "DELETE", path + "/dlq/999", null);
    refused(404, "POST", path + "/dlq/purge", "{\"event_ids\":[999]}");
    refused(409, change, path, "{\"paused\":true}");
    refused(409, "POST", path + "/test", null);
    refused(409, "POST", path + "/dlq/redrive", null);
    result(endpoint.setUrl(receiver.url()));
    refused(404, "POST", path + "/dlq/redrive", "{\"event_ids\":[999]}");
    receiver.usually(close());
    refused(502, "POST", path + "/test", null);
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
        String path = words[1].replace("{event_id}", "7").replace("{id}", "siem");
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
    Api scraper = new Api(api.base(), METRICS);
    each(
        403,
        (method, path, body) ->
            refused(path.equals("/audit") ? scraper : producer, 403, method, path, body));
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
    notValid("PUT", "/webhook", "{\"revoke\":false}");
    notValid("PUT", "/webhook", "{\"revoke\":true}");
    notValid("PUT", "/webhook", "{\"revoke\":true,\"paused\":false}");
    notValid("GET", "/webhook/dlq?limit=0", null);
    notValid("GET", "/webhook/dlq?limit=10001", null);
    notValid("GET", "/webhook/dlq?after=-1", null);
    notValid("POST", "/webhook/dlq/redrive", "{\"event_ids\":[\"7\"]}");
    notValid("PUT", "/webhook", "{\"paused\":\"yes\"}");
    for (String config :
        List.of(
            "{\"uri\":\"http://a\"}",
            "{\"endpoint\":\"other\"}",
            "{\"url\":null}",
            "{\"secrets\":\"whsec_\"}",
            "{\"headers\":{\"a\":1}}",
            "{\"actions\":[\"\"]}",
            "{\"actions\":[\"user.*.login\"]}",
            "{\"actions\":[\"!!user\"]}",
            "{\"format\":\"splunk\"}",
            "{\"formatOptions\":{\"indx\":\"audit\"}}",
            "{\"format\":\"loki\",\"formatOptions\":{\"labels\":{\"job\":1}}}",
            "{\"compression\":\"zstd\"}",
            "{\"auth\":{\"type\":\"basic\"}}",
            "{\"auth\":{\"type\":\"oauth2\",\"tokenUrl\":\"http://a\",\"clientId\":\"a\"}}",
            "{\"maxAttempts\":0}",
            "{\"jitter\":2}",
            "{\"queueCapacity\":0}",
            "{\"circuitBreaker\":{\"maxFailures\":0}}",
            "{\"batch\":{\"maxEvents\":10001}}",
            "{\"batch\":{\"size\":1}}")) {
      notValid("PUT", "/endpoints/siem", config);
    }
    notValid("PUT", "/endpoints/SIEM", "{}");
    served("PUT", "/endpoints/siem", "{}");
    notValid("PATCH", "/endpoints/siem", "{}");
    notValid("PATCH", "/endpoints/siem", "{\"url\":\"http://a\",\"endpoint\":\"other\"}");
    notValid("GET", "/endpoints/siem/dlq?limit=0", null);
    notValid("POST", "/endpoints/siem/dlq/purge", "{}");
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
    for (int status : List.of(409, 500, 503, 504, 508)) {
      String address = "broken" + status;
      String entry = "entry" + status;
      BusWebhook broken = new BusWebhook(webhook.vertx()).fails(entry, status, "for a test");
      for (String name :
          List.of(
              "get",
              "set",
              "dlq",
              "dlq.redrive",
              "dlq.purge",
              "test",
              "endpoints",
              "nodes",
              "endpoint.put",
              "endpoint.remove")) {
        broken.fails(address + "." + name, status, "for a test");
      }
      HttpOptions options = http().setAddress(address).setEntryAddress(entry);
      AttemptsRoute full =
          new AttemptsRoute(
              webhook.vertx(), options, new AttemptStream.Bounds(0, 0, 1_000, 50, 1_000));
      HttpService service =
          result(HttpService.start(webhook.vertx(), options, ClientLimits.DEFAULT, full));
      Api failing = new Api(service.port(), Api.ADMIN);
      each(status, (method, path, body) -> refused(failing, status, method, asking(path), body));
    }
  }

  /** A stream of all attempts asks nobody; one of an endpoint asks whether there is that one. */
  private static String asking(String path) {
    return path.equals(AttemptsRoute.PATH) ? path + "?endpoint=siem" : path;
  }

  @Test
  void itsExamplesAreAsItsSchemasSayAndNothingMoreIs() {
    Set<String> shown = new TreeSet<>();
    JsonObject schemas = contract.json().getJsonObject("components").getJsonObject("schemas");
    for (String name : schemas.fieldNames()) {
      for (Object example : schemas.getJsonObject(name).getJsonArray("examples", new JsonArray())) {
        OutputUnit checked = contract.checkSchema(name, example);
        assertThat(checked.getValid()).as("%s %s: %s", name, example, checked).isTrue();
        JsonObject more = ((JsonObject) example).copy().put("more", 1);
        assertThat(contract.checkSchema(name, more).getValid()).as(name).isFalse();
        shown.add(name);
      }
    }
    assertThat(shown)
        .contains("Configuration", "Change", "State", "Endpoints", "Nodes", "Put", "Removed");
  }

  @Test
  void theConfigurationOfAnEndpointHasTheKeysAndDefaultsOfTheOptions() {
    JsonObject defaults = new JsonObject();
    JsonObject properties = contract.schema("Configuration").getJsonObject("properties");
    for (String key : properties.fieldNames()) {
      defaults.put(key, properties.getJsonObject(key).getValue("default"));
    }
    assertThat(defaults).isEqualTo(new EndpointOptions().toJson());
    assertThat(contract.schema("Format").getJsonArray("enum"))
        .isEqualTo(new JsonArray(FormatCatalog.names()));
  }

  @Test
  void theBoundsOfTheConfigurationAreThoseOfTheOptions() {
    JsonObject properties = contract.schema("Configuration").getJsonObject("properties");
    boundsAreThoseOfTheOptions(properties, UnaryOperator.identity());
    for (String group : List.of("circuitBreaker", "batch")) {
      boundsAreThoseOfTheOptions(
          properties.getJsonObject(group).getJsonObject("properties"),
          config -> new JsonObject().put(group, config));
    }
  }

  private static void boundsAreThoseOfTheOptions(
      JsonObject properties, UnaryOperator<JsonObject> in) {
    for (String key : properties.fieldNames()) {
      JsonObject schema = properties.getJsonObject(key);
      if (schema.containsKey("maximum")) {
        for (int out = 0; out <= 1; out++) {
          Object least = schema.getInteger("minimum") - out;
          Object most = schema.getInteger("maximum") + out;
          for (Object value : List.of(least, most)) {
            JsonObject config = in.apply(new JsonObject().put(key, value));
            Throwable refusal = catchThrowable(() -> new EndpointOptions(config));
            assertThat(refusal == null).as(config.encode()).isEqualTo(out == 0);
          }
        }
      }
    }
  }
}
