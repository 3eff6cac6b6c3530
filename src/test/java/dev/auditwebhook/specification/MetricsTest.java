package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.silence;
import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.batches;
import static dev.auditwebhook.testing.Webhooks.circuit;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.metrics.Scrape;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.Readme;
import dev.auditwebhook.testing.Samples;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@EveryStore
class MetricsTest {

  /** What only a store has that several nodes share. */
  private static final Set<String> OF_NODES =
      Set.of(
          "webhook_nodes",
          "webhook_endpoints_running",
          "webhook_lease_changes_total",
          "webhook_takeovers_total",
          "webhook_store_rows_total",
          "webhook_store_commit_seconds",
          "webhook_store_lag");

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private Samples scrape() {
    return new Samples(result(Scrape.of(webhook.vertx())));
  }

  @Test
  void totalsAreThoseOfTheLedger() {
    receiver.then(status(503), status(400)).usually(status(204));
    webhook.deploy(
        circuit(webhook.options(), 9, 1_000).setMaxInFlight(1).setActions(List.of("node.*")));
    webhook.publish(4);
    webhook.publish("user.login", null);
    webhook.vertx().eventBus().publish("audit.entry", new JsonObject());
    webhook.awaitState(
        state -> state.rejected() == 1 && state.received() == 5 && state.pending() == 0);

    Samples samples = scrape();

    assertThat(samples.of("webhook_received_total")).isEqualTo(5);
    assertThat(samples.of("webhook_delivered_total")).isEqualTo(3);
    assertThat(samples.of("webhook_dead_letters_total")).isEqualTo(1);
    assertThat(samples.of("webhook_discarded_total")).isEqualTo(1);
    assertThat(samples.value("webhook_rejected_total{address=\"webhook\"}")).isEqualTo(1);
    assertThat(samples.of("webhook_retried_total")).isEqualTo(1);
    assertThat(samples.of("webhook_dropped_total")).isZero();
    assertThat(samples.of("webhook_dlq_evicted_total")).isZero();
    assertThat(samples.of("webhook_failed")).isEqualTo(1);
    assertThat(samples.of("webhook_dlq_size")).isEqualTo(1);
    assertThat(samples.of("webhook_pending")).isZero();
    assertThat(samples.of("webhook_pending_limit")).isEqualTo(1024);
    assertThat(attempts(samples, "delivered")).isEqualTo(3);
    assertThat(attempts(samples, "retry")).isEqualTo(1);
    assertThat(attempts(samples, "failed")).isEqualTo(1);
    assertThat(samples.of("webhook_batch_events_count")).isEqualTo(5);
  }

  private static long attempts(Samples samples, String outcome) {
    return samples.of("webhook_attempt_duration_seconds_count", "outcome", outcome);
  }

  @Test
  void gaugesFollowTheEvents() {
    receiver.usually(silence());
    webhook.deploy(webhook.options().setMaxInFlight(2).setQueueCapacity(5));
    webhook.publish(7);
    webhook.awaitState(state -> state.dropped() == 2 && state.inFlight() == 2);

    Samples samples = scrape();

    assertThat(samples.of("webhook_pending")).isEqualTo(5);
    assertThat(samples.of("webhook_pending_limit")).isEqualTo(5);
    assertThat(samples.of("webhook_in_flight")).isEqualTo(2);
    assertThat(samples.of("webhook_dropped_total")).isEqualTo(2);
    assertThat(samples.of("webhook_enabled")).isEqualTo(1);
    result(webhook.client().disable());
    assertThat(scrape().of("webhook_enabled")).isZero();
  }

  @Test
  void theAgeOfTheOldestPendingEventGrowsUntilItIsDelivered() {
    receiver.usually(status(503));
    webhook.deploy(circuit(webhook.options(), 1, 50));
    webhook.publish(2);
    await().until(() -> scrape().of("webhook_oldest_pending_age_seconds") >= 2);
    receiver.usually(status(204));
    webhook.awaitSettled(2);
    assertThat(scrape().of("webhook_oldest_pending_age_seconds")).isZero();
  }

  @Test
  void aWarningIsSeenWhileThereIsOne() {
    webhook.deploy(webhook.options().setHeaders(Map.of("X-Tenant", "blue")));
    assertThat(scrape().of("webhook_warning")).isZero();
    result(webhook.client().setUrl(webhook.anotherReceiver().url()));
    assertThat(webhook.state().warning()).isNotNull();
    await().until(() -> scrape().of("webhook_warning") == 1);
    result(webhook.client().setUrl(receiver.url()));
    await().until(() -> scrape().of("webhook_warning") == 0);
  }

  @Test
  void theBuildAndTheProcessAreToldOfWithWhatTheStoreDoes() {
    webhook.deploy();
    Samples samples = scrape();
    assertThat(samples.ofWebhook("webhook_build_info", "version", "unknown")).isEqualTo(1);
    assertThat(samples.ofWebhook("webhook_store_fault")).isZero();
    assertThat(samples.names())
        .contains(
            "jvm_memory_used_bytes",
            "jvm_threads_live_threads",
            "process_cpu_usage",
            "process_uptime_seconds",
            "process_files_open_files");
  }

  @Test
  void oneStateOfTheCircuitIsOne() {
    receiver.usually(status(503));
    webhook.deploy(circuit(webhook.options(), 1, 60_000));
    assertCircuit("closed");
    webhook.publish(3);
    webhook.awaitCircuit("open");
    assertCircuit("open");
  }

