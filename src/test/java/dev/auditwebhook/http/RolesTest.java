package dev.auditwebhook.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.TokenOptions;
import dev.auditwebhook.security.access.Role;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may use which route: every route of the contract, with a token of every role. */
class RolesTest {

  /** The roles that may use a route, by the least role that the contract gives it. */
  private static final Map<String, List<Role>> MAY =
      Map.of(
          "metrics", List.of(Role.METRICS, Role.READ, Role.OPERATE, Role.ADMIN),
          "ingest", List.of(Role.INGEST, Role.OPERATE, Role.ADMIN),
          "read", List.of(Role.READ, Role.OPERATE, Role.ADMIN),
          "operate", List.of(Role.OPERATE, Role.ADMIN),
          "admin", List.of(Role.ADMIN),
          "any", List.of(Role.values()));

  private static final Map<String, String> LEAST =
      Map.ofEntries(
          Map.entry("GET /token", "any"),
          Map.entry("GET /metrics", "metrics"),
          Map.entry("GET /openapi.json", "read"),
          Map.entry("GET /nodes", "read"),
          Map.entry("POST /audit", "ingest"),
          Map.entry("GET /webhook", "read"),
          Map.entry("PUT /webhook", "admin"),
          Map.entry("DELETE /webhook", "admin"),
          Map.entry("POST /webhook/test", "operate"),
          Map.entry("GET /webhook/attempts", "read"),
          Map.entry("GET /webhook/dlq", "read"),
          Map.entry("POST /webhook/dlq/redrive", "operate"),
          Map.entry("POST /webhook/dlq/purge", "operate"),
          Map.entry("DELETE /webhook/dlq/{event_id}", "operate"),
          Map.entry("GET /endpoints", "read"),
          Map.entry("GET /endpoints/{id}", "read"),
          Map.entry("PUT /endpoints/{id}", "admin"),
          Map.entry("PATCH /endpoints/{id}", "admin"),
          Map.entry("DELETE /endpoints/{id}", "admin"),
          Map.entry("POST /endpoints/{id}/test", "operate"),
          Map.entry("GET /endpoints/{id}/attempts", "read"),
          Map.entry("GET /endpoints/{id}/dlq", "read"),
          Map.entry("POST /endpoints/{id}/dlq/redrive", "operate"),
          Map.entry("POST /endpoints/{id}/dlq/purge", "operate"),
          Map.entry("DELETE /endpoints/{id}/dlq/{event_id}", "operate"));

  private Vertx vertx;
  private BusWebhook webhook;
  private int port;

  @BeforeEach
  void serve() {
    vertx = Vertx.vertx();
    webhook = BusWebhook.answeringAll(vertx);
    HttpOptions options = new HttpOptions().setPort(0).setAdminToken(Api.ADMIN);
    for (Role role : Role.values()) {
      options.addToken(
          new TokenOptions()
              .setName("of-" + role)
              .setRole(role.toString())
              .setToken(tokenOf(role)));
    }
    port = HttpService.start(vertx, options).await().port();
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private static String tokenOf(Role role) {
    return "token-of-the-role-" + role;
  }

  @Test
  void theContractGivesEachRouteItsLeastRole() {
    Map<String, String> documented = new TreeMap<>();
    JsonObject paths = new Contract(vertx).json().getJsonObject("paths");
    for (String path : paths.fieldNames()) {
      for (String method : List.of("get", "put", "post", "patch", "delete")) {
        JsonObject operation = paths.getJsonObject(path).getJsonObject(method);
        if (operation != null && !operation.containsKey("security")) {
          documented.put(
              method.toUpperCase(Locale.ROOT) + " " + path, operation.getString("x-role", "any"));
        }
      }
    }
    assertThat(documented).isEqualTo(new TreeMap<>(LEAST));
  }

  @Test
  void eachRouteIsServedToTheRolesThatReachAndToNoOther() {
    LEAST.forEach(
        (operation, least) -> {
          for (Role role : Role.values()) {
            HttpResponse<String> answer = ask(role, operation);
            if (MAY.get(least).contains(role)) {
              assertThat(answer.statusCode())
                  .as("%s: %s", role, operation)
                  .isEqualTo(served(operation));
            } else {
              WebhookRoutesTest.assertProblem(answer, 403);
              assertThat(Api.json(answer).getString("detail"))
                  .isEqualTo("this token has the role " + role + "; this route needs " + least);
            }
          }
        });
  }

  /** A stream is told to HEAD as it is to GET, and ends at once. */
  private HttpResponse<String> ask(Role role, String operation) {
    String[] words = operation.split(" ");
    String path = words[1].replace("{id}", "siem").replace("{event_id}", "7");
    String method = path.endsWith("/attempts") ? "HEAD" : words[0];
    String body =
        path.endsWith("/purge")
            ? "{\"all\":true}"
            : List.of("PUT", "PATCH", "POST").contains(method) ? "{\"action\":\"a\"}" : null;
    HttpResponse<String> answer = new Api(port, tokenOf(role)).call(method, path, body);
    return method.equals("HEAD") && answer.statusCode() == 403
        ? new Api(port, tokenOf(role)).call("GET", path)
        : answer;
  }

  private static int served(String operation) {
    return operation.equals("POST /audit") ? 202 : 200;
  }

  @Test
  void whoIsRefusedChangesNothing() {
    for (Role role : List.of(Role.METRICS, Role.INGEST, Role.READ)) {
      LEAST.forEach(
          (operation, least) -> {
            if (List.of("operate", "admin").contains(least)) {
              ask(role, operation);
            }
          });
    }
    webhook.assertNothingWasChanged();
  }

  @Test
  void theRoleIsLookedAtBeforeAnythingOfTheBody() throws Exception {
    String answer =
        RawClient.exchange(
            port,
            "PUT /webhook HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\nAuthorization: Bearer "
                + tokenOf(Role.READ)
                + "\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 403 ");
  }

  @Test
  void everyTokenIsToldItsNameAndRole() {
    for (Role role : Role.values()) {
      assertThat(Api.json(new Api(port, tokenOf(role)).call("GET", "/token")))
          .isEqualTo(
              new JsonObject()
                  .put("type", "get_token_ok")
                  .put("name", "of-" + role)
                  .put("role", role.toString()));
    }
    assertThat(Api.json(new Api(port, Api.ADMIN).call("GET", "/token")))
        .isEqualTo(
            new JsonObject("{\"type\":\"get_token_ok\",\"name\":\"admin\",\"role\":\"admin\"}"));
  }

  @Test
  void whereAHostGuardsEverybodyIsAnAdministratorWithoutAName() {
    HttpOptions open = new HttpOptions().setPort(0).setAdminToken(null);
    int unguarded = HttpService.start(vertx, open).await().port();
    assertThat(Api.json(new Api(unguarded, null).call("GET", "/token")))
        .isEqualTo(new JsonObject("{\"type\":\"get_token_ok\",\"name\":null,\"role\":\"admin\"}"));
  }
}
