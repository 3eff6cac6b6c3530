package dev.auditwebhook;

import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.testing.ManyNodes;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The console of one node of several in a real browser: who is there, and who runs what. */
class NodesBrowserTest extends InABrowser {

  private static final String HERE = "app-1/4711";
  private static final String THERE = "app-2/4712";

  @RegisterExtension final ManyNodes nodes = new ManyNodes(2);
  private final List<String> found = new ArrayList<>();

  private void serve(Vertx vertx) {
    WebhookRouterVerticle router =
        new WebhookRouterVerticle(new HttpOptions().setPort(0).setAdminToken(TOKEN));
    result(vertx.deployVerticle(router));
    console = "http://127.0.0.1:" + router.actualPort() + "/";
  }

  private void lookAt(String state) {
    for (int width : List.of(400, 1280)) {
      browser.width(width);
      await().alias(state + ", " + width + " px").until(() -> !browser.isTooWide());
      for (String scheme : List.of("dark", "light")) {
        browser.scheme(scheme);
        for (String barrier : browser.barriers()) {
          found.add(state + ", " + scheme + ", " + width + " px: " + barrier);
        }
      }
    }
  }

  @Test
  void theNodesAreShownWithTheirLastSignOfLife() {
    nodes.deploy(nodes.options().putEndpoint("siem", nodes.endpoint(nodes.anotherReceiver())));
    nodes.awaitShares("default", "siem");
    serve(nodes.vertx(0));
    signIn();
    browser.see("#nodes-title", "Nodes 2");
    assertThat(browser.texts("#nodes-rows .chip")).containsExactly("alive", "alive");
    assertThat(browser.texts("#nodes-rows .number")).containsExactly("1", "1");
    assertThat(browser.texts("#nodes-rows .self")).containsExactly("answers this page");
    browser.await("/, \\d+ s ago/.test(document.querySelector('#nodes-rows tr').innerText)");
    assertThat(browser.texts("#list-rows .node"))
        .containsExactly(
            result(nodes.client(0).get()).node(),
            result(nodes.client(0).endpoint("siem").get()).node())
        .doesNotHaveDuplicates();

    nodes.undeploy(1);

    browser.see("#nodes-title", "Nodes 1");
    browser.await("document.querySelector('#nodes-rows .number').textContent === '2'");
    browser.go(console + "#/endpoints/siem");
    browser.see("#fact-node", result(nodes.client(0).get()).node());
    browser.see("#contact", "Live");
    browser.see("#attempts-empty", "None yet.");
  }

  /** Answers as one of three nodes of which one is gone. */
  private void beOneOfThree() {
    Map<String, JsonObject> endpoints =
        Map.of(
            "default",
            state("default", HERE),
            "siem",
            state("siem", THERE),
            "archive",
            state("archive", null));
    answer(
        "endpoints",
        body ->
            new JsonObject()
                .put("type", "list_webhook_endpoints_ok")
                .put("count", 3)
                .put("endpoints", new JsonArray(List.copyOf(endpoints.values()))));
    answer("get", body -> endpoints.get(body.getString("endpoint", "default")));
    answer(
        "dlq",
        body ->
            new JsonObject()
                .put("count", 0)
                .put("next_after", null)
                .put("events", new JsonArray()));
    answer(
        "nodes",
        body ->
            new JsonObject()
                .put("type", "list_webhook_nodes_ok")
                .put("count", 3)
                .put(
                    "nodes",
                    JsonArray.of(
                        node(HERE, true, true, 1),
                        node(THERE, false, true, 1),
                        node(
                            "app-3.of.a.host.whose.name.does.not.end.soon.example/4713",
                            false,
                            false,
                            1))));
    serve(webhook.vertx());
  }

  private void answer(String what, UnaryOperator<JsonObject> how) {
    webhook
        .vertx()
        .eventBus()
        .<JsonObject>consumer("webhook." + what, asked -> asked.reply(how.apply(asked.body())));
  }

  private static JsonObject node(String name, boolean self, boolean alive, int endpoints) {
    return new JsonObject()
        .put("id", name)
        .put("name", name)
        .put("self", self)
        .put("alive", alive)
        .put("started", "2026-01-01T00:00:00Z")
        .put("seen", "2026-01-01T00:00:01Z")
        .put("endpoints", endpoints);
  }

  private JsonObject state(String id, String node) {
    JsonObject state =
        new JsonObject()
            .put("endpoint", id)
            .put("enabled", true)
            .put("paused", false)
            .put("url", receiver.url())
            .put("format", "event")
            .put("signed", false);
    for (String total :
        List.of(
            "delivered",
            "failed",
            "dropped",
            "dlq_size",
            "dlq_evicted",
            "received",
            "discarded",
            "rejected",
            "pending",
            "in_flight",
            "retried")) {
      state.put(total, 0);
    }
    state.put("circuit", "closed");
    for (String nothing :
        List.of(
            "oldest_pending",
            "circuit_since",
            "next_probe",
            "last_delivery",
            "last_error",
            "reason",
            "warning")) {
      state.putNull(nothing);
    }
    return state.put("node", node);
  }

  @Test
  void theListSaysWhoRunsWhatAndWhatNobodyRuns() {
    beOneOfThree();
    signIn();
    browser.see("#list-headline", "1 of 3 endpoints needs attention");
    browser.see("#list-explanation", "1 run by no node");
    assertThat(browser.texts("#list-rows .chip")).containsOnlyOnce("no node");
    browser.see("#nodes-title", "Nodes 2");
    assertThat(browser.texts("#nodes-rows .chip")).containsExactly("alive", "alive", "gone");
    lookAt("nodes");
    browser.type("#search", "app-2");
    browser.see("#found", "1 of 3 shown");
    assertThat(browser.texts("#list-rows .name a")).containsExactly("siem");
    assertThat(browser.texts("#list-rows .node")).containsExactly(THERE);
    assertThat(found).isEmpty();
  }

  @Test
  void thePageOfAnEndpointSaysWhereItIsAndWhereItsAttemptsAreSeen() {
    beOneOfThree();
    signIn();
    browser.go(console + "#/endpoints/siem");
    browser.see("#fact-node", THERE);
    browser.see("#contact", "Totals only: app-2/4712 runs it");
    browser.see("#attempts-empty", "None here: app-2/4712 runs this endpoint");
    lookAt("an endpoint that another node runs");
    browser.go(console + "#/endpoints/archive");
    browser.see("#headline", "No node runs it");
    browser.see("#fact-node", "none runs it now");
    lookAt("an endpoint that nobody runs");
    browser.go(console + "#/endpoints/default");
    browser.see("#contact", "Live");
    browser.see("#fact-node", HERE);
    browser.see("#attempts-empty", "None yet.");
    assertThat(found).isEmpty();
  }

  @Test
  void aStoreThatIsNotSharedHasNoNodesToShow() {
    serve(webhook.options());
    result(webhook.client().put("siem", new EndpointOptions()));
    signIn();
    browser.see("#list-headline", "2 endpoints");
    assertThat(browser.isVisible("#nodes")).isFalse();
    assertThat(browser.isVisible("#list-table th.node")).isFalse();
    browser.go(console + "#/endpoints/siem");
    browser.see("#page-id", "siem");
    browser.see("#headline", "No URL");
    assertThat(browser.isVisible("#fact-node")).isFalse();
    assertThat(
            browser.<List<String>>run(
                "return performance.getEntriesByType('resource')"
                    + ".map(e => new URL(e.name).pathname)"))
        .doesNotContain("/nodes");
  }
}