  private void assertCircuit(String expected) {
    Samples samples = scrape();
    for (String state : List.of("closed", "open", "half_open")) {
      assertThat(samples.of("webhook_circuit_state", "state", state))
          .as(state)
          .isEqualTo(state.equals(expected) ? 1 : 0);
    }
  }

  @Test
  void aBatchIsOneAttempt() {
    webhook.deploy(batches(webhook.options(), 10, 60_000));
    webhook.publish(20);
    webhook.awaitSettled(20);

    Samples samples = scrape();

    assertThat(attempts(samples, "delivered")).isEqualTo(2);
    assertThat(samples.of("webhook_batch_events_count")).isEqualTo(2);
    assertThat(samples.of("webhook_batch_events_sum")).isEqualTo(20);
    assertThat(samples.of("webhook_batch_events_bucket", "le", "1.0")).isZero();
    assertThat(samples.of("webhook_batch_events_bucket", "le", "10.0")).isEqualTo(2);
  }

  @Test
  void aRedriveTakesNothingFromTheTotalOfDeadLetters() {
    receiver.usually(status(400));
    webhook.deploy();
    webhook.publish(3);
    webhook.awaitSettled(3);
    receiver.usually(status(204));
    result(webhook.client().redrive());
    webhook.awaitState(state -> state.delivered() == 3);

    Samples samples = scrape();

    assertThat(samples.of("webhook_dead_letters_total")).isEqualTo(3);
    assertThat(samples.of("webhook_redriven_total")).isEqualTo(3);
    assertThat(samples.of("webhook_failed")).isZero();
  }

  @Test
  void undeployTakesTheMetersAwayAndRedeployBringsThemBack() {
    webhook.deploy();
    webhook.publish(2);
    webhook.awaitSettled(2);
    webhook.undeploy();
    assertThat(scrape().names()).noneMatch(name -> name.startsWith("webhook_"));

    webhook.deploy();
    webhook.publish(1);
    webhook.awaitSettled(3);

    assertThat(scrape().of("webhook_delivered_total")).isEqualTo(3);
    assertThat(attempts(scrape(), "delivered")).isEqualTo(1);
  }

  @Test
  void twoWebhooksDifferByTheirAddress() {
    webhook.deploy();
    result(
        webhook
            .vertx()
            .deployVerticle(
                webhook.verticle(
                    webhook.options().setAddress("other").setEntryAddress("other.entry"))));
    webhook.publish(2);
    webhook.awaitSettled(2);

    assertThat(scrape().of("webhook_received_total")).isEqualTo(2);
    assertThat(scrape().value("webhook_received_total{address=\"other\",endpoint=\"default\"}"))
        .isZero();
  }

  @Test
  void theRouteNeedsTheTokenAndNamesNoUrl() throws Exception {
    receiver.usually(status(404));
    webhook.deploy();
    webhook.publish(1);
    webhook.awaitSettled(1);
    String token = "token-of-the-metrics-test";
    int port = webhook.serveHttp(token);

    assertThat(get(port, "x").statusCode()).isEqualTo(401);
    HttpResponse<String> response = get(port, token);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(new Samples(response.body()).of("webhook_dead_letters_total")).isEqualTo(1);
    assertThat(response.body()).doesNotContain("://", "127.0.0.1");
  }

  private static HttpResponse<String> get(int port, String token) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                .header("Authorization", "Bearer " + token)
                .build(),
            BodyHandlers.ofString());
  }

  /** What there is only where the module serves TLS. */
  private static final Set<String> OF_TLS = Set.of("webhook_http_certificate_expiry_seconds");

  @Test
  void alertsDashboardAndManualUseMetricsThatAreThere() throws Exception {
    webhook.deploy();
    webhook.serveHttp("a-token-of-this-test");
    result(webhook.client().pause());
    Set<String> exported = webhookNames(scrape());
    Set<String> metrics = metrics(exported);
    if ("postgres".equals(System.getProperty("webhook.test.store"))) {
      assertThat(metrics).containsAll(OF_NODES);
    }
    metrics.addAll(OF_NODES);
    metrics.addAll(OF_TLS);
    exported.addAll(OF_TLS);

    assertThat(exported).containsAll(namesIn("conf/alerts.yml"));
    assertThat(namesIn("conf/alerts.yml")).hasSizeGreaterThanOrEqualTo(13);
    assertThat(metrics(namesIn("conf/grafana-dashboard.json")))
        .as("the dashboard leaves nothing out")
        .isEqualTo(metrics);
    assertThat(metrics(namesIn("README.md"))).isEqualTo(metrics);
  }

  @Test
  void theManualExplainsEveryAlert() throws Exception {
    List<String> alerts =
        Pattern.compile("- alert: (\\w+)")
            .matcher(Files.readString(Path.of("conf/alerts.yml")))
            .results()
            .map(alert -> alert.group(1))
            .toList();
    assertThat(alerts).hasSize(12);
    assertThat(Readme.chapter("Metrics"))
        .contains(alerts.stream().map("| `%s` |"::formatted).toList());
  }

  private static Set<String> webhookNames(Samples samples) {
    return samples.names().stream()
        .filter(name -> name.startsWith("webhook_"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What samples are of. */
  private static Set<String> metrics(Set<String> samples) {
    return samples.stream()
        .map(sample -> sample.replaceAll("_(bucket|count|sum|max)$", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> namesIn(String file) throws Exception {
    Matcher name = Pattern.compile("\\bwebhook_[a-z_]+").matcher(Files.readString(Path.of(file)));
    Set<String> names = new TreeSet<>();
    while (name.find()) {
      names.add(name.group());
    }
    return names;
  }
}
