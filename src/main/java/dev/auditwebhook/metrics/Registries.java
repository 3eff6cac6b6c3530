package dev.auditwebhook.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import io.vertx.micrometer.impl.VertxMetricsImpl;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Finds the registry of a Vert.x instance. */
final class Registries {

  private Registries() {}

  private record Own(PrometheusMeterRegistry registry) implements Shareable {}

  static MeterRegistry of(Vertx vertx) {
    MeterRegistry host = ofHost(vertx);
    return host == null ? own(vertx) : host;
  }

  /** The text of the registry in Prometheus' format, {@code null} when it is another kind. */
  static Supplier<String> scraper(Vertx vertx) {
    MeterRegistry registry = of(vertx);
    if (registry instanceof CompositeMeterRegistry composite) {
      registry =
          composite.getRegistries().stream()
              .filter(PrometheusMeterRegistry.class::isInstance)
              .findFirst()
              .orElse(null);
    }
    return registry instanceof PrometheusMeterRegistry prometheus ? prometheus::scrape : null;
  }

  /** A Vert.x that was built with Micrometer has one registry for all of its metrics. */
  private static MeterRegistry ofHost(Vertx vertx) {
    var metrics = ((VertxInternal) vertx).metrics();
    try {
      return metrics instanceof VertxMetricsImpl micrometer ? micrometer.registry() : null;
    } catch (NoClassDefFoundError missing) {
      return null;
    }
  }

  private static MeterRegistry own(Vertx vertx) {
    LocalMap<String, Own> shared = vertx.sharedData().getLocalMap("dev.auditwebhook.metrics");
    return shared
        .computeIfAbsent("registry", key -> new Own(made((VertxInternal) vertx)))
        .registry();
  }

  /** One that also tells of the JVM and the process: nobody else does. */
  private static PrometheusMeterRegistry made(VertxInternal vertx) {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    JvmGcMetrics collections = new JvmGcMetrics();
    Stream.of(
            new JvmMemoryMetrics(),
            new JvmThreadMetrics(),
            new ProcessorMetrics(),
            new UptimeMetrics(),
            new FileDescriptorMetrics(),
            collections)
        .forEach(meters -> meters.bindTo(registry));
    vertx.addCloseHook(
        closed -> {
          collections.close();
          closed.succeed();
        });
    return registry;
  }
}
