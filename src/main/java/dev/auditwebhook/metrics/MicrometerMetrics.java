package dev.auditwebhook.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;

/** Meters in a registry of Micrometer. */
final class MicrometerMetrics implements Metrics {

  private static final long[] MILLIS = {10, 50, 100, 250, 500, 1_000, 2_500, 5_000, 15_000};
  private static final double[] SIZES = {1, 10, 100, 1_000, 10_000};

  private final MeterRegistry registry;
  private final Tags tags;
  private final List<Meter> meters = new ArrayList<>();

  /** Micrometer refers to them weakly. */
  private final List<LongSupplier> sources = new ArrayList<>();

  private final Map<Outcome, LongConsumer> attempts = new EnumMap<>(Outcome.class);
  private DistributionSummary sizes;

  MicrometerMetrics(MeterRegistry registry, String address) {
    this(registry, Tags.of("address", address));
  }

  private MicrometerMetrics(MeterRegistry registry, Tags tags) {
    this.registry = registry;
    this.tags = tags;
  }

  @Override
  public Metrics ofEndpoint(String id) {
    MicrometerMetrics endpoint = new MicrometerMetrics(registry, tags.and("endpoint", id));
    for (Outcome outcome : Outcome.values()) {
      endpoint.attempts.put(
          outcome,
          endpoint.durations(
              "webhook.attempt.duration",
              "How long an attempt took, to the last byte of its answer",
              endpoint.tags.and("outcome", outcome.toString()),
              MILLIS));
    }
    endpoint.sizes = endpoint.added(endpoint.newSizes());
    return endpoint;
  }

  private DistributionSummary newSizes() {
    return DistributionSummary.builder("webhook.batch.events")
        .description("Events that an attempt carried")
        .tags(tags)
        .serviceLevelObjectives(SIZES)
        .register(registry);
  }

  @Override
  public Metrics counter(String name, String description, LongSupplier value) {
    sources.add(value);
    added(
        FunctionCounter.builder(name, value, LongSupplier::getAsLong)
            .description(description)
            .tags(tags)
            .register(registry));
    return this;
  }

  @Override
  public LongConsumer tally(String name, String description, String... more) {
    return Counter.builder(name).description(description).tags(tags.and(more)).register(registry)
        ::increment;
  }

  @Override
  public Metrics gauge(String name, String description, LongSupplier value, String... more) {
    sources.add(value);
    added(
        Gauge.builder(name, value, LongSupplier::getAsLong)
            .description(description)
            .tags(tags.and(more))
            .register(registry));
    return this;
  }

  @Override
  public void commonGauge(String name, String description, LongSupplier value) {
    // Goes through all meters, which those of many endpoints could not afford.
    if (registry.find(name).tags(tags).gauge() == null) {
      gauge(name, description, value);
    }
  }

  @Override
  public LongConsumer durations(String name, String description, long... buckets) {
    return durations(name, description, tags, buckets);
  }

  private LongConsumer durations(String name, String description, Tags these, long[] buckets) {
    Timer timer =
        added(
            Timer.builder(name)
                .description(description)
                .tags(these)
                .serviceLevelObjectives(
                    LongStream.of(buckets).mapToObj(Duration::ofMillis).toArray(Duration[]::new))
                .register(registry));
    return millis -> timer.record(millis, TimeUnit.MILLISECONDS);
  }

  private <M extends Meter> M added(M meter) {
    meters.add(meter);
    return meter;
  }

  @Override
  public void attempt(Outcome outcome, long millis, int events) {
    attempts.get(outcome).accept(millis);
    sizes.record(events);
  }

  @Override
  public void close() {
    meters.forEach(registry::remove);
    meters.clear();
  }
}
