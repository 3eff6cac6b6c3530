package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.TokenOptions;
import dev.auditwebhook.WebhookRouterVerticle;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.OneStore;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is changed over HTTP is known by the name of the token, and by the address. */
@OneStore("it is about what comes in over HTTP")
class TrailOfTokensTest {

  private static final String OPS = "the-token-of-the-operators";
  private static final String ROOT = "the-token-of-those-who-may-all";
  private static final String READER = "the-token-of-those-who-look-on";

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final HttpClient client = HttpClient.newHttpClient();
  private LogLines log;
  private int port;

  @BeforeEach
  void serve() {
    webhook.receiver().usually(status(400));
    webhook.deploy();
    webhook.publish(4);
    webhook.awaitState(state -> state.failed() == 4);
    webhook.receiver().usually(status(204));
    log = new LogLines();
    WebhookRouterVerticle router =
        new WebhookRouterVerticle(
            new HttpOptions()
                .setPort(0)
                .setTokens(
                    List.of(
                        token("ops", "operate", OPS),
                        token("root", "admin", ROOT),
                        token("reader", "read", READER))));
    result(webhook.vertx().deployVerticle(router));
    port = router.actualPort();
  }

  @AfterEach
  void stopListening() {
    log.close();
  }

  private static TokenOptions token(String name, String role, String token) {
    return new TokenOptions().setName(name).setRole(role).setToken(token);
  }

  private int ask(String token, String method, String path, String body) throws Exception {
    return client
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .header("webhook-principal", "somebody-else")
                .header("webhook-peer", "192.0.2.1")
                .method(method, BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.discarding())
        .statusCode();
  }

  private List<String> trail() {
    return log.all().stream().filter(line -> line.contains("Trail: ")).toList();
  }

  @Test
  void everyRouteThatChangesSomething() throws Exception {
    String all = "{\"all\":true}";
    assertThat(ask(OPS, "POST", "/webhook/dlq/redrive", "{\"event_ids\":[1]}")).isEqualTo(200);
    assertThat(ask(OPS, "DELETE", "/webhook/dlq/2", "")).isEqualTo(200);
    assertThat(ask(OPS, "POST", "/endpoints/default/dlq/purge", all)).isEqualTo(200);
    assertThat(ask(ROOT, "PUT", "/webhook", "{\"initial_backoff\":30}")).isEqualTo(200);
    assertThat(ask(ROOT, "PUT", "/endpoints/siem", "{}")).isEqualTo(201);
    assertThat(ask(ROOT, "PATCH", "/endpoints/default", "{\"paused\":true}")).isEqualTo(200);
    assertThat(ask(ROOT, "DELETE", "/endpoints/siem", "")).isEqualTo(200);
    assertThat(ask(ROOT, "DELETE", "/webhook", "")).isEqualTo(200);

    assertThat(trail())
        .extracting(line -> line.replaceFirst(".*Trail: (.*), .*", "$1"))
        .containsExactly(
            "redrive by ops from 127.0.0.1: endpoint default",
            "purge by ops from 127.0.0.1: endpoint default",
            "purge by ops from 127.0.0.1: endpoint default",
            "set by root from 127.0.0.1: endpoint default",
            "put by root from 127.0.0.1: endpoint siem",
            "pause by root from 127.0.0.1: endpoint default",
            "remove by root from 127.0.0.1: endpoint siem",
            "set by root from 127.0.0.1: endpoint default, url http://127.0.0.1:"
                + webhook.receiver().port()
                + " -> none");
    assertThat(log.all().toString()).doesNotContain(OPS, ROOT, READER);
  }

  @Test
  void whoMayNotLeavesNoTrace() throws Exception {
    assertThat(ask(READER, "PUT", "/webhook", "{\"url\":\"\"}")).isEqualTo(403);
    assertThat(ask(OPS, "DELETE", "/webhook", "")).isEqualTo(403);
    assertThat(ask("no-token-of-this-webhook", "DELETE", "/webhook", "")).isEqualTo(401);
    assertThat(ask(ROOT, "PUT", "/webhook", "{\"url\":\"ftp://a.example\"}")).isEqualTo(400);
    assertThat(ask(OPS, "DELETE", "/webhook/dlq/77", "")).isEqualTo(404);
    assertThat(trail()).isEmpty();
  }

  @Test
  void whereTheHostGuardsItIsTheHost() throws Exception {
    JsonObject http = new JsonObject().putNull("adminToken");
    var routes = result(WebhookRouterVerticle.router(webhook.vertx(), http));
    var server = webhook.vertx().createHttpServer().requestHandler(routes);
    port = result(server.listen(0, "127.0.0.1")).actualPort();
    assertThat(ask(ROOT, "PUT", "/webhook", "{\"paused\":true}")).isEqualTo(200);
    assertThat(trail()).singleElement().asString().contains("pause by host from 127.0.0.1: ");
  }
}
