package dev.auditwebhook.endpoint;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.endpoint.settings.Settings;

/** How many events an endpoint may have, by the options in force. */
final class Capacity {

  /** So many are held at least where the journal is in memory too. */
  private static final int HELD = 1_024;

  private final Settings settings;
  private final StoreOptions store;
  private final boolean inMemory;

  Capacity(Settings settings, StoreOptions store) {
    this.settings = settings;
    this.store = store;
    inMemory = store.getType().equals(StoreOptions.MEMORY);
  }

  /** How many may be pending. */
  long pending() {
    return inMemory ? settings.options().getQueueCapacity() : store.getMaxEvents();
  }

  /**
   * How many may be held, and not only be in the journal: where that is in memory too, no more than
   * it takes to be busy, so that what waits costs an endpoint nothing.
   */
  int held() {
    EndpointOptions options = settings.options();
    long busy = 2L * options.getMaxInFlight() * options.getBatch().getMaxEvents();
    return inMemory
        ? (int) Math.min(options.getQueueCapacity(), Math.max(HELD, busy))
        : options.getQueueCapacity();
  }
}
