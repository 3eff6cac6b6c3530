package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.AuditEvent;
import dev.auditwebhook.BatchOptions;
import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.WebhookRouterVerticle;
import dev.auditwebhook.WebhookVerticle;
import dev.auditwebhook.testing.Effect;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.OneStore;
import dev.auditwebhook.testing.Readme;
import dev.auditwebhook.testing.ScriptedReceiver;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.User;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.AuthenticationHandler;
import io.vertx.ext.web.handler.BasicAuthHandler;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The examples of a host in the README. */
@OneStore("they are the examples of the README, as they stand there")
@Timeout(60)
class EmbeddingTest {

  private static final Path SOURCE =
      Path.of("src/test/java/dev/auditwebhook/specification/EmbeddingTest.java");
  private static final Pattern EXAMPLE =
      Pattern.compile("// README begins\n(.*?)\\s*// README ends\n", Pattern.DOTALL);
  private static final Logger log = LoggerFactory.getLogger(EmbeddingTest.class);
  private static final String HOST_USER = basic("host", "hosts-own-password");

  @Test
  void aHostMountsTheApiBehindItsOwnAuthentication() throws Exception {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    VertxOptions metricsOn =
        new VertxOptions().setMetricsOptions(new MicrometerMetricsOptions().setEnabled(true));
    AuthenticationHandler authentication = BasicAuthHandler.create(given -> login(given.toJson()));
    // README begins
    Vertx vertx =
        Vertx.builder().with(metricsOn).withMetrics(new MicrometerMetricsFactory(registry)).build();
    Router router = Router.router(vertx);
    router.route("/admin/*").handler(authentication);
    WebhookRouterVerticle.router(vertx, new JsonObject().putNull("adminToken"))
        .onSuccess(api -> router.route("/admin/*").subRouter(api));
    // README ends
    try {
      ScriptedReceiver receiver = ScriptedReceiver.start(vertx);
      vertx
          .deployVerticle(new WebhookVerticle(new WebhookOptions().setUrl(receiver.url())))
          .await();
      int port =
          vertx
              .createHttpServer()
              .requestHandler(router)
              .listen(0, "127.0.0.1")
              .await()
              .actualPort();

      assertThat(get(port, "/admin/webhook", null).statusCode()).isEqualTo(401);
      assertThat(get(port, "/webhook", HOST_USER).statusCode()).isEqualTo(404);
      HttpResponse<String> state = get(port, "/admin/webhook", HOST_USER);
      assertThat(state.statusCode()).as(state.body()).isEqualTo(200);
      assertThat(new JsonObject(state.body()).getBoolean("enabled")).isTrue();
      assertThat(get(port, "/admin/", HOST_USER).body()).contains("<html");
      assertThat(registry.scrape()).contains("vertx_http_server", "webhook_received_total");
      assertThat(get(port, "/admin/metrics", HOST_USER).body()).contains("webhook_received_total");
    } finally {
      vertx.close().await();
    }
  }

  @Test
  void aHostHasManyEndpoints() {
    Vertx vertx = Vertx.vertx();
    try {
      ScriptedReceiver siem = ScriptedReceiver.start(vertx);
      ScriptedReceiver splunk = ScriptedReceiver.start(vertx);
      splunk.usually(Effect.status(200, Map.of(), "{\"text\":\"Success\",\"code\":0}"));
      String siemUrl = siem.url();
      String splunkUrl = splunk.url();
      String token = "12345678-90ab-cdef-1234-567890abcdef";
      // README begins
      WebhookOptions options =
          new WebhookOptions()
              .setUrl(siemUrl)
              .putEndpoint(
                  "splunk",
                  new EndpointOptions()
                      .setUrl(splunkUrl)
                      .setFormat("splunk-hec")
                      .setHeaders(Map.of("Authorization", "Splunk " + token))
                      .setBatch(new BatchOptions().setMaxEvents(100)));
      // README ends
      result(vertx.deployVerticle(new WebhookVerticle(options)));
      WebhookClient client = WebhookClient.create(vertx);
      client.publish(AuditEvent.of("user.login", null));

      assertThat(splunk.takeRequest().headers().get("Authorization")).isEqualTo("Splunk " + token);
      assertThat(siem.takeRequest().json().getString("action")).isEqualTo("user.login");
      String archiveUrl = siem.url("/archive");
      try (LogLines lines = new LogLines()) {
        // README begins
        client
            .put("archive", new EndpointOptions().setUrl(archiveUrl).setFormat("ndjson"))
            .compose(made -> client.endpoint("archive").get())
            .onSuccess(state -> log.info("{}: {} pending", state.endpoint(), state.pending()))
            .compose(state -> client.endpoints())
            .onSuccess(all -> log.info("{} endpoints", all.size()))
            .compose(all -> client.remove("archive"))
            .onSuccess(abandoned -> log.info("{} events given up", abandoned));
        // README ends
        await()
            .untilAsserted(
                () ->
                    assertThat(lines.all())
                        .contains(
                            "INFO archive: 0 pending",
                            "INFO 3 endpoints",
                            "INFO 0 events given up"));
      }
    } finally {
      vertx.close().await();
    }
  }

  @Test
  void theReadmeShowsTheseVeryExamples() throws Exception {
    List<String> examples =
        EXAMPLE
            .matcher(Files.readString(SOURCE))
            .results()
            .map(example -> example.group(1).stripIndent())
            .toList();

    assertThat(examples).hasSize(3);
    for (String example : examples) {
      assertThat(Readme.chapter("Embedding")).contains("```java\n" + example + "\n```\n");
    }
  }

  private static Future<User> login(JsonObject given) {
    return "host".equals(given.getString("username"))
            && "hosts-own-password".equals(given.getString("password"))
        ? Future.succeededFuture(User.fromName("host"))
        : Future.failedFuture("no such user");
  }

  private static String basic(String user, String password) {
    byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  private static HttpResponse<String> get(int port, String path, String authorization)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }
}
