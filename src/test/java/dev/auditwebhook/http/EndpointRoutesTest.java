package dev.auditwebhook.http;

import static dev.auditwebhook.http.WebhookRoutesTest.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.HttpOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The routes of endpoints: what they ask on the bus, and what they never ask. */
class EndpointRoutesTest {

  private static final List<String> ADDRESSES =
      List.of(
          "webhook.get",
          "webhook.set",
          "webhook.dlq",
          "webhook.dlq.redrive",
          "webhook.dlq.purge",
          "webhook.test",
          "webhook.endpoints",
          "webhook.nodes",
          "webhook.endpoint.put",
          "webhook.endpoint.remove");

  private final HttpOptions options =
      new HttpOptions().setPort(0).setAdminToken(Api.ADMIN).setIngestToken(Api.INGEST);
  private Vertx vertx;
  private Api api;

  @BeforeEach
  void serve() {
    vertx = Vertx.vertx();
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
        "GET    | /endpoints                  | -                  | webhook.endpoints       | {}",
        "GET    | /nodes                      | -                  | webhook.nodes           | {}",
        "GET    | /endpoints/siem             | -                  | webhook.get             | {E}",
        "PUT    | /endpoints/siem             | {\"url\":\"u\"}    | webhook.endpoint.put    | {E,\"config\":{\"url\":\"u\"}}",
        "PUT    | /endpoints/siem             | {}                 | webhook.endpoint.put    | {E,\"config\":{}}",
        "PUT    | /endpoints/siem             | {\"x\":[0.10,null]} | webhook.endpoint.put  | {E,\"config\":{\"x\":[0.10,null]}}",
        "PATCH  | /endpoints/siem             | {\"url\":\"u\"}    | webhook.set             | {E,\"url\":\"u\"}",
        "PATCH  | /endpoints/siem             | {\"x\":null}       | webhook.set             | {E,\"x\":null}",
        "PATCH  | /endpoints/siem             | {\"paused\":true}  | webhook.set             | {E,\"paused\":true}",
        "DELETE | /endpoints/siem             | -                  | webhook.endpoint.remove | {E}",
        "POST   | /endpoints/siem/test        | -                  | webhook.test            | {E}",
        "POST   | /endpoints/siem/test        | {\"x\":1}          | webhook.test            | {E,\"x\":1}",
        "GET    | /endpoints/siem/dlq         | -                  | webhook.dlq             | {E}",
        "GET    | /endpoints/siem/dlq?limit=5&after=7 | -          | webhook.dlq             | {E,\"limit\":5,\"after\":7}",
        "POST   | /endpoints/siem/dlq/redrive | -                  | webhook.dlq.redrive     | {E}",
        "POST   | /endpoints/siem/dlq/redrive | {\"event_ids\":[7]}| webhook.dlq.redrive     | {E,\"event_ids\":[7]}",
        "POST   | /endpoints/siem/dlq/purge   | {\"all\":true}     | webhook.dlq.purge       | {E}",
        "POST   | /endpoints/siem/dlq/purge   | {\"event_ids\":[7]}| webhook.dlq.purge       | {E,\"event_ids\":[7]}",
        "DELETE | /endpoints/siem/dlq/7       | -                  | webhook.dlq.purge       | {E,\"event_ids\":[7]}"
      })
  void eachRouteIsOneRequestThatNamesTheEndpoint(
      String method, String path, String body, String address, String request) {
    BusWebhook webhook = BusWebhook.answeringAll(vertx);

    HttpResponse<String> response = api.call(method, path, body);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).contains("application/json");
    assertThat(Api.json(response)).isEqualTo(new JsonObject().put("type", address));
    assertThat(webhook.asked(address))
        .containsExactly(request.replace("E", "\"endpoint\":\"siem\""));
    assertNobodyWasAsked(webhook, address);
  }

  private static void assertNobodyWasAsked(BusWebhook webhook, String but) {
    for (String address : ADDRESSES) {
      if (!address.equals(but)) {
        assertThat(webhook.asked(address)).as(address).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"true, 201", "false, 200"})
  void anEndpointThatWasMadeIs201AndOneThatWasReplacedIs200(boolean created, int status) {
    JsonObject reply =
        new JsonObject()
            .put("type", "put_webhook_endpoint_ok")
            .put("endpoint", "siem")
            .put("created", created);
    new BusWebhook(vertx).replies("webhook.endpoint.put", reply);
    HttpResponse<String> response = api.call("PUT", "/endpoints/siem", "{}");
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(Api.json(response)).isEqualTo(reply);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/endpoints/SIEM          | SIEM",
        "/endpoints/-siem         | -siem",
        "/endpoints/a_b           | a_b",
        "/endpoints/%73iem        | siem",
        "/endpoints/s%C3%AFem     | s\u00efem",
        "/endpoints/a%20b         | a b",
        "/endpoints/a+b           | a+b",
        "/endpoints/a%2Fb         | a/b",
        "/endpoints/a%2F..%2Fb    | a/../b",
        "/endpoints/%2573iem      | %73iem",
        "/endpoints/%25%37%33iem  | %73iem",
        "/endpoints/%252e%252e    | %2e%2e",
        "/endpoints/a%3Fb         | a?b",
        "/endpoints/a;b=c         | a;b=c",
        "/endpoints/:id           | :id",
        "/endpoints/dlq           | dlq",
        "/endpoints/endpoints     | endpoints"
      })
  void theIdGoesToTheBusAsItIsDecodedOnce(String path, String id) {
    BusWebhook webhook = BusWebhook.answeringAll(vertx);
    String named = new JsonObject().put("endpoint", id).encode();
    assertThat(api.call("GET", path).statusCode()).isEqualTo(200);
    assertThat(webhook.asked("webhook.get")).containsExactly(named);
    assertThat(api.call("DELETE", path).statusCode()).isEqualTo(200);
    assertThat(webhook.asked("webhook.endpoint.remove")).containsExactly(named);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PATCH /endpoints/siem {\"url\":\"u\",\"endpoint\":\"other\"}",
        "PATCH /endpoints/siem {\"url\":\"u\",\"endpoint\":\"siem\"}",
        "PATCH /endpoints/siem {\"url\":\"u\",\"endpoint\":null}",
        "PUT /webhook {\"url\":\"u\",\"endpoint\":\"other\"}",
        "PUT /webhook {\"url\":\"u\",\"endpoint\":\"default\"}",
        "POST /endpoints/siem/test {\"endpoint\":\"other\"}",
        "POST /webhook/test {\"endpoint\":\"siem\"}",
        "POST /endpoints/siem/dlq/redrive {\"endpoint\":\"other\"}",
        "POST /webhook/dlq/redrive {\"endpoint\":\"other\"}",
        "POST /endpoints/siem/dlq/purge {\"all\":true,\"endpoint\":\"other\"}",
        "POST /webhook/dlq/purge {\"all\":true,\"endpoint\":\"other\"}",
        "POST /webhook/dlq/purge {\"event_ids\":[7],\"endpoint\":\"other\"}"
      })
  void whichEndpointIsMeantIsThePathsToSayAndNotTheBodys(String line) {
    BusWebhook webhook = BusWebhook.answeringAll(vertx);
    String[] words = line.split(" ");
    assertThat(assertProblem(api.call(words[0], words[1], words[2]), 400).getString("detail"))
        .isEqualTo("endpoint: must not be in the body, as the path says which one");
    assertNobodyWasAsked(webhook, null);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /endpoints?x=1",
        "GET /endpoints?endpoint=siem",
        "GET /endpoints/siem?x=1",
        "GET /webhook?endpoint=siem",
        "DELETE /webhook?endpoint=siem",
        "DELETE /endpoints/siem?force=true",
        "PUT /endpoints/siem",
        "PATCH /endpoints/siem",
        "POST /endpoints/siem/test?endpoint=other",
        "GET /endpoints/siem/dlq?endpoint=other",
        "GET /webhook/dlq?endpoint=siem",
        "GET /endpoints/siem/dlq?limit=x",
        "GET /endpoints/siem/dlq?limit=1&limit=2",
        "POST /endpoints/siem/dlq/redrive?event_ids=7",
        "POST /endpoints/siem/dlq/purge",
        "DELETE /endpoints/siem/dlq/x",
        "DELETE /endpoints/siem/dlq/7%2F8",
        "DELETE /endpoints/siem/dlq/purge",
        "GET /endpoints/siem/attempts?endpoint=other",
        "GET /webhook/attempts?endpoint=siem&endpoint=other"
      })
  void malformedRequestsAre400AndReachNobody(String line) {
    BusWebhook webhook = BusWebhook.answeringAll(vertx);
    String[] words = line.split(" ");
    assertProblem(api.call(words[0], words[1]), 400);
    assertNobodyWasAsked(webhook, null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "null", "\"\"", "1", "{", "not json", "{}{}", "{\"a\":1,\"a\":2}"})
  void aBodyThatIsNoObjectIs400AndReachesNobody(String body) {
    BusWebhook webhook = BusWebhook.answeringAll(vertx);
    assertProblem(api.call("PUT", "/endpoints/siem", body), 400);
    assertProblem(api.call("PATCH", "/endpoints/siem", body), 400);
    assertProblem(api.call("POST", "/endpoints/siem/test", body), 400);
    assertProblem(api.call("POST", "/endpoints/siem/dlq/redrive", body), 400);
    assertProblem(api.call("POST", "/endpoints/siem/dlq/purge", body), 400);
    assertNobodyWasAsked(webhook, null);
  }

  /** A script whose variable is empty must not remove more than it was to. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/endpoints/",
        "/endpoints//",
        "/endpoints/siem/",
        "/endpoints/siem/dlq/",
        "/endpoints/siem/dlq//",
        "/endpoints//dlq/7",
        "/endpoints/siem/dlq/..",
        "/endpoints/siem/dlq/7/..",
        "/endpoints/siem/dlq/%2e%2e",
        "/endpoints/siem/x",
        "/endpoints/siem/dlq/7/8",
        "/endpoints%2Fsiem",
        "/Endpoints/siem",
        "/endpoint/siem"
      })
  void aPathThatLostAPartRemovesNothing(String path) {
    BusWebhook webhook = BusWebhook.answeringAll(vertx);
    assertProblem(api.call("DELETE", path), 404);
    assertNobodyWasAsked(webhook, null);
  }

  @Test
  void toDisableIsNotToRemove() {
    BusWebhook webhook = BusWebhook.answeringAll(vertx);
    api.call("DELETE", "/webhook");
    assertThat(webhook.asked("webhook.set")).containsExactly("{\"url\":\"\"}");
    assertThat(webhook.asked("webhook.endpoint.remove")).isEmpty();
    api.call("DELETE", "/endpoints/default");
    assertThat(webhook.asked("webhook.endpoint.remove"))
        .containsExactly("{\"endpoint\":\"default\"}");
    assertThat(webhook.asked("webhook.set")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "PUT, webhook.endpoint.put, 400",
    "PUT, webhook.endpoint.put, 503",
    "PATCH, webhook.set, 404",
    "PATCH, webhook.set, 409",
    "DELETE, webhook.endpoint.remove, 404",
    "DELETE, webhook.endpoint.remove, 409",
    "GET, webhook.get, 404"
  })
  void aRefusalKeepsItsCodeAndItsText(String method, String address, int code) {
    new BusWebhook(vertx).fails(address, code, "endpoint: because");
    String body = method.startsWith("P") ? "{}" : null;
    JsonObject problem = assertProblem(api.call(method, "/endpoints/siem", body), code);
    assertThat(problem.getString("detail")).isEqualTo("endpoint: because");
  }

  @Test
  void aReplyThatIsNoObjectIs500() {
    new BusWebhook(vertx).replies("webhook.endpoint.put", "text").replies("webhook.endpoints", 1);
    assertProblem(api.call("PUT", "/endpoints/siem", "{}"), 500);
    assertProblem(api.call("GET", "/endpoints"), 500);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST   | /endpoints                  | GET, HEAD",
        "DELETE | /endpoints                  | GET, HEAD",
        "POST   | /endpoints/siem             | DELETE, GET, HEAD, PATCH, PUT",
        "OPTIONS| /endpoints/siem             | DELETE, GET, HEAD, PATCH, PUT",
        "BREW   | /endpoints/siem             | DELETE, GET, HEAD, PATCH, PUT",
        "PATCH  | /webhook                    | DELETE, GET, HEAD, PUT",
        "GET    | /endpoints/siem/test        | POST",
        "DELETE | /endpoints/siem/dlq         | GET, HEAD",
        "GET    | /endpoints/siem/dlq/redrive | POST",
        "GET    | /endpoints/siem/dlq/purge   | POST",
        "GET    | /endpoints/siem/dlq/7       | DELETE",
        "POST   | /endpoints/siem/attempts    | GET, HEAD"
      })
  void anotherMethodIs405(String method, String path, String allow) {
    BusWebhook webhook = BusWebhook.answeringAll(vertx);
    HttpResponse<String> response = api.call(method, path);
    assertProblem(response, 405);
    List<String> allowed = List.of(response.headers().firstValue("allow").get().split(", "));
    assertThat(allowed).containsExactlyInAnyOrder(allow.split(", "));
    assertNobodyWasAsked(webhook, null);
  }

  /** A browser asks before it sends a page's PUT, PATCH or DELETE elsewhere; nobody lets it. */
  @ParameterizedTest
  @ValueSource(
      strings = {"/endpoints", "/endpoints/siem", "/endpoints/siem/dlq/7", "/endpoints/siem/test"})
  void noPageOfAnotherSiteIsLetIn(String path) throws Exception {
    for (Api asking : List.of(api, new Api(api.base(), null))) {
      HttpResponse<String> response = asking.call("OPTIONS", path);
      assertThat(response.statusCode()).isIn(401, 405);
      assertThat(response.headers().map().keySet())
          .noneMatch(name -> name.startsWith("access-control-"));
    }
  }

  @Test
  void headIsGetWithoutABody() {
    BusWebhook.answeringAll(vertx);
    for (String path : List.of("/endpoints", "/endpoints/siem", "/endpoints/siem/dlq")) {
      HttpResponse<String> head = api.call("HEAD", path);
      HttpResponse<String> get = api.call("GET", path);
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.body()).isEmpty();
      assertThat(head.headers().firstValue("content-length"))
          .isEqualTo(get.headers().firstValue("content-length"));
    }
  }

  @Test
  void aBodyOverTheBoundIs413AndReachesNobody() {
    BusWebhook webhook = BusWebhook.answeringAll(vertx);
    String blown = "{\"url\":\"" + "a".repeat(1 << 20) + "\"}";
    assertProblem(api.call("PUT", "/endpoints/siem", blown), 413);
    assertProblem(api.call("PATCH", "/endpoints/siem", blown), 413);
    assertProblem(api.call("DELETE", "/endpoints/siem", blown), 413);
    assertNobodyWasAsked(webhook, null);
  }

  /** The host's path may have parameters of its own: they are not ours to read. */
  @Test
  void aParameterOfTheHostsPathNamesNoEndpoint() {
    BusWebhook webhook = BusWebhook.answeringAll(vertx);
    Router host = Router.router(vertx);
    host.route("/tenants/:id/*").subRouter(ApiRouter.create(vertx, options));
    var server = vertx.createHttpServer().requestHandler(host).listen(0, "127.0.0.1").await();
    Api mounted = new Api(server.actualPort(), Api.ADMIN);
    assertThat(mounted.call("DELETE", "/tenants/acme/webhook").statusCode()).isEqualTo(200);
    assertThat(mounted.call("DELETE", "/tenants/acme/endpoints/siem").statusCode()).isEqualTo(200);
    assertThat(webhook.asked("webhook.set")).containsExactly("{\"url\":\"\"}");
    assertThat(webhook.asked("webhook.endpoint.remove")).containsExactly("{\"endpoint\":\"siem\"}");
  }
}
