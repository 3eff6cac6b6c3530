package dev.auditwebhook.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.BatchOptions;
import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.endpoint.settings.Settings;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class CapacityTest {

  private static final StoreOptions MEMORY = new StoreOptions();
  private static final StoreOptions FILE =
      new StoreOptions().setType(StoreOptions.FILE).setMaxEvents(5_000_000);

  private static EndpointOptions options(int queueCapacity, int maxInFlight, int maxEvents) {
    return new EndpointOptions()
        .setQueueCapacity(queueCapacity)
        .setMaxInFlight(maxInFlight)
        .setBatch(new BatchOptions().setMaxEvents(maxEvents));
  }

  private static Settings settings(EndpointOptions options) {
    return new Settings("siem", options, new JsonObject(), 1, () -> {});
  }

  private static Capacity capacity(EndpointOptions options, StoreOptions store) {
    return new Capacity(settings(options), store);
  }

  @Test
  void inMemoryQueueCapacityIsAllThatMayBePendingAndOnDiskWhatMayBeHeld() {
    EndpointOptions options = options(50_000, 64, 1);
    assertThat(capacity(options, MEMORY).pending()).isEqualTo(50_000);
    assertThat(capacity(options, FILE).pending()).isEqualTo(5_000_000);
    assertThat(capacity(options, FILE).held()).isEqualTo(50_000);
  }

  @Test
  void inMemoryNoMoreIsHeldThanItTakesToBeBusy() {
    assertThat(capacity(options(50_000, 64, 1), MEMORY).held()).isEqualTo(1_024);
    assertThat(capacity(options(50_000, 64, 100), MEMORY).held())
        .as("as much again as is in flight")
        .isEqualTo(12_800);
    assertThat(capacity(options(50_000, 65_536, 10_000), MEMORY).held())
        .as("and never more than may be pending")
        .isEqualTo(50_000);
    assertThat(capacity(options(10, 64, 1), MEMORY).held()).isEqualTo(10);
  }

  @Test
  void itFollowsTheOptionsInForce() {
    Settings settings = settings(options(10, 64, 1));
    Capacity capacity = new Capacity(settings, MEMORY);
    settings.put(options(20, 64, 1), 1);
    assertThat(capacity.pending()).isEqualTo(20);
    assertThat(capacity.held()).isEqualTo(20);
  }
}
