package dev.auditwebhook.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.AuditEvent;
import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.WebhookRouterVerticle;
import dev.auditwebhook.WebhookVerticle;
import dev.auditwebhook.testing.ScriptedReceiver;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A host whose class path lacks the optional libraries of the metrics. */
class WithoutMicrometerTest {

  /** What runs on the other class path. */
  static final class Host {

    public static void main(String[] args) throws Exception {
      Vertx vertx = Vertx.vertx();
      ScriptedReceiver receiver = ScriptedReceiver.start(vertx);
      vertx
          .deployVerticle(new WebhookVerticle(new WebhookOptions().setUrl(receiver.url())))
          .await();
      WebhookRouterVerticle router =
          new WebhookRouterVerticle(
              new HttpOptions().setPort(0).setAdminToken("token-of-these-tests"));
      vertx.deployVerticle(router).await();
      WebhookClient client = WebhookClient.create(vertx);
      client.request(AuditEvent.of("user.login", null)).await();
      while (client.get().await().delivered() < 1) {
        Thread.onSpinWait();
      }
      HttpResponse<String> metrics =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(
                          URI.create("http://127.0.0.1:" + router.actualPort() + "/metrics"))
                      .header("Authorization", "Bearer token-of-these-tests")
                      .build(),
                  BodyHandlers.ofString());
      System.out.println("delivered, and metrics are " + metrics.statusCode());
      System.out.println(metrics.body());
      vertx.close().await();
    }
  }

  @Test
  void eventsAreDeliveredAndTheRouteSaysWhatIsMissing() throws Exception {
    assertThat(OtherClassPath.runWithout("micrometer|prometheus|HdrHistogram", Host.class))
        .contains("delivered, and metrics are 501")
        .contains("metrics need io.micrometer:micrometer-registry-prometheus on the class path");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "micrometer-registry-prometheus|prometheus-metrics",
        "micrometer-core|vertx-micrometer"
      })
  void soTheyAreWhenOnlyAPartIsThere(String missing) throws Exception {
    assertThat(OtherClassPath.runWithout(missing, Host.class))
        .contains("delivered, and metrics are 501");
  }

  @Test
  void theRegistryAloneIsEnough() throws Exception {
    assertThat(OtherClassPath.runWithout("vertx-micrometer-metrics", Host.class))
        .contains(
            "delivered, and metrics are 200",
            "webhook_delivered_total{address=\"webhook\",endpoint=\"default\"}");
  }
}
