package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.metrics.Scrape;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.Samples;
import dev.auditwebhook.testing.WebhookExtension;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A host whose Vert.x was built with Micrometer finds the webhook's metrics among its own. */
@EveryStore
class HostRegistryTest {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension(vertxWith(registry));

  private static Vertx vertxWith(MeterRegistry registry) {
    return Vertx.builder()
        .with(
            new VertxOptions()
                .setMetricsOptions(
                    new MicrometerMetricsOptions()
                        .setEnabled(true)
                        .setRegistryName("of " + System.identityHashCode(registry))))
        .withMetrics(new MicrometerMetricsFactory(registry))
        .build();
  }

  @Test
  void itsRegistryIsUsed() {
    webhook.deploy();
    webhook.publish(2);
    webhook.awaitSettled(2);

    assertThat(new Samples(registry.scrape()).of("webhook_delivered_total")).isEqualTo(2);
    assertThat(result(Scrape.of(webhook.vertx()))).contains("webhook_delivered_total", "vertx_");
    webhook.undeploy();
    assertThat(registry.scrape()).contains("vertx_").doesNotContain("webhook_received_total");
  }

  @Test
  void aRegistryOfAnotherKindIsUsedButCannotBeScraped() {
    SimpleMeterRegistry simple = new SimpleMeterRegistry();
    Vertx other = vertxWith(simple);
    try {
      result(other.deployVerticle(webhook.verticle(webhook.options())));
      assertThat(simple.get("webhook.received").functionCounter().count()).isZero();
      assertThat(result(Scrape.of(other))).isNull();
    } finally {
      result(other.close());
    }
  }

  @Test
  void aPrometheusRegistryWithinACompositeIsFound() {
    Vertx other =
        vertxWith(
            new CompositeMeterRegistry()
                .add(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)));
    try {
      result(other.deployVerticle(webhook.verticle(webhook.options())));
      assertThat(new Samples(result(Scrape.of(other))).of("webhook_enabled")).isEqualTo(1);
    } finally {
      result(other.close());
    }
  }
}
